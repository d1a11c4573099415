//! The state of this process, and the handlers and the thread that attend to it.

use std::sync::{Arc, PoisonError};

use crate::process::own::OwnProcess;
use crate::running::launched::{self, Launched};
use crate::running::logs::ONE_AT_A_TIME;
use crate::running::said;
use crate::running::state::{Attended, Shared};
use crate::running::thread;
use crate::sys::bell::Bell;
use crate::sys::per_process::PerProcess;
use crate::sys::requests::{
    self, HANG_UP, INTERRUPT, Request, TERMINATE, USER_1, USER_2, handle_requests, ring_at_requests,
};

/// The state of this process. A child that is forked begins anew.
static STATE: PerProcess<Arc<Shared>> = PerProcess::new();

/// The state of this process. Once it is launched, its signals are handled from here on.
///
/// # Panics
///
/// If that cannot be done.
pub(super) fn shared() -> &'static Arc<Shared> {
    if STATE.get().is_none() {
        forget_locks_in_children();
    }
    let shared = STATE.get_or_init(|| Arc::new(Shared::new()));
    if let (Some(launched), None) = (launched::get(), shared.attended()) {
        attend(shared, launched);
    }
    shared
}

/// Has each child that is forked begin without the locks of this process. Before there are any:
/// another thread may fork while this one has locked them.
///
/// # Panics
///
/// If that cannot be done.
pub(super) fn forget_locks_in_children() {
    let forget = || {
        STATE.forget();
        ONE_AT_A_TIME.forget();
    };
    requests::forget_in_children(forget).expect("a handler for forked children");
}

fn attend(shared: &Arc<Shared>, launched: &'static Launched) {
    let _one_at_a_time = shared.attending.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.attended().is_some() {
        return;
    }
    let process = OwnProcess::of(nix::unistd::getpid());
    // Those that came before were carried out by the handler.
    let hang_ups = HANG_UP.count();
    let bell = Bell::new().expect("a descriptor for the signals of the program");
    let bell: &'static Bell = Box::leak(Box::new(bell));
    shared.lock().events.begin_at(hang_ups);
    // The thread comes first: if there can be none, the signals do what they did before.
    thread::begin(shared.clone(), bell, launched, hang_ups).expect("failed to spawn thread");
    ring_at_requests(bell);
    handle(launched, process, &[&TERMINATE, &INTERRUPT, &HANG_UP]);
    said::answers();
    // Last, since another thread that finds this done goes on, and has asked.
    shared.attend(Attended { process, bell });
    bell.ring();
}

/// Handles the signals that only events are for.
pub(super) fn handle_user_signals(shared: &Shared) {
    if let (Some(launched), Some(attended)) = (launched::get(), shared.attended()) {
        handle(launched, attended.process, &[&USER_1, &USER_2]);
        attended.bell.ring();
    }
}

/// Handles these, but for those that whoever started the program wants ignored, as nohup(1) does.
fn handle(launched: &Launched, process: OwnProcess, requests: &[&'static Request]) {
    let wanted: Vec<_> = requests
        .iter()
        .copied()
        .filter(|request| !launched.ignored.contains(request.signal()))
        .collect();
    handle_requests(&wanted, process.pid()).expect("the signals of the program can be handled");
}
