//! Starts at once, a start while the holder is killed, and starts while somebody tampers with the
//! pidfile: never two daemons that hold the lock of the file at the path, never a wrong number.
//!
//! The moments at which something else happens are not left to chance: the start is stopped before
//! each of its calls in turn.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use daemon_tests::{
    Finished, Gate, PIDFILE, Process, Running, Sandbox, Signal, Start,
    faults::{Deed, Group, Order, Orders, Recorded, Role, Traced, call},
    fixture, told,
};

use crate::{
    budget, bystander::Bystander, faults, invariants::LIMIT, scenario, stage::Stage, workers::work,
};

daemon_tests::tests![
    of_fifty_starts_at_once_one_wins,
    a_holder_is_killed_before_each_call,
    a_holder_that_is_asked_for_is_killed_before_each_call,
    a_file_is_tampered_with_before_each_call,
    a_file_under_a_holder_is_tampered_with_before_each_call,
    a_file_is_tampered_with_all_the_time,
];

/// How many rounds of fifty starts there are.
const ROUNDS: usize = 100;

fn of_fifty_starts_at_once_one_wins() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    for end in [Signal::SIGKILL, Signal::SIGTERM].into_iter().cycle().take(ROUNDS) {
        let gate = Gate::closed(&sandbox);
        let starts = gate.with_starts(50, || told(&sandbox, ["mode=background", "notify"]));
        gate.open();
        let ends = ends_of(starts);
        let won = ends.iter().filter(|it| it.code() == 0).count();
        assert_eq!(won, 1, "{ends:#?}");
        let daemon = sandbox.process_in(PIDFILE);
        for lost in ends.iter().filter(|it| it.code() != 0) {
            assert_eq!(lost.code(), 75, "{lost:?}");
            assert_eq!(wrong_number(&lost.stderr, &[daemon.pid()]), None, "{lost:?}");
        }
        let left = sandbox.processes();
        assert_eq!(left.len(), 2, "a bystander, the winner's daemon and nobody else: {left:?}");
        daemon.signal(end);
        daemon.wait_for_death();
    }
    bystander.expect_undisturbed();
}

fn ends_of(starts: Vec<Running<'_>>) -> Vec<Finished> {
    starts.into_iter().map(|mut start| start.wait()).collect()
}

/// What somebody else does to the pidfile, or to its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attack {
    /// SIGKILL to the holder, who may still be dying.
    Kill,
    /// SIGKILL to the holder, who is gone.
    KillAndWait,
    Remove,
    Truncate,
    /// An empty file is put in its place.
    Replace,
    /// A file with the number of a stranger is put in its place.
    Forge,
    /// The number of a stranger is written into it.
    Overwrite,
}

const TAMPERING: [Attack; 5] =
    [Attack::Remove, Attack::Truncate, Attack::Replace, Attack::Forge, Attack::Overwrite];

fn a_holder_is_killed_before_each_call() {
    before_each_call(&[Attack::Kill, Attack::KillAndWait], true);
}

fn a_file_is_tampered_with_before_each_call() {
    before_each_call(&TAMPERING, false);
}

fn a_file_under_a_holder_is_tampered_with_before_each_call() {
    before_each_call(&TAMPERING, true);
}

impl Attack {
    fn happen(self, pidfile: &Path, holder: Option<&Process>, stranger: i32) {
        match self {
            Attack::Kill => holder.expect("a holder").signal(Signal::SIGKILL),
            Attack::KillAndWait => {
                let holder = holder.expect("a holder");
                holder.signal(Signal::SIGKILL);
                holder.wait_for_death();
            }
            Attack::Remove => drop(fs::remove_file(pidfile)),
            Attack::Truncate => drop(OpenOptions::new().write(true).truncate(true).open(pidfile)),
            Attack::Replace => replace(pidfile, ""),
            Attack::Forge => replace(pidfile, &format!("{stranger}\n")),
            Attack::Overwrite => {
                if let Ok(mut file) = OpenOptions::new().write(true).truncate(true).open(pidfile) {
                    _ = writeln!(file, "{stranger}");
                }
            }
        }
    }
}

/// Puts another file at the path, in one step.
fn replace(path: &Path, content: &str) {
    let draft = path.with_extension("draft");
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).clone();
    let mut file = options.open(&draft).expect("a draft");
    file.write_all(content.as_bytes()).expect("a draft");
    fs::rename(draft, path).expect("another pidfile");
}

/// Each of these happens before each call of a start, while another daemon holds the pidfile or
/// not.
fn before_each_call(attacks: &[Attack], is_held: bool) {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let stranger = bystander.pid();
    let calls = record(is_held);
    // There the start looks once more whether the file that it has locked is the one at the path.
    let last_look = calls
        .iter()
        .rposition(|it| it.site.role == Role::Command && it.label == "open @/daemon.pid");
    let jobs = calls.iter().enumerate().flat_map(|(index, call)| {
        attacks.iter().map(move |attack| (call, *attack, Some(index) <= last_look))
    });
    let seen = work(jobs, Stage::new, |stage, (call, attack, is_noticed)| {
        let holder = is_held.then(|| Arc::new(stage.start().arg("notify").daemon()));
        let (pidfile, holds) = (stage.pidfile(), holder.clone());
        let order = Order { site: call.site, deed: Deed::Meanwhile };
        let orders = Orders::with([order])
            .meanwhile(move || attack.happen(&pidfile, holds.as_deref(), stranger));
        let traced = scenario::PLAIN.start(stage).trace(&orders, LIMIT);
        if let (Some(holder), Attack::Kill) = (&holder, attack) {
            holder.wait_for_death();
        }
        let wrong = look(stage, &traced, holder.as_deref(), is_noticed);
        let what = wrong.map(|wrong| {
            format!("{wrong}: {attack:?} before `{}` ({:?}): {traced:?}", call.label, call.site)
        });
        let happened = traced.happened;
        drop(traced);
        stage.sandbox.kill_all();
        stage.clear();
        (happened, what)
    });
    bystander.expect_undisturbed();
    let happened = seen.iter().filter(|(happened, _)| *happened).count();
    println!("{attacks:?}: {happened} of {} happened", seen.len());
    let wrong: Vec<_> = seen.into_iter().filter_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(happened > 0);
}

/// `start` is a success if the daemon runs already. It believes what that has written of itself, which
/// outlives it: so it looks whether it lives after it has read it, and not before.
fn a_holder_that_is_asked_for_is_killed_before_each_call() {
    fn start(stage: &Stage) -> Start<'_> {
        let start = stage.sandbox.start(fixture!("reloads"));
        start.args(["daemon", "start", "mode=background", "start_timeout=8", "notify", "stop"])
    }
    let stage = Stage::new();
    start(&stage).run().expect_code(0);
    let recorded = start(&stage).trace(&Orders::with([]).recording(), LIMIT);
    assert_eq!(recorded.code(), Some(0), "{recorded:?}");
    let calls: Vec<_> =
        recorded.calls.iter().filter(|it| it.site.role == Role::Command).cloned().collect();
    drop(recorded);
    stage.sandbox.kill_all();
    let last_word = calls.iter().rposition(|it| it.label == "open @/daemon.state");
    let last_word = last_word.expect("it reads what the daemon says of itself");
    let seen = work(&calls[..=last_word], Stage::new, |stage, call| {
        start(stage).run().expect_code(0);
        let holder = Arc::new(stage.sandbox.process_in(PIDFILE));
        let (pidfile, holds) = (stage.pidfile(), holder.clone());
        let order = Order { site: call.site, deed: Deed::Meanwhile };
        let orders = Orders::with([order])
            .meanwhile(move || Attack::KillAndWait.happen(&pidfile, Some(&holds), 0));
        let traced = start(stage).trace(&orders, LIMIT);
        let is_wrong = match traced.code() {
            None => true,
            Some(0) => stage.sandbox.holders_of(&stage.pidfile()).is_empty(),
            Some(_) => false,
        };
        let what =
            is_wrong.then(|| format!("before `{}` ({:?}): {traced:?}", call.label, call.site));
        let happened = traced.happened;
        drop(traced);
        stage.sandbox.kill_all();
        stage.clear();
        (happened, what)
    });
    assert!(seen.iter().any(|(happened, _)| *happened));
    let wrong: Vec<_> = seen.into_iter().filter_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The calls of a start, while another daemon holds the pidfile or not.
fn record(is_held: bool) -> Vec<Recorded> {
    let stage = Stage::new();
    if is_held {
        stage.start().arg("notify").daemon();
    }
    let traced = scenario::PLAIN.start(&stage).trace(&Orders::with([]).recording(), LIMIT);
    assert_eq!(traced.code(), Some(if is_held { 75 } else { 0 }), "{traced:?}");
    let calls = faults::calls_of_the_start(&traced);
    drop(traced);
    stage.sandbox.kill_all();
    let is_ours = |it: &Recorded| call(it.site.call).is_some_and(|it| it.group == Group::Launch);
    calls.into_iter().filter(is_ours).collect()
}

/// What is wrong after this start, beside this holder. If the start has noticed what was done, its
/// daemon holds the file that is at the path.
fn look(
    stage: &Stage,
    traced: &Traced<'_>,
    holder: Option<&Process>,
    is_noticed: bool,
) -> Option<String> {
    let daemon = traced.daemon().filter(|_| traced.lives_on).and_then(Process::find);
    let wrong = match (traced.code(), &daemon) {
        (None, _) => Some("it hangs"),
        (Some(0), None) => Some("status 0 without a daemon"),
        (Some(0), Some(_)) => None,
        (Some(75 | 73), _) if !traced.left.is_empty() => Some("it fails, and a process is left"),
        (Some(75), _) if holder.is_none() => Some("it is said to run already, and does not"),
        (Some(75 | 73), _) if !traced.stderr.contains("does_as_told: ") => {
            Some("it fails without a word")
        }
        (Some(75 | 73), _) => None,
        (Some(_), _) => Some("it fails for another reason"),
    };
    if let Some(wrong) = wrong {
        return Some(wrong.to_owned());
    }
    let may_be_named: Vec<_> = holder.iter().map(|it| it.pid()).collect();
    if let Some(number) = wrong_number(&traced.stderr, &may_be_named) {
        return Some(format!("it names {number}"));
    }
    let at_path = stage.sandbox.holders_of(&stage.pidfile());
    if at_path.len() > 1 {
        return Some(format!("{at_path:?} hold it"));
    }
    if daemon.is_some_and(|it| is_noticed && !at_path.contains(&it.pid())) {
        return Some("the daemon holds another file than the one at the path".to_owned());
    }
    let next = stage.start().arg("notify").run();
    let expected = if at_path.is_empty() { 0 } else { 75 };
    let is_named_wrong = wrong_number(&next.stderr, &at_path).is_some();
    let after = stage.sandbox.holders_of(&stage.pidfile());
    (next.code() != expected || is_named_wrong || after.len() != 1)
        .then(|| format!("{at_path:?} held it, then {after:?}; the next start {next:?}"))
}

/// A number of a process that is named as the holder, and is none of these.
fn wrong_number(said: &str, holders: &[i32]) -> Option<i32> {
    let named = said.split("pid ").skip(1).filter_map(|rest| {
        let digits = rest.split(|it: char| !it.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    named.into_iter().find(|number| !holders.contains(number))
}

fn a_file_is_tampered_with_all_the_time() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let (pidfile, stranger) = (sandbox.join(PIDFILE), bystander.pid());
    for seed in budget::seeds("a_file_is_tampered_with_all_the_time", 6) {
        let gate = Gate::closed(&sandbox);
        let starts = gate.with_starts(20, || told(&sandbox, ["mode=background", "notify"]));
        gate.open();
        let is_over = AtomicBool::new(false);
        let ends = thread::scope(|scope| {
            scope.spawn(|| {
                let mut rng = fastrand::Rng::with_seed(seed);
                while !is_over.load(Ordering::Relaxed) {
                    let attack = rng.choice(TAMPERING).expect("an attack");
                    attack.happen(&pidfile, None, stranger);
                    (0..rng.u32(..200)).for_each(|_| thread::yield_now());
                }
            });
            let ends = ends_of(starts);
            is_over.store(true, Ordering::Relaxed);
            ends
        });
        let daemons: Vec<_> =
            sandbox.processes().iter().map(Process::pid).filter(|it| *it != stranger).collect();
        let won = ends.iter().filter(|it| it.code() == 0).count();
        assert_eq!(daemons.len(), won, "DAEMON_SEED={seed}: {ends:#?}");
        for end in &ends {
            let given_up =
                end.code() == 73 && end.stderr.contains("it is being replaced all the time");
            assert!(matches!(end.code(), 0 | 75) || given_up, "DAEMON_SEED={seed}: {end:?}");
            let wrong = wrong_number(&end.stderr, &daemons);
            assert_eq!(wrong, None, "DAEMON_SEED={seed}: {end:?}");
        }
        let before = sandbox.holders_of(&pidfile);
        assert!(before.len() <= 1, "DAEMON_SEED={seed}: {before:?}");
        let next = told(&sandbox, ["mode=background", "notify"]).run();
        next.expect_code(if before.is_empty() { 0 } else { 75 });
        assert_eq!(sandbox.holders_of(&pidfile).len(), 1, "DAEMON_SEED={seed}");
        for process in sandbox.processes().iter().filter(|it| it.pid() != stranger) {
            process.signal(Signal::SIGKILL);
            process.wait_for_death();
        }
    }
    bystander.expect_undisturbed();
}
