//! What a tracer is told to do.

use std::{fmt, sync::Arc, time::Duration};

use libc::{c_int, c_long};

use super::Role;

/// The place of a system call in a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// Which of the processes makes it.
    pub role: Role,
    /// The number of the call.
    pub call: c_long,
    /// How many such calls the process has made before; the command from the entry of `main` on.
    pub nth: u32,
}

/// What happens to a process at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deed {
    /// The call fails with this errno and does nothing; close(2), which always closes, fails all
    /// the same.
    Fail(c_int),
    /// The process is killed before the call.
    Kill,
    /// The process is held back before the call.
    Hold(Duration),
    /// Something happens elsewhere before the call: what [`Orders::meanwhile`] was given.
    Meanwhile,
}

/// An order: what shall happen where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the types say it")]
pub struct Order {
    pub site: Site,
    pub deed: Deed,
}

/// In which order the processes get on where they run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Schedule {
    /// As it comes.
    Any,
    /// The daemon begins when those who watch wait for it.
    CommandFirst,
    /// The command and the intermediate process, having made a process, go on when the daemon has
    /// nothing left to do.
    DaemonFirst,
}

/// What a tracer is told to do during one start.
#[derive(Debug, Clone)]
pub struct Orders {
    pub(crate) orders: Vec<Order>,
    pub(crate) schedule: Schedule,
    /// Whether every call is noted, and not only what the orders need.
    pub(crate) records: bool,
    pub(crate) meanwhile: Option<Meanwhile>,
}

/// Something that happens elsewhere.
#[derive(Clone)]
pub(crate) struct Meanwhile(pub(crate) Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Orders {
    /// To carry out these.
    pub fn with(orders: impl IntoIterator<Item = Order>) -> Self {
        let orders = orders.into_iter().collect();
        Self { orders, schedule: Schedule::CommandFirst, records: false, meanwhile: None }
    }

    /// To note every call, too.
    pub fn recording(mut self) -> Self {
        self.records = true;
        self
    }

    /// Chooses the schedule, which is [`Schedule::CommandFirst`] otherwise.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Says what happens at [`Deed::Meanwhile`].
    pub fn meanwhile(mut self, act: impl Fn() + Send + Sync + 'static) -> Self {
        self.meanwhile = Some(Meanwhile(Arc::new(act)));
        self
    }
}
