//! The three packages that are published: what their manifests say, and which files they consist of.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

daemon_tests::tests![
    no_other_package_is_published,
    a_manifest_says_what_the_package_is,
    the_packages_belong_together,
    a_package_consists_of_what_is_needed,
];

pub(crate) const PACKAGES: [&str; 3] = ["daemon-core", "daemon-macros", "daemon-main"];

/// What the manifests still lack, and must have before anything is published: nobody knows the address
/// yet, and a package must not claim a false one. What has been added is taken off this list.
const LACKING: [&str; 1] = ["repository"];

/// Where the registry cuts.
const MOST_KEYWORDS: usize = 5;
const LONGEST_KEYWORD: usize = 20;

fn no_other_package_is_published() {
    let published: Vec<_> = manifests().into_keys().collect();
    assert_eq!(published, PACKAGES);
}

fn a_manifest_says_what_the_package_is() {
    for (name, manifest) in manifests() {
        let text = |field: &str| manifest[field].as_str().unwrap_or_default().to_owned();
        assert!(text("description").ends_with('.'), "{name}: {}", manifest["description"]);
        assert_eq!(text("license"), "MIT OR Apache-2.0", "{name}");
        assert_eq!(text("readme"), "README.md", "{name}");
        assert!(!text("rust_version").is_empty(), "{name}");
        let keywords = words(&manifest["keywords"]);
        assert!((1..=MOST_KEYWORDS).contains(&keywords.len()), "{name}: {keywords:?}");
        for keyword in keywords {
            assert!(keyword.len() <= LONGEST_KEYWORD, "{name}: {keyword}");
        }
        assert_eq!(words(&manifest["categories"]), ["os::unix-apis"], "{name}");
        for field in ["authors", "categories", "description", "license", "repository"] {
            let is_lacking =
                manifest[field].as_array().map_or(text(field).is_empty(), Vec::is_empty);
            let is_known = LACKING.contains(&field);
            assert_eq!(is_lacking, is_known, "{name}: `{field}`; compare LACKING");
        }
    }
}

/// They call what is hidden in each other, so no version goes with another.
fn the_packages_belong_together() {
    let manifests = manifests();
    let main = &manifests["daemon-main"];
    let library = main["targets"].as_array().expect("targets").iter();
    let library: Vec<_> = library.filter(|target| words(&target["kind"]) == ["lib"]).collect();
    assert_eq!(library.len(), 1);
    assert_eq!(library[0]["name"], "daemon");
    for (name, manifest) in &manifests {
        for field in ["version", "rust_version", "repository", "edition"] {
            assert_eq!(manifest[field], main[field], "{name}: {field}");
        }
        for dependency in manifest["dependencies"].as_array().expect("dependencies") {
            let is_ours = PACKAGES.iter().any(|ours| dependency["name"] == *ours);
            // Those of the tests are left out when a package is published.
            if is_ours && dependency["kind"] != "dev" {
                let version = manifest["version"].as_str().expect("a version");
                assert_eq!(dependency["req"], format!("={version}"), "{name}: {dependency}");
            }
        }
    }
    let needs = main["dependencies"].as_array().expect("dependencies");
    for ours in ["daemon-core", "daemon-macros"] {
        assert!(needs.iter().any(|it| it["name"] == ours), "daemon-main needs {ours}");
    }
}

fn a_package_consists_of_what_is_needed() {
    let of_all = [
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
    ];
    for package in PACKAGES {
        let files = files(package);
        for needed in of_all {
            assert!(files.iter().any(|file| *file == needed), "{package} lacks {needed}");
        }
        for file in &files {
            let is_of_all = file.starts_with("src/") || of_all.contains(&file.as_str());
            let is_of_main = file.starts_with("examples/")
                || file.starts_with("docs/")
                || ["CHANGELOG.md", "SECURITY.md"].contains(&file.as_str());
            // Cargo adds it where there is git.
            let is_of_git = file == ".cargo_vcs_info.json";
            let is_needed = is_of_all || is_of_git || (is_of_main && package == "daemon-main");
            assert!(is_needed, "{package}: {file} is not needed");
        }
    }
}

/// The files of this package, as its archive names them.
pub(crate) fn files(package: &str) -> Vec<String> {
    let list = cargo(&["package", "--list", "--allow-dirty", "--offline", "--package", package]);
    let files: Vec<_> = list.lines().map(str::to_owned).collect();
    assert!(files.len() > 10, "{package}: {files:?}");
    files
}

/// What cargo makes of the manifest of each package that may be published.
fn manifests() -> BTreeMap<String, Value> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps", "--locked", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let published = packages.filter(|package| package["publish"].is_null());
    published
        .map(|package| (package["name"].as_str().expect("a name").to_owned(), package.clone()))
        .collect()
}

fn words(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|word| word.as_str().expect("a word")).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(root).output().expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}
