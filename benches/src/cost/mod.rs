//! All figures together, and the goals that they are compared with.

mod goals;
mod machine;
mod markdown;
mod plots;
mod text;

use std::error::Error;

use nix::sys::prctl;

use crate::children;
use crate::cold_build::ColdBuild;
use crate::crates::Crates;
use crate::descriptors;
use crate::growth::Growth;
use crate::inherited_descriptors::InheritedDescriptors;
use crate::memory::Memory;
use crate::pidfile::Pidfile;
use crate::programs::Programs;
use crate::size::Size;
use crate::system_calls::SystemCalls;
use crate::wall_time::WallTime;

pub use goals::{Goal, Verdict};
pub use machine::Machine;

/// The measurements to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// How often each program is started for the wall time; less often for what takes longer.
    pub rounds: usize,
    /// Wall time, system calls, inherited descriptors, memory, crates: less than a minute.
    pub starts: bool,
    /// Size and cold build: a few minutes.
    pub builds: bool,
    /// How the time grows: a minute.
    pub growth: bool,
}

impl Selection {
    /// The rounds unless others are asked for.
    pub const DEFAULT_ROUNDS: usize = 500;

    /// Everything.
    pub fn all() -> Self {
        Selection { rounds: Self::DEFAULT_ROUNDS, starts: true, builds: true, growth: true }
    }
}

/// The figures. What was not selected, or cannot be measured on this machine, is `None`.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Where they were taken.
    pub machine: Machine,
    /// The wall time of a start, with two processors.
    pub wall_time: Option<WallTime>,
    /// And with one.
    pub wall_time_on_one: Option<WallTime>,
    /// The system calls of a start.
    pub system_calls: Option<SystemCalls>,
    /// The cost of 10 000 inherited descriptors.
    pub inherited_descriptors: Option<InheritedDescriptors>,
    /// The memory of the idle daemon.
    pub memory: Option<Memory>,
    /// The crates in the tree.
    pub crates: Option<Crates>,
    /// The size of the program.
    pub size: Option<Size>,
    /// The time of the first build.
    pub cold_build: Option<ColdBuild>,
    /// How the time grows with the number of inherited descriptors.
    pub growth_with_descriptors: Option<Growth>,
    /// How the time grows with the limit of descriptors.
    pub growth_with_limit: Option<Growth>,
    /// How the time grows with the memory of the program.
    pub growth_with_memory: Option<Growth>,
    /// The measurements that were not possible on this machine, and why.
    pub missing: Vec<String>,
}

impl Cost {
    /// Measures on this machine, which should have nothing else to do.
    ///
    /// It is for the `main` of a program: it closes all descriptors but 0 to 2, makes the process a
    /// sub-reaper, and ends and waits for all its children.
    pub fn measure(selection: &Selection) -> Result<Self, Box<dyn Error>> {
        descriptors::close_inherited()?;
        // Every daemon becomes a child of this process, which so can find it, end it and wait for it.
        prctl::set_child_subreaper(true)?;
        let mut cost = Cost { machine: Machine::this(), ..Cost::default() };
        let measured = cost.measure_all(selection);
        // A measurement that fails leaves its daemon behind.
        children::end_all()?;
        measured.map(|()| cost)
    }

    fn measure_all(&mut self, selection: &Selection) -> Result<(), Box<dyn Error>> {
        let programs = Programs::build()?;
        self.missing.extend(programs.missing());
        let pidfile = Pidfile::new()?;
        if selection.starts {
            self.measure_starts(&programs, &pidfile, selection.rounds)?;
        }
        if selection.growth {
            self.measure_growth(&programs, &pidfile, selection.rounds)?;
        }
        if selection.builds {
            progress("size");
            self.size = Some(Size::measure()?);
            progress("cold build");
            self.cold_build = Some(ColdBuild::measure()?);
        }
        Ok(())
    }

    fn measure_starts(
        &mut self,
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<(), Box<dyn Error>> {
        progress("wall time with two processors");
        self.wall_time = WallTime::measure(programs, pidfile, 2, rounds)?;
        if self.wall_time.is_none() {
            self.missing.push("the wall time with two processors: there is one".to_owned());
        }
        progress("wall time with one processor");
        self.wall_time_on_one = WallTime::measure(programs, pidfile, 1, rounds)?;
        progress("system calls");
        self.system_calls = SystemCalls::count(programs, pidfile)?;
        if self.system_calls.is_none() {
            self.missing.push("the system calls: strace is not installed".to_owned());
        }
        progress("inherited descriptors");
        self.inherited_descriptors =
            InheritedDescriptors::measure(programs, pidfile, (rounds / 5).max(1))?;
        if self.inherited_descriptors.is_none() {
            let why =
                "the cost of 10 000 inherited descriptors: the hard limit of open files is lower";
            self.missing.push(why.to_owned());
        }
        progress("memory");
        self.memory = Some(Memory::measure(programs, pidfile)?);
        self.crates = Some(Crates::count()?);
        Ok(())
    }

    fn measure_growth(
        &mut self,
        programs: &Programs,
        pidfile: &Pidfile,
        rounds: usize,
    ) -> Result<(), Box<dyn Error>> {
        let rounds = (rounds / 5).max(1);
        progress("growth with inherited descriptors");
        self.growth_with_descriptors = Some(Growth::with_descriptors(programs, pidfile, rounds)?);
        progress("growth with the limit of descriptors");
        self.growth_with_limit = Some(Growth::with_limit(programs, pidfile, rounds)?);
        progress("growth with memory");
        let rounds = (rounds / 5).max(1); // to touch it takes its time
        self.growth_with_memory = Some(Growth::with_memory(programs, pidfile, rounds)?);
        Ok(())
    }
}

fn progress(what: &str) {
    eprintln!("… {what}");
}
