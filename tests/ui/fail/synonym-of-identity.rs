#[daemon::main(uid = 33, gid = 4, groups = "adm", jail = "/srv/jail", rlimits(nofile = 5), caps(chown), no_new_privileges, chown_pid_file = true)]
fn main() {}
