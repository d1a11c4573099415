//! Each link leads to something: in the pages of the repository, in the packages, and in the
//! documentation.
//!
//! A registry shows the README, and resolves its relative links against `repository`; so they lead to
//! a file of the repository, whether it is packaged or not. The other packaged pages are read where
//! the package is, so theirs lead to packaged files. rustdoc finds the items that are linked to by
//! their paths; it knows neither files nor the pages that it makes itself.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::published;

daemon_tests::tests![
    links_of_pages_lead_to_files_and_headings,
    links_of_packaged_pages_lead_to_packaged_files,
    links_of_the_documentation_lead_to_pages_of_it,
    a_link_is_found_in_each_of_its_forms,
];

/// Beside the source of a page: where it is, from the root on.
struct Page {
    path: PathBuf,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn links_of_pages_lead_to_files_and_headings() {
    let pages = pages();
    let mut relative = 0;
    for page in &pages {
        for link in links(&page.text).into_iter().filter(|link| !is_elsewhere(link)) {
            relative += 1;
            let place = format!("{}: {link}", page.path.display());
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = target(page, path);
            assert!(root().join(&target).exists(), "{place}: there is no such file");
            if !heading.is_empty() {
                let target = pages.iter().find(|page| page.path == target).expect(&place);
                let is_there = headings(&target.text).iter().any(|it| it == heading);
                assert!(is_there, "{place}: there is no such heading");
            }
        }
    }
    assert!(relative > 40, "{relative} links");
}

fn links_of_packaged_pages_lead_to_packaged_files() {
    let files = published::files("daemon-main");
    let is_packaged = |path: &Path| {
        // A directory is there with its files.
        files.iter().any(|file| Path::new(file).starts_with(path))
    };
    let pages = pages().into_iter().filter(|page| is_packaged(&page.path));
    let but_the_readme = pages.filter(|page| page.path != Path::new("README.md"));
    let mut relative = 0;
    for page in but_the_readme {
        for link in links(&page.text).into_iter().filter(|link| !is_elsewhere(link)) {
            relative += 1;
            let path = link.split('#').next().expect("a path");
            let is_there = is_packaged(&target(&page, path));
            assert!(is_there, "{}: {link} is not in the package", page.path.display());
        }
    }
    assert!(relative > 15, "{relative} links");
}

fn links_of_the_documentation_lead_to_pages_of_it() {
    let items = fs::read_to_string(root().join("tests/public_api/items.txt")).expect("the items");
    let items: Vec<_> = items.lines().collect();
    let mut made = 0;
    for package in ["src", "daemon-core/src", "daemon-macros/src"] {
        let mut sources = Vec::new();
        find(Path::new(package), "rs", &mut sources);
        for source in sources {
            for link in links(&documentation(&source.text)) {
                let place = format!("{}: {link}", source.path.display());
                if link.contains(".html") && !is_elsewhere(&link) {
                    made += 1;
                    assert!(is_documented(&link, &items), "{place}: there is no such page");
                } else {
                    let is_path = link.contains('/') || link.ends_with(".md");
                    assert!(is_elsewhere(&link) || !is_path, "{place}: rustdoc shows no files");
                }
            }
        }
    }
    assert!(made > 5, "{made} links");
}

/// Whether `struct.Config.html#method.user` is a page, and a place on it.
fn is_documented(link: &str, items: &[&str]) -> bool {
    let (page, place) = link.split_once('#').unwrap_or((link, ""));
    let Some((kind, name)) = page.strip_suffix(".html").and_then(|page| page.split_once('.'))
    else {
        return false;
    };
    let begins = |declaration: &str| {
        items.iter().any(|item| {
            let rest = item.split_once(declaration).map(|(_, rest)| rest);
            rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_'))
        })
    };
    let has_place = match place.split_once('.') {
        Some(("method", method)) => begins(&format!("fn daemon::{name}::{method}")),
        Some(("variant", variant)) => begins(&format!("pub daemon::{name}::{variant}")),
        _ => place.is_empty(),
    };
    has_place && begins(&format!("pub {kind} daemon::{name}"))
}

/// With a scheme.
fn is_elsewhere(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:")
}

/// Where a path on this page leads, from the root on.
fn target(page: &Page, path: &str) -> PathBuf {
    if path.is_empty() {
        return page.path.clone();
    }
    let mut target = page.path.parent().expect("a directory").to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir => assert!(target.pop(), "{path} leads out of the repository"),
            Component::Normal(name) => target.push(name),
            _ => panic!("{}: {path} is not relative", page.path.display()),
        }
    }
    target
}

/// The pages of the repository.
fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    find(Path::new(""), "md", &mut pages);
    assert!(pages.len() > 8, "{} pages", pages.len());
    pages
}

fn find(directory: &Path, extension: &str, pages: &mut Vec<Page>) {
    for entry in fs::read_dir(root().join(directory)).expect("a directory") {
        let entry = entry.expect("an entry");
        let path = directory.join(entry.file_name());
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.file_type().expect("a type").is_dir() {
            if !is_hidden && path != Path::new("target") {
                find(&path, extension, pages);
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            let text = fs::read_to_string(root().join(&path)).expect("a page");
            pages.push(Page { path, text });
        }
    }
}

/// What rustdoc shows of a source.
fn documentation(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    let shown = lines.filter_map(|line| {
        line.strip_prefix("//!").or_else(|| line.strip_prefix("///")).map(str::trim_start)
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// The lines that are not code.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    page.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Where the links of this Markdown lead.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(page) {
        let inline = line.split("](").skip(1).filter_map(|rest| {
            // `mode()` has parentheses of its own.
            let mut depth = 0;
            let end = rest.find(|character| {
                depth += i32::from(character == '(') - i32::from(character == ')');
                depth < 0
            });
            end.map(|end| &rest[..end])
        });
        links.extend(inline.map(str::to_owned));
        let definition = line.strip_prefix('[').and_then(|line| line.split_once("]: "));
        links.extend(definition.map(|(_, link)| link.trim().to_owned()));
    }
    links
}

/// The headings of a page, as links name them.
fn headings(page: &str) -> Vec<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    let named = headings.map(|line| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    });
    named.collect()
}

fn a_link_is_found_in_each_of_its_forms() {
    let page = "\
# Its log, `NAME.log`

[one](a.md) and [two](b.md#c), [three](crate::mode())
```text
[no](link)
```
[four]: https://localhost/
";
    assert_eq!(links(page), ["a.md", "b.md#c", "crate::mode()", "https://localhost/"]);
    assert_eq!(headings(page), ["its-log-namelog"]);
}
