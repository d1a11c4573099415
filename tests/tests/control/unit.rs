//! Promise 38: what `unit` prints for systems that are not here can be read by a parser; and what a
//! target cannot express is refused.

use std::ffi::OsString;

use daemon_tests::{Sandbox, fixture, require_program};
use yaml_rust2::Yaml;

use crate::{daemon::verb, pod, unit_systemd::WORDS};

daemon_tests::tests![
    launchd_can_read_it,
    launchd_has_the_limits_in_its_types,
    kubernetes_can_read_it,
    kubernetes_starts_it_as_its_user,
    kubernetes_takes_each_option,
    what_cannot_be_expressed_is_refused,
];

/// What `step_for_root` prints for this target, with the words as its own arguments.
#[track_caller]
fn step_for_root(sandbox: &Sandbox, target: &str) -> String {
    let start = sandbox.start(fixture!("step_for_root")).args(["unit", target]);
    start.args(WORDS).run().expect_code(0).stdout
}

fn command_line() -> Vec<OsString> {
    [fixture!("step_for_root")].into_iter().chain(WORDS).map(OsString::from).collect()
}

/// Reads a property list, and holds each key to the type that launchd.plist(5) gives it: launchd
/// refuses, or quietly leaves out, what has another.
const PROPERTIES: &str = "import plistlib
plist = plistlib.load(open('plist', 'rb'), fmt=plistlib.FMT_XML)
def number(it): return type(it) is int and 0 <= it < 2 ** 63
def text(it): return type(it) is str and it != ''
def limits(it): return type(it) is dict and it and all(number(value) for value in it.values()) and set(it) <= {
    'Core', 'CPU', 'Data', 'FileSize', 'MemoryLock', 'NumberOfFiles', 'NumberOfProcesses',
    'ResidentSetSize', 'Stack'}
types = {
    'Label': text,
    'ProgramArguments': lambda it: type(it) is list and it[0].startswith('/') and all(
        type(word) is str for word in it),
    'RunAtLoad': lambda it: type(it) is bool,
    'KeepAlive': lambda it: type(it) is bool or it == {'SuccessfulExit': False},
    'ExitTimeOut': number,
    'Umask': lambda it: number(it) and it <= 0o777,
    'SoftResourceLimits': limits,
    'HardResourceLimits': limits,
}
for key, value in plist.items():
    assert types[key](value), f'{key}: {value!r}'
assert {'Label', 'ProgramArguments'} <= set(plist)";

fn launchd_can_read_it() {
    require_program("python3", "python3");
    let sandbox = Sandbox::new();
    let text = step_for_root(&sandbox, "launchd");
    sandbox.file("plist", 0o644, &text);
    let script = format!(
        "{PROPERTIES}
print(plist['Label'], plist['ExitTimeOut'], plist['Umask'], plist['RunAtLoad'], plist['KeepAlive'])
for word in plist['ProgramArguments']:
    print(word)"
    );
    let read = sandbox.start("python3").args(["-c", &script]).env("PYTHONUTF8", "1").run();
    let read = read.expect_code(0).stdout;
    let (first, words) = read.split_once('\n').expect("lines");
    assert_eq!(first, "step_for_root 15 23 True {'SuccessfulExit': False}");
    let words: Vec<_> = words.lines().map(OsString::from).collect();
    assert_eq!(words, command_line(), "{text}");
}

fn launchd_has_the_limits_in_its_types() {
    require_program("python3", "python3");
    let sandbox = Sandbox::new();
    let words = ["unit", "launchd", "nofile=100,200", "core=unlimited", "umask=077", "notify"];
    let text = verb(&sandbox, &words).run().expect_code(0).stdout;
    sandbox.file("plist", 0o644, &text);
    let script = format!(
        "{PROPERTIES}
print(plist['SoftResourceLimits'], plist['HardResourceLimits'], plist['Umask'])"
    );
    let read = sandbox.start("python3").args(["-c", &script]).run().expect_code(0).stdout;
    assert_eq!(read, "{'NumberOfFiles': 100} {'NumberOfFiles': 200} 63\n");
}

/// The pod, and its one container.
#[track_caller]
fn pod(text: &str) -> (Yaml, Yaml) {
    let pod = pod::read(text);
    let containers = pod["spec"]["containers"].as_vec().expect("containers");
    let [container] = &containers[..] else { panic!("one container: {text}") };
    let container = container.clone();
    (pod, container)
}

#[track_caller]
fn strings(list: &Yaml) -> Vec<&str> {
    let list = list.as_vec().expect("a list");
    list.iter().map(|word| word.as_str().expect("a string")).collect()
}

fn kubernetes_can_read_it() {
    let sandbox = Sandbox::new();
    let text = step_for_root(&sandbox, "kubernetes");
    let (pod, container) = pod(&text);
    assert_eq!(pod["metadata"]["name"].as_str(), Some("step-for-root"));
    assert_eq!(pod["spec"]["terminationGracePeriodSeconds"].as_i64(), Some(15));
    // Two are one: Kubernetes replaces variables.
    let words = strings(&container["command"]);
    let words: Vec<_> = words.iter().map(|word| OsString::from(word.replace("$$", "$"))).collect();
    assert_eq!(words, command_line(), "{text}");
    assert_eq!(pod["spec"]["securityContext"]["runAsUser"].as_i64(), Some(0));
    let added = strings(&container["securityContext"]["capabilities"]["add"]);
    assert_eq!(added, ["CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"], "{text}");
    let probe = strings(&container["readinessProbe"]["exec"]["command"]);
    assert_eq!(probe, [fixture!("step_for_root"), "status", "--ready"]);
    assert_eq!(container["startupProbe"]["failureThreshold"].as_i64(), Some(60));
}

fn kubernetes_starts_it_as_its_user() {
    let sandbox = Sandbox::new();
    let words = ["unit", "kubernetes", "pidfile=usual", "uid=61234", "stop_timeout=3", "notify"];
    let text = verb(&sandbox, &words).run().expect_code(0).stdout;
    let (pod, container) = pod(&text);
    let context = &pod["spec"]["securityContext"];
    for key in ["runAsUser", "runAsGroup", "fsGroup"] {
        assert_eq!(context[key].as_i64(), Some(61234), "{text}");
    }
    assert_eq!(context["runAsNonRoot"].as_bool(), Some(true));
    assert!(container["securityContext"]["capabilities"]["add"].is_badvalue(), "{text}");
    assert_eq!(container["volumeMounts"][0]["mountPath"].as_str(), Some("/run/reloads"));
    assert_eq!(pod["spec"]["volumes"][0]["name"], container["volumeMounts"][0]["name"]);
    assert_eq!(pod["spec"]["terminationGracePeriodSeconds"].as_i64(), Some(8));
    let probe = strings(&container["readinessProbe"]["exec"]["command"]);
    assert_eq!(probe[1..4], ["daemon", "status", "--ready"]);
    assert_eq!(probe[4..], words[2..]);
}

fn kubernetes_takes_each_option() {
    let sandbox = Sandbox::new();
    for words in [
        &["pidfile=none"][..],
        &["pidfile=usual", "name=A.b_C", "user=www-data", "group=adm"],
        &["pidfile=/run/a b/x.pid", "stderr=/var/log/x/y.log", "uid=2147483647"],
        &["chroot=/srv", "capability=net_bind_service", "uid=7"],
        &["start_timeout=3000000000", "stop_timeout=0.5", "umask=0"],
        &["start_timeout=never", "print:$(HOME) \u{e9} # : {} \"\\"],
    ] {
        let start = verb(&sandbox, &["unit", "kubernetes"]).args(words.iter().copied());
        pod::read(&start.arg("notify").run().expect_code(0).stdout);
    }
    let words = ["unit", "kubernetes", "uid=7", "stderr=/var/log/a:b/x.log", "notify"];
    let refused = verb(&sandbox, &words).run().expect_code(78);
    assert!(refused.stderr.contains("choose another path"), "{refused:?}");
}

fn what_cannot_be_expressed_is_refused() {
    let sandbox = Sandbox::new();
    let here = sandbox.path().display();
    for (target, option, said) in [
        ("supervisord", "mode=background", "leave `mode` out"),
        ("runit", "mode=background", "leave `mode` out"),
        ("s6", "mode=background", "leave `mode` out"),
        ("openrc", "mode=background", "leave `mode` out"),
        ("launchd", "mode=background", "leave `mode` out"),
        ("kubernetes", "mode=background", "leave `mode` out"),
        ("rc.d", "mode=foreground", "leave `mode` out"),
        ("launchd", "capability=setuid", "`capabilities`"),
        ("rc.d", "capability=setuid", "`capabilities`"),
        ("supervisord", "name=a b", "`name`"),
        ("kubernetes", "name=ü", "`name`"),
        ("systemd", "name=a:b", "`name`"),
        ("systemd", "name=a\\", "`name`"),
        ("kubernetes", "user=nobody-knows", "set `user` to a number"),
        ("kubernetes", "uid=2147483648", "choose a smaller number"),
        ("supervisord", "print:two\nlines", "start the program by a script"),
        ("launchd", "print:\u{7}", "start the program by a script"),
        ("logrotate", "notify", "set `stderr`"),
        ("logrotate", "stderr=@/{x}", "choose another name"),
        ("systemd", "umask=1777", "`umask`"),
    ] {
        let words = ["unit", target, "pidfile=usual", option, "notify"];
        let refused = verb(&sandbox, &words).run().expect_code(78);
        assert!(refused.stderr.contains(said), "{target} {option} in {here}: {refused:?}");
        assert_eq!(refused.stdout, "");
    }
    sandbox.assert_nothing_left();
}
