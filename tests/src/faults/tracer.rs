//! The tracer: what it does at each stop of each process.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use libc::{c_int, c_long, pid_t};

use super::{
    Deed, Orders, Recorded, Role, Schedule, Site,
    ptrace::{self, Entered, Event},
};
use crate::seccomp::Traps;

/// How long a process is held back for another one that may never come so far.
const PATIENCE: Duration = Duration::from_millis(300);

/// How long after the command's end the rest may take to end, or to have nothing left to do.
const AFTERMATH: Duration = Duration::from_millis(2500);

/// How often the tracer looks for events, at most and at least.
const SHORTEST_PAUSE: Duration = Duration::from_micros(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// How long killed processes may take to be gone.
const DEATH: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Tracer {
    orders: Orders,
    /// Which of the orders were carried out.
    done: Vec<bool>,
    here: PathBuf,
    processes: Vec<Process>,
    /// Every live thread, and the index of its process.
    threads: BTreeMap<pid_t, usize>,
    /// Those that have stopped at their beginning before their parent told of them.
    newborn: BTreeSet<pid_t>,
    held: Vec<Held>,
    /// Those that make a call which is to fail afterwards.
    failing_afterwards: BTreeMap<pid_t, c_int>,
    calls: Vec<Recorded>,
    command_ended: Option<Instant>,
    inspection: Inspection,
}

#[derive(Debug)]
struct Process {
    pid: pid_t,
    parent: pid_t,
    role: Role,
    children: usize,
    /// Whether its calls count: those before `main` do not.
    in_main: bool,
    calls: BTreeMap<c_long, u32>,
    /// Whether it waits, and not only for a moment.
    waits: bool,
    /// Whether it has come so far that a fixture has nothing left to do.
    lives_on: bool,
    end: Option<c_int>,
}

#[derive(Debug)]
struct Held {
    tid: pid_t,
    until: Until,
    /// The call before which it is held.
    at: Option<Site>,
    patience: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    TimeIsUp,
    WatchersWait,
    DaemonIsDone,
}

/// A last look at a daemon: a signal may be on its way.
#[derive(Debug, PartialEq, Eq)]
enum Inspection {
    NotYet,
    Asked(pid_t),
    /// It is stopped, and no signal is on its way.
    Passed,
}

impl Tracer {
    /// The calls at which a tracer with these orders wants its processes to be stopped.
    pub(super) fn traps(orders: &Orders) -> Traps {
        if orders.records {
            return Traps::All;
        }
        let own = [libc::SYS_rt_sigaction, libc::SYS_futex, libc::SYS_poll, libc::SYS_ppoll];
        let asked = orders.orders.iter().map(|it| it.site.call);
        Traps::Only(own.into_iter().chain(asked).collect())
    }

    /// Of a command that the calling thread has seized.
    pub(super) fn new(orders: Orders, here: PathBuf, command: pid_t) -> Self {
        let mut tracer = Self {
            done: vec![false; orders.orders.len()],
            orders,
            here,
            processes: Vec::new(),
            threads: BTreeMap::new(),
            newborn: BTreeSet::new(),
            held: Vec::new(),
            failing_afterwards: BTreeMap::new(),
            calls: Vec::new(),
            command_ended: None,
            inspection: Inspection::NotYet,
        };
        tracer.add(command, 0, Role::Command);
        tracer
    }

    fn add(&mut self, pid: pid_t, parent: pid_t, role: Role) {
        self.threads.insert(pid, self.processes.len());
        self.processes.push(Process {
            pid,
            parent,
            role,
            children: 0,
            in_main: role != Role::Command,
            calls: BTreeMap::new(),
            waits: false,
            lives_on: false,
            end: None,
        });
    }

    /// Traces until everything has come to rest, or until then.
    pub(super) fn run_until(&mut self, deadline: Instant) {
        let mut pause = Duration::ZERO;
        while Instant::now() < deadline {
            self.release();
            if let Some((tid, event)) = ptrace::next_event() {
                self.handle(tid, event);
                pause = Duration::ZERO;
            } else if self.is_at_rest() {
                return;
            } else {
                pause = wait_a_little(pause);
            }
        }
    }

    /// Kills all that is left, and waits until it is gone.
    pub(super) fn end_all(&mut self) {
        let deadline = Instant::now() + DEATH;
        let mut pause = Duration::ZERO;
        loop {
            for process in self.processes.iter().filter(|it| it.end.is_none()) {
                ptrace::kill(process.pid);
            }
            // Nobody knows what these are, but they are ours.
            self.newborn.iter().for_each(|tid| ptrace::kill(*tid));
            if self.threads.is_empty() && self.newborn.is_empty() || Instant::now() >= deadline {
                return;
            }
            pause = match ptrace::next_event() {
                Some((tid, event)) => {
                    self.handle_death(tid, event);
                    Duration::ZERO
                }
                None => wait_a_little(pause),
            };
        }
    }

    fn handle_death(&mut self, tid: pid_t, event: Event) {
        match event {
            Event::End(status) => self.ended(tid, status),
            // Killed before it could begin, or before its parent could tell.
            Event::Fork(child) | Event::Clone(child) if !self.threads.contains_key(&child) => {
                self.newborn.insert(child);
            }
            _ if !self.threads.contains_key(&tid) => drop(self.newborn.insert(tid)),
            _ => {}
        }
    }

    fn handle(&mut self, tid: pid_t, event: Event) {
        let known = self.threads.get(&tid).copied();
        match (event, known) {
            (Event::End(status), _) => self.ended(tid, status),
            (Event::Fork(child), Some(parent)) => self.forked(tid, parent, child),
            (Event::Clone(thread), Some(process)) => {
                self.threads.insert(thread, process);
                if self.newborn.remove(&thread) {
                    ptrace::go_on(thread, 0);
                }
                ptrace::go_on(tid, 0);
            }
            (Event::Trap, None) => drop(self.newborn.insert(tid)),
            (Event::Trap, Some(process)) if self.inspection == Inspection::Asked(tid) => {
                self.inspect(tid, process);
            }
            (Event::Trap, Some(process)) => self.begin(tid, process),
            (Event::GroupStop, _) => ptrace::leave_stopped(tid),
            (Event::Signal(signal), _) => ptrace::go_on(tid, signal),
            (Event::Call, Some(process)) => self.before_call(tid, process),
            (Event::CallMade, _) => {
                if let Some(errno) = self.failing_afterwards.remove(&tid) {
                    _ = ptrace::fail(tid, errno);
                }
                ptrace::go_on(tid, 0);
            }
            (_, None) => ptrace::go_on(tid, 0),
        }
    }

    fn ended(&mut self, tid: pid_t, status: c_int) {
        self.newborn.remove(&tid);
        self.held.retain(|it| it.tid != tid);
        if self.inspection == Inspection::Asked(tid) {
            self.inspection = Inspection::NotYet;
        }
        let Some(index) = self.threads.remove(&tid) else { return };
        let process = &mut self.processes[index];
        if process.pid == tid {
            process.end = Some(status);
            if process.role == Role::Command {
                self.command_ended = Some(Instant::now());
            }
        }
    }

    fn forked(&mut self, tid: pid_t, parent: usize, child: pid_t) {
        // Zero if the parent was killed meanwhile: then the child is a newborn that nobody knows.
        if child != 0 {
            let parent = &mut self.processes[parent];
            let role = match parent.role {
                Role::Command if parent.children == 0 => Role::Intermediate,
                Role::Intermediate if parent.children == 0 => Role::Daemon,
                _ => Role::Other,
            };
            parent.children += 1;
            let pid = parent.pid;
            self.add(child, pid, role);
            if self.newborn.remove(&child) {
                self.begin(child, self.processes.len() - 1);
            }
            if role < Role::Other && self.orders.schedule == Schedule::DaemonFirst {
                return self.hold(tid, Until::DaemonIsDone, PATIENCE, None);
            }
        }
        ptrace::go_on(tid, 0);
    }

    fn begin(&mut self, tid: pid_t, process: usize) {
        let is_daemon = self.processes[process].role == Role::Daemon;
        if is_daemon && self.orders.schedule == Schedule::CommandFirst {
            return self.hold(tid, Until::WatchersWait, PATIENCE, None);
        }
        ptrace::go_on(tid, 0);
    }

    fn before_call(&mut self, tid: pid_t, index: usize) {
        let Some(entered) = ptrace::entered(tid) else { return };
        let process = &mut self.processes[index];
        if !process.in_main {
            process.in_main = is_the_last_before_main(&entered);
            return ptrace::go_on(tid, 0);
        }
        let nth = process.calls.entry(entered.number).or_default();
        let site = Site { role: process.role, call: entered.number, nth: *nth };
        *nth += 1;
        match entered.number {
            libc::SYS_poll => process.waits |= is_long(entered.arguments[2] as c_int),
            libc::SYS_ppoll => process.waits = true,
            libc::SYS_futex => process.lives_on |= process.role == Role::Daemon,
            _ => {}
        }
        if self.orders.records {
            let parent = self.processes[0].parent_of_command();
            self.calls.push(Recorded::new(site, tid, &entered, &self.here, parent));
        }
        self.carry_out(tid, site);
    }

    /// Carries out the first order for this place that was not yet, or lets the process go on.
    fn carry_out(&mut self, tid: pid_t, site: Site) {
        let mut orders = self.orders.orders.iter().enumerate();
        let Some((index, order)) = orders.find(|(index, it)| it.site == site && !self.done[*index])
        else {
            return ptrace::go_on(tid, 0);
        };
        self.done[index] = true;
        match order.deed {
            Deed::Hold(time) => self.hold(tid, Until::TimeIsUp, time, Some(site)),
            Deed::Meanwhile => {
                (self.orders.meanwhile.as_ref().expect("what happens meanwhile").0)();
                self.carry_out(tid, site);
            }
            Deed::Kill => ptrace::kill(self.processes[self.threads[&tid]].pid),
            Deed::Fail(errno) if site.call == libc::SYS_close => {
                self.failing_afterwards.insert(tid, errno);
                ptrace::to_the_end_of_the_call(tid);
            }
            Deed::Fail(errno) => {
                _ = ptrace::fail(tid, errno);
                ptrace::go_on(tid, 0);
            }
        }
    }

    fn hold(&mut self, tid: pid_t, until: Until, patience: Duration, at: Option<Site>) {
        self.held.push(Held { tid, until, at, patience: Instant::now() + patience });
    }

    /// Lets those go on that were held long enough.
    fn release(&mut self) {
        let (now, held) = (Instant::now(), std::mem::take(&mut self.held));
        let is_over = |held: &Held| {
            now >= held.patience
                || match held.until {
                    Until::TimeIsUp => false,
                    Until::WatchersWait => self.watchers_wait(),
                    Until::DaemonIsDone => self.daemon_is_done(),
                }
        };
        let (over, held) = held.into_iter().partition(is_over);
        self.held = held;
        for Held { tid, at, .. } in over {
            match at {
                Some(site) => self.carry_out(tid, site),
                None => ptrace::go_on(tid, 0),
            }
        }
    }

    fn watchers_wait(&self) -> bool {
        let mut watchers = self.processes.iter().filter(|it| it.role < Role::Daemon);
        watchers.all(|it| it.waits || it.end.is_some())
    }

    fn daemon_is_done(&self) -> bool {
        self.process(Role::Daemon).is_some_and(|it| it.lives_on || it.end.is_some())
    }

    /// Whether nothing more is to be expected.
    fn is_at_rest(&mut self) -> bool {
        let Some(ended) = self.command_ended else { return false };
        let alive: Vec<_> = self.processes.iter().filter(|it| it.end.is_none()).collect();
        if alive.is_empty() || ended.elapsed() >= AFTERMATH {
            return true;
        }
        let may_stay = self.end_of(Role::Command) == Some(0) || self.has_killed(Role::Command);
        let only_a_daemon = alive.iter().all(|it| it.role == Role::Daemon && it.lives_on);
        if !may_stay || !only_a_daemon {
            return false;
        }
        if self.inspection == Inspection::NotYet {
            let daemon = alive[0].pid;
            self.inspection = Inspection::Asked(daemon);
            ptrace::interrupt(daemon);
        }
        self.inspection == Inspection::Passed
    }

    fn inspect(&mut self, tid: pid_t, process: usize) {
        if !self.processes[process].lives_on || has_a_signal_to_take(tid) {
            self.inspection = Inspection::NotYet;
            ptrace::go_on(tid, 0);
        } else {
            self.inspection = Inspection::Passed;
        }
    }

    fn process(&self, role: Role) -> Option<&Process> {
        self.processes.iter().find(|it| it.role == role)
    }

    pub(super) fn number(&self, role: Role) -> Option<pid_t> {
        self.process(role).map(|it| it.pid)
    }

    /// Its status as of waitpid(2), once it is gone.
    pub(super) fn end_of(&self, role: Role) -> Option<c_int> {
        self.process(role)?.end
    }

    pub(super) fn left(&self) -> Vec<(Role, pid_t)> {
        let alive = self.processes.iter().filter(|it| it.end.is_none());
        alive.map(|it| (it.role, it.pid)).collect()
    }

    pub(super) fn daemon_lives_on(&self) -> bool {
        self.process(Role::Daemon).is_some_and(|it| it.lives_on && it.end.is_none())
    }

    pub(super) fn has_done_all(&self) -> bool {
        self.done.iter().all(|done| *done)
    }

    /// Whether the process of this role was killed, as an order says.
    pub(super) fn has_killed(&self, role: Role) -> bool {
        let mut orders = self.orders.orders.iter().zip(&self.done);
        orders.any(|(it, done)| *done && it.site.role == role && it.deed == Deed::Kill)
    }

    pub(super) fn take_calls(&mut self) -> Vec<Recorded> {
        std::mem::take(&mut self.calls)
    }
}

impl Process {
    /// The number that getppid(2) gives in the command.
    fn parent_of_command(&self) -> pid_t {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').nth(1));
        fields.flatten().and_then(|ppid| ppid.parse().ok()).unwrap_or(self.parent)
    }
}

/// Whether it is the last thing that the standard library does before `main`: it installs its
/// handler of SIGBUS, which tells a stack overflow.
fn is_the_last_before_main(entered: &Entered) -> bool {
    let [signal, action, ..] = entered.arguments;
    entered.number == libc::SYS_rt_sigaction && signal == libc::SIGBUS as u64 && action != 0
}

/// Whether a signal is on its way to this process that it neither blocks nor ignores.
fn has_a_signal_to_take(pid: pid_t) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|it| u64::from_str_radix(it.trim(), 16).ok()).unwrap_or(0)
    };
    let pending = mask("SigPnd:") | mask("ShdPnd:");
    pending & !(mask("SigBlk:") | mask("SigIgn:")) != 0
}

/// Whether a process that waits so long, in milliseconds, has nothing else to do.
fn is_long(timeout: c_int) -> bool {
    !(0..1000).contains(&timeout)
}

fn wait_a_little(pause: Duration) -> Duration {
    if pause.is_zero() {
        thread::yield_now();
        return SHORTEST_PAUSE;
    }
    // Not in waitpid(2): what is held, and the deadlines, come to their end without an event.
    thread::sleep(pause);
    (pause * 2).min(LONGEST_PAUSE)
}
