//! Whatever a daemon says of itself is read as it was said, and whatever else is in the file is not
//! believed.

use std::fs;
use std::path::PathBuf;

use property::check;
use property::proptest::collection::vec;
use property::proptest::option;
use property::proptest::prelude::{Strategy, any, prop_oneof};

use super::contents::{Answer, Contents, Hold, Phase};
use super::escape::{escape, escape_cut, unescape};
use super::read::{Unreadable, newest, read};
use super::slot::{FILE, Found, LONGEST, SLOT, decode, encode};

/// Texts with everything that ends a line or confuses a terminal.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z é…\\\\=\n\t\r\x1b\0x0-9]{0,40}", any::<String>()]
}

fn phases() -> impl Strategy<Value = Phase> {
    (0_usize..5).prop_map(|index| {
        [Phase::Starting, Phase::Ready, Phase::Reloading, Phase::Stopping, Phase::Ended][index]
    })
}

/// States, of which each text is short enough to be written whole if `most` is small.
fn states(most: usize) -> impl Strategy<Value = Contents> {
    let text = move || texts().prop_map(move |text| text.chars().take(most).collect::<String>());
    let numbers = (
        option::of(any::<u64>()),
        option::of(any::<u64>()),
        option::of(any::<u64>()),
        any::<u64>(),
        any::<u64>(),
    );
    let answers = (any::<bool>(), text(), any::<u64>());
    let holds = vec((any::<u64>(), text()), 0..20);
    let said = (text(), text(), text(), text(), text());
    let more = (option::of(phases()), vec(1_u8..=255, 1..30));
    (numbers, option::of(answers), holds, said, more).prop_map(
        move |(numbers, answer, holds, said, more)| Contents {
            pid: numbers.0,
            clock: numbers.1,
            since: numbers.2,
            reloads_begun: numbers.3,
            reloads_done: numbers.4,
            answer: answer.map(|(is_done, text, at)| Answer { is_done, text, at }),
            holds: holds.len() as u64,
            named_holds: holds
                .into_iter()
                .take(if most < 50 { 2 } else { 20 })
                .map(|(count, name)| Hold { count, name })
                .collect(),
            name: said.0,
            status: said.1,
            ready: said.2,
            why: said.3,
            version: said.4,
            phase: more.0,
            log: Some(PathBuf::from(String::from_utf8_lossy(&more.1).into_owned())),
            ..Contents::default()
        },
    )
}

#[test]
fn what_is_said_is_read() {
    check(
        2000,
        || states(20),
        |said| {
            let lines = said.encode();
            assert!(!lines.iter().any(|byte| byte.is_ascii_control() && *byte != b'\n'));
            assert_eq!(Contents::decode(&lines), said);
        },
    );
}

#[test]
fn however_much_is_said_it_fits_and_the_first_of_it_is_read() {
    check(
        500,
        || {
            states(10_000).prop_map(|said| Contents {
                status: said.status.repeat(90),
                ready: said.ready.repeat(90),
                why: said.why.repeat(90),
                name: said.name.repeat(90),
                answer: said.answer.map(|it| Answer { text: it.text.repeat(90), ..it }),
                log: said.log.map(|log| format!("{}/", log.display()).repeat(90).into()),
                ..said
            })
        },
        |said| {
            let lines = said.encode();
            assert!(lines.len() <= LONGEST);
            let read = Contents::decode(&lines);
            assert_eq!((read.pid, read.phase, read.since), (said.pid, said.phase, said.since));
            assert_eq!(read.answer.map(|it| it.is_done), said.answer.map(|it| it.is_done));
            assert!(read.log.is_none() || read.log == said.log);
            let cut = read.status.strip_suffix('…').unwrap_or(&read.status);
            assert!(said.status.starts_with(cut), "{cut:?}");
        },
    );
}

#[test]
fn any_bytes_are_unescaped_as_they_were() {
    check(
        5000,
        || vec(any::<u8>(), 0..60),
        |value| {
            let mut line = Vec::new();
            escape(&value, &mut line);
            assert!(!line.iter().any(u8::is_ascii_control));
            assert_eq!(unescape(&line), value);
            // And what nobody has escaped does no harm.
            let _ = unescape(&value);
        },
    );
}

#[test]
fn a_text_is_cut_between_characters_and_says_so() {
    check(
        5000,
        || (texts(), 3_usize..60),
        |(text, most)| {
            let mut line = Vec::new();
            escape_cut(&text, most, &mut line);
            assert!(line.len() <= most);
            let read = String::from_utf8(unescape(&line)).expect("whole characters");
            match read.strip_suffix('…').filter(|_| read != text) {
                Some(beginning) => assert!(text.starts_with(beginning)),
                None => assert_eq!(read, text),
            }
        },
    );
}

/// A file with states of these numbers, one of which may be damaged.
#[test]
fn a_change_that_was_cut_off_anywhere_leaves_the_state_of_before() {
    check(
        2000,
        || (states(10), states(10), 0..=SLOT, any::<u64>()),
        |(before, after, written, sequence)| {
            let sequence = sequence.min(u64::MAX - 2);
            let older = encode(sequence - sequence % 2, &states_before_that());
            let whole = encode(sequence + 1, &before.encode());
            let next = encode(sequence + 2, &after.encode());
            let mut cut = older;
            cut[..written].copy_from_slice(&next[..written]);
            let file = [cut, whole].concat();
            let found = newest(&file).0.expect("a state");
            if cut == next {
                assert_eq!(found, after);
            } else {
                assert_eq!(found, before);
            }
        },
    );
}

fn states_before_that() -> Vec<u8> {
    Contents { name: "of before".into(), ..Contents::default() }.encode()
}

#[test]
fn anything_in_its_place_is_read_without_harm() {
    let contents = || {
        let any_bytes = vec(any::<u8>(), 0..200);
        let lines = "(daemon state [0-9]{0,2} ?[0-9a-f+ ]{0,40}\n)?([a-z_]{1,9}=[^\0]{0,9}\n){0,6}";
        let whole = (any::<u64>(), lines).prop_map(|(n, it)| encode(n, it.as_bytes()).to_vec());
        let damaged = (states(10), 0..SLOT, any::<u8>()).prop_map(|(state, at, byte)| {
            let mut slot = encode(7, &state.encode()).to_vec();
            slot[at] = byte;
            slot
        });
        vec(prop_oneof![any_bytes, lines.prop_map(String::into_bytes), whole, damaged], 0..3)
    };
    check(1000, contents, |parts| {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(file.path(), parts.concat()).expect("room");
        if let Ok(contents) = read(file.path()) {
            let _ = contents.encode();
        }
    });
}

#[test]
fn a_slot_is_whole_or_it_is_none() {
    check(
        2000,
        || (states(10), 0..SLOT, 1_u8..=255),
        |(state, at, change)| {
            let state = state.encode();
            let mut slot = encode(42, &state);
            assert_eq!(decode(&slot), Found::State { sequence: 42, state: &state });
            slot[at] ^= change;
            match decode(&slot) {
                // The zeros behind it do not count.
                Found::State { sequence: 42, state: found } => assert_eq!(found, state),
                Found::Garbage | Found::AnotherVersion => {}
                found => panic!("{found:?}"),
            }
        },
    );
}

#[test]
fn a_file_that_is_no_state_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("clockd.state");
    assert_eq!(read(&path), Err(Unreadable::Missing));
    for (content, expected) in [
        (&b""[..], Unreadable::Foreign("not the state of a daemon")),
        (b"name=clockd\n", Unreadable::Foreign("not the state of a daemon")),
        (b"daemon state 2 whatever\n", Unreadable::AnotherVersion),
        (&[0; FILE], Unreadable::Foreign("not the state of a daemon")),
    ] {
        fs::write(&path, content).expect("room");
        assert_eq!(read(&path), Err(expected), "{content:?}");
    }
    fs::remove_file(&path).expect("it is there");
    std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
    assert_eq!(read(&path), Err(Unreadable::Foreign("a symbolic link")));
    fs::remove_file(&path).expect("it is there");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRUSR).expect("a FIFO");
    assert_eq!(read(&path), Err(Unreadable::Foreign("not a regular file")));
    assert_eq!(read(directory.path()), Err(Unreadable::Foreign("a directory")));
}
