//! One start, step by step, as a drawing: what each of the three processes does, in order.

mod drawing;
pub mod phases;
mod record;
pub mod trace;

use std::error::Error;

use phases::Phases;
use trace::Trace;

/// Traces a start of the program `traced`, and draws it.
pub fn record() -> Result<String, Box<dyn Error>> {
    draw(&record::trace()?)
}

/// Draws what strace(1) has written of a start.
pub fn draw(trace: &str) -> Result<String, Box<dyn Error>> {
    let trace = Trace::parse(trace)?;
    let phases = Phases::of(&trace)?;
    for title in &phases.missing {
        eprintln!("NOT IN THE TRACE: {title}; see src/timeline/phases.rs");
    }
    Ok(drawing::draw(&trace, &phases))
}
