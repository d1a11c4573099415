//! What became of each fault, as a file that is committed, and as a page for people.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Mutex,
};

use daemon_tests::faults::{Deed, Role};
use nix::errno::Errno;

use crate::invariants::Outcome;

/// A fault, and a start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) scenario: String,
    pub(crate) process: &'static str,
    pub(crate) call: String,
    pub(crate) deed: String,
}

/// What became of it: more than one thing, if such calls are made at several places.
pub(crate) type Outcomes = BTreeMap<Key, BTreeSet<String>>;

const PROCESSES: [&str; 3] = ["command", "intermediate", "daemon"];

pub(crate) fn process(role: Role) -> &'static str {
    PROCESSES[role as usize]
}

pub(crate) fn deed(deed: Deed) -> String {
    match deed {
        Deed::Fail(errno) => format!("{:?}", Errno::from_raw(errno)),
        Deed::Kill => "killed".to_owned(),
        Deed::Hold(time) => format!("held for {time:?}"),
        Deed::Meanwhile => "something else happens".to_owned(),
    }
}

pub(crate) fn words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Ready => "ready".to_owned(),
        Outcome::Failed(status) => format!("fails: {status}"),
        Outcome::Killed => "killed".to_owned(),
        Outcome::Wrong(wrong) => format!("WRONG: {wrong}"),
    }
}

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/outcomes.txt"))
}

fn page() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/faults.md"))
}

/// Two tests may write at once.
static FILE: Mutex<()> = Mutex::new(());

/// The outcomes that are committed.
pub(crate) fn committed() -> Outcomes {
    let _lock = FILE.lock().expect("the file");
    read()
}

fn read() -> Outcomes {
    let text = fs::read_to_string(file()).unwrap_or_default();
    let mut outcomes = Outcomes::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let fields: Vec<_> = line.split(" | ").collect();
        let [scenario, process, call, deeds, became] = fields[..] else { panic!("{line:?}") };
        let process = PROCESSES.into_iter().find(|it| *it == process).expect("a process");
        for deed in deeds.split(' ') {
            let (scenario, call, deed) = (scenario.into(), call.into(), deed.into());
            let became = became.split(" or ").map(str::to_owned).collect();
            outcomes.insert(Key { scenario, process, call, deed }, became);
        }
    }
    outcomes
}

/// Adds this to what is committed, and to the page.
pub(crate) fn add(observed: &Outcomes) {
    let mut both = committed();
    both.retain(|key, _| observed.keys().any(|it| it.scenario == key.scenario));
    for (key, became) in observed {
        both.entry(key.clone()).or_default().extend(became.iter().cloned());
    }
    replace(&both);
}

/// Replaces what is committed of these scenarios, and the page.
pub(crate) fn replace(observed: &Outcomes) {
    let _lock = FILE.lock().expect("the file");
    let scenarios: BTreeSet<_> = observed.keys().map(|it| &it.scenario).collect();
    let mut outcomes = read();
    outcomes.retain(|key, _| !scenarios.contains(&key.scenario));
    outcomes.extend(observed.clone());
    fs::write(file(), text(&outcomes)).expect("the outcomes");
    fs::write(page(), markdown(&outcomes)).expect("the page");
}

/// The page that is committed must show what is committed.
pub(crate) fn expect_page() {
    let page = fs::read_to_string(page()).unwrap_or_default();
    let renew = "DAEMON_FAULTS=overwrite cargo test -p daemon-tests --test faults";
    assert!(page == markdown(&committed()), "docs/faults.md is not of today: {renew}");
}

fn joined(became: &BTreeSet<String>) -> String {
    became.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
}

fn text(outcomes: &Outcomes) -> String {
    let mut text = "# scenario | process | call | what happens there | what becomes of the start\n\
                    # Written by DAEMON_FAULTS=overwrite cargo test -p daemon-tests --test faults\n"
        .to_owned();
    let mut lines: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for (key, became) in outcomes {
        let place = (&key.scenario, PROCESSES.iter().position(|it| *it == key.process), &key.call);
        lines.entry((place, joined(became))).or_default().push(&key.deed);
    }
    for (((scenario, process, call), became), deeds) in lines {
        let process = PROCESSES[process.expect("a process")];
        text += &format!("{scenario} | {process} | {call} | {} | {became}\n", deeds.join(" "));
    }
    text
}

const HEAD: &str = "\
# Faults, one at a time

What becomes of a start when one system call of one of its processes fails, or when one of them is
killed just before it. Each line was seen: the suite `faults` makes every such start, and fails when
one ends in another way.

- **ready**: the daemon runs, holds its pidfile, and the exit status is 0.
- **fails: N**: the exit status is N, as a shell shows it; the reason is on standard error, no process
  is left, the pidfile is not locked, and the next start succeeds.
- **killed**: the command itself was killed, and what is left is nothing, or a daemon that is ready.

The starts are *plain* (a pidfile), *log* (standard error is a log), *fails* (the body exits with
status 3 and says why), *user* (root becomes nobody), and *state* (a program with verbs, which keeps
its state in a file); *told* means that a supervisor waits at `NOTIFY_SOCKET`, and the intermediate
process watches the daemon. `@` is the directory of the files. Where nothing else is said, a line is
true of each start that makes the call.
";

fn markdown(outcomes: &Outcomes) -> String {
    let mut page = HEAD.to_owned();
    page += &counts(outcomes);
    for process in PROCESSES {
        page += &format!("\n## The {process}\n\n| call | what happens there | the start |\n");
        page += "| --- | --- | --- |\n";
        // For each call and deed: what became of it, by scenario.
        let mut by_deed: BTreeMap<(&str, &str), BTreeMap<&str, String>> = BTreeMap::new();
        for (key, became) in outcomes.iter().filter(|(key, _)| key.process == process) {
            let scenarios = by_deed.entry((&key.call, &key.deed)).or_default();
            scenarios.insert(&key.scenario, joined(became));
        }
        let mut rows: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
        for ((call, deed), scenarios) in by_deed {
            rows.entry((call, told_together(&scenarios))).or_default().push(deed);
        }
        for ((call, became), deeds) in rows {
            page += &format!("| `{call}` | {} | {became} |\n", deeds.join(", "));
        }
    }
    page
}

/// What became of it: once, if it is the same in all scenarios.
fn told_together(scenarios: &BTreeMap<&str, String>) -> String {
    let mut by_outcome: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (scenario, became) in scenarios {
        by_outcome.entry(became).or_default().push(scenario);
    }
    match by_outcome.len() {
        1 => by_outcome.into_keys().collect(),
        _ => {
            let parts = by_outcome
                .iter()
                .map(|(became, scenarios)| format!("{became} ({})", scenarios.join("; ")));
            parts.collect::<Vec<_>>().join("<br>")
        }
    }
}

fn counts(outcomes: &Outcomes) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for became in outcomes.values() {
        let kind = match joined(became) {
            it if it.contains(" or ") => "depend on which such call it is",
            it if it == "ready" => "do no harm",
            it if it.starts_with("fails") => "end the start in good order",
            _ => "kill the command, and leave nothing, or a daemon that is ready",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let mut text = format!("\nOf {} faults,\n\n", outcomes.len());
    for (kind, count) in kinds {
        text += &format!("- {count} {kind}\n");
    }
    text
}
