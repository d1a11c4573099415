//! The section that says where others are ahead: from the tables, and from the projects' own words.

use crate::outcome::Verdict;
use crate::page::Section;
use crate::peers::OURS;
use crate::table::Table;

/// What no run can show, from the documentation of each project.
const FROM_DOCUMENTATION: &str = "\
- **Other languages.** This library is for Rust. `daemon(3)` and libdaemon are for C and whatever can call it,
  `python-daemon` for Python, `go-daemon` for Go; `daemonize(1)`, `daemon(1)` and `start-stop-daemon` start any program,
  with no change to it.
- **Systems.** This library's tests run on Linux alone; other systems are checked by the compiler. The manual
  page of `daemon(1)` describes Solaris, macOS and the BSDs; the README of `fork` names Linux, macOS and BSD, and that of
  `daemonize-me` Linux as its first tier, FreeBSD and OpenBSD as its second, macOS and NetBSD as its third.
- **Windows.** None of these makes a service of Windows. With this library the same program compiles there, and
  stays an ordinary one.
- **Age.** This library has not been released. The others have: libdaemon says \"2003-2008\", `python-daemon` \"2001-2022\"
  (PEP 3143 is of 2009), and those with a version of Debian's in the table of peers are part of a stable release.
- **The smallest thing that helps.** `daemon(3)`, `nix::unistd::daemon` and the crate `fork` are one call, which says
  nothing and decides little. Where a supervisor runs the program, it needs none of all this.
";

/// The section.
pub fn section(table: &Table<'_>) -> Section {
    format!("## Where others are ahead\n\n{}\n{FROM_DOCUMENTATION}", ahead(table))
}

/// The probes whose rule some other peer meets and this library does not.
fn ahead(table: &Table<'_>) -> String {
    let ours = table.candidates.iter().position(|it| it.name == OURS);
    let mut lines = String::new();
    for (index, probe) in table.probes.iter().enumerate() {
        let met = |row: usize| table.cells[row][index].verdict == Verdict::Met;
        if ours.is_none_or(met) {
            continue;
        }
        let others = (0..table.candidates.len()).filter(|&row| met(row));
        let names: Vec<&str> = others.map(|row| table.candidates[row].name).collect();
        if !names.is_empty() {
            lines += &format!("- {}. **{}**: {}.\n", index + 1, probe.title, names.join(", "));
        }
    }
    if lines.is_empty() {
        return "In the tables above no peer meets a rule that this library does not.\n".to_owned();
    }
    format!("In the tables above these meet a rule that this library does not:\n\n{lines}")
}
