//! Many short jobs, several at once.

use std::{sync::Mutex, thread};

/// How many work on the jobs of a test; of several such tests each has so many.
const WORKERS: usize = 4;

/// Does all the jobs, each with the tools of the worker that does it. What they yield comes in the
/// order of the jobs.
pub(crate) fn work<J, T, R: Send>(
    jobs: impl IntoIterator<Item = J, IntoIter: Send>,
    tools: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, J) -> R + Sync,
) -> Vec<R> {
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    let next = || jobs.lock().expect("jobs that do not panic").next();
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut tools = tools();
                while let Some((index, job)) = next() {
                    let result = work(&mut tools, job);
                    results.lock().expect("a worker that did not panic").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("workers that did not panic");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
