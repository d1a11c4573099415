//! Promise 38: what `unit` prints for systems that are not here can be read by a parser; and what a
//! target cannot express is refused.

use std::ffi::OsString;

use daemon_tests::{PIDFILE, Sandbox, fixture, require_program};
use yaml_rust2::{Yaml, YamlLoader};

use crate::{daemon::verb, unit_systemd::WORDS};

daemon_tests::tests![
    launchd_can_read_it,
    kubernetes_can_read_it,
    kubernetes_starts_it_as_its_user,
    rc_d_has_a_function_for_each_verb,
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

fn launchd_can_read_it() {
    require_program("python3", "python3");
    let sandbox = Sandbox::new();
    let text = step_for_root(&sandbox, "launchd");
    sandbox.file("plist", 0o644, &text);
    let script = "import plistlib
plist = plistlib.load(open('plist', 'rb'))
print(plist['Label'], plist['ExitTimeOut'], plist['Umask'], plist['RunAtLoad'], plist['KeepAlive'])
for word in plist['ProgramArguments']:
    print(word)";
    let read = sandbox.start("python3").args(["-c", script]).env("PYTHONUTF8", "1").run();
    let read = read.expect_code(0).stdout;
    let (first, words) = read.split_once('\n').expect("lines");
    assert_eq!(first, "step_for_root 15 23 True {'SuccessfulExit': False}");
    let words: Vec<_> = words.lines().map(OsString::from).collect();
    assert_eq!(words, command_line(), "{text}");
}

/// The pod, and its one container.
#[track_caller]
fn pod(text: &str) -> (Yaml, Yaml) {
    let mut documents = YamlLoader::load_from_str(text).expect("YAML");
    let pod = documents.pop().expect("a document");
    assert!(documents.is_empty(), "{text}");
    assert_eq!((pod["apiVersion"].as_str(), pod["kind"].as_str()), (Some("v1"), Some("Pod")));
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

/// With a stand-in for rc.subr(8) of FreeBSD, which is not here: it calls what the script names.
fn rc_d_has_a_function_for_each_verb() {
    let sandbox = Sandbox::new();
    let words = ["unit", "rc.d", "mode=background", "notify", "events:refused", "stop"];
    let text = verb(&sandbox, &words).run().expect_code(0).stdout;
    sandbox.script("printed", &text);
    sandbox.start("sh").args(["-n", "printed"]).run().expect_code(0);
    let here = sandbox.path().display().to_string();
    assert_eq!(text.matches("\n. /etc/rc.subr\n").count(), 1, "{text}");
    sandbox.script("script", &text.replace("/etc/rc.subr", &format!("{here}/rc.subr")));
    let subr = "load_rc_config() { loaded=$1; }
run_rc_command() {
    [ \"$loaded\" = reloads ] && [ \"$rcvar\" = reloads_enable ] && [ \"$reloads_enable\" = NO ] || exit 99
    case \" start stop restart $extra_commands \" in *\" $1 \"*) ;; *) exit 98 ;; esac
    eval \"\\$${1}_cmd\"
}
";
    sandbox.file("rc.subr", 0o644, subr);
    let service = |word: &str| sandbox.start(sandbox.join("script")).arg(word).run();
    service("start").expect_code(0);
    let first = sandbox.process_in(PIDFILE);
    service("start").expect_code(0);
    service("status").expect_code(0);
    let refused = service("reload").expect_code(1);
    assert!(refused.stderr.contains("line 3 is wrong"), "{refused:?}");
    service("restart").expect_code(0);
    assert!(!first.is_alive());
    service("stop").expect_code(0);
    service("status").expect_code(3);
    sandbox.assert_nothing_left();
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
