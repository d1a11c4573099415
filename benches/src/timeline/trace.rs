//! The trace of a start, as `strace -f` writes it.

/// The calls of three processes, up to the end of the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The command, the intermediate, the daemon.
    pub pids: [i32; 3],
    /// In the order in which they began.
    pub calls: Vec<Call>,
    /// The line that says that the command has ended.
    pub end: usize,
}

/// A system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whose it is.
    pub pid: i32,
    /// Its name.
    pub name: String,
    /// Its arguments and its result.
    pub rest: String,
    /// The line of its begin.
    pub first: usize,
    /// The line of its return, which is another one if something came in between.
    pub last: usize,
}

impl Trace {
    /// Each line is a pid and a call, or `---` a signal, or `+++` an end. A call during which
    /// another process comes up is two lines: `<unfinished ...>` and `<... NAME resumed>`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pids = Vec::new();
        let mut calls: Vec<Call> = Vec::new();
        for (line, content) in text.lines().enumerate() {
            let (pid, event) =
                content.split_once(' ').ok_or_else(|| format!("line {line} has no pid"))?;
            let pid: i32 = pid.parse().map_err(|error| format!("line {line}: {error}"))?;
            let event = event.trim_start();
            if !pids.contains(&pid) {
                pids.push(pid);
            }
            if event.starts_with("+++") {
                if pid == pids[0] {
                    let pids = pids.try_into().map_err(|pids| format!("not three: {pids:?}"))?;
                    return Ok(Trace { pids, calls, end: line });
                }
            } else if let Some(resumed) = event.strip_prefix("<... ") {
                let rest = resumed.split_once('>').map_or("", |(_, rest)| rest);
                if let Some(call) = calls.iter_mut().rev().find(|call| call.pid == pid) {
                    call.rest += rest;
                    call.last = line;
                }
            } else if !event.starts_with("---") {
                calls.extend(Call::begun(pid, event, line));
            }
        }
        Err("the command has not ended".to_owned())
    }

    /// Those of one process.
    pub fn calls_of(&self, pid: i32) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.pid == pid)
    }
}

impl Call {
    /// A call that the kernel begins anew after a signal is not one of the program's: it does so
    /// only because strace(1) looks on.
    fn begun(pid: i32, event: &str, line: usize) -> Option<Self> {
        let (name, rest) = event.split_once('(')?;
        if name == "restart_syscall" {
            return None;
        }
        let rest = rest.trim_end().trim_end_matches("<unfinished ...>");
        Some(Call { pid, name: name.to_owned(), rest: rest.to_owned(), first: line, last: line })
    }

    /// Whether it has this name, and this in its arguments or its result.
    pub fn is(&self, name: &str, fragment: &str) -> bool {
        self.name == name && self.rest.contains(fragment)
    }
}
