//! Standard output and error during the start: where the daemon writes them, and what the command
//! sees of them.

use std::fs::File;
use std::io::ErrorKind::Interrupted;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::sys::uio::pread;
use nix::unistd::{ftruncate, write};

use crate::error::{errno_of, words_of};
use crate::files::log::NewLog;
use crate::files::redirection::Redirection;
use crate::process::identity::Identity;
use crate::sys::descriptors::{PIPE_BUF, takes_bytes_now};
use crate::sys::fstat;
use crate::sys::inode::Inode;
use crate::text::printable;

/// How much of a long text is shown: of its beginning, where a message often precedes its
/// backtrace, and of its end.
const HEAD: u64 = 1024;
const TAIL: u64 = 4096;

/// In the process that watches: what the daemon wrote during the start, and its logs.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    /// Standard output before standard error, where they are different files. Nothing that went to
    /// the command's own streams, and so was shown already.
    pub(crate) texts: Vec<Text>,
    /// Where the daemon logs.
    pub(crate) log: Option<PathBuf>,
    pub(crate) new_logs: Vec<NewLog>,
}

/// Where standard output or standard error went.
#[derive(Debug)]
pub(crate) enum Text {
    /// To a file in memory.
    Memory(File),
    /// To a log, from this length on; it was opened with these rights, if not with our own.
    Log { path: PathBuf, from: u64, opened_as: Option<Identity> },
}

impl Captured {
    /// After a failed start, removes the logs that it created and that are still empty.
    pub(crate) fn remove_empty_logs(&self) {
        self.new_logs.iter().for_each(NewLog::remove_if_empty);
    }

    /// The text to show: whole lines, fit for a terminal.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        for text in &self.texts {
            words.push_str(&text.read().unwrap_or_else(|error| {
                format!("[its output cannot be read: {}]", words_of(errno_of(error)))
            }));
            if !words.is_empty() && !words.ends_with('\n') {
                words.push('\n');
            }
        }
        words
    }
}

impl Text {
    fn read(&self) -> std::io::Result<String> {
        match self {
            Text::Memory(file) => read(file, 0).map(without_hole),
            Text::Log { path, from, opened_as } => {
                let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
                let open = || open(path, flags | OFlag::O_CLOEXEC, Mode::empty());
                let file = match opened_as {
                    None => open(),
                    Some(identity) => {
                        identity.act_temporarily(open).map_err(std::io::Error::other)?
                    }
                };
                match file {
                    // The start created it, and it was empty: then it is removed by now.
                    Err(Errno::ENOENT) => Ok(String::new()),
                    file => read(&File::from(file?), *from),
                }
            }
        }
    }
}

/// Reads the file from this offset on; of a long text, the beginning and the end.
fn read(file: &File, from: u64) -> std::io::Result<String> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(String::new());
    }
    let end = metadata.len();
    // A log that was emptied meanwhile begins anew.
    let from = if from > end { 0 } else { from };
    if end - from <= HEAD + TAIL {
        return Ok(printable(&String::from_utf8_lossy(&read_part(file, from, end)?)));
    }
    let head = read_part(file, from, from + HEAD)?;
    let tail = read_part(file, end - TAIL, end)?;
    let left_out = end - TAIL - (from + HEAD);
    Ok(printable(&format!(
        "{}[… {left_out} bytes …]{}",
        String::from_utf8_lossy(without_half_a_character_at_the_end(&head)),
        String::from_utf8_lossy(without_half_a_character_at_the_beginning(&tail)),
    )))
}

/// At an offset of our own, since the daemon's children may share the file's.
fn read_part(file: &File, from: u64, to: u64) -> std::io::Result<Vec<u8>> {
    let mut part = vec![0; (to - from) as usize];
    let length = loop {
        match file.read_at(&mut part, from) {
            Err(error) if error.kind() == Interrupted => {}
            read => break read?,
        }
    };
    part.truncate(length);
    Ok(part)
}

/// A program that opens `/dev/stderr` by name may empty the file. Whoever has it open goes on
/// writing where they were, behind a hole, which reads as zeroes.
fn without_hole(text: String) -> String {
    let zero = "\\u{0}";
    match text.trim_start_matches(zero) {
        rest if rest.len() == text.len() => text,
        rest => format!("[the text before this was overwritten]\n{rest}"),
    }
}

fn without_half_a_character_at_the_beginning(text: &[u8]) -> &[u8] {
    let rest = text.iter().take(3).take_while(|byte| matches!(byte, 0x80..=0xbf)).count();
    &text[rest..]
}

fn without_half_a_character_at_the_end(text: &[u8]) -> &[u8] {
    let rest = text.iter().rev().take(3).position(|byte| *byte >= 0xc0);
    match rest {
        // The first byte of a character tells how long it is.
        Some(position)
            if text[text.len() - 1 - position].leading_ones() as usize > position + 1 =>
        {
            &text[..text.len() - 1 - position]
        }
        _ => text,
    }
}

/// In the daemon: the outputs that go to a file in memory until it is ready.
#[derive(Debug)]
pub(crate) struct OutputUntilReady {
    pub(super) outputs: Vec<Redirection>,
    /// `/dev/null`, if any of them goes there in the end.
    pub(super) null: Option<OwnedFd>,
}

impl OutputUntilReady {
    /// Redirects the streams to where they are to go, unless the program has already redirected
    /// them, and frees the memory, which children that were started before may still hold.
    ///
    /// Returns the descriptors that are not needed any more.
    pub(crate) fn release(self) -> impl Iterator<Item = OwnedFd> {
        for output in &self.outputs {
            let (Some(memory), Some(file)) =
                (&output.memory, output.in_the_end(self.null.as_ref()))
            else {
                continue;
            };
            // It has no name. What has one has its number, because the program has closed it.
            let Some(status) = fstat(memory).ok().filter(|status| status.st_nlink == 0) else {
                continue;
            };
            let inode = Inode::of(&status);
            for stream in output.streams.iter().filter(|stream| stream.goes_to(inode)) {
                let _ = stream.redirect(file);
            }
            if status.st_size > 0 {
                if output.is_kept() {
                    copy(memory, file);
                }
                let _ = ftruncate(memory, 0);
            }
        }
        self.null.into_iter().chain(self.outputs.into_iter().filter_map(|output| output.memory))
    }
}

/// Gives a log or the journal what was kept for it in memory, as much as it takes without making us
/// wait: nobody may read from a FIFO, and a terminal may be stopped.
fn copy(memory: &OwnedFd, log: BorrowedFd<'_>) {
    let mut part = [0; PIPE_BUF];
    let mut offset = 0;
    while let Ok(length @ 1..) = pread(memory, &mut part, offset) {
        if !takes_bytes_now(log) || write(log, &part[..length]).is_err() {
            return;
        }
        offset += length as libc::off_t;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn shown(text: &str) -> String {
        let mut file = File::from(crate::sys::anonymous_file("test").unwrap());
        file.write_all(text.as_bytes()).unwrap();
        Captured { texts: vec![Text::Memory(file)], log: None, new_logs: Vec::new() }.words()
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(shown(""), "");
        assert_eq!(shown("an error"), "an error\n");
        let longest = "x".repeat((HEAD + TAIL) as usize - 1) + "\n";
        assert_eq!(shown(&longest), longest);
    }

    #[test]
    fn of_a_long_text_the_beginning_and_the_end_are_shown() {
        let words = shown(&format!("first{}last", "x".repeat(10_000)));
        assert!(words.starts_with("firstx") && words.ends_with("xlast\n"));
        assert!(words.contains("x[… 4889 bytes …]x"), "{words}");
    }

    #[test]
    fn a_text_behind_a_hole_is_shown_without_the_hole() {
        let file = File::from(crate::sys::anonymous_file("test").unwrap());
        file.write_all_at(b"last\n", 100).unwrap();
        let captured =
            Captured { texts: vec![Text::Memory(file)], log: None, new_logs: Vec::new() };
        assert_eq!(captured.words(), "[the text before this was overwritten]\nlast\n");
    }

    #[test]
    fn no_character_is_cut_in_two() {
        for shift in 0..4 {
            let words = shown(&format!("{}{}", "x".repeat(shift), "😀é".repeat(3000)));
            assert!(!words.contains('\u{fffd}'));
        }
    }
}
