//! A daemon that ends before it was ready, in the way that its argument names.

use std::{env, error::Error, fs::File, hint::black_box, panic, process, ptr, thread};

use nix::{
    sys::signal::{Signal, kill},
    unistd::getpid,
};

#[daemon::main(configure = way)]
fn main(_ready: daemon::Ready, way: String) -> Result<(), Box<dyn Error>> {
    match way.as_str() {
        "returns" => {}
        "returns an error" => {
            File::open("/nowhere/echod.conf")?;
        }
        "exits with 0" => process::exit(0),
        "prints and exits with 3" => {
            eprintln!("bad configuration, line 7");
            process::exit(3);
        }
        "panics" => panic!("no port is left"),
        "panics with a hook of its own" => {
            panic::set_hook(Box::new(|_| eprintln!("the hook saw it")));
            panic!("no port is left");
        }
        "panics on a thread and fails" => {
            let worker = thread::spawn(|| panic!("the worker is gone"));
            worker.join().map_err(|_| "a worker failed")?;
        }
        "aborts" => process::abort(),
        "is killed" => kill(getpid(), Signal::SIGKILL)?,
        "is killed by a real-time signal" => be_killed_by_a_real_time_signal(),
        "is terminated" => kill(getpid(), Signal::SIGTERM)?,
        "reads at address 8" => read_at_address_8(),
        "overflows the stack" => {
            black_box(overflow(black_box(1)));
        }
        "fails an assertion in C" => fail_assertion_in_c(),
        other => panic!("no way {other}"),
    }
    Ok(())
}

fn way(config: &mut daemon::Config) -> String {
    config.pidfile(env::current_dir().expect("a working directory").join("daemon.pid"));
    env::args().nth(1).expect("a way")
}

#[expect(unsafe_code, reason = "nix does not name the real-time signals")]
fn be_killed_by_a_real_time_signal() {
    // SAFETY: raise(3) takes a number.
    unsafe { libc::raise(libc::SIGRTMIN() + 3) };
}

#[expect(unsafe_code, reason = "a segmentation fault is the subject")]
fn read_at_address_8() {
    // SAFETY: nothing is mapped there, so the kernel ends the process before there is a value.
    black_box(unsafe { ptr::without_provenance::<u64>(8).read_volatile() });
}

#[expect(unconditional_recursion, reason = "a stack overflow is the subject")]
fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    black_box(overflow(frame[0])) + frame[63]
}

#[expect(unsafe_code, reason = "a failed assertion of a C library is the subject")]
fn fail_assertion_in_c() {
    unsafe extern "C" {
        /// What the macro assert(3) calls.
        fn __assert_fail(
            assertion: *const libc::c_char,
            file: *const libc::c_char,
            line: libc::c_uint,
            function: *const libc::c_char,
        ) -> !;
    }
    // SAFETY: strings that live for ever.
    unsafe { __assert_fail(c"size > 0".as_ptr(), c"pool.c".as_ptr(), 42, c"grow".as_ptr()) }
}
