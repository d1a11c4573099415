//! Promise 38: what `unit rc.d` prints is run by /bin/sh, with a stand-in for rc.subr(8) of FreeBSD, which
//! is not here: it does with the script's variables what that does, as far as the script uses it.

use daemon_tests::{Finished, PIDFILE, Sandbox, fixture};

use crate::daemon::verb;

daemon_tests::tests![
    its_verbs_are_the_programs,
    it_does_nothing_unless_it_is_enabled,
    without_verbs_the_pidfile_tells_which_process_it_is,
    its_name_may_be_any,
];

/// In the order of rc.subr: the configuration, the words that the script has, whether it is enabled,
/// what it says itself, and otherwise the command and its pidfile. `rc.conf` is beside it.
const RC_SUBR: &str = r#"
load_rc_config() {
    [ "$1" = "$name" ] || exit 99
    if [ -e "$HERE/rc.conf" ]; then . "$HERE/rc.conf"; fi
}

check_pidfile() {
    [ -n "$pidfile" ] && [ -e "$pidfile" ] && read -r rc_pid < "$pidfile" &&
        [ "$(cat "/proc/$rc_pid/comm" 2>&-)" = "${command##*/}" ]
}

run_rc_command() {
    rc_arg=$1
    rc_is_forced=
    case $rc_arg in
        one*) rc_is_forced=yes; rc_arg=${rc_arg#one} ;;
    esac
    [ "$rc_arg" = status ] || case " start stop restart rcvar $extra_commands " in
        *" $rc_arg "*) ;;
        *) echo "$0: unknown directive '$rc_arg'." >&2; exit 1 ;;
    esac
    eval "rc_value=\${rc_is_forced:-\$$rcvar}"
    case $rc_value in
        [Yy][Ee][Ss]) ;;
        *) echo "Cannot '$rc_arg' $name. Set $rcvar to YES in /etc/rc.conf or use 'one$rc_arg'."; return 1 ;;
    esac
    eval "rc_command=\$${rc_arg}_cmd"
    if [ -n "$rc_command" ]; then
        eval "$rc_command"
        return
    fi
    case $rc_arg in
        start)
            if check_pidfile; then echo "$name already running? (pid=$rc_pid)."; return 1; fi
            eval "$command $command_args" ;;
        stop)
            check_pidfile || { echo "$name not running?"; return 1; }
            kill -TERM "$rc_pid"
            while [ -e "/proc/$rc_pid" ]; do sleep 0.02; done ;;
        restart)
            (run_rc_command onestop)
            run_rc_command onestart ;;
        status) check_pidfile ;;
    esac
}
"#;

/// The script that is printed, as a service with these settings in rc.conf(5).
struct Service<'a> {
    sandbox: &'a Sandbox,
    text: String,
}

impl<'a> Service<'a> {
    #[track_caller]
    fn new(sandbox: &'a Sandbox, text: String, settings: &str) -> Self {
        sandbox.script("printed", &text);
        sandbox.start("sh").args(["-n", "printed"]).run().expect_code(0);
        assert_eq!(text.matches("\n. /etc/rc.subr\n").count(), 1, "{text}");
        let subr = sandbox.file("rc.subr", 0o644, RC_SUBR).display().to_string();
        sandbox.script("service", &text.replace("/etc/rc.subr", &subr));
        sandbox.file("rc.conf", 0o644, settings);
        Self { sandbox, text }
    }

    #[track_caller]
    fn run(&self, word: &str, code: i32) -> Finished {
        let service = self.sandbox.start(self.sandbox.join("service")).arg(word);
        service.env("HERE", self.sandbox.path()).run().expect_code(code)
    }
}

/// What `reloads` prints for it, with these arguments.
#[track_caller]
fn printed(sandbox: &Sandbox, words: &[&str]) -> String {
    let words = [&["unit", "rc.d", "mode=background"], words].concat();
    verb(sandbox, &words).run().expect_code(0).stdout
}

fn its_verbs_are_the_programs() {
    let sandbox = Sandbox::new();
    let text = printed(&sandbox, &["notify", "events:refused", "stop"]);
    let service = Service::new(&sandbox, text, "reloads_enable=YES\n");
    service.run("start", 0);
    let first = sandbox.process_in(PIDFILE);
    service.run("start", 0);
    service.run("status", 0);
    let refused = service.run("reload", 1);
    assert!(refused.stderr.contains("line 3 is wrong"), "{refused:?}");
    service.run("restart", 0);
    assert!(!first.is_alive());
    service.run("stop", 0);
    service.run("status", 3);
    service.run("poke", 1);
    sandbox.assert_nothing_left();
}

fn it_does_nothing_unless_it_is_enabled() {
    let sandbox = Sandbox::new();
    let text = printed(&sandbox, &["notify", "stop"]);
    for settings in ["", "reloads_enable=NO\n"] {
        let service = Service::new(&sandbox, text.clone(), settings);
        let said = service.run("start", 1).stdout;
        assert!(said.contains("Set reloads_enable to YES"), "{said}");
        assert!(sandbox.processes().is_empty());
    }
    let service = Service::new(&sandbox, text, "");
    service.run("onestart", 0);
    service.run("onestop", 0);
    sandbox.assert_nothing_left();
}

/// As rc.subr does it with any daemon. The arguments are read by a shell twice.
fn without_verbs_the_pidfile_tells_which_process_it_is() {
    let sandbox = Sandbox::new();
    let here = format!("here={}", sandbox.path().display());
    let words = [
        &here,
        "pidfile=@/a pid\"$HOME\'s.pid",
        "mode=background",
        "status:it's \"$HOME\" $(no) `no` \\ a  b",
        "notify",
    ];
    let start = sandbox.start(fixture!("does_as_told")).args(words).env("PRINT_UNIT", "rc.d");
    let text = start.run().expect_code(0).stdout;
    let service = Service::new(&sandbox, text, "does_as_told_enable=YES\n");
    assert!(!service.text.contains("_cmd="), "{}", service.text);
    let pidfile = "a pid\"$HOME\'s.pid";
    service.run("status", 1);
    service.run("start", 0);
    let first = sandbox.process_in(pidfile);
    let given = first.command_line().split_off(1);
    assert_eq!(given, words.map(std::ffi::OsString::from), "{}", service.text);
    service.run("start", 1);
    service.run("status", 0);
    service.run("restart", 0);
    assert!(!first.is_alive());
    assert!(sandbox.process_in(pidfile).is_alive());
    service.run("stop", 0);
    service.run("status", 1);
    sandbox.assert_nothing_left();
}

/// Of a variable it may not.
fn its_name_may_be_any() {
    let sandbox = Sandbox::new();
    for (name, word) in [("7-a.b c", "_7_a_b_c"), ("it's", "it_s"), ("\u{e9}", "_")] {
        let text = printed(&sandbox, &[&format!("name={name}"), "notify", "stop"]);
        let service = Service::new(&sandbox, text, &format!("{word}_enable=yes\n"));
        service.run("start", 0);
        service.run("status", 0);
        service.run("stop", 0);
    }
    sandbox.assert_nothing_left();
}
