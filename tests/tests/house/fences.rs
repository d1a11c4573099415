//! What differs between systems, and every `unsafe`, is in `daemon-core/src/sys` and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

daemon_tests::tests![
    nothing_outside_of_sys_is_unsafe,
    nothing_outside_of_sys_asks_for_the_system,
    variables_are_looked_up_in_one_place,
];

/// The lint `unsafe_code` says so too.
fn nothing_outside_of_sys_is_unsafe() {
    for (place, line) in code_outside_of_sys() {
        let is_told_by_the_lint = line.contains("unsafe_code");
        assert!(!line.contains("unsafe") || is_told_by_the_lint, "{place}: {line}");
    }
}

fn nothing_outside_of_sys_asks_for_the_system() {
    for (place, line) in code_outside_of_sys() {
        for word in ["target_os", "target_vendor", "target_family", "\"/proc"] {
            assert!(!line.contains(word), "{place}: {line}");
        }
        // Which wings have stand-ins where nothing is Unix.
        let is_the_list_of_wings = place.contains("/daemon-core/src/lib.rs:");
        for word in ["cfg(unix", "cfg(not(unix", "cfg(windows", "cfg_attr("] {
            assert!(!line.contains(word) || is_the_list_of_wings, "{place}: {line}");
        }
    }
}

/// There it is known whether any of them counts.
fn variables_are_looked_up_in_one_place() {
    for (place, line) in code() {
        let looks_one_up =
            ["env::var", "temp_dir()", "home_dir()", "getenv"].iter().any(|it| line.contains(it));
        let is_the_place = place.contains("/supervisor/environment.rs:");
        // How wide a line of the terminal is; the names alone, of those to be removed; and where
        // other systems have a file without a name, which is asked first.
        let is_harmless = line.contains("var_os(\"TERM\")")
            || line.contains("vars_os().map(|(name, _)| name)")
            || line.contains("if is_safe { std::env::temp_dir() }");
        assert!(!looks_one_up || is_the_place || is_harmless, "{place}: {line}");
    }
}

fn code_outside_of_sys() -> Vec<(String, String)> {
    let mut lines = code();
    lines.retain(|(place, _)| !place.contains("/daemon-core/src/sys/"));
    lines
}

/// The lines that are not comments, each with its place.
fn code() -> Vec<(String, String)> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../daemon-core/src");
    let mut files = Vec::new();
    find(&sources, &mut files);
    let lines: Vec<_> = files
        .into_iter()
        .flat_map(|file| {
            let text = fs::read_to_string(&file).expect("a source");
            let code =
                text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
            code.map(|(number, line)| {
                (format!("{}:{}", file.display(), number + 1), line.to_owned())
            })
            .collect::<Vec<_>>()
        })
        .collect();
    assert!(lines.len() > 1000, "{} lines", lines.len());
    lines
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { find(&path, files) } else { files.push(path) }
    }
}
