//! What a user of `daemon` can name is what `tests/public_api/items.txt` lists: a change of it is made
//! on purpose.
//!
//! To renew the list: `DAEMON_PUBLIC_API=overwrite cargo test -p daemon-tests --test house public_items`,
//! with the compiler that it belongs to. Then read every difference: what goes, or changes, breaks
//! programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use daemon_tests::ANOTHER_COMPILER;
use serde_json::Value;

use crate::rust_of_json::{Items, implemented_trait, mentions};

daemon_tests::tests![the_public_items_are_those_that_are_listed unless ANOTHER_COMPILER];

const RENEW: &str =
    "DAEMON_PUBLIC_API=overwrite cargo test -p daemon-tests --test house public_items";

fn the_public_items_are_those_that_are_listed() {
    let items = items();
    assert!(items.len() > 100, "{items:#?}");
    match env::var("DAEMON_PUBLIC_API").as_deref() {
        Err(_) => {}
        Ok("overwrite") => fs::write(file(), items.join("\n") + "\n").expect("the list"),
        Ok(other) => panic!("DAEMON_PUBLIC_API is `overwrite`, not {other:?}"),
    }
    let list = fs::read_to_string(file()).unwrap_or_default();
    let listed: Vec<_> = list.lines().map(str::to_owned).collect();
    let gone: Vec<_> = listed.iter().filter(|item| !items.contains(item)).collect();
    let new: Vec<_> = items.iter().filter(|item| !listed.contains(item)).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "the public items are others than those listed ({RENEW} renews the list)\n\
         gone: {gone:#?}\nnew: {new:#?}"
    );
    assert_eq!(listed, items, "the order is another: {RENEW}");
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("public_api/items.txt")
}

/// The public items of `daemon`, by the names that its users know, each type with what belongs to it.
///
/// `daemon` re-exports, by name, and of an item of another crate rustdoc tells it the name alone. The
/// rest is told of `daemon_core`, which has the same names. What is hidden is in neither.
fn items() -> Vec<String> {
    let exported = Items::new(json("daemon-main", "daemon")).exported().into_iter();
    let mut exported: Vec<_> = exported.map(|(name, _)| name).collect();
    exported.sort();
    let core = Items::new(json("daemon-core", "daemon_core"));
    let mut items = Vec::new();
    for name in exported {
        let in_module = format!("{name}::");
        let known = core.exported().into_iter();
        let mut known: Vec<_> =
            known.filter(|(known, _)| *known == name || known.starts_with(&in_module)).collect();
        known.sort_by(|(one, _), (other, _)| one.cmp(other));
        match name.as_str() {
            "main" => items.push("#[daemon::main]".to_owned()),
            "clap_verbs" => items.push("daemon::clap_verbs!".to_owned()),
            _ => assert!(!known.is_empty(), "{name} is of neither daemon_core nor daemon_macros"),
        }
        for (name, id) in known {
            items.extend(lines(&core, &name, &id));
        }
    }
    items
}

/// The item, what belongs to it, and the traits that are implemented for it or speak of it.
fn lines(core: &Items, name: &str, id: &Value) -> Vec<String> {
    let item = core.get(id);
    let mut lines = core.members(item, &format!("daemon::{name}"));
    for implementation in core.implementations() {
        let is_its_own = implementation["for"]["resolved_path"]["id"] == *id;
        match implemented_trait(implementation) {
            None if is_its_own => {
                for method in implementation["items"].as_array().expect("items") {
                    lines.extend(core.declaration(core.get(method), &format!("daemon::{name}::")));
                }
            }
            Some(_) if is_its_own => lines.extend(core.implementation(implementation)),
            // `From<Error> for io::Error`; one for another type of ours is listed with that.
            Some(of_a_trait)
                if mentions(of_a_trait, id) && !core.is_exported(&implementation["for"]) =>
            {
                lines.extend(core.implementation(implementation));
            }
            _ => {}
        }
    }
    lines.sort();
    let declared = core.declaration(item, "daemon::");
    declared.into_iter().chain(lines).collect()
}

/// What rustdoc says of this library.
fn json(package: &str, library: &str) -> Value {
    // A directory of its own, in which nothing else runs cargo.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let output = Command::new(env!("CARGO"))
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
    serde_json::from_slice(&fs::read(json).expect("the output of rustdoc")).expect("JSON")
}
