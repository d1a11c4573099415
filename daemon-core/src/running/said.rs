//! What the daemon says of itself in its state file, for its own commands to show: nothing, if it has
//! none, or in a child that it has forked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::files::state::{Answer, Contents, Hold, Phase, own};

/// At most so many names of holds are said.
const NAMED: usize = 20;

/// Whether its status is one of its start.
static IS_OF_START: AtomicBool = AtomicBool::new(false);

/// How far its start is.
pub(crate) fn starting(text: &str) {
    IS_OF_START.store(true, Ordering::Relaxed);
    own::change(|state| text.clone_into(&mut state.status));
}

/// What it is doing.
pub(crate) fn status(text: &str) {
    IS_OF_START.store(false, Ordering::Relaxed);
    own::change(|state| text.clone_into(&mut state.status));
}

/// That it is ready. How far its start was is out of date now.
///
/// It is said by the daemon itself: the caller has made sure.
pub(super) fn ready(message: &str) {
    own::change_in_owner(|state| {
        if state.phase == Some(Phase::Starting) {
            state.phase = Some(Phase::Ready);
        }
        if IS_OF_START.load(Ordering::Relaxed) {
            state.status.clear();
        }
        message.clone_into(&mut state.ready);
    });
}

/// That from here on every request to reload is answered.
pub(super) fn answers() {
    own::change(|state| state.answers = true);
}

/// That a reload has begun.
pub(super) fn reloading() {
    own::change(|state| {
        state.reloads_begun += 1;
        if state.phase == Some(Phase::Ready) {
            state.phase = Some(Phase::Reloading);
        }
    });
}

/// That a reload that had begun is answered.
pub(super) fn answered(is_done: bool, text: &str) {
    own::change(|state| {
        if state.phase == Some(Phase::Reloading) {
            state.phase = Some(Phase::Ready);
        }
        answer(state, is_done, text);
    });
}

/// That a request to reload is answered at once, because the program takes none.
pub(super) fn answered_at_once(is_done: bool, text: &str) {
    own::change(|state| {
        state.reloads_begun += 1;
        answer(state, is_done, text);
    });
}

fn answer(state: &mut Contents, is_done: bool, text: &str) {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs());
    state.reloads_done = state.reloads_begun;
    state.answer = Some(Answer { is_done, text: text.to_owned(), at });
}

/// That it is to stop, and why.
pub(super) fn stopping(why: &str) {
    own::change(|state| {
        state.phase = Some(Phase::Stopping);
        why.clone_into(&mut state.status);
    });
}

/// Whether it says what holds it up.
pub(super) fn names_holds() -> bool {
    own::is_kept()
}

/// How many holds there are, and the first of their names, in the order in which they were taken.
/// Those of one name are counted.
pub(super) fn holds(count: usize, names: &[String]) {
    let mut named: Vec<Hold> = Vec::new();
    for name in names {
        match named.iter().position(|hold| hold.name == *name) {
            Some(index) => named[index].count += 1,
            None if named.len() < NAMED => named.push(Hold { count: 1, name: name.clone() }),
            None => {}
        }
    }
    own::change(|state| {
        state.holds = count as u64;
        state.named_holds.clone_from(&named);
    });
}
