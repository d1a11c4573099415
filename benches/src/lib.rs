//! The cost of a start, beside C programs and other crates. README.md says how each figure is taken.
//!
//! [`Cost::measure`](cost::Cost::measure) takes the figures, and [`Cost::markdown`](cost::Cost::markdown)
//! and [`Cost::plots`](cost::Cost::plots) show them. [`timeline`] draws one start, step by step.

pub mod cold_build;
pub mod cost;
pub mod crates;
pub mod descriptors;
pub mod growth;
pub mod inherited_descriptors;
pub mod memory;
pub mod resident_memory;
pub mod size;
pub mod statistics;
pub mod subject;
pub mod svg;
pub mod system_calls;
pub mod throwaway;
pub mod timeline;
pub mod wall_time;

mod children;
mod fresh_copies;
mod launch;
mod pidfile;
mod processors;
mod programs;
mod strace;
