//! Hostile surroundings, one at a time and in pairs: closed standard streams, leaked descriptors,
//! signals that are blocked or ignored, limits at their edge, no /proc, no /dev/null, file systems
//! that are full or read-only, a working directory that is gone, another process namespace, an
//! emulator, and a kernel that lacks what only Linux has.
//!
//! What is true afterwards is seen from the outside. Where not even a program that does nothing can
//! run, nothing is promised.

use std::time::Duration;

use daemon_tests::{
    LINUX_ONLY, Process, Sandbox, Signal, Standard, Start, is_root, require_program, skip,
};
use libc::{ENOSYS, SYS_fcntl};

use crate::{
    bystander::Bystander,
    invariants::{self, LIMIT, Outcome, Seen, Words},
    scenario::{self, Scenario},
    stage::Stage,
    workers::work,
};

daemon_tests::tests![one_at_a_time, in_pairs];

/// How long after the command's end the rest may take to end.
const AFTERMATH: Duration = Duration::from_secs(3);

/// Something hostile, which a start is put into.
struct Hostile {
    name: String,
    kind: Kind,
    /// What of a start that fails can be heard there.
    words: Words<'static>,
    put_on: PutOn,
}

type PutOn = Box<dyn for<'a> Fn(Start<'a>, &'a Stage) -> Start<'a> + Send + Sync>;

/// Of which kind it is. A start has one of each kind at most, and they are put on in this order, the
/// innermost first: who limits the processes must not limit the shell that mounts something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The command that becomes the program.
    Emulator,
    User,
    Limit,
    Namespace,
    Directory,
    Proc,
    Dev,
    Files,
    /// What holds for whatever is put before the program, too.
    Streams,
    Descriptors,
    Blocked,
    Ignored,
    Kernel,
}

impl Kind {
    /// An emulator has more threads than the few processes that the user may have, and its own
    /// words for that.
    fn goes_with(self, other: Self) -> bool {
        let both = [self, other];
        self != other && !(both.contains(&Kind::Emulator) && both.contains(&Kind::User))
    }

    fn with(
        self,
        name: impl Into<String>,
        put_on: impl for<'a> Fn(Start<'a>, &'a Stage) -> Start<'a> + Send + Sync + 'static,
    ) -> Hostile {
        Hostile { name: name.into(), kind: self, words: Words::Some, put_on: Box::new(put_on) }
    }
}

/// Everything that is hostile.
fn hostile() -> Vec<Hostile> {
    let mut all = closed_streams();
    all.push(
        Kind::Descriptors
            .with("leaked descriptors", |it, _| it.leak(3).leak_pipe(4).leak(63).leak_pipe(700)),
    );
    all.push(Kind::Blocked.with("all signals blocked", |it, _| signals().fold(it, Start::block)));
    all.push(Kind::Ignored.with("all signals ignored", |it, _| signals().fold(it, Start::ignore)));
    all.extend(limits());
    all.extend(places());
    all.extend(missing_calls());
    let emulator = format!("qemu-{}-static", std::env::consts::ARCH);
    let emulator = require_program(&emulator, "qemu-user-static");
    all.push(Kind::Emulator.with("emulated", move |it, _| it.under([&emulator])));
    all.push(
        Kind::Namespace
            .with("children in another process namespace", |it, _| it.under(["unshare", "--pid"])),
    );
    all
}

/// The eight ways to start with some of the three closed, but for the one with none.
fn closed_streams() -> Vec<Hostile> {
    let closed = |number: u8| {
        let is_closed = move |bit: u8| number & (1 << bit) != 0;
        let names: Vec<_> = (0..3).filter(|it| is_closed(*it)).map(|it| it.to_string()).collect();
        let hostile = Kind::Streams.with(format!("{} closed", names.join(", ")), move |it, _| {
            let it = if is_closed(0) { it.stdin(Standard::Closed) } else { it };
            let it = if is_closed(1) { it.stdout(Standard::Closed) } else { it };
            if is_closed(2) { it.stderr(Standard::Closed) } else { it }
        });
        let words = if is_closed(2) { Words::None } else { Words::Some };
        Hostile { words, ..hostile }
    };
    (1..8).map(closed).collect()
}

/// All that can be blocked or ignored.
fn signals() -> impl Iterator<Item = Signal> {
    Signal::iterator().filter(|it| ![Signal::SIGKILL, Signal::SIGSTOP].contains(it))
}

fn limits() -> Vec<Hostile> {
    let limit = |name: &str, value: u64| {
        let option = format!("--{name}={value}:{value}");
        Kind::Limit.with(format!("{name}={value}"), move |it, _| it.under(["prlimit", &option]))
    };
    // What a start needs is between these.
    let open_files = [4, 6, 8, 10, 11, 12, 13].map(|it| limit("nofile", it));
    // A pidfile has six bytes or so.
    let file_size = [0, 1, 5, 6].map(|it| limit("fsize", it));
    let enough = enough_memory();
    let memory = [-16, 0, 16, 256].map(|more| {
        let it = limit("as", enough.saturating_add_signed(more) * 1024);
        Hostile { words: Words::Any, ..it }
    });
    let processes = [1, 2, 3, 4].map(|count| {
        Kind::User.with(format!("nproc={count}"), move |it, stage| {
            let user = stage.user().expect("a stage of a user");
            let [user, group] = ["reuid", "regid"].map(|it| format!("--{it}={user}"));
            let limit = format!("--nproc={count}:{count}");
            it.under(["setpriv", &user, &group, "--clear-groups", "prlimit", &limit])
        })
    });
    open_files.into_iter().chain(file_size).chain(memory).chain(processes).collect()
}

/// How much memory, in KiB, is just enough for a start.
fn enough_memory() -> u64 {
    let stage = Stage::new();
    let (mut too_little, mut enough) = (1 << 10, 1 << 20);
    while enough - too_little > 4 {
        let middle = (too_little + enough) / 8 * 4;
        let limit = format!("--as={}", middle * 1024);
        let start = scenario::PLAIN.start(&stage).under(["prlimit", &limit]);
        let bound = if start.run().code() == 0 { &mut enough } else { &mut too_little };
        *bound = middle;
        stage.sandbox.kill_all();
    }
    enough
}

/// Places that are not as they usually are.
fn places() -> Vec<Hostile> {
    let mounted = |kind: Kind, name: &str, line: &'static str| {
        kind.with(name, move |it, stage| {
            it.where_mounted(&line.replace('@', &stage.sandbox.path().display().to_string()))
        })
    };
    vec![
        mounted(Kind::Proc, "no /proc", "mount -t tmpfs tmpfs /proc"),
        mounted(Kind::Proc, "hidepid=2", "mount -t proc -o hidepid=2 proc /proc"),
        mounted(Kind::Dev, "no /dev/null", "mount -t tmpfs -o mode=755 tmpfs /dev"),
        mounted(
            Kind::Files,
            "no room for a byte",
            "mount -t tmpfs -o mode=755,size=4k tmpfs @ && head -c 4096 /dev/zero >@/fill",
        ),
        mounted(
            Kind::Files,
            "no room for a file",
            "mount -t tmpfs -o mode=755,nr_inodes=2 tmpfs @ && echo >@/fill",
        ),
        mounted(Kind::Files, "read-only", "mount --bind @ @ && mount -o remount,bind,ro @"),
        Kind::Directory.with("the working directory is gone", |it, _| {
            let script = "gone=$(mktemp -d) && cd \"$gone\" && rmdir \"$gone\" && exec \"$@\"";
            it.under(["sh", "-c", script, "sh"])
        }),
    ]
}

/// The calls that only Linux has, each alone, and all of them.
fn missing_calls() -> Vec<Hostile> {
    const F_SETSIG: i32 = 10;
    let each = LINUX_ONLY.map(|(name, call)| {
        Kind::Kernel.with(format!("no {name}"), move |it, _| it.fail(call, ENOSYS))
    });
    let signal = Kind::Kernel
        .with("no F_SETSIG", |it, _| it.fail_given(SYS_fcntl, [(1, F_SETSIG)], libc::EINVAL));
    let all = Kind::Kernel.with("nothing that only Linux has", |it, _| {
        let it = LINUX_ONLY.iter().fold(it, |it, (_, call)| it.fail(*call, ENOSYS));
        it.fail_given(SYS_fcntl, [(1, F_SETSIG)], libc::EINVAL)
    });
    each.into_iter().chain([signal, all]).collect()
}

fn one_at_a_time() {
    try_all(|hostile| {
        let each = 0..hostile.len();
        let scenarios = scenario::OF_ANY_USER.iter();
        each.flat_map(|index| scenarios.clone().map(move |it| (vec![index], it))).collect()
    });
}

/// All pairs, each in one of the scenarios.
fn in_pairs() {
    try_all(|hostile| {
        let pairs = (0..hostile.len()).flat_map(|first| (0..first).map(move |it| (it, first)));
        pairs
            .filter(|&(one, other)| hostile[one].kind.goes_with(hostile[other].kind))
            .zip(scenario::OF_ANY_USER.iter().cycle())
            .map(|((one, other), scenario)| (vec![one, other], scenario))
            .collect()
    });
}

/// Starts in surroundings that are chosen of all that are hostile, by their indices.
fn try_all(choose: impl Fn(&[Hostile]) -> Vec<(Vec<usize>, &'static Scenario)>) {
    if !is_root() {
        skip!("needs root: mounts file systems, and becomes users who have no other processes");
    }
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let all = hostile();
    let seen = work(choose(&all), Stage::new, |stage, (chosen, scenario)| {
        let mut chosen: Vec<_> = chosen.into_iter().map(|index| &all[index]).collect();
        chosen.sort_by_key(|it| it.kind);
        // Another one each time: the zombies of an earlier start count, too.
        let of_a_user = chosen.iter().any(|it| it.kind == Kind::User).then(Stage::of_a_user);
        let stage = of_a_user.as_ref().unwrap_or(stage);
        let (outcome, seen) = try_one(stage, scenario, &chosen);
        let names: Vec<_> = chosen.iter().map(|it| &it.name).collect();
        match outcome {
            Some(Outcome::Wrong(wrong)) => {
                Err(format!("{wrong}: {}, {names:?}: {seen:#?}", scenario.name))
            }
            outcome => Ok(outcome),
        }
    });
    bystander.expect_undisturbed();
    let count = |outcome: fn(&Outcome) -> bool| {
        seen.iter().flatten().flatten().filter(|it| outcome(it)).count()
    };
    let ready = count(|it| *it == Outcome::Ready);
    let failed = count(|it| matches!(it, Outcome::Failed(_)));
    println!("{} surroundings: {ready} ready, {failed} failed", seen.len());
    let wrong: Vec<_> = seen.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What becomes of a start in these surroundings; nothing if no program can run there.
fn try_one(stage: &Stage, scenario: &Scenario, hostile: &[&Hostile]) -> (Option<Outcome>, Seen) {
    let sandbox = &stage.sandbox;
    let put_on = |start| hostile.iter().fold(start, |start, it| (it.put_on)(start, stage));
    let mut running = put_on(scenario.of(stage.start_by_tester(), stage)).spawn();
    let has_ended = sandbox.is_true_within(LIMIT, || running.has_ended());
    let code = has_ended.then(|| running.wait().code());
    let may_stay = usize::from(code == Some(0));
    let is_left = !sandbox.is_true_within(AFTERMATH, || sandbox.processes().len() <= may_stay);
    let daemon = sandbox.processes().first().map(Process::pid);
    let seen = Seen {
        code,
        stderr: running.stderr(),
        daemon: daemon.filter(|_| code == Some(0) && !is_left),
        is_left,
        is_killed: false,
    };
    let words = |words: Words<'static>| hostile.iter().any(|it| it.words == words);
    let words = [Words::None, Words::Any].into_iter().find(|it| words(*it));
    let outcome = invariants::judge(scenario, stage, words.unwrap_or(Words::Some), &seen);
    drop(running);
    sandbox.kill_all();
    stage.clear();
    let outcome = mistold(scenario, &seen).map_or(outcome, Outcome::Wrong);
    let outcome = match invariants::and_next(stage, outcome) {
        Outcome::Wrong(_) if !put_on(stage.nothing()).run().status.success() => None,
        outcome => Some(outcome),
    };
    (outcome, seen)
}

/// What is wrong with the end that this start has told of. Here nothing happens to a daemon that
/// runs, unlike where faults are injected.
fn mistold(scenario: &Scenario, seen: &Seen) -> Option<&'static str> {
    let says = |words: &str| seen.stderr.contains(words);
    if says("not ready after") {
        return Some("its end is not noticed");
    }
    let is_other = scenario.fails && says(scenario::REASON) && seen.code != Some(3);
    is_other.then_some("the status of the body is lost")
}
