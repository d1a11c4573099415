//! The verbs: what the program does with the daemon that runs already.

mod check;
mod clap_form;
mod command_line;
mod daemon;
mod forged;
mod namespaces;
mod pod;
mod printed;
mod reload;
mod restart;
mod set_user_id;
mod state;
mod status;
mod stop;
mod storm;
mod supervised;
mod unit;
mod unit_others;
mod unit_rc_d;
mod unit_systemd;

daemon_tests::wing![
    check,
    clap_form,
    command_line,
    forged,
    namespaces,
    reload,
    restart,
    set_user_id,
    state,
    status,
    stop,
    storm,
    supervised,
    unit,
    unit_others,
    unit_rc_d,
    unit_systemd
];
