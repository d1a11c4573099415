//! Imports point down only: a wing of the library imports from the wings below it, and no two files
//! import each other, parents and children included.
//!
//! The order is that of the `mod` lines in `daemon-core/src/lib.rs`. What a file imports is each
//! path in it that begins with `crate::`, `super::`, or the name of a module that it declares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

daemon_tests::tests![
    no_import_of_the_library_goes_up,
    no_two_files_of_the_library_import_each_other,
    no_two_files_of_the_macro_import_each_other,
    an_import_is_found_in_each_of_its_forms,
];

fn no_import_of_the_library_goes_up() {
    let sources = Sources::of("daemon-core");
    let wings = sources.modules_of_the_root();
    assert!(wings.len() > 5, "the wings in lib.rs: {wings:?}");
    // A stand-in is as high as the wing whose place it takes.
    let wing = |module: &Module| module.iter().find(|name| *name != "other_systems").cloned();
    let height =
        |module: &Module| wings.iter().position(|name| Some(name) == wing(module).as_ref());
    for (file, imported) in sources.imports() {
        let (from, to) = (height(&file), height(&imported));
        // `None` is lib.rs, which is above all.
        assert!(
            from.is_none() || (to.is_some() && from <= to),
            "{} imports {}, which is above it",
            sources.path(&file),
            sources.path(&imported)
        );
    }
}

fn no_two_files_of_the_library_import_each_other() {
    assert_no_circle(&Sources::of("daemon-core"));
}

fn no_two_files_of_the_macro_import_each_other() {
    assert_no_circle(&Sources::of("daemon-macros"));
}

/// Nor by way of others.
fn assert_no_circle(sources: &Sources) {
    let mut imports: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (file, imported) in sources.imports() {
        imports.entry(file).or_default().insert(imported);
    }
    for (file, imported) in &imports {
        for direct in imported {
            let mut reached = BTreeSet::new();
            let mut ahead = vec![direct];
            while let Some(module) = ahead.pop() {
                if reached.insert(module) {
                    ahead.extend(imports.get(module).into_iter().flatten());
                }
            }
            assert!(
                !reached.contains(file),
                "{} imports {}, which imports it, itself or by way of others",
                sources.path(file),
                sources.path(direct)
            );
        }
    }
}

/// `files::pidfile::own` as its names; the root has none.
type Module = Vec<String>;

/// The sources of a package.
struct Sources {
    directory: PathBuf,
    files: BTreeMap<Module, PathBuf>,
}

impl Sources {
    fn of(package: &str) -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package).join("src");
        let mut sources = Sources { directory: directory.clone(), files: BTreeMap::new() };
        sources.add(&directory, &[]);
        sources
    }

    fn add(&mut self, directory: &Path, module: &[String]) {
        for entry in fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
            let child = [module, &[name.to_owned()]].concat();
            if path.is_dir() {
                self.add(&path, &child);
            } else if matches!(name, "lib" | "mod") {
                self.files.insert(module.to_vec(), path);
            } else {
                self.files.insert(child, path);
            }
        }
    }

    fn path(&self, module: &Module) -> String {
        let path = self.files[module].strip_prefix(&self.directory);
        path.expect("a path below the directory").display().to_string()
    }

    fn tokens(&self, module: &Module) -> Vec<TokenTree> {
        let text = fs::read_to_string(&self.files[module]).expect("a source");
        let tokens: TokenStream = text.parse().expect("Rust");
        tokens.into_iter().collect()
    }

    /// The modules that lib.rs declares, in its order.
    fn modules_of_the_root(&self) -> Vec<String> {
        declared(&self.tokens(&Module::new()))
    }

    /// Each file with each other file that it imports.
    fn imports(&self) -> Vec<(Module, Module)> {
        let mut imports = Vec::new();
        for file in self.files.keys() {
            let mut paths = Vec::new();
            collect(&self.tokens(file), file, &mut paths);
            let files = paths.iter().map(|path| self.file_of(path)).filter(|other| other != file);
            imports.extend(files.map(|other| (file.clone(), other)));
        }
        imports
    }

    /// The file in which an item with this path is, or is re-exported.
    fn file_of(&self, path: &[String]) -> Module {
        let prefixes = (0..=path.len()).rev().map(|length| path[..length].to_vec());
        prefixes.into_iter().find(|prefix| self.files.contains_key(prefix)).expect("the root")
    }
}

/// The modules that stand in files of their own.
fn declared(tokens: &[TokenTree]) -> Vec<String> {
    let triples = tokens.windows(3).filter(|three| {
        is_ident(&three[0], "mod")
            && matches!(&three[2], TokenTree::Punct(end) if end.as_char() == ';')
    });
    triples.map(|three| three[1].to_string()).collect()
}

/// Finds the paths in these tokens of a module, each from the root on.
fn collect(tokens: &[TokenTree], module: &[String], paths: &mut Vec<Module>) {
    let children = declared(tokens);
    let mut index = 0;
    while index < tokens.len() {
        match &tokens[index] {
            // `mod tests { … }`: there `super` is this module.
            TokenTree::Ident(name) if is_inline_module(tokens, index) => {
                let inner = [module, &[name.to_string()]].concat();
                let TokenTree::Group(body) = &tokens[index + 1] else { unreachable!() };
                collect(&body.stream().into_iter().collect::<Vec<_>>(), &inner, paths);
                index += 1;
            }
            TokenTree::Ident(first)
                if is_separator(tokens, index + 1) && !ends_with_separator(&tokens[..index]) =>
            {
                let start = match first.to_string().as_str() {
                    "crate" => Some(Module::new()),
                    "self" => Some(module.to_vec()),
                    "super" => Some(parent(module)),
                    name if children.iter().any(|child| child == name) => {
                        Some([module, &[name.to_owned()]].concat())
                    }
                    _ => None,
                };
                if let Some(start) = start {
                    follow(&tokens[index + 3..], start, paths);
                }
            }
            TokenTree::Group(group) => {
                collect(&group.stream().into_iter().collect::<Vec<_>>(), module, paths);
            }
            _ => {}
        }
        index += 1;
    }
}

/// Follows a path, or a tree of them in braces, from `start` on.
fn follow(tokens: &[TokenTree], start: Module, paths: &mut Vec<Module>) {
    match tokens.first() {
        Some(TokenTree::Ident(name)) => {
            let next = match name.to_string().as_str() {
                "self" => start,
                "super" => parent(&start),
                name => [start, vec![name.to_owned()]].concat(),
            };
            if is_separator(tokens, 1) {
                follow(&tokens[3..], next, paths);
            } else {
                paths.push(next);
            }
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<_> = group.stream().into_iter().collect();
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
            inner.split(is_comma).for_each(|tree| follow(tree, start.clone(), paths));
        }
        // `*`
        Some(_) => paths.push(start),
        None => {}
    }
}

fn parent(module: &[String]) -> Module {
    module.split_last().map(|(_, parent)| parent.to_vec()).unwrap_or_default()
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_inline_module(tokens: &[TokenTree], index: usize) -> bool {
    index > 0
        && is_ident(&tokens[index - 1], "mod")
        && matches!(tokens.get(index + 1), Some(TokenTree::Group(_)))
}

/// Whether `::` is there.
fn is_separator(tokens: &[TokenTree], index: usize) -> bool {
    let is_colon = |index: usize| matches!(tokens.get(index), Some(TokenTree::Punct(it)) if it.as_char() == ':');
    is_colon(index) && is_colon(index + 1)
}

fn ends_with_separator(tokens: &[TokenTree]) -> bool {
    tokens.len() >= 2 && is_separator(tokens, tokens.len() - 2)
}

fn an_import_is_found_in_each_of_its_forms() {
    let source = "
        mod child;
        pub(crate) use child::Thing;
        use crate::{a::{self, B}, c};
        use crate::d::*;
        fn f() -> super::sibling::S { crate::e::g(std::mem::child::h) }
        mod tests { use super::T; use crate::u; }
    ";
    let tokens: Vec<_> = source.parse::<TokenStream>().expect("Rust").into_iter().collect();
    let mut paths = Vec::new();
    let here = ["x".to_owned(), "y".to_owned()];
    collect(&tokens, &here, &mut paths);
    let paths: Vec<_> = paths.iter().map(|path| path.join("::")).collect();
    let expected =
        ["x::y::child::Thing", "a", "a::B", "c", "d", "x::sibling::S", "e::g", "x::y::T", "u"];
    assert_eq!(paths, expected);
}
