//! Promise 5: all that can be checked is checked before the first fork, and each refusal says what was
//! tried, on what, the system's reason, and what to do, with the status of sysexits(3).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::{
        fs::{MetadataExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
};

use daemon_tests::{
    Finished, NOBODY, STRANGER, Sandbox, Signal, Start, fixture, in_the_systems_words, told,
};
use nix::{sys::stat::Mode, unistd::mkfifo};

daemon_tests::tests![
    what_makes_no_sense,
    relative_paths_lead_from_where_it_was_started,
    relative_paths_where_there_is_no_directory_are_refused,
    pidfiles,
    pidfiles_of_others,
    working_directories,
    logs,
    a_plain_user_is_told_what_he_may_not,
    a_plain_user_without_a_home,
    a_plain_user_whose_home_is_missing,
    a_plain_user_who_cannot_write_the_usual_place,
    a_stream_that_is_open_already,
    links_that_lead_in_a_circle,
    control_characters_in_a_path_are_escaped,
    threads_that_configure_started,
    a_thread_before_config_run,
    an_error_of_configure,
    an_error_of_privileged,
    an_error_of_privileged_leaves_what_was_there,
    a_log_that_is_refused_after_the_pidfile,
    a_log_that_is_refused_after_a_pidfile_of_before,
    a_log_that_is_refused_after_another_log,
    a_log_that_is_refused_makes_no_usual_place,
    no_memory_for_standard_error_after_the_logs,
    no_process_to_be_had,
    no_pipe_to_be_had,
    a_program_that_goes_on_is_as_it_was,
];

/// How a start is refused. In what it says, `@` is the sandbox's directory, as in its options.
struct Refusal {
    asks_for: &'static [&'static str],
    code: i32,
    /// All that is said, after the program's name.
    says: &'static str,
}

/// Whether the time of a directory is compared, which creating and removing a file in it changes.
#[derive(PartialEq)]
enum Times {
    All,
    NotOfDirectories,
}

/// What can be seen of a file: mode, owner, size, time, and what is in it.
type Seen = (u32, u32, u64, Option<(i64, i64)>, Vec<u8>);

/// Everything below the sandbox's directory.
fn snapshot(sandbox: &Sandbox, times: &Times) -> BTreeMap<PathBuf, Seen> {
    let mut all = BTreeMap::new();
    let mut ahead = vec![sandbox.path().to_owned()];
    while let Some(path) = ahead.pop() {
        let metadata = path.symlink_metadata().expect("a file");
        let has_time = *times == Times::All || !metadata.is_dir();
        let content = if metadata.is_file() {
            fs::read(&path).expect("a file that can be read")
        } else if metadata.is_symlink() {
            fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
        } else {
            Vec::new()
        };
        let size = if metadata.is_file() { metadata.len() } else { 0 };
        let time = has_time.then(|| (metadata.mtime(), metadata.mtime_nsec()));
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).expect("a directory");
            ahead.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
        all.insert(path, (metadata.mode(), metadata.uid(), size, time, content));
    }
    all
}

/// Runs a start that changes nothing and leaves nobody.
#[track_caller]
fn refused(sandbox: &Sandbox, start: Start<'_>, times: &Times) -> Finished {
    let before = snapshot(sandbox, times);
    let finished = start.run();
    assert!(sandbox.processes().is_empty(), "{:?}\n{finished:?}", sandbox.processes());
    let after = snapshot(sandbox, times);
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed: Vec<_> = paths.iter().filter(|it| before.get(**it) != after.get(**it)).collect();
    assert!(changed.is_empty(), "{changed:?} changed\n{finished:?}");
    assert_eq!(finished.stdout, "");
    finished
}

#[track_caller]
fn assert_says(sandbox: &Sandbox, finished: Finished, code: i32, says: &str) {
    let path = sandbox.path().to_str().expect("a plain name");
    let words = format!("echod: {}\n", in_the_systems_words(says).replace('@', path));
    assert_eq!(finished.stderr, words, "{finished:?}");
    finished.expect_code(code);
}

/// Goes through a table. A start that would fork could not: it would say so instead.
#[track_caller]
fn assert_refused<'a>(sandbox: &'a Sandbox, start: impl Fn() -> Start<'a>, refusals: &[Refusal]) {
    for Refusal { asks_for, code, says } in refusals {
        let start = start().args(*asks_for).fail(libc::SYS_clone, libc::EPERM);
        assert_says(sandbox, refused(sandbox, start, &Times::All), *code, says);
    }
}

/// What every start asks for. Where it is not refused, it is ready at once.
const ALWAYS: [&str; 3] = ["name=echod", "pidfile=none", "notify"];

fn asks_for<'a>(sandbox: &'a Sandbox, options: &[&str]) -> Start<'a> {
    told(sandbox, ALWAYS).args(options)
}

/// As a user who cannot reach the build directory.
fn as_user<'a>(sandbox: &'a Sandbox, program: &Path, user: u32) -> Start<'a> {
    sandbox.start(program).args(ALWAYS).user(user, user)
}

fn what_makes_no_sense() {
    let sandbox = Sandbox::new();
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &[]),
        &[
            Refusal {
                asks_for: &["umask=1000"],
                code: 78,
                says: "`umask` is 0o1000: it must be at most 0o777",
            },
            Refusal {
                asks_for: &["umask=37777777777"],
                code: 78,
                says: "`umask` is 0o37777777777: it must be at most 0o777",
            },
            Refusal {
                asks_for: &["pidfile="],
                code: 78,
                says: "`pidfile` is \"\": it must not be empty",
            },
            Refusal {
                asks_for: &["pidfile=@/"],
                code: 78,
                says: "`pidfile` is \"@/\": it names a directory: drop the final `/`",
            },
            Refusal {
                asks_for: &["pidfile=/"],
                code: 78,
                says: "`pidfile` is \"/\": it names a directory: name a file in it",
            },
            Refusal {
                asks_for: &["pidfile=@/.."],
                code: 78,
                says: "`pidfile` is \"@/..\": it names a directory: name a file in it",
            },
            Refusal {
                asks_for: &["pidfile=@/one", "stderr=@/one"],
                code: 78,
                says: "`pidfile` and `stderr` are both @/one: name two files",
            },
            Refusal {
                asks_for: &["stderr=@/"],
                code: 78,
                says: "`stderr` is \"@/\": it names a directory: drop the final `/`",
            },
        ],
    );
    let slash = "must not contain a `/`: it names files in the usual places";
    let control = "must not contain control characters: it is shown on terminals";
    for (name, why) in [
        ("", "must not be empty"),
        (".", "must not be `.` or `..`"),
        ("..", "must not be `.` or `..`"),
        ("a/b", slash),
        ("/", slash),
        ("a\nb", control),
        ("a\u{1b}[31mb", control),
    ] {
        let start = asks_for(&sandbox, &[&format!("name={name}"), "pidfile=@/daemon.pid"]);
        let start = start.fail(libc::SYS_clone, libc::EPERM);
        let finished = refused(&sandbox, start, &Times::All);
        let words = format!("daemon: `name` is {name:?}: it {why}\n");
        assert_eq!(finished.stderr, words, "{finished:?}");
        finished.expect_code(78);
    }
}

/// A command line may name a path as it is seen from where the program is started.
fn relative_paths_lead_from_where_it_was_started() {
    let sandbox = Sandbox::new();
    sandbox.directory("sub", 0o755);
    let paths = ["pidfile=../echod.pid", "stderr=echod.log", "chdir=."];
    let start = told(&sandbox, ["print:hello", "notify"]).args(paths);
    start.current_dir(sandbox.join("sub")).run().expect_code(0);
    let daemon = sandbox.process_in("echod.pid");
    assert_eq!(daemon.cwd(), sandbox.join("sub"));
    assert_eq!(sandbox.read("sub/echod.log"), "hello\n");

    let start = told(&sandbox, ["name=echod", "pidfile=none/echod.pid", "notify"]);
    let finished = start.current_dir(sandbox.join("sub")).run();
    let says = "cannot create the pidfile @/sub/none/echod.pid: No such file or directory: create \
                @/sub/none, or choose another pidfile";
    assert_says(&sandbox, finished, 73, says);
}

fn relative_paths_where_there_is_no_directory_are_refused() {
    let sandbox = Sandbox::new();
    let line = format!(
        "mkdir gone && cd gone && rmdir ../gone && exec {} name=echod pidfile=echod.pid notify",
        fixture!("does_as_told")
    );
    let finished = sandbox.shell(line).run();
    let says = "cannot resolve a relative path in the working directory: No such file or \
                directory: name an absolute path, or start the program elsewhere";
    assert_says(&sandbox, finished, 78, says);
}

fn pidfiles() {
    let sandbox = Sandbox::new();
    sandbox.directory("directory", 0o755);
    sandbox.file("file", 0o600, "7\n");
    sandbox.file("target", 0o600, "kept\n");
    fs::hard_link(sandbox.join("target"), sandbox.join("hard-link")).expect("a link");
    symlink("file", sandbox.join("link")).expect("a link");
    symlink("nowhere", sandbox.join("dangling-link")).expect("a link");
    mkfifo(&sandbox.join("fifo"), Mode::S_IRUSR | Mode::S_IWUSR).expect("a FIFO");
    let _listener = UnixListener::bind(sandbox.join("socket")).expect("a socket");
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &[]),
        &[
            Refusal {
                asks_for: &["pidfile=@/missing/echod.pid"],
                code: 73,
                says: "cannot create the pidfile @/missing/echod.pid: No such file or directory: \
                       create @/missing, or choose another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=@/file/echod.pid"],
                code: 73,
                says: "cannot create the pidfile @/file/echod.pid: Not a directory: @/file is not \
                       a directory: choose another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=@/directory"],
                code: 73,
                says: "cannot use the pidfile @/directory: it is not a regular file: remove it, \
                       or choose another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=@/link"],
                code: 73,
                says: "cannot create the pidfile @/link: {ELOOP}: it \
                       is a symbolic link, which is not followed: name the file itself",
            },
            Refusal {
                asks_for: &["pidfile=@/dangling-link"],
                code: 73,
                says: "cannot create the pidfile @/dangling-link: {ELOOP}: it is a symbolic link, which is not followed: name the file \
                       itself",
            },
            Refusal {
                asks_for: &["pidfile=@/fifo"],
                code: 73,
                says: "cannot use the pidfile @/fifo: it is not a regular file: remove it, or \
                       choose another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=@/socket"],
                code: 73,
                says: "cannot create the pidfile @/socket: No such device or address: choose \
                       another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=/dev/null"],
                code: 73,
                says: "cannot use the pidfile /dev/null: it is not a regular file: remove it, or \
                       choose another pidfile",
            },
            Refusal {
                asks_for: &["pidfile=@/hard-link"],
                code: 73,
                says: "cannot use the pidfile @/hard-link: it has 2 links, so it is another file \
                       too: remove it, or choose another pidfile",
            },
        ],
    );
}

fn pidfiles_of_others() {
    let sandbox = Sandbox::new();
    sandbox.file("echod.pid", 0o600, "7\n");
    sandbox.owner("echod.pid", NOBODY, NOBODY);
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &[]),
        &[Refusal {
            asks_for: &["pidfile=@/echod.pid"],
            code: 73,
            says: "cannot use the pidfile @/echod.pid: it belongs to uid 65534, not to uid 0: \
                   remove it, or choose a pidfile in a directory of your own",
        }],
    );
}

fn working_directories() {
    let sandbox = Sandbox::new();
    sandbox.file("file", 0o755, "");
    symlink("nowhere", sandbox.join("dangling-link")).expect("a link");
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &["pidfile=@/echod.pid", "stderr=@/echod.log"]),
        &[
            Refusal {
                asks_for: &["chdir=@/missing"],
                code: 78,
                says: "cannot change to the directory @/missing: No such file or directory: \
                       create it, or choose another directory",
            },
            Refusal {
                asks_for: &["chdir=@/dangling-link"],
                code: 78,
                says: "cannot change to the directory @/dangling-link: No such file or directory: \
                       create it, or choose another directory",
            },
            Refusal {
                asks_for: &["chdir=@/file"],
                code: 78,
                says: "cannot change to the directory @/file: Not a directory: choose another \
                       directory",
            },
        ],
    );
}

fn logs() {
    let sandbox = Sandbox::new();
    sandbox.directory("directory", 0o755);
    sandbox.file("file", 0o600, "kept\n");
    symlink("file", sandbox.join("link")).expect("a link");
    mkfifo(&sandbox.join("fifo"), Mode::S_IRUSR | Mode::S_IWUSR).expect("a FIFO");
    let _listener = UnixListener::bind(sandbox.join("socket")).expect("a socket");
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &[]),
        &[
            Refusal {
                asks_for: &["stderr=@/missing/echod.log"],
                code: 73,
                says: "cannot open the log @/missing/echod.log: No such file or directory: create \
                       @/missing, or choose another log",
            },
            Refusal {
                asks_for: &["stdout=@/missing/echod.log"],
                code: 73,
                says: "cannot open the log @/missing/echod.log: No such file or directory: create \
                       @/missing, or choose another log",
            },
            Refusal {
                asks_for: &["stderr=@/file/echod.log"],
                code: 73,
                says: "cannot open the log @/file/echod.log: Not a directory: choose another log",
            },
            Refusal {
                asks_for: &["stderr=@/directory"],
                code: 73,
                says: "cannot open the log @/directory: Is a directory: choose another log",
            },
            Refusal {
                asks_for: &["stderr=@/fifo"],
                code: 73,
                says: "cannot open the log @/fifo: No such device or address: nobody reads from \
                       it: choose another log",
            },
            Refusal {
                asks_for: &["stderr=@/link"],
                code: 73,
                says: "cannot open the log @/link: {ELOOP}: it is a \
                       symbolic link, which is not followed: name the file itself",
            },
        ],
    );
}

fn a_plain_user_is_told_what_he_may_not() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    sandbox.directory("locked", 0o700);
    sandbox.file("root.pid", 0o600, "7\n");
    sandbox.file("root.log", 0o600, "kept\n");
    for own in ["own.pid", "own.log"] {
        sandbox.file(own, 0o000, "");
        sandbox.owner(own, NOBODY, NOBODY);
    }
    sandbox.home_of(NOBODY, NOBODY);
    assert_refused(
        &sandbox,
        || as_user(&sandbox, &program, NOBODY),
        &[
            Refusal {
                asks_for: &["pidfile=@/echod.pid"],
                code: 73,
                says: "cannot create the pidfile @/echod.pid: Permission denied: choose a place \
                       that uid 65534 may write; without a value the option has its usual one",
            },
            Refusal {
                asks_for: &["pidfile=@/locked/echod.pid"],
                code: 73,
                says: "cannot create the pidfile @/locked/echod.pid: Permission denied: choose a \
                       place that uid 65534 may write; without a value the option has its usual one",
            },
            Refusal {
                asks_for: &["pidfile=@/root.pid"],
                code: 73,
                says: "cannot create the pidfile @/root.pid: Permission denied: it belongs to uid \
                       0: if no daemon of that user runs, remove it, or choose another pidfile",
            },
            Refusal {
                asks_for: &["stderr=@/root.log"],
                code: 73,
                says: "cannot open the log @/root.log: Permission denied: it belongs to uid 0: \
                       remove it, or choose another log",
            },
            Refusal {
                asks_for: &["pidfile=@/own.pid"],
                code: 73,
                says: "cannot create the pidfile @/own.pid: Permission denied: let its owner, uid \
                       65534, read and write it, or choose another pidfile",
            },
            Refusal {
                asks_for: &["stderr=@/own.log"],
                code: 73,
                says: "cannot open the log @/own.log: Permission denied: let its owner, uid 65534, \
                       read and write it, or choose another log",
            },
            Refusal {
                asks_for: &["stderr=@/echod.log"],
                code: 73,
                says: "cannot open the log @/echod.log: Permission denied: choose a place that \
                       uid 65534 may write; without a value the option has its usual one",
            },
            Refusal {
                asks_for: &["chdir=@/locked"],
                code: 77,
                says: "cannot change to the directory @/locked: Permission denied: let uid 65534 \
                       enter it, or choose another directory",
            },
        ],
    );
}

fn a_plain_user_without_a_home() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    sandbox.home_of(STRANGER, STRANGER);
    assert_refused(
        &sandbox,
        || as_user(&sandbox, &program, STRANGER).env_remove("HOME"),
        &[
            Refusal {
                asks_for: &["pidfile=usual"],
                code: 78,
                says: "there is no usual place for echod.pid: HOME is not set, and uid 61234 has \
                       no home directory: set HOME, or name a path",
            },
            Refusal {
                asks_for: &["stderr=usual"],
                code: 78,
                says: "there is no usual place for echod.log: HOME is not set, and uid 61234 has \
                       no home directory: set HOME, or name a path",
            },
        ],
    );
}

fn a_plain_user_whose_home_is_missing() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    sandbox.home_of(NOBODY, NOBODY);
    assert_refused(
        &sandbox,
        || as_user(&sandbox, &program, NOBODY).env("HOME", sandbox.join("missing")),
        &[Refusal {
            asks_for: &["pidfile=usual"],
            code: 73,
            says: "cannot create the pidfile @/missing/.local/state/echod.pid: No such file or \
                   directory: create @/missing/.local/state, or choose another pidfile",
        }],
    );
}

/// Advice that is of use to somebody who has left the values out.
fn a_plain_user_who_cannot_write_the_usual_place() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    sandbox.home_of(NOBODY, NOBODY);
    for directory in ["locked/.local/state", "roots/.local/state"] {
        sandbox.directory(directory, 0o755);
    }
    sandbox.file("roots/.local/state/echod.pid", 0o600, "7\n");
    sandbox.file("roots/.local/state/echod.log", 0o600, "kept\n");
    let as_user = |home: &str| {
        let (program, home) = (program.clone(), sandbox.join(home));
        let sandbox = &sandbox;
        move || as_user(sandbox, &program, NOBODY).env("HOME", &home)
    };
    assert_refused(
        &sandbox,
        as_user("locked"),
        &[
            Refusal {
                asks_for: &["pidfile=usual"],
                code: 73,
                says: "cannot create the pidfile @/locked/.local/state/echod.pid: Permission \
                       denied: let uid 65534 write @/locked/.local/state, or name another pidfile",
            },
            Refusal {
                asks_for: &["stderr=usual", "mode=background"],
                code: 73,
                says: "cannot open the log @/locked/.local/state/echod.log: Permission denied: let \
                       uid 65534 write @/locked/.local/state, or name another log",
            },
        ],
    );
    assert_refused(
        &sandbox,
        as_user("roots"),
        &[
            Refusal {
                asks_for: &["pidfile=usual"],
                code: 73,
                says: "cannot create the pidfile @/roots/.local/state/echod.pid: Permission \
                       denied: it belongs to uid 0: if no daemon of that user runs, remove it, or \
                       choose another pidfile",
            },
            Refusal {
                asks_for: &["stderr=usual", "mode=background"],
                code: 73,
                says: "cannot open the log @/roots/.local/state/echod.log: Permission denied: it \
                       belongs to uid 0: remove it, or choose another log",
            },
        ],
    );
}

/// The file itself has no name that could be written instead.
fn a_stream_that_is_open_already() {
    let sandbox = Sandbox::new();
    for name in ["/dev/stderr", "/dev/stdout", "/dev/fd/2", "/proc/self/fd/1"] {
        let start = asks_for(&sandbox, &[&format!("stderr={name}")]);
        let finished = refused(&sandbox, start, &Times::All);
        let says = format!(
            "cannot open the log {name}: {{ELOOP}}: it is a stream that \
             is open already: write `inherit`"
        );
        assert_says(&sandbox, finished, 73, &says);
    }
}

/// A link on the way, not the last part.
fn links_that_lead_in_a_circle() {
    let sandbox = Sandbox::new();
    symlink("circle", sandbox.join("circle")).expect("a link");
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &[]),
        &[
            Refusal {
                asks_for: &["pidfile=@/circle/echod.pid"],
                code: 73,
                says: "cannot create the pidfile @/circle/echod.pid: {ELOOP}: choose another pidfile",
            },
            Refusal {
                asks_for: &["stderr=@/circle/echod.log"],
                code: 73,
                says: "cannot open the log @/circle/echod.log: {ELOOP}: choose another log",
            },
        ],
    );
}

fn control_characters_in_a_path_are_escaped() {
    let sandbox = Sandbox::new();
    let start = asks_for(&sandbox, &["pidfile=@/\x1b]0;title\x07/echod.pid"]);
    let finished = refused(&sandbox, start, &Times::All);
    let says = "cannot create the pidfile @/\\u{1b}]0;title\\u{7}/echod.pid: No such file or \
                directory: create @/\\u{1b}]0;title\\u{7}, or choose another pidfile";
    assert_says(&sandbox, finished, 73, says);
}

fn threads_that_configure_started() {
    let sandbox = Sandbox::new();
    for (threads, others) in [
        ("threads=tokio-worker", "another thread runs already (tokio-worker)"),
        ("threads=io,timer", "other threads run already (io, timer)"),
        // As one that is started without a name.
        ("threads=does_as_told", "another thread runs already (it has no name)"),
        ("threads=does_as_told,io", "other threads run already (io, 1 without a name)"),
    ] {
        let start = asks_for(&sandbox, &[threads, "pidfile=@/daemon.pid", "stderr=@/echod.log"]);
        let finished = refused(&sandbox, start, &Times::All);
        let says = format!(
            "cannot become a daemon: {others}: this is a mistake in the program: \
             threads, and async runtimes, start after the launch: below #[daemon::main], in the body of \
             Config::run, or after Config::launch"
        );
        assert_says(&sandbox, finished, 70, &says);
    }
}

fn a_thread_before_config_run() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("without_macro")).args(["name=echod", "threads=early-bird"]);
    let finished = refused(&sandbox, start, &Times::All);
    let says = "cannot become a daemon: another thread runs already (early-bird): this is a \
                mistake in the program: threads, and async runtimes, start after the launch: below \
                #[daemon::main], in the body of Config::run, or after Config::launch";
    assert_says(&sandbox, finished, 70, says);
}

fn an_error_of_configure() {
    let sandbox = Sandbox::new();
    assert_refused(
        &sandbox,
        || asks_for(&sandbox, &["pidfile=@/echod.pid"]),
        &[Refusal { asks_for: &["configure=3x is no time"], code: 78, says: "3x is no time" }],
    );
}

const ALL: &[&str] =
    &["pidfile=@/echod.pid", "stdout=@/out.log", "stderr=@/err.log", "privileged=port 7 is taken"];

/// It runs in the daemon, and so after the first fork.
fn an_error_of_privileged() {
    let sandbox = Sandbox::new();
    let finished = asks_for(&sandbox, ALL).run();
    assert_says(&sandbox, finished, 71, "port 7 is taken");
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    assert!(!sandbox.join("echod.pid").exists());
}

fn an_error_of_privileged_leaves_what_was_there() {
    let sandbox = Sandbox::new();
    sandbox.file("out.log", 0o640, "kept\n");
    sandbox.file("err.log", 0o640, "kept too\n");
    let start = asks_for(&sandbox, ALL);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    assert_says(&sandbox, finished, 71, "port 7 is taken");
}

const MISSING_LOG: &str = "cannot open the log @/missing/err.log: No such file or directory: \
                           create @/missing, or choose another log";

fn a_log_that_is_refused_after_the_pidfile() {
    let sandbox = Sandbox::new();
    let start = asks_for(&sandbox, &["pidfile=@/echod.pid", "stderr=@/missing/err.log"]);
    let start = start.fail(libc::SYS_clone, libc::EPERM);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    assert_says(&sandbox, finished, 73, MISSING_LOG);
}

fn a_log_that_is_refused_after_a_pidfile_of_before() {
    let sandbox = Sandbox::new();
    // Written by hand, with a longer number than any.
    sandbox.file("echod.pid", 0o644, "99999999\n");
    let start = asks_for(&sandbox, &["pidfile=@/echod.pid", "stderr=@/missing/err.log"]);
    let start = start.fail(libc::SYS_clone, libc::EPERM);
    let finished = refused(&sandbox, start, &Times::All);
    assert_says(&sandbox, finished, 73, MISSING_LOG);
}

fn a_log_that_is_refused_after_another_log() {
    let sandbox = Sandbox::new();
    let start = asks_for(&sandbox, &["stdout=@/out.log", "stderr=@/missing/err.log"]);
    let start = start.fail(libc::SYS_clone, libc::EPERM);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    assert_says(&sandbox, finished, 73, MISSING_LOG);
}

/// The directories above a pidfile in its usual place are made with it.
fn a_log_that_is_refused_makes_no_usual_place() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    let start = as_user(&sandbox, &program, NOBODY);
    let start = start.args(["pidfile=usual", "stderr=@/missing/err.log"]);
    let start = start.fail(libc::SYS_clone, libc::EPERM);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    assert_says(&sandbox, finished, 73, MISSING_LOG);
}

fn no_memory_for_standard_error_after_the_logs() {
    let sandbox = Sandbox::new();
    let start = asks_for(&sandbox, &["pidfile=@/echod.pid", "stdout=@/out.log"]);
    let start = start.fail(libc::SYS_memfd_create, libc::ENOMEM);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    let says = "cannot keep the daemon's output in memory until it is ready: {ENOMEM}";
    assert_says(&sandbox, finished, 71, says);
}

/// A limit that cannot be foreseen, and nothing is left of the plan.
#[track_caller]
fn assert_refused_without(call: libc::c_long, errno: i32, reason: &str) {
    let sandbox = Sandbox::new();
    let options = ["pidfile=@/echod.pid", "stdout=@/out.log", "stderr=@/err.log"];
    let start = asks_for(&sandbox, &options).fail(call, errno);
    let finished = refused(&sandbox, start, &Times::NotOfDirectories);
    assert_says(&sandbox, finished, 71, reason);
}

fn no_process_to_be_had() {
    let reason = "cannot make a process: Resource temporarily unavailable";
    assert_refused_without(libc::SYS_clone, libc::EAGAIN, reason);
}

fn no_pipe_to_be_had() {
    let reason = "cannot make a pipe: {EMFILE}";
    assert_refused_without(libc::SYS_pipe2, libc::EMFILE, reason);
}

/// A program that was refused and goes on: its signals are its own, its grandchildren are not. And it may
/// try again.
fn a_program_that_goes_on_is_as_it_was() {
    for (call, errno, reason) in [
        (libc::SYS_clone, libc::EAGAIN, "cannot make a process: Resource temporarily unavailable"),
        (libc::SYS_pipe2, libc::EMFILE, "cannot make a pipe: {EMFILE}"),
    ] {
        for sigchld in ["default", "ignore", "no-wait", "reap"] {
            let sandbox = Sandbox::new();
            let mut start = sandbox.start(fixture!("launches")).arg("mode=background");
            if sigchld != "default" {
                start = start.arg(format!("sigchld={sigchld}"));
            }
            let start = start.block(Signal::SIGUSR1).fail(call, errno);
            let reason = in_the_systems_words(reason);
            let state = format!("sub-reaper false, SIGCHLD {sigchld}, blocked [SIGUSR1]");
            assert_eq!(
                start.run().expect_code(7).stdout,
                format!(
                    "refused: {reason}\nbefore: {state}\nafter: {state}\nonce more: {reason}\n"
                )
            );
            assert!(!sandbox.join("daemon.pid").exists());
        }
    }
}
