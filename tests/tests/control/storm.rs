//! Verbs in any order, many at once, with `kill -9` among them: there is never more than one daemon,
//! nothing is left, and no answer is one that the verb does not have.

use std::{
    env,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use daemon_tests::{PIDFILE, Sandbox, Signal};
use fastrand::Rng;

use crate::daemon::verb;

daemon_tests::tests![at_most_one_daemon_at_any_moment];

/// How many verbs run at once.
const AT_ONCE: usize = 4;

/// For how long, in seconds, unless `DAEMON_STORM_SECONDS` says otherwise.
const SECONDS: u64 = 6;

/// The verbs, and the statuses that each may end with. A start may be stopped or killed, or find one
/// that is.
const VERBS: &[(&[&str], &[i32])] = &[
    (&["start", "mode=background", "alone", "events:done", "notify", "stop"], STARTS),
    (&["restart", "mode=background", "alone", "events:done", "notify", "stop"], RESTARTS),
    (&["stop"], &[0, 4]),
    (&["stop", "--timeout", "5", "--kill"], &[0, 4]),
    (&["reload", "--timeout", "5"], &[0, 1, 3, 4, 7]),
    (&["status"], &[0, 1, 3, 4]),
    (&["status", "--ready", "--json"], &[0, 1, 3, 4, 150]),
];

const STARTS: &[i32] = &[0, 1, 70, 75, 128 + 9, 128 + 15];
const RESTARTS: &[i32] = &[0, 1, 4, 70, 75, 128 + 9, 128 + 15];

fn at_most_one_daemon_at_any_moment() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_secs(60));
    let seed = fastrand::u64(..);
    let seconds = env::var("DAEMON_STORM_SECONDS").ok().and_then(|it| it.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for index in 0..AT_ONCE {
            let (sandbox, done) = (&sandbox, &done);
            scope.spawn(move || {
                let mut rng = Rng::with_seed(seed.wrapping_add(index as u64));
                while Instant::now() < until {
                    if rng.u8(..8) == 0 {
                        kill_one(sandbox);
                        continue;
                    }
                    let (words, statuses) = rng.choice(VERBS).expect("a verb");
                    let ended = verb(sandbox, words).run();
                    assert!(statuses.contains(&ended.code()), "{words:?}: {ended:?}, seed {seed}");
                    assert!(!ended.stderr.contains("panicked"), "{words:?}: {ended:?}");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    println!("{} verbs", done.load(Ordering::Relaxed));
    assert!(!sandbox.join("two").exists(), "two daemons at a time, seed {seed}");
    verb(&sandbox, &["stop"]).run().expect_code(0);
    sandbox.assert_nothing_left();
    assert!(!sandbox.join(PIDFILE).exists());
}

/// The daemon, if there is one, as the kernel ends processes that take too much memory.
fn kill_one(sandbox: &Sandbox) {
    let number = std::fs::read_to_string(sandbox.join(PIDFILE)).unwrap_or_default();
    let is_it = |pid: i32| number.trim().parse() == Ok(pid);
    if let Some(daemon) = sandbox.processes().into_iter().find(|it| is_it(it.pid())) {
        if daemon.is_alive() {
            daemon.signal(Signal::SIGKILL);
        }
    }
}
