//! Values that are written as elsewhere: in a configuration file, in a shell, in another library.

use proc_macro2::{TokenStream, TokenTree};

use crate::literal;
use crate::messages::Mistake;
use crate::options::known::{Known, Takes};
use crate::suggest::same;
use crate::tokens::is_punct;

/// What is wrong with a name alone, of one that means something elsewhere.
pub(crate) fn word(option: &'static Known, text: &str) -> Option<Mistake> {
    let is = |words: &[&str]| words.iter().any(|word| same(word, text));
    match option.takes {
        Takes::File(_) if is(&["usual", "default", "auto", "true", "yes", "on"]) => {
            Some(Mistake::Bare(option))
        }
        Takes::File("Pidfile") if is(&["none", "false", "no", "off"]) => {
            Some(Mistake::LeaveOut(option))
        }
        Takes::File("Output") if is(&["journald", "syslog"]) => {
            Some(Mistake::WordSpelling { word: "journal" })
        }
        Takes::File("Output") if is(&["none", "false", "no", "off"]) => {
            Some(Mistake::WordSpelling { word: "null" })
        }
        _ => None,
    }
}

/// What is wrong with any other value.
pub(crate) fn mistake(option: &'static Known, tokens: &TokenStream) -> Option<Mistake> {
    if let Some(text) = string(tokens) {
        return quoted(option, &text);
    }
    match option.takes {
        Takes::Seconds | Takes::Delay => duration(option, tokens),
        Takes::Name | Takes::Account(_) => dashed(option, tokens),
        _ => None,
    }
}

/// The text of a single string.
fn string(tokens: &TokenStream) -> Option<String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(literal)), None) => literal::string(&literal),
        _ => None,
    }
}

/// What is wrong with a string.
fn quoted(option: &'static Known, text: &str) -> Option<Mistake> {
    if let Some(word) = option.words.iter().find(|word| word.name == text) {
        return Some(Mistake::QuotedWord { word: word.name });
    }
    match option.takes {
        Takes::File("Output") => match text {
            "journald" | "syslog" => Some(Mistake::QuotedWord { word: "journal" }),
            _ if is_own_output(text) => Some(Mistake::OwnOutput),
            _ => expanded_elsewhere(option, text),
        },
        Takes::File(_) | Takes::Directory | Takes::Root => expanded_elsewhere(option, text),
        _ => None,
    }
}

/// Whether this is the file that standard output or error is, under another name.
fn is_own_output(path: &str) -> bool {
    const DIRECTORIES: &[&str] = &["/dev/fd/", "/proc/self/fd/"];
    matches!(path, "/dev/stdout" | "/dev/stderr" | "-")
        || DIRECTORIES.iter().any(|directory| path.starts_with(directory))
}

/// A path that only a shell can read.
fn expanded_elsewhere(option: &'static Known, path: &str) -> Option<Mistake> {
    let name = match path.strip_prefix('$') {
        Some(_) => path.split('/').next(),
        None => path.starts_with('~').then_some("~"),
    };
    name.map(|name| Mistake::NotExpanded { option, name: name.to_owned() })
}

/// `Duration::from_secs(3)`, where the option takes the seconds.
fn duration(option: &'static Known, tokens: &TokenStream) -> Option<Mistake> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_duration =
        tokens.iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "Duration"));
    let [.., TokenTree::Ident(unit), TokenTree::Group(arguments)] = tokens.as_slice() else {
        return None;
    };
    is_duration.then(|| Mistake::Duration {
        option,
        seconds: literal::number(&arguments.stream()).filter(|_| unit == "from_secs"),
    })
}

/// A name like `www-data` without its quotes, which is a subtraction.
fn dashed(option: &'static Known, tokens: &TokenStream) -> Option<Mistake> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_name = tokens.len() > 1
        && tokens.iter().enumerate().all(|(index, token)| match token {
            TokenTree::Ident(word) => {
                index % 2 == 0 && !word.to_string().contains(|c: char| c.is_ascii_uppercase())
            }
            token => index % 2 == 1 && is_punct(Some(token), '-'),
        });
    is_name.then(|| Mistake::NoQuotes {
        option,
        text: tokens.iter().map(ToString::to_string).collect(),
    })
}
