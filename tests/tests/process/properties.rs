//! Whatever is in the databases of users and groups: nobody gets an id that means "unchanged" to the
//! kernel, and a start either becomes exactly one user or is refused.

use daemon_tests::{Confined, Ids, PIDFILE, Sandbox, is_root, skip};
use property::check;
use property::proptest::collection::vec;
use property::proptest::prelude::{Just, Strategy, prop_oneof};
use property::proptest::sample::select;

daemon_tests::tests![any_lines_of_the_databases];

/// How many starts.
const STARTS: u32 = 60;

/// What setresuid(2) and setgroups(2) leave as it is, or refuse.
const UNCHANGED: u32 = u32::MAX;

/// A number as it may be written in a field, and as it should not be.
fn numbers() -> impl Strategy<Value = String> {
    let odd = select(vec![
        "",
        "-1",
        "-2",
        "4294967294",
        "4294967295",
        "4294967296",
        "8589934591",
        "99999999999999999999",
        "0",
        "00061235",
        "+61235",
        " 61235",
        "0x10",
        "x",
        "61235x",
        "\u{7f}",
    ]);
    prop_oneof![
        2 => Just("61235".to_owned()),
        1 => Just(UNCHANGED.to_string()),
        2 => odd.prop_map(str::to_owned),
    ]
}

fn lines(names: Vec<&'static str>) -> impl Strategy<Value = String> {
    let entry = (select(names), numbers(), numbers(), "[^\0\n]{0,12}", "[a-z/:,]{0,20}")
        .prop_map(|(name, one, other, text, rest)| format!("{name}:x:{one}:{other}:{text}:{rest}"));
    let any = "[^\0\n]{0,60}";
    let line = prop_oneof![5 => entry, 1 => any, 1 => "[a-z:0-9,]{0,30}"];
    vec(line, 0..6).prop_map(|lines| lines.join("\n") + "\n")
}

/// The user and the group that are asked for.
fn asked() -> impl Strategy<Value = Vec<&'static str>> {
    let user = select(vec!["user=wanted", "user=61235", "uid=61235", "user=+61235"]);
    let group = select(vec!["group=several", "group=61235"]);
    prop_oneof![
        user.clone().prop_map(|user| vec![user]),
        (user, group).prop_map(|(user, group)| vec![user, group])
    ]
}

fn any_lines_of_the_databases() {
    if !is_root() {
        skip!("needs root: mounts databases of users and groups");
    }
    let sandbox = Sandbox::new();
    // Skips the test where nothing can be mounted.
    sandbox.start("true").where_mounted("true").run().expect_code(0);
    let values = || {
        let passwd = lines(vec!["wanted", "wanted", "61235", "other", "+", "+wanted", ""]);
        let group = lines(vec!["several", "wanted", "61235", "+"]);
        let with_entry = (numbers(), numbers(), passwd)
            .prop_map(|(uid, gid, rest)| format!("wanted:x:{uid}:{gid}::/:/bin/sh\n{rest}"));
        (with_entry, (numbers(), group), asked()).prop_map(|(passwd, (gid, group), asked)| {
            (passwd, format!("several:x:{gid}:wanted\n{group}"), asked)
        })
    };
    check(STARTS, values, move |(passwd, group, asked)| {
        sandbox.kill_all();
        let confined = Confined::new(&sandbox);
        sandbox.file("passwd", 0o644, &passwd);
        sandbox.file("group", 0o644, &group);
        let databases = "mount --bind passwd /etc/passwd && mount --bind group /etc/group";
        let start = confined.by_root(asked).where_mounted(databases);
        let finished = start.run();
        if finished.code() == 0 {
            let daemon = sandbox.process_in(PIDFILE);
            let (user, group) = (daemon.users().real, daemon.groups().real);
            assert_eq!((daemon.users(), daemon.groups()), (Ids::all(user), Ids::all(group)));
            assert!(user != UNCHANGED && group != UNCHANGED);
            assert!(!daemon.supplementary_groups().contains(&UNCHANGED));
        } else {
            // Before anything is changed.
            let reason = match finished.code() {
                67 => "there is no ",
                78 => "4294967295 is not a valid ",
                code => panic!("{code}: {finished:?}"),
            };
            assert!(finished.stderr.contains(reason), "{finished:?}");
            assert_eq!(sandbox.read("report"), "", "the body ran\n{finished:?}");
            sandbox.assert_nothing_left();
        }
    });
}
