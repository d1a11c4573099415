//! The steps of a start, found in the calls, in the words of the README's "What happens, in order".

use super::trace::{Call, Trace};

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// The command that was typed.
    Command,
    /// The process between the two forks.
    Intermediate,
    /// The daemon.
    Daemon,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Who takes it.
    pub process: Process,
    /// Its name.
    pub title: &'static str,
    /// Its calls, or what they are for if they are not the library's.
    pub calls: String,
    /// How many they are.
    pub count: usize,
    /// The line of the trace at which it begins.
    pub first: usize,
    /// The line at which the next one begins, or this process ends.
    pub end: usize,
    /// Whether the process only waits.
    pub waits: bool,
}

/// The steps of all three, and what passes between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phases {
    /// By process, then in order.
    pub all: Vec<Phase>,
    /// The forks and messages.
    pub arrows: Vec<Arrow>,
    /// The steps that no call was found for: the launch has changed, or they came too late.
    pub missing: Vec<&'static str>,
}

/// Something that passes from one process to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// From this one, at this line.
    pub from: (Process, usize),
    /// To this one, at this line.
    pub to: (Process, usize),
    /// Its name.
    pub label: String,
}

/// A step and the calls that it begins with.
struct Rule {
    title: &'static str,
    begins: &'static [Begins],
    /// Only right after the step above: its first call occurs earlier too.
    follows: bool,
    /// Said instead of the calls.
    summary: &'static str,
    waits: bool,
}

/// A call by its name and by something that it says.
enum Begins {
    /// With this one.
    With(&'static str, &'static str),
    /// With the one after this.
    After(&'static str, &'static str),
}

use Begins::{After, With};

const fn rule(title: &'static str, begins: &'static [Begins]) -> Rule {
    Rule { title, begins, follows: false, summary: "", waits: false }
}

const fn next(title: &'static str, begins: &'static [Begins]) -> Rule {
    Rule { title, begins, follows: true, summary: "", waits: false }
}

const FORK: &[Begins] =
    &[With("clone", ""), With("clone3", ""), With("fork", ""), With("vfork", "")];
const AFTER_FORK: &[Begins] =
    &[After("clone", ""), After("clone3", ""), After("fork", ""), After("vfork", "")];

// A message is a letter, the length of its text in two bytes, and the text.
const STATUS: &str = "\"s\\";
const READY: &str = "\"r\\";

// The first step of each process begins with its first call.

const COMMAND: &[Rule] = &[
    Rule {
        title: "the program is loaded",
        begins: &[],
        follows: false,
        summary: "as for any program",
        waits: false,
    },
    // The linker's last act is to unmap its cache.
    next("notes what it inherited", &[After("munmap", "")]),
    Rule {
        title: "the standard library begins",
        begins: &[With("poll", "fd=0")],
        follows: false,
        summary: "as for any Rust program",
        waits: false,
    },
    rule("configure", &[With("openat", "/settings\"")]),
    next("plan: resolve, open, check", &[After("close", "")]),
    // The pidfile's directories are looked at from the root, and then the log's.
    rule("locks the pidfile", &[With("statx", "\"/\""), With("openat", ".pid\"")]),
    next("opens the log", &[With("statx", "\"/\""), With("openat", ".log\"")]),
    rule("makes the pipes, holds signals back", &[With("pipe2", ""), With("pipe", "")]),
    rule("becomes sub-reaper", &[With("prctl", "PR_SET_CHILD_SUBREAPER")]),
    rule("fork", FORK),
    Rule { title: "waits", begins: AFTER_FORK, follows: true, summary: "", waits: true },
    rule("shows the status", &[With("read", STATUS)]),
    // Not ready within 20 ms: it watches the processes too, and takes Ctrl-C.
    Rule {
        title: "watches over the start",
        begins: &[With("signalfd4", ""), With("pidfd_open", "")],
        follows: false,
        summary: "",
        waits: true,
    },
    rule("shows that it is ready", &[With("read", READY)]),
    rule("exit 0", &[With("exit_group", "")]),
];

const INTERMEDIATE: &[Rule] =
    &[rule("setsid", &[]), rule("fork", FORK), rule("_exit", &[With("exit_group", "")])];

const DAEMON: &[Rule] = &[
    rule("signals to their defaults", &[]),
    rule("umask", &[With("umask", "")]),
    next("closes what was inherited", &[With("close", ""), With("close_range", "")]),
    rule("writes the pidfile", &[With("write", "\\n\""), With("pwrite64", "\\n\"")]),
    rule("stdin, stdout, stderr", &[With("dup2", ""), With("dup3", "")]),
    rule("limits", &[With("prlimit64", "RLIMIT_CORE, {")]),
    rule("privileged", &[With("socket", "AF_INET")]),
    rule("chdir", &[With("chdir", "")]),
    next("SIGHUP opens the log anew", &[With("rt_sigaction", "SIGHUP")]),
    next(
        "the body of main: ready.status()",
        &[After("rt_sigaction", "{sa_handler=0x"), With("write", STATUS)],
    ),
    rule("the body of main: its own work", &[After("write", STATUS)]),
    next("ready.notify_with()", &[After("close", "")]),
    Rule {
        title: "the body of main goes on",
        begins: &[With("accept4", "")],
        follows: false,
        summary: "accept4 …",
        waits: true,
    },
];

impl Phases {
    /// An error says that the trace is not one of a start as the rules above know it.
    pub fn of(trace: &Trace) -> Result<Self, String> {
        let mut all: Vec<Phase> = Vec::new();
        let mut missing = Vec::new();
        let lanes = [
            (Process::Command, COMMAND),
            (Process::Intermediate, INTERMEDIATE),
            (Process::Daemon, DAEMON),
        ];
        for ((process, rules), pid) in lanes.into_iter().zip(trace.pids) {
            let calls: Vec<&Call> = trace.calls_of(pid).collect();
            let found = phases(process, rules, &calls, trace.end);
            let is_found = |title| found.iter().any(|phase| phase.title == title);
            missing.extend(rules.iter().map(|rule| rule.title).filter(|title| !is_found(*title)));
            all.extend(found);
        }
        Ok(Phases { all, arrows: arrows(trace)?, missing })
    }

    /// The steps of one process.
    pub fn of_process(&self, process: Process) -> impl Iterator<Item = &Phase> {
        self.all.iter().filter(move |phase| phase.process == process)
    }
}

fn phases(process: Process, rules: &[Rule], calls: &[&Call], end: usize) -> Vec<Phase> {
    let mut current = 0;
    let mut begins = vec![(0, 0)]; // the rule, and its first call
    for at in 1..calls.len() {
        let (before, call) = (calls[at - 1], calls[at]);
        let found = (current + 1..rules.len()).find(|&place| {
            let allowed = !rules[place].follows || place == current + 1;
            allowed && rules[place].begins.iter().any(|it| it.matches(before, call))
        });
        if let Some(place) = found {
            current = place;
            begins.push((place, at));
        }
    }
    // The intermediate ends before the command does, and its last line is not a call.
    let last = if process == Process::Intermediate { calls[calls.len() - 1].last + 1 } else { end };
    let ends = begins.iter().skip(1).map(|&(_, at)| at).chain([calls.len()]);
    let phases = begins.iter().zip(ends).map(|(&(place, first), after)| {
        let rule = &rules[place];
        let own = &calls[first..after];
        Phase {
            process,
            title: rule.title,
            calls: if rule.summary.is_empty() { listed(own) } else { rule.summary.to_owned() },
            count: own.len(),
            first: own[0].first,
            end: calls.get(after).map_or(last, |next| next.first),
            waits: rule.waits,
        }
    });
    phases.collect()
}

impl Begins {
    fn matches(&self, before: &Call, call: &Call) -> bool {
        match self {
            With(name, fragment) => call.is(name, fragment),
            After(name, fragment) => before.is(name, fragment),
        }
    }
}

/// `statx ×5, openat, flock`
fn listed(calls: &[&Call]) -> String {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        match runs.last_mut() {
            Some((name, count)) if *name == call.name => *count += 1,
            _ => runs.push((&call.name, 1)),
        }
    }
    let shown = runs.into_iter().map(|(name, count)| match count {
        1 => name.to_owned(),
        _ => format!("{name} ×{count}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The two forks, and the messages that the daemon writes and the command reads.
fn arrows(trace: &Trace) -> Result<Vec<Arrow>, String> {
    let [command, intermediate, daemon] = trace.pids;
    let fork = |parent: i32, child: i32| {
        let is_fork = |call: &&Call| FORK.iter().any(|it| it.matches(call, call));
        let call = trace.calls_of(parent).find(is_fork).ok_or("no fork in the trace")?;
        let first = trace.calls_of(child).next().ok_or("a child without a call")?;
        Ok::<_, String>((call.first, first.first))
    };
    let (from, to) = fork(command, intermediate)?;
    let mut arrows = vec![Arrow {
        from: (Process::Command, from),
        to: (Process::Intermediate, to),
        label: "fork".to_owned(),
    }];
    let (from, to) = fork(intermediate, daemon)?;
    arrows.push(Arrow {
        from: (Process::Intermediate, from),
        to: (Process::Daemon, to),
        label: "fork".to_owned(),
    });
    for (letter, label) in [(STATUS, "status"), (READY, "ready")] {
        let sent = trace.calls_of(daemon).find(|call| call.is("write", letter));
        let received = trace.calls_of(command).find(|call| call.is("read", letter));
        if let (Some(sent), Some(received)) = (sent, received) {
            arrows.push(Arrow {
                from: (Process::Daemon, sent.first),
                to: (Process::Command, received.last),
                label: label.to_owned(),
            });
        }
    }
    Ok(arrows)
}
