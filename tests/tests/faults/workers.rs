//! Many short jobs, several at once.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How many work on the jobs of a test; of several such tests each has so many.
const WORKERS: usize = 4;

/// Does all the jobs, each with the tools of the worker that does it. What they yield comes in the
/// order of the jobs.
pub(crate) fn work<J: Sync, T, R: Send>(
    jobs: &[J],
    tools: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, &J) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(jobs.len()));
    thread::scope(|scope| {
        for _ in 0..WORKERS.min(jobs.len()) {
            scope.spawn(|| {
                let mut tools = tools();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { return };
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
