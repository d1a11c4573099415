//! What a user of `daemon` can name is what `items.txt` lists: a change of it is made on purpose.
//!
//! To renew the list: `DAEMON_PUBLIC_API=overwrite cargo test -p daemon-tests-public-api`, with the
//! compiler that it belongs to. Then read every difference: what goes, or changes, breaks programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use daemon_tests::ANOTHER_COMPILER;
use public_api::{Builder, PublicApi};

daemon_tests::tests![the_public_items_are_those_that_are_listed unless ANOTHER_COMPILER];

daemon_tests::wing![self];

const RENEW: &str = "DAEMON_PUBLIC_API=overwrite cargo test -p daemon-tests-public-api";

fn the_public_items_are_those_that_are_listed() {
    let items = items();
    assert!(items.len() > 100, "{items:#?}");
    match env::var("DAEMON_PUBLIC_API").as_deref() {
        Err(_) => {}
        Ok("overwrite") => fs::write(file(), items.join("\n") + "\n").expect("the list"),
        Ok(other) => panic!("DAEMON_PUBLIC_API is `overwrite`, not {other:?}"),
    }
    let committed = committed();
    let gone: Vec<_> = committed.iter().filter(|item| !items.contains(item)).collect();
    let new: Vec<_> = items.iter().filter(|item| !committed.contains(item)).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "the public items are others than those listed ({RENEW} renews the list)\n\
         gone: {gone:#?}\nnew: {new:#?}"
    );
    assert_eq!(committed, items, "the order is another: {RENEW}");
}

/// The list that is committed.
fn committed() -> Vec<String> {
    let list = fs::read_to_string(file()).unwrap_or_default();
    list.lines().map(str::to_owned).collect()
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("items.txt")
}

/// The public items of `daemon`, by the names that its users know.
///
/// It re-exports, by name, and of an item of another crate rustdoc tells it the name alone. The rest
/// is told of `daemon_core`, which has the same names. What is hidden is in neither.
fn items() -> Vec<String> {
    let mut items = Vec::new();
    let mut names = Vec::new();
    for item in lines(&api("daemon-main", "daemon")) {
        match item.strip_prefix("pub use daemon::") {
            Some("main") => items.push("#[daemon::main]".to_owned()),
            Some(name) => names.push(name.to_owned()),
            None => items.push(item),
        }
    }
    let core = lines(&api("daemon-core", "daemon_core"));
    let exported = core.iter().filter(|item| names.iter().any(|name| is_about(item, name)));
    items.extend(exported.map(|item| item.replace("daemon_core::", "daemon::")));
    items
}

/// Whether the item has this name, belongs to the item of this name, or implements a trait for it.
fn is_about(item: &str, name: &str) -> bool {
    let path = format!("daemon_core::{name}");
    item.match_indices(&path).any(|(at, _)| {
        let next = item[at + path.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

/// The compiler's own marks of a type; nobody can name them.
const UNNAMED: [&str; 3] =
    ["core::marker::Freeze", "core::marker::StructuralPartialEq", "core::marker::UnsafeUnpin"];

/// One for each item, except what an implementation of a trait says again: its methods are the
/// trait's.
fn lines(api: &PublicApi) -> Vec<String> {
    let mut lines = Vec::new();
    let mut method_of_a_trait = None;
    for line in api.items().map(ToString::to_string) {
        if line.starts_with("impl") {
            let implementor = line.split_once(" for ").map(|(_, implementor)| implementor);
            method_of_a_trait = implementor.map(|it| format!("pub fn {it}::"));
        }
        let is_said_again = method_of_a_trait.as_ref().is_some_and(|it| line.starts_with(it));
        if !is_said_again && !UNNAMED.iter().any(|mark| line.contains(mark)) {
            lines.push(line);
        }
    }
    lines
}

/// What rustdoc says of this library.
fn api(package: &str, library: &str) -> PublicApi {
    // A directory of its own, in which nothing else runs cargo.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let output = Command::new("cargo")
        .args(["rustdoc", "--locked", "--offline", "--quiet", "--lib", "--package", package])
        .args(["--", "-Zunstable-options", "--output-format=json"])
        // The JSON is unstable; which version of it is read belongs to the compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}", output.status);
    let json = target.join("doc").join(library).with_extension("json");
    // What every type has is nobody's promise; whether threads may share one is easily lost.
    let api = Builder::from_rustdoc_json(json).omit_blanket_impls(true).build();
    api.expect("JSON of the version that is known")
}
