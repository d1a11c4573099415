//! Whatever is in the environment: it is taken for what it says, or refused by its name.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use nix::unistd::getpid;
use property::check;
use property::proptest::collection::{hash_map, vec};
use property::proptest::prelude::{Just, Strategy, any, prop_oneof};
use property::proptest::sample::select;

use super::decision::Decided;
use super::environment::{Addressee, Environment};
use super::mode::decide;
use super::parent::ThisProcess;
use super::sockets::names;
use crate::config::Mode;
use crate::supervisor::detect::Surroundings;

const PID: i32 = 4242;

/// Numbers in every form, words that mean something somewhere, and any bytes. No value of a variable
/// has a NUL.
fn values() -> impl Strategy<Value = OsString> {
    let words = select(vec![
        "",
        "auto",
        "background",
        "foreground",
        "Foreground",
        "4242",
        "+4242",
        "04242",
        " 4242",
        "-1",
        "65535",
        "65536",
        "infinity",
        "/",
        "/a:/b",
        ":",
        "::",
        "@",
        "@a",
        "a:b",
        "vsock:2:3",
    ]);
    let bytes = prop_oneof![
        words.prop_map(|word| word.as_bytes().to_vec()),
        any::<i128>().prop_map(|number| number.to_string().into_bytes()),
        (0..70_000_u32).prop_map(|number| number.to_string().into_bytes()),
        vec(1_u8..=255, 0..40),
        "[:/@a.]{0,200}".prop_map(String::into_bytes),
    ];
    bytes.prop_map(OsString::from_vec)
}

#[test]
fn a_variable_means_the_process_whose_number_it_is() {
    check(2000, values, |value| {
        let variable = |_: &str| Some(value.clone());
        let environment = Environment::new(PID, &variable);
        // As systemd reads it, with any zeros and a plus before it.
        let said = value.to_str().and_then(|it| it.strip_prefix('+').or(Some(it))).unwrap_or("x");
        let is_number = !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit());
        let is_ours = is_number && said.trim_start_matches('0') == PID.to_string();
        assert_eq!(environment.addressee("LISTEN_PID") == Addressee::ThisProcess, is_ours);
    });
}

#[test]
fn as_many_sockets_are_named_as_are_passed() {
    let lists = || (values(), prop_oneof![Just(None), values().prop_map(Some)]);
    check(3000, lists, |(count, listed)| {
        let number = count.to_str().and_then(|count| count.parse::<u16>().ok());
        match (names(&count, listed.clone()), number) {
            (Ok(names), Some(number)) => assert_eq!(names.len(), usize::from(number)),
            (Err(error), number) => {
                let variable = if number.is_none() { "LISTEN_FDS is" } else { "LISTEN_FDNAMES is" };
                assert!(error.to_string().starts_with(variable), "{error}");
                assert_eq!(error.exit_code(), 78);
            }
            (Ok(names), None) => panic!("{names:?}"),
        }
    });
}

#[test]
fn daemon_mode_is_one_of_three_words() {
    check(500, values, |value| {
        let variable = |name: &str| (name == "DAEMON_MODE").then(|| value.clone());
        let environment = Environment::new(getpid().as_raw(), &variable);
        let decided = decide(Mode::Auto, environment).map(|decision| decision.decided());
        match value.to_str() {
            Some("background") => assert_eq!(decided.ok(), Some(Decided::Background)),
            Some("foreground") => assert_eq!(decided.ok(), Some(Decided::Foreground)),
            Some("auto" | "") => assert!(decided.is_ok()),
            _ => {
                let error = decided.expect_err("a refusal");
                assert!(error.to_string().starts_with("DAEMON_MODE is"), "{error}");
            }
        }
    });
}

#[test]
fn there_is_a_mode_in_any_environment() {
    const NAMES: &[&str] = &[
        "INVOCATION_ID",
        "LISTEN_PID",
        "NOTIFICATION_FD",
        "NOTIFY_SOCKET",
        "PIDFILE",
        "RC_SVCNAME",
        "SUDO_COMMAND",
        "SUPERVISOR_ENABLED",
        "SYSTEMD_EXEC_PID",
        "XPC_SERVICE_NAME",
    ];
    check(
        500,
        || hash_map(select(NAMES), values(), 0..NAMES.len()),
        |set| {
            let variable = |name: &str| set.get(name).cloned();
            let pid = getpid().as_raw();
            let environment = Environment::new(pid, &variable);
            let found = Surroundings::of(environment, &ThisProcess).supervisor();
            // Nothing forks but a unit of systemd's with a PIDFile=.
            if let Some((Decided::Background, _, why)) = found {
                assert!(why.contains("PIDFile="), "{why}");
                assert_ne!(environment.started_by_systemd(), Addressee::Another);
                assert!(environment.has("PIDFILE"));
            }
        },
    );
}
