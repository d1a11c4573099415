//! Every file of tests is run.

use std::{collections::BTreeSet, fs, path::Path};

daemon_tests::tests![each_wing_lists_its_files];

/// A file that is in no list would not even be compiled, and nobody would miss its tests.
fn each_wing_lists_its_files() {
    let wings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for wing in fs::read_dir(wings).expect("the wings") {
        let wing = wing.expect("a wing").path();
        let main = fs::read_to_string(wing.join("main.rs")).expect("the list of a wing");
        let declared = main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
        let files = fs::read_dir(&wing).expect("a wing").map(|file| {
            let path = file.expect("a file").path();
            path.file_stem().expect("a name").to_str().expect("a plain name").to_owned()
        });
        let files: BTreeSet<_> = files.filter(|name| name != "main").collect();
        assert_eq!(declared.map(str::to_owned).collect::<BTreeSet<_>>(), files, "{wing:?}");
    }
}
