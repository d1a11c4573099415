//! The configuration of supervisord(1).

use std::path::Path;

/// One that stays in the foreground, keeps all its files in this directory, can be told by
/// supervisorctl(1), and has these programs.
pub fn supervisord_configuration(directory: &Path, programs: &str) -> String {
    let directory = directory.display();
    format!(
        "[supervisord]\n\
         nodaemon = true\n\
         logfile = {directory}/supervisord.log\n\
         pidfile = {directory}/supervisord.pid\n\
         childlogdir = {directory}\n\
         [unix_http_server]\n\
         file = {directory}/supervisord.sock\n\
         [rpcinterface:supervisor]\n\
         supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n\
         [supervisorctl]\n\
         serverurl = unix://{directory}/supervisord.sock\n\
         {programs}"
    )
}
