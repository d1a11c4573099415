//! Whatever comes through the pipe, cut wherever it is: nothing is made up, and nothing waits.

use std::fs::File;
use std::thread;

use nix::fcntl::{FcntlArg, fcntl};
use property::check;
use property::proptest::collection::vec;
use property::proptest::prelude::{Just, Strategy, any, prop_oneof};
use property::proptest::sample::Index;

use super::*;

/// What a program may write to a descriptor that is not its own, and what the daemon writes.
#[derive(Debug, Clone)]
enum Piece {
    Whole(Record),
    /// As many bytes of a record as the index says, all of them never.
    Cut(Record, Index),
    Garbage(Vec<u8>),
}

impl Piece {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Piece::Whole(record) => sent(record),
            Piece::Cut(record, length) => {
                let bytes = sent(record);
                bytes[..length.index(bytes.len())].to_vec()
            }
            Piece::Garbage(bytes) => bytes.clone(),
        }
    }
}

/// Those that the system has, and a few numbers that it has not.
fn errnos() -> impl Strategy<Value = Errno> {
    (-1..200).prop_map(Errno::from_raw)
}

fn records() -> impl Strategy<Value = Record> {
    let message = || prop_oneof![any::<String>(), "[a-zé\n]{0,3000}", Just("ü".repeat(5000))];
    prop_oneof![
        (1..=i32::MAX).prop_map(|pid| Record::Daemon(Pid::from_raw(pid))),
        message().prop_map(Record::Status),
        message().prop_map(Record::Ready),
        (any::<u8>(), errnos(), message()).prop_map(|(exit_code, errno, message)| {
            Record::Failed(Failure { exit_code, errno, message })
        }),
        Just(Record::Dropped),
    ]
}

fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop_oneof![Just(DAEMON), Just(STATUS), Just(FAILED), Just(DROPPED), any::<u8>()];
    let length = prop_oneof![0_u16..20, Just(0xffff), any::<u16>()];
    let like_a_record = (tag, length, vec(any::<u8>(), 0..20)).prop_map(|(tag, length, rest)| {
        let [low, high] = length.to_le_bytes();
        [&[tag, low, high], &rest[..]].concat()
    });
    prop_oneof![vec(any::<u8>(), 0..100), like_a_record]
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        4 => records().prop_map(Piece::Whole),
        1 => (records(), any::<Index>()).prop_map(|(record, length)| Piece::Cut(record, length)),
        1 => garbage().prop_map(Piece::Garbage),
    ];
    vec(piece, 0..12)
}

/// What the daemon's end writes for this record.
fn sent(record: &Record) -> Vec<u8> {
    let (command, daemon) = channel().unwrap();
    match record {
        Record::Daemon(pid) => daemon.daemon(*pid).unwrap(),
        Record::Status(message) => daemon.status(message),
        Record::Ready(message) => daemon.ready(message).unwrap(),
        Record::Failed(failure) => daemon.failed(failure).unwrap(),
        Record::Dropped => daemon.dropped().unwrap(),
    }
    drop(daemon);
    let mut bytes = vec![0; 2 * LONGEST_RECORD];
    let length = read(&command.pipe, &mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}

/// The record as it arrives: with its text cut.
fn cut_as_sent(record: &Record) -> Record {
    match record.clone() {
        Record::Status(message) => Record::Status(cut(&message, LONGEST_STATUS).into()),
        Record::Ready(message) => Record::Ready(cut(&message, LONGEST_READY_MESSAGE).into()),
        Record::Failed(failure) => Record::Failed(Failure {
            message: cut(&failure.message, LONGEST_RECORD - 64).into(),
            ..failure
        }),
        other => other,
    }
}

/// The records in these bytes, by another way: tag, length and payload, one after the other.
fn expected(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while bytes.len() >= 3 {
        let length = usize::from(bytes[1]) + 256 * usize::from(bytes[2]);
        if bytes.len() < 3 + length {
            break;
        }
        let (tag, payload) = (bytes[0], &bytes[3..3 + length]);
        let text = |from: usize| String::from_utf8_lossy(&payload[from..]).into_owned();
        let number = |from: usize| i32::from_le_bytes(payload[from..from + 4].try_into().unwrap());
        match (tag, length) {
            (b'd', 4) if number(0) > 0 => records.push(Record::Daemon(Pid::from_raw(number(0)))),
            (b's', _) => records.push(Record::Status(text(0))),
            (b'r', _) => records.push(Record::Ready(text(0))),
            (b'f', 5..) => records.push(Record::Failed(Failure {
                exit_code: payload[0],
                errno: Errno::from_raw(number(1)),
                message: text(5),
            })),
            (b'x', 0) => records.push(Record::Dropped),
            _ => {}
        }
        bytes = &bytes[3 + length..];
    }
    records
}

/// Everything that can be received now, and what comes after it.
fn receive_all(command: &mut FromDaemon) -> (Vec<Record>, Received) {
    let mut records = Vec::new();
    loop {
        match command.receive() {
            Received::Record(record) => records.push(record),
            end => return (records, end),
        }
        assert!(command.unparsed.len() <= MOST_UNPARSED, "{} bytes", command.unparsed.len());
    }
}

/// One record less a byte, and one reading.
const MOST_UNPARSED: usize = HEADER + u16::MAX as usize + 512;

#[test]
fn a_record_arrives_as_it_was_sent() {
    check(1000, records, |record| {
        let bytes = sent(&record);
        assert!(bytes.len() <= LONGEST_RECORD, "{} bytes", bytes.len());
        assert_eq!(expected(&bytes), [cut_as_sent(&record)]);
        let (mut command, daemon) = channel().unwrap();
        assert_eq!(write(&daemon.pipe, &bytes), Ok(bytes.len()));
        assert_eq!(command.receive(), Received::Record(cut_as_sent(&record)));
        assert_eq!(command.receive(), Received::Nothing);
    });
}

#[test]
fn an_error_arrives_as_it_was_sent() {
    use crate::error::{Error, ErrorKind};
    let kinds = [
        ErrorKind::Config,
        ErrorKind::NoUser,
        ErrorKind::CannotCreate,
        ErrorKind::System,
        ErrorKind::Permission,
        ErrorKind::Software,
        ErrorKind::AlreadyRunning,
        ErrorKind::Timeout,
    ];
    let errors = move || {
        let kind = (0..kinds.len()).prop_map(move |index| kinds[index]);
        let errno = prop_oneof![Just(None), errnos().prop_map(Some)];
        (kind, ".{0,300}", errno, any::<Option<String>>())
    };
    check(500, errors, |(kind, what, errno, advice)| {
        let mut error = Error::new(kind, what);
        if let Some(errno) = errno {
            error = error.because(errno);
        }
        if let Some(advice) = advice {
            error = error.advise(advice);
        }
        let (mut command, daemon) = channel().unwrap();
        daemon.failed(&Failure::from(&error)).unwrap();
        let Received::Record(Record::Failed(failure)) = command.receive() else {
            panic!("no failure")
        };
        assert_eq!(failure.exit_code, error.exit_code());
        assert_eq!(failure.errno, error.errno());
        assert!(error.to_string().starts_with(&failure.message));
        assert!(failure.message == error.to_string() || failure.message.len() > LONGEST_RECORD / 2);
    });
}

#[test]
fn a_record_that_is_cut_is_none() {
    check(30, records, |record| {
        let bytes = sent(&record);
        for length in 0..bytes.len() {
            let (mut command, daemon) = channel().unwrap();
            write(&daemon.pipe, &bytes[..length]).unwrap();
            assert_eq!(command.receive(), Received::Nothing, "{length} bytes");
            drop(daemon);
            assert_eq!(command.receive(), Received::EndOfFile, "{length} bytes");
        }
    });
}

/// However it is divided into writes, and whatever is between them.
#[test]
fn what_arrives_is_what_the_bytes_say() {
    let values = || (pieces(), vec(1_usize..2000, 1..20));
    check(1000, values, |(pieces, sizes)| {
        let bytes = pieces.iter().flat_map(Piece::bytes).collect::<Vec<_>>();
        let (mut command, daemon) = channel().unwrap();
        let mut received = Vec::new();
        let mut rest = &bytes[..];
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(size.min(rest.len()));
            assert_eq!(write(&daemon.pipe, now), Ok(now.len()));
            rest = later;
            let (records, end) = receive_all(&mut command);
            received.extend(records);
            assert_eq!(end, Received::Nothing);
        }
        drop(daemon);
        assert_eq!(received, expected(&bytes));
        assert_eq!(receive_all(&mut command), (Vec::new(), Received::EndOfFile));
    });
}

#[test]
fn nothing_but_a_whole_ready_is_ready() {
    let values = || {
        let not_ready = pieces().prop_map(|mut pieces| {
            pieces.retain(
                |piece| matches!(piece, Piece::Whole(it) if !matches!(it, Record::Ready(_))),
            );
            pieces
        });
        (not_ready, any::<Index>(), any::<String>())
    };
    check(500, values, |(pieces, length, message)| {
        let mut bytes: Vec<_> = pieces.iter().flat_map(Piece::bytes).collect();
        bytes.extend(Piece::Cut(Record::Ready(message), length).bytes());
        let (mut command, daemon) = channel().unwrap();
        fcntl(&daemon.pipe, FcntlArg::F_SETPIPE_SZ(1 << 17)).unwrap();
        assert_eq!(write(&daemon.pipe, &bytes), Ok(bytes.len()));
        drop(daemon);
        let (records, end) = receive_all(&mut command);
        assert!(!records.iter().any(|it| matches!(it, Record::Ready(_))), "{records:?}");
        assert_eq!((records.len(), end), (pieces.len(), Received::EndOfFile));
    });
}

/// A read that fails, as that of a directory does, is not an end, and takes nothing from what has
/// been read.
#[test]
fn a_read_that_fails_says_nothing() {
    check(
        300,
        || (pieces(), any::<Index>()),
        |(pieces, place)| {
            let bytes: Vec<_> = pieces.iter().flat_map(Piece::bytes).collect();
            let (before, after) = bytes.split_at(place.index(bytes.len() + 1));
            let (mut command, daemon) = channel().unwrap();
            fcntl(&daemon.pipe, FcntlArg::F_SETPIPE_SZ(1 << 17)).unwrap();
            write(&daemon.pipe, before).unwrap();
            let (mut received, _) = receive_all(&mut command);
            let pipe = std::mem::replace(&mut command.pipe, File::open("/").unwrap().into());
            assert_eq!(read(&command.pipe, &mut [0; 8]), Err(Errno::EISDIR));
            for _ in 0..10 {
                assert_eq!(command.receive(), Received::Nothing);
            }
            command.pipe = pipe;
            write(&daemon.pipe, after).unwrap();
            received.extend(receive_all(&mut command).0);
            assert_eq!(received, expected(&bytes));
        },
    );
}

/// Many who write faster than we read, records or not, do not keep us from everything else.
#[test]
fn a_flood_has_pauses() {
    let floods = || prop_oneof![Just(vec![0; 4096]), Just(b"s\x01\0!".repeat(1024))];
    check(4, floods, |flood| {
        let (mut command, daemon) = channel().unwrap();
        // Or each writer sleeps now and then.
        fcntl(&daemon.pipe, FcntlArg::F_SETPIPE_SZ(1 << 20)).unwrap();
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| while write(&daemon.pipe, &flood) != Err(Errno::EPIPE) {});
            }
            for _ in 0..3 {
                assert_eq!(receive_all(&mut command).1, Received::Nothing);
            }
            drop(command);
        });
    });
}
