//! The program's `configure` while there is a verb: what it prints, and what becomes of the verb if
//! it fails.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::config::verb::{Next, Verb};
use crate::control::arguments;
use crate::control::output::say;
use crate::control::perform::{become_whoever_calls, carry_out};
use crate::error::Error;
use crate::launch::refusal;
use crate::sys;

/// Standard output, which is the verb's alone: what `configure` prints goes to standard error.
static ASIDE: Mutex<Option<OwnedFd>> = Mutex::new(None);

/// Whether `configure` is running for a verb.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// The message for the case that it ends the program, without the end of the line.
static LAST_WORDS: Mutex<String> = Mutex::new(String::new());

/// Before `configure`. With `--pidfile` it is not run: the verb is carried out at once.
pub(crate) fn begin(config: &mut Config) {
    if config.asked.pidfile.is_some() {
        carry_out_and_exit(config);
    }
    let verb = match config.verb() {
        None | Some(Verb::Start) => return,
        Some(verb) => verb,
    };
    if let Err(error) = become_whoever_calls(verb) {
        refusal::exit(&config.name, &error);
    }
    let verb = verb.name();
    let words = format!("{}: the program ended by itself: `{verb}` was not done", config.name);
    *lock(&LAST_WORDS) = words;
    *lock(&ASIDE) = sys::descriptors::set_stdout_aside().ok();
    IS_RUNNING.store(true, Ordering::Relaxed);
    let _ = sys::process::at_exit(say_last_words);
}

/// Called if the program exits, as it may do on its own flag for help, or because it has found the
/// verb among all arguments and knows nothing of it.
extern "C" fn say_last_words() {
    if IS_RUNNING.load(Ordering::Relaxed) {
        let rest = if arguments::were_asked_for() {
            ""
        } else {
            ": its arguments without the verb are those of `daemon::args_os()`"
        };
        let words = format!("{}{rest}\n", lock(&LAST_WORDS));
        let _ = io::stderr().write_all(words.as_bytes());
    }
}

/// After `configure`.
pub(crate) fn end() {
    IS_RUNNING.store(false, Ordering::Relaxed);
    if let Some(stdout) = lock(&ASIDE).take() {
        let _ = io::stdout().flush();
        let _ = sys::descriptors::put_stdout_back(stdout);
    }
}

/// A verb on the running daemon needs no more of the configuration than where the pidfile is. But if
/// the program's own arguments have a say in that, it may be another daemon's.
///
/// Returns for a start alone.
pub(crate) fn has_failed(config: &mut Config, error: &Error) {
    let verb = match config.verb() {
        None | Some(Verb::Start) => return,
        Some(verb) => verb.clone(),
    };
    if verb.is_about_the_running() && !config.asked.has_more {
        say(config, &error.to_string());
        carry_out_and_exit(config);
    }
    if verb.is_about_the_running() {
        let verb = verb.name();
        say(config, &format!("`{verb}` was not done: name the pidfile, {verb} --pidfile PATH"));
    }
    refusal::exit(&config.name, error)
}

fn carry_out_and_exit(config: &mut Config) -> ! {
    match carry_out(config) {
        Next::Exit(status) => process::exit(status.into()),
        Next::Launch => unreachable!("a verb about the running daemon"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
