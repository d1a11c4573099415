//! Each guarantee of the README has a number, and the files of tests that it links to bear the same
//! number in their first line.

use std::fs;
use std::path::{Path, PathBuf};

daemon_tests::tests![
    guarantees_and_test_files_have_the_same_numbers,
    each_promise_of_a_test_file_is_in_the_readme,
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The number of a guarantee, and a file that it links to.
fn links() -> Vec<(usize, String)> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, section) = readme.split_once("\n## What it guarantees\n").expect("the guarantees");
    let section = section.split("\n## ").next().expect("the section");
    let mut links = Vec::new();
    let mut number = 0;
    for line in section.lines() {
        let begins = line.split_once(". ").and_then(|(number, _)| number.parse::<usize>().ok());
        if let Some(next) = begins {
            assert_eq!(next, number + 1, "{line}");
            number = next;
        }
        let files = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.extend(
            files.filter(|file| file.starts_with("tests/")).map(|file| (number, file.to_owned())),
        );
    }
    assert!(number > 20, "{number} guarantees");
    links
}

fn guarantees_and_test_files_have_the_same_numbers() {
    for (number, file) in links() {
        let text = fs::read_to_string(root().join(&file)).expect(&file);
        let begins = format!("//! Promise {number}: ");
        assert!(text.starts_with(&begins), "{file} does not begin with {begins:?}");
    }
}

fn each_promise_of_a_test_file_is_in_the_readme() {
    let linked = links();
    let wings = fs::read_dir(root().join("tests/tests")).expect("the wings");
    for wing in wings.map(|wing| wing.expect("a wing").file_name()) {
        let wing = Path::new("tests/tests").join(wing);
        for file in fs::read_dir(root().join(&wing)).expect("the files of a wing") {
            let file = wing.join(file.expect("a file").file_name());
            let text = fs::read_to_string(root().join(&file)).expect("a file of tests");
            if text.starts_with("//! Promise ") {
                let is_linked = linked.iter().any(|(_, linked)| Path::new(linked) == file);
                assert!(is_linked, "no guarantee of the README links to {}", file.display());
            }
        }
    }
}
