//! The list of options in the attribute's brackets. To add one, add it to [`OPTIONS`], and a
//! setter of the same name to `daemon::Config`.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};

use crate::literal;
use crate::messages::{Mistake, Mistakes};
use crate::suggest;

/// An option that the attribute knows.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// A value, to show how it is written.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    /// What the option means without a value, in the library, if it may have none.
    pub(crate) bare: Option<&'static str>,
    pub(crate) words: &'static [Word],
}

/// What an option takes besides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A constant `&str` that can be a file's name.
    Name,
    /// A constant `&str`, the absolute path of a file.
    File,
    /// A constant `&str`, the absolute path of a directory.
    Directory,
    /// A constant `u32`, written in octal.
    Umask,
    /// A constant `u64`.
    Seconds,
    /// A constant `daemon::Mode`.
    Mode,
    /// A function, called in the course of the launch.
    Function,
    /// The path of this crate.
    Crate,
}

/// A word that an option takes, and what it means in the library.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) means: &'static str,
}

const fn word(name: &'static str, means: &'static str) -> Word {
    Word { name, means }
}

const OUTPUTS: &[Word] = &[word("null", "Output::Null"), word("inherit", "Output::Inherit")];

/// Every option, in the order in which messages list them.
pub(crate) static OPTIONS: &[Known] = &[
    Known { name: "name", example: "\"echod\"", takes: Takes::Name, bare: None, words: &[] },
    Known {
        name: "pidfile",
        example: "\"/run/echod.pid\"",
        takes: Takes::File,
        bare: Some("Pidfile::Usual"),
        words: &[],
    },
    Known { name: "umask", example: "0o027", takes: Takes::Umask, bare: None, words: &[] },
    Known {
        name: "chdir",
        example: "\"/var/lib/echod\"",
        takes: Takes::Directory,
        bare: None,
        words: &[],
    },
    Known {
        name: "stdout",
        example: "\"/var/log/echod.log\"",
        takes: Takes::File,
        bare: Some("Output::Usual"),
        words: OUTPUTS,
    },
    Known {
        name: "stderr",
        example: "\"/var/log/echod.log\"",
        takes: Takes::File,
        bare: Some("Output::Usual"),
        words: OUTPUTS,
    },
    Known {
        name: "mode",
        example: "auto",
        takes: Takes::Mode,
        bare: None,
        words: &[
            word("auto", "Mode::Auto"),
            word("background", "Mode::Background"),
            word("foreground", "Mode::Foreground"),
        ],
    },
    Known {
        name: "start_timeout",
        example: "60",
        takes: Takes::Seconds,
        bare: None,
        words: &[word("never", "NEVER")],
    },
    Known { name: "configure", example: "args", takes: Takes::Function, bare: None, words: &[] },
    Known {
        name: "privileged",
        example: "open_ports",
        takes: Takes::Function,
        bare: None,
        words: &[],
    },
    Known {
        name: "crate",
        example: "my_crate::daemon",
        takes: Takes::Crate,
        bare: None,
        words: &[],
    },
];

/// What others call an option: the name, ours, and what ours does.
static SYNONYMS: &[(&str, &str, &str)] = &[
    ("working_directory", "chdir", "sets the working directory"),
    ("working_dir", "chdir", "sets the working directory"),
    ("workdir", "chdir", "sets the working directory"),
    ("cwd", "chdir", "sets the working directory"),
    ("pid_file", "pidfile", "sets the pidfile"),
    ("pid", "pidfile", "sets the pidfile"),
    ("log", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("logfile", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("log_file", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("timeout", "start_timeout", "sets how long the command waits for readiness"),
    ("daemonize", "mode", "sets whether the program leaves the terminal"),
    ("background", "mode", "sets whether the program leaves the terminal"),
    ("foreground", "mode", "sets whether the program leaves the terminal"),
];

/// An option as the user wrote it.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) known: &'static Known,
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    /// None, or a word: what that means in the library.
    Meaning(&'static str),
    /// An expression, or a path for `crate`, as the user wrote it.
    Written(TokenStream),
    /// A mistake, which is reported already.
    Mistaken,
}

/// The options that were given, each once.
#[derive(Debug, Default)]
pub(crate) struct Options(Vec<Given>);

impl Options {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// What was written after `name =`.
    pub(crate) fn written(&self, name: &str) -> Option<&TokenStream> {
        self.0.iter().find(|given| given.known.name == name).and_then(|given| match &given.value {
            Value::Written(tokens) => Some(tokens),
            _ => None,
        })
    }
}

/// Reads the list of options, and goes on after each mistake.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Options {
    let mut list = List { tokens: tokens.into_iter().collect(), next: 0 };
    let mut options = Options::default();
    while let Some(token) = list.take() {
        match token {
            TokenTree::Ident(name) => {
                if let Some(given) = option(name, &mut list, mistakes) {
                    if options.0.iter().any(|earlier| std::ptr::eq(earlier.known, given.known)) {
                        mistakes.push(&given.name, Mistake::Duplicate(given.known));
                    } else {
                        options.0.push(given);
                    }
                }
            }
            TokenTree::Literal(literal) if literal::is_string(&literal) => {
                mistakes.push(literal, Mistake::BareString);
                list.skip_option();
            }
            found => {
                let text = found.to_string();
                let is_comma = is_punct(Some(&found), ',');
                mistakes.push(found, Mistake::NotAnOption { found: text });
                if is_comma {
                    continue;
                }
                list.skip_option();
            }
        }
        list.take_if(|token| is_punct(Some(token), ','));
    }
    options
}

/// Reads one option, of which `name` is the first token.
fn option(name: Ident, list: &mut List, mistakes: &mut Mistakes) -> Option<Given> {
    if list.is_path_separator() {
        let mut path = TokenStream::from(TokenTree::Ident(name));
        while let Some(token) =
            list.take_if(|token| is_punct(Some(token), ':') || matches!(token, TokenTree::Ident(_)))
        {
            path.extend([token]);
        }
        mistakes.push(path, Mistake::PathAsName);
        list.skip_option();
        return None;
    }

    let text = name.to_string();
    let Some(known) = OPTIONS.iter().find(|known| known.name == text) else {
        mistakes.push(&name, unknown(text));
        list.skip_option();
        return None;
    };

    let value = match list.peek() {
        Some(TokenTree::Punct(equals)) if list.is_assigned(list.next) => {
            let equals = equals.clone();
            list.take();
            value(known, &name, &equals, list.take_value(), mistakes)
        }
        Some(TokenTree::Group(_)) => {
            let mut tokens = TokenStream::from(TokenTree::Ident(name.clone()));
            tokens.extend(list.take());
            mistakes.push(tokens, Mistake::ListForm(known));
            list.skip_option();
            Value::Mistaken
        }
        Some(token) if !list.is_end_of_option() => {
            let mut tokens = TokenStream::from(TokenTree::Ident(name.clone()));
            tokens.extend([token.clone()]);
            mistakes.push(tokens, Mistake::NoEquals(known));
            list.take();
            list.skip_option();
            Value::Mistaken
        }
        _ => match known.bare {
            Some(meaning) => Value::Meaning(meaning),
            None => {
                mistakes.push(&name, Mistake::NoValue(known));
                Value::Mistaken
            }
        },
    };
    match list.peek() {
        Some(TokenTree::Ident(next)) => {
            mistakes.push(next, Mistake::NoComma { before: next.to_string() });
        }
        Some(next) if !is_punct(Some(next), ',') => {
            mistakes.push(next, Mistake::NotAComma { found: next.to_string() });
            list.take();
            list.skip_option();
        }
        _ => {}
    }
    Some(Given { known, name, value })
}

fn unknown(found: String) -> Mistake {
    if let Some(name) = found.strip_prefix("r#") {
        if OPTIONS.iter().any(|known| known.name == name) {
            return Mistake::RawOption { name: name.to_owned() };
        }
    }
    if let Some((_, option, does)) = SYNONYMS.iter().find(|(synonym, ..)| *synonym == found) {
        return Mistake::Synonym { found, option, does };
    }
    let meant = suggest::nearest(&found, OPTIONS.iter().map(|known| known.name));
    Mistake::UnknownOption { found, meant }
}

/// Reads what stands after `name =`.
fn value(
    known: &'static Known,
    name: &Ident,
    equals: &Punct,
    tokens: TokenStream,
    mistakes: &mut Mistakes,
) -> Value {
    if tokens.is_empty() {
        let mut option = TokenStream::from(TokenTree::Ident(name.clone()));
        option.extend([TokenTree::Punct(equals.clone())]);
        mistakes.push(option, Mistake::EmptyValue(known));
        return Value::Mistaken;
    }
    // A fragment of `macro_rules!` comes in a group without delimiters.
    let bare = peel(tokens.clone());

    if known.takes == Takes::Crate && !literal::is_literal(&bare) {
        return match syn::parse2::<syn::Path>(bare.clone()) {
            // A `use` takes no group.
            Ok(_) => Value::Written(bare),
            Err(_) => {
                mistakes.push(tokens, Mistake::NotAPath);
                Value::Mistaken
            }
        };
    }
    if let Some(text) = single_word(&bare) {
        if let Some(word) = known.words.iter().find(|word| word.name == text) {
            return Value::Meaning(word.means);
        }
        if !known.words.is_empty() {
            mistakes.push(tokens, Mistake::UnknownWord(known));
            return Value::Mistaken;
        }
    }
    match literal::check(known, &bare) {
        Ok(()) => Value::Written(tokens),
        Err(mistake) => {
            mistakes.push(tokens, mistake);
            Value::Mistaken
        }
    }
}

/// The text of a single all-lowercase identifier.
fn single_word(tokens: &TokenStream) -> Option<String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(ident)), None) => {
            let text = ident.to_string();
            text.chars().all(|c| c.is_ascii_lowercase()).then_some(text)
        }
        _ => None,
    }
}

/// Takes off groups without delimiters, if there is nothing beside them.
pub(crate) fn peel(tokens: TokenStream) -> TokenStream {
    let mut iter = tokens.clone().into_iter();
    match (iter.next(), iter.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            peel(group.stream())
        }
        _ => tokens,
    }
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// The tokens between the attribute's brackets.
struct List {
    tokens: Vec<TokenTree>,
    next: usize,
}

impl List {
    fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.next)?.clone();
        self.next += 1;
        Some(token)
    }

    fn take_if(&mut self, condition: impl FnOnce(&TokenTree) -> bool) -> Option<TokenTree> {
        if condition(self.peek()?) { self.take() } else { None }
    }

    /// Takes an expression, up to a comma or to what looks like the next option. It is not parsed,
    /// that is rustc's work, but it ends where no expression can go on.
    fn take_value(&mut self) -> TokenStream {
        let start = self.next;
        // How deep in the brackets of a turbofish, whose commas do not end the expression.
        let mut angles = 0_usize;
        while let Some(token) = self.peek() {
            let before = self.tokens[start..self.next].last();
            match token {
                TokenTree::Punct(punct) => match punct.as_char() {
                    ',' | ';' if angles == 0 => break,
                    '<' if angles > 0 || is_punct(before, ':') => angles += 1,
                    '>' if angles > 0 && !is_punct(before, '-') => angles -= 1,
                    _ => {}
                },
                TokenTree::Ident(_)
                    if before.is_some_and(ends_operand) && self.is_end_of_option() =>
                {
                    break;
                }
                TokenTree::Literal(_) if before.is_some_and(ends_operand) => break,
                _ => {}
            }
            self.next += 1;
        }
        self.tokens[start..self.next].iter().cloned().collect()
    }

    /// Whether `=` stands there, and not `==` or `=>`.
    fn is_assigned(&self, index: usize) -> bool {
        let next = self.tokens.get(index + 1);
        match self.tokens.get(index) {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                punct.spacing() == Spacing::Alone || !(is_punct(next, '=') || is_punct(next, '>'))
            }
            _ => false,
        }
    }

    /// Skips to the comma that ends an option which is not understood, or to what looks like the
    /// next one.
    fn skip_option(&mut self) {
        self.take_if(|token| is_punct(Some(token), '='));
        self.take_value();
    }

    /// Whether the option ends here, with or without the comma that should stand here.
    fn is_end_of_option(&self) -> bool {
        match self.peek() {
            None => true,
            Some(TokenTree::Ident(name)) => is_option(name) || self.is_assigned(self.next + 1),
            token => is_punct(token, ','),
        }
    }

    /// Whether `::` stands here.
    fn is_path_separator(&self) -> bool {
        matches!(
            self.peek(),
            Some(TokenTree::Punct(punct))
                if punct.as_char() == ':' && punct.spacing() == Spacing::Joint
        )
    }
}

/// Whether an expression may end with this token: then no literal can follow, and no name but
/// `as`.
fn ends_operand(token: &TokenTree) -> bool {
    match token {
        TokenTree::Literal(_) | TokenTree::Group(_) => true,
        TokenTree::Ident(ident) => !KEYWORDS.contains(&ident.to_string().as_str()),
        TokenTree::Punct(_) => false,
    }
}

/// Keywords that stand before a name in an expression.
const KEYWORDS: &[&str] =
    &["as", "async", "const", "else", "for", "if", "in", "match", "move", "mut", "ref", "unsafe"];

fn is_option(name: &Ident) -> bool {
    OPTIONS.iter().any(|known| name == known.name)
}
