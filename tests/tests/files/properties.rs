//! Whatever is in the pidfile of a start: it is overwritten by the daemon's number, or, if it holds
//! anything but numbers, kept and refused.

use std::fs;

use daemon_tests::{PIDFILE, Sandbox, told};
use property::check;
use property::proptest::collection::vec;
use property::proptest::prelude::{Strategy, any, prop_oneof};
use property::proptest::sample::select;

daemon_tests::tests![any_content_of_a_pidfile];

/// How many starts.
const STARTS: u32 = 48;

fn contents() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "",
        "\n",
        "0",
        "1",
        "1\n",
        "-1\n",
        "-5",
        "+7",
        "4194304\n",
        "2147483648",
        "4294967295\n",
        "99999999999999999999999",
        "1 2 3\n",
        "7\0\0\0",
        "\0",
        "12\r\n",
        "007\n",
        "1.5",
        "0x10",
        "pid 7\n",
        "7;",
        "7\nport = 7\n",
        "[server]\n",
        "\u{ff11}",
    ]);
    let numbers = "[0-9+ \t\r\n-]{0,70}";
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => numbers.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..80),
        1 => any::<String>().prop_map(String::into_bytes),
    ]
}

fn any_content_of_a_pidfile() {
    let sandbox = Sandbox::new();
    check(STARTS, contents, move |content| {
        sandbox.kill_all();
        let pidfile = sandbox.file(PIDFILE, 0o600, "");
        fs::write(&pidfile, &content).expect("a file");
        let is_number = |byte: &u8| b"0123456789+- \t\r\n\0".contains(byte);
        let finished = told(&sandbox, ["notify"]).run();
        if content.len() <= 64 && content.iter().all(is_number) {
            let finished = finished.expect_code(0);
            let written = fs::read_to_string(&pidfile).expect("a pidfile");
            let daemon = sandbox.only_process();
            assert_eq!(written, format!("{}\n", daemon.pid()), "{finished:?}");
        } else {
            let finished = finished.expect_code(73);
            assert!(finished.stderr.contains("something other than a process number"));
            assert_eq!(fs::read(&pidfile).expect("a file"), content);
            sandbox.assert_nothing_left();
        }
    });
}
