//! The options as the user gave them, read from the attribute's parentheses and from those of an
//! option that takes a list.

mod name;
mod value;

use std::iter;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::list::List;
use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::options::OPTIONS;
use crate::options::known::{Known, Names};
use crate::tokens::{is_punct, peel};

/// An option as the user gave it, or an entry in the list of one.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) known: &'static Known,
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

impl Given {
    /// The option, and the entries in its list.
    pub(crate) fn with_entries(&self) -> impl Iterator<Item = &Given> {
        let entries = match &self.value {
            Value::List(entries) => entries.as_slice(),
            _ => &[],
        };
        iter::once(self).chain(entries)
    }
}

/// The value of an option, as far as it is understood.
#[derive(Debug)]
pub(crate) enum Value {
    /// No value, or a word: the path of its meaning in the library, and the place of the word, or of
    /// the option's name.
    Meaning(&'static str, Span),
    /// An expression, or a path for `crate`, as the user wrote it.
    Written(TokenStream),
    /// Two words or expressions, and the place of the parentheses around them.
    Pair(Box<[Value; 2]>, Span),
    /// The entries in the parentheses of an option that takes a list.
    List(Vec<Given>),
    /// A mistake, which has been reported.
    Mistaken,
}

impl Value {
    /// The value as a limit, if the macro can tell.
    fn number(&self) -> Option<u64> {
        match self {
            Value::Meaning(..) => Some(u64::MAX),
            Value::Written(tokens) => literal::number(&peel(tokens.clone())),
            _ => None,
        }
    }
}

/// The options that were given, each once.
#[derive(Debug)]
pub(crate) struct Options(Vec<Given>);

impl Options {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// The tokens after `name =`.
    pub(crate) fn written(&self, name: &str) -> Option<&TokenStream> {
        self.find(name).and_then(|given| match &given.value {
            Value::Written(tokens) => Some(tokens),
            _ => None,
        })
    }

    /// The name of an option that names a function, and the function.
    pub(crate) fn function(&self, name: &str) -> Option<(&Ident, &TokenStream)> {
        self.find(name).and_then(|given| match &given.value {
            Value::Written(tokens) => Some((&given.name, tokens)),
            _ => None,
        })
    }

    fn find(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|given| given.known.name == name)
    }
}

/// Reads the list of options, and goes on after each mistake.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Options {
    let (given, all_understood) = read(tokens, &OPTIONS, mistakes);
    let options = Options(given);
    // An option that was not understood may be meant for `user`.
    if all_understood {
        check_capabilities(&options, mistakes);
        check_control(&options, mistakes);
    }
    options
}

/// `capabilities` needs `user`, or a `configure` that may set it.
fn check_capabilities(options: &Options, mistakes: &mut Mistakes) {
    if let Some(Given { name, value: Value::List(_), .. }) = options.find("capabilities") {
        if options.find("user").or(options.find("configure")).is_none() {
            mistakes.push(name, Mistake::CapabilitiesWithoutUser);
        }
    }
}

/// `control` needs `pidfile`, or a `configure` that may set it.
fn check_control(options: &Options, mistakes: &mut Mistakes) {
    if let Some(Given { name, .. }) = options.find("control") {
        if options.find("pidfile").or(options.find("configure")).is_none() {
            mistakes.push(name, Mistake::ControlWithoutPidfile);
        }
    }
}

/// Reads a list, and says whether every name in it was understood.
fn read(tokens: TokenStream, names: &'static Names, mistakes: &mut Mistakes) -> (Vec<Given>, bool) {
    let mut list = List::new(tokens, names);
    let mut all: Vec<Given> = Vec::new();
    let mut all_understood = true;
    while let Some(first) = list.take() {
        if is_punct(Some(&first), ',') {
            mistakes.push(first, Mistake::NotAnOption { names, found: ",".to_owned() });
            continue;
        }
        match entry(first, &mut list, mistakes) {
            Some(given) if all.iter().any(|earlier| std::ptr::eq(earlier.known, given.known)) => {
                mistakes.push(&given.name, Mistake::Duplicate(names, given.known));
            }
            Some(given) => all.push(given),
            None => all_understood = false,
        }
        list.take_if(|token| is_punct(Some(token), ','));
    }
    (all, all_understood)
}

/// Reads the entry that begins with `first`, or skips it if it is not understood.
fn entry(first: TokenTree, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    let entry = match first {
        TokenTree::Ident(name) => option(name, list, mistakes),
        other => {
            let mistake = name::not_a_name(&other, list.names);
            mistakes.push(other, mistake);
            None
        }
    };
    if entry.is_none() {
        list.skip_option();
    }
    entry
}

/// Reads an option: its name, its value, and a comma or the end.
fn option(name: Ident, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    let known = name::find(&name, list, mistakes)?;
    let value = value::read(known, &name, list, mistakes);
    expect_comma(list, mistakes);
    Some(Given { known, name, value })
}

fn expect_comma(list: &mut List, mistakes: &mut Mistakes) {
    match list.peek() {
        Some(TokenTree::Ident(next)) => {
            mistakes.push(next, Mistake::NoComma { before: next.to_string() });
        }
        Some(next) if !is_punct(Some(next), ',') => {
            mistakes.push(next, Mistake::NotAComma { found: next.to_string() });
            list.take();
            if !list.is_name() {
                list.skip_option();
            }
        }
        _ => {}
    }
}
