//! Whether the documentation and `daemon::Config` have every option of the table, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use crate::given;
use crate::messages::Mistakes;
use crate::options::OPTIONS;
use crate::options::known::{Known, Takes};

const README: &str = "README.md";
const RUSTDOC: &str = "daemon-macros/src/lib.rs";

#[test]
fn readme_and_table_have_the_same_options() {
    assert_none(faults_of_documentation(README));
}

#[test]
fn rustdoc_and_table_have_the_same_options() {
    assert_none(faults_of_documentation(RUSTDOC));
}

#[test]
fn config_and_table_have_the_same_options() {
    let mut setters = setters(&read(CONFIG));
    assert!(!setters.is_empty(), "there is no setter in {CONFIG}");
    setters.extend(self::setters(&read(CONTROL)));
    let expected: BTreeSet<&str> = OPTIONS.all.iter().filter_map(setter).collect();

    let mut faults = Vec::new();
    for option in expected.iter().filter(|name| !setters.contains(**name)) {
        faults.push(format!("{CONFIG} has no setter `{option}`, but the table has its option"));
    }
    for setter in setters.iter().filter(|name| !expected.contains(name.as_str())) {
        faults.push(format!("{CONFIG} has a setter `{setter}`, but the table has no such option"));
    }
    assert_none(faults);
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The differences between the options that `place` documents and those of the table.
fn faults_of_documentation(place: &str) -> Vec<String> {
    let rows = rows(&read(place));
    assert!(!rows.is_empty(), "{place} has no table that begins with a column `option`");
    let mut faults = Vec::new();
    for option in OPTIONS.all {
        faults.extend(faults_of_option(option, &rows));
    }
    for row in &rows {
        if row.forms.is_empty() {
            faults.push(format!("a row of the table of options names none: {}", row.text));
        }
        faults.extend(row.forms.iter().filter_map(|form| fault_of_form(form)));
    }
    faults.into_iter().map(|fault| format!("{place}: {fault}")).collect()
}

/// The faults of one option: it has no row, or a word that it takes is in none of its rows.
fn faults_of_option(option: &Known, rows: &[Row]) -> Vec<String> {
    let Known { name, .. } = option;
    let rows: Vec<&Row> =
        rows.iter().filter(|row| row.names().any(|named| named == *name)).collect();
    if rows.is_empty() {
        return vec![format!("the table of options has no row for `{name}`")];
    }
    words(option)
        .into_iter()
        .filter(|word| !rows.iter().any(|row| row.text.contains(&format!("`{word}`"))))
        .map(|word| format!("the row of `{name}` does not mention the word `{word}`"))
        .collect()
}

/// The words that an option takes, or those that its entries take.
fn words(option: &Known) -> BTreeSet<&'static str> {
    let entries = option.takes.names().map_or(&[][..], |names| names.all);
    let words = option.words.iter().chain(entries.iter().flat_map(|entry| entry.words));
    words.map(|word| word.name).collect()
}

/// The fault of a documented form, if the macro does not accept it. A form with an ellipsis is
/// incomplete: only its name is checked.
fn fault_of_form(form: &str) -> Option<String> {
    let name = name_of(form);
    let Some(option) = OPTIONS.find(name) else {
        return Some(format!("there is no option `{name}`, but a row for it: `{form}`"));
    };
    if form.contains('…') {
        return None;
    }
    let needed = match option.takes {
        Takes::Word => ", pidfile",
        Takes::Capabilities(_) => ", user = \"www-data\"",
        _ => "",
    };
    let Ok(tokens) = format!("{form}{needed}").parse::<TokenStream>() else {
        return Some(format!("`{form}` is not Rust"));
    };
    let mut mistakes = Mistakes::default();
    given::parse(tokens, &mut mistakes);
    let accepted = mistakes.is_empty();
    (!accepted).then(|| format!("the macro does not accept `{form}`: {mistakes:?}"))
}

/// A row of a table of options.
struct Row {
    /// The code in its first column: `umask = 0o027`.
    forms: Vec<String>,
    /// The first column, and the second, of the values.
    text: String,
}

impl Row {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(|form| name_of(form))
    }
}

fn name_of(form: &str) -> &str {
    let end = form.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(form.len());
    &form[..end]
}

/// The rows of the tables whose first column is called `option`.
fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in text.lines().map(|line| line.trim_start_matches("///").trim()) {
        let Some(cells) = line.strip_prefix('|') else {
            in_table = false;
            continue;
        };
        let mut cells = cells.split('|').map(str::trim);
        let (first, second) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        if first.to_lowercase().starts_with("option") {
            in_table = true;
        } else if in_table && !first.starts_with(['-', ':']) {
            let forms = first.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            rows.push(Row { forms, text: format!("{first} | {second}") });
        }
    }
    rows
}

/// The setter of an option. Functions and the path of the library have none: they are used where the
/// macro writes them.
fn setter(option: &Known) -> Option<&'static str> {
    match option.takes {
        Takes::Function | Takes::Crate => None,
        // One limit at a time.
        Takes::Limits(_) => Some("limit"),
        _ => Some(option.name),
    }
}

/// The safe methods that can be chained.
fn setters(source: &str) -> BTreeSet<String> {
    let functions = source.split("pub fn ").skip(1);
    let setters = functions.filter(|function| {
        function.split('{').next().is_some_and(|signature| signature.contains("-> &mut Self"))
    });
    // What is to be done is not an option.
    let names = setters.map(|function| name_of(function).to_owned());
    names.filter(|name| name != "perform").collect()
}

/// Where `daemon::Config` is.
const CONFIG: &str = "daemon-core/src/config/mod.rs";

/// Where it has the setter that leads to the verbs.
const CONTROL: &str = "daemon-core/src/control/performer.rs";

fn read(place: &str) -> String {
    let path = path(place);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn path(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(place)
}
