//! The examples and the files of `examples/deploy`, as somebody uses them who tries them out.

mod alarm_clock;
mod built;
mod clap;
mod deploy;
mod echo_tcp;
mod echo_tokio;
mod hello;
mod installed;
mod logging;
mod said;
mod servers;
mod socket_activated;
mod web;
mod web_port_80;

daemon_tests::wing![
    alarm_clock,
    clap,
    deploy,
    echo_tcp,
    echo_tokio,
    hello,
    logging,
    socket_activated,
    web,
    web_port_80
];
