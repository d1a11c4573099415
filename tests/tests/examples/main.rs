//! The examples and the files of `examples/deploy`, as somebody uses them who tries them out.

mod alarm_clock;
mod built;
mod clap;
mod clockd;
mod deploy;
mod echo_tcp;
mod echo_tokio;
mod everywhere;
mod from_daemonize;
mod hello;
mod installed;
mod library;
mod logging;
mod recording;
mod said;
mod servers;
mod socket_activated;
mod stopping;
mod subcommands;
mod web;
mod web_port_80;
mod web_restarted;
mod web_stopped;

daemon_tests::wing![
    alarm_clock,
    clap,
    clockd,
    deploy,
    echo_tcp,
    echo_tokio,
    everywhere,
    from_daemonize,
    hello,
    library,
    logging,
    socket_activated,
    stopping,
    subcommands,
    web,
    web_restarted,
    web_stopped,
    web_port_80
];
