//! Measures what a start costs and draws it. README.md says how to read it.

mod arguments;

use std::error::Error;
use std::fs;
use std::path::Path;

use daemon_benches::cost::Cost;
use daemon_benches::timeline;

use crate::arguments::{Arguments, Task};

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { task, write } = Arguments::parse(std::env::args().skip(1))?;
    match task {
        Task::Measure(selection) => {
            let cost = Cost::measure(&selection)?;
            print!("{cost}");
            if let Some(directory) = write {
                for (name, drawing) in cost.plots() {
                    save(&directory, name, &drawing)?;
                }
                save(&directory, "cost.md", &cost.markdown())?;
            }
        }
        Task::Timeline(trace) => {
            let drawing = match trace {
                Some(path) => timeline::draw(&fs::read_to_string(path)?)?,
                None => timeline::record()?,
            };
            let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
            save(&write.unwrap_or(docs), "timeline.svg", &drawing)?;
        }
    }
    Ok(())
}

fn save(directory: &Path, name: &str, content: &str) -> Result<(), Box<dyn Error>> {
    let path = directory.join(name);
    fs::write(&path, content)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
