//! Every error text of the macro.

use std::fmt;

use super::Mistake;
use crate::options::known::{Known, Names, Takes};

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Mistake::*;
        match self {
            UnknownOption { names, found, meant: Some(meant) } => {
                write!(f, "unknown {} `{found}`; did you mean `{meant}`?", names.noun)
            }
            UnknownOption { names, found, meant: None } => {
                let Names { noun, all, .. } = names;
                let all = all.iter().map(|known| format!("`{}`", known.name)).collect();
                write!(f, "unknown {noun} `{found}`; expected one of {}", alternatives(all))
            }
            Synonym { names, found, advice } => {
                write!(f, "unknown {} `{found}`; {advice}", names.noun)
            }
            InList { option, entry } => write!(f, "write `{}({entry})`", option.name),
            RawOption { name } => write!(f, "write `{name}`, without `r#`"),
            Spelling(option) => write!(f, "write `{}`", option.name),
            Duplicate(names, option) => write!(f, "duplicate {} `{}`", names.noun, option.name),
            NotAnOption { names: Names { article, noun, .. }, found } => {
                write!(f, "expected {article} {noun}, found `{found}`")
            }
            BareString(Names { article, noun, example, .. }) => {
                write!(f, "expected {article} {noun}, as in `{example}`")
            }
            QuotedName(option) => write!(f, "write `{}`, without quotes", option.name),
            PathAsName(names) => write!(f, "{} names are single words", names.noun),
            NoComma { before } => write!(f, "missing `,` before `{before}`"),
            NotAComma { found } => write!(f, "expected `,`, found `{found}`"),

            CapabilitiesWithoutUser => f.write_str(
                "`capabilities` needs `user`: they are what stays when root becomes that user",
            ),

            ControlWithoutPidfile => {
                f.write_str("`control` needs `pidfile`: it tells which daemon is meant")
            }

            NoValue(names, option) => {
                write!(f, "{} `{}` needs a value: `{option}`", names.noun, option.name)
            }
            NoEquals(option) => write!(f, "expected `=` after `{}`: `{option}`", option.name),
            EmptyValue(option) => write!(f, "expected a value after `{} =`", option.name),
            ListForm(option) => write!(f, "write `{option}`, not `{}(…)`", option.name),
            NotAList(option) => write!(f, "`{}` takes a list: write `{option}`", option.name),
            EmptyList(names, option) => {
                write!(f, "`{}` needs at least one {}: `{option}`", option.name, names.noun)
            }
            FlagWithValue(option) => write!(f, "`{}` takes no value", option.name),
            UnknownWord(option) => {
                write!(f, "`{}` is {}", option.name, alternatives(values(option)))
            }
            WordSpelling { word } => write!(f, "write `{word}`"),
            QuotedWord { word } => write!(f, "write `{word}`, without quotes"),
            Bare(option) => {
                write!(f, "the usual place is `{}` without a value", option.name)
            }
            LeaveOut(option) => {
                write!(
                    f,
                    "leave `{0}` out, or write it without a value: that is the usual place",
                    option.name
                )
            }
            NoQuotes { option, text } => write!(f, "write `{} = {text:?}`", option.name),
            OwnOutput => f.write_str("write `inherit`, to leave it where it is"),
            NotExpanded { option, name } => {
                write!(f, "`{name}` is not expanded: ")?;
                match option.bare {
                    Some(_) => {
                        write!(f, "`{}` without a value is the user's own place", option.name)
                    }
                    None => write!(f, "set `{}` in `configure`", option.name),
                }
            }
            Duration { option, seconds: Some(seconds) } => {
                write!(f, "in seconds: write `{} = {seconds}`", option.name)
            }
            Duration { option, seconds: None } => write!(f, "in seconds: write `{option}`"),
            NamedPair([soft, hard]) => write!(f, "write `({soft}, {hard})`: first the soft limit"),
            Async(option) => {
                write!(f, "`{}` cannot be async: no runtime exists yet", option.name)
            }
            ClosureOfMany(option) => write!(f, "`{}` takes at most one argument", option.name),
            Called { option, path } => write!(
                f,
                "`{0}` names a function, which is called later: write `{0} = {path}`",
                option.name
            ),
            QuotedFunction { option, path } => {
                write!(
                    f,
                    "`{0}` names a function: write `{0} = {path}`, without quotes",
                    option.name
                )
            }
            QuotedCrate { path } => write!(f, "write `crate = {path}`, without quotes"),
            NotAPath => f.write_str("`crate` is a path, such as `crate = my_crate::daemon`"),

            Decimal { written, octal } => {
                write!(f, "`{written}` is decimal; write `0o{octal:03o}`")
            }
            NotOctal { digit } => write!(f, "`{digit}` is not an octal digit"),
            OtherRadix { value } => write!(f, "write it in octal: `0o{value:03o}`"),
            UmaskTooBig => f.write_str("must be at most 0o777"),
            UmaskString { octal: Some(octal) } => {
                write!(f, "a number, not a string: write `0o{octal:03o}`")
            }
            UmaskString { octal: None } => {
                f.write_str("a number, not a string: write it in octal, such as `0o027`")
            }
            UmaskOther => f.write_str("expected a number in octal, such as `0o027`"),
            Negative => f.write_str("cannot be negative"),
            Suffix { suffix } => write!(f, "drop the suffix `{suffix}`"),
            NoSeconds => f.write_str("must be at least 1: `never` waits for ever"),
            SecondsString => f.write_str("a number, not a string: write the seconds, such as `60`"),
            SecondsOther => f.write_str("expected a whole number of seconds, such as `60`"),
            StandardDescriptor => {
                f.write_str("must be at least 3: 0 to 2 are standard input, output and error")
            }
            DescriptorOther => f.write_str("expected the number of a descriptor, such as `3`"),
            NumberString { digits } => write!(f, "a number, not a string: write `{digits}`"),
            NegativeLimit => f.write_str("cannot be negative: write `unlimited` for no limit"),
            SoftAboveHard => {
                f.write_str("the soft limit, which comes first, must not be above the hard limit")
            }
            AccountTooBig => f.write_str(
                "must be at most 4294967294: 4294967295 means \"unchanged\" to the kernel",
            ),
            AccountOther(option) => {
                write!(f, "expected a name or a number, such as `{}` or `33`", option.example)
            }
            AccountName => f.write_str("a name contains no `:`, no `/` and no white space"),
            UserAndGroup { user, group } => {
                write!(f, "a name contains no `:`: write `user = {user:?}, group = {group:?}`")
            }
            Empty => f.write_str("must not be empty"),
            Nul => f.write_str("must not contain a NUL byte"),
            Relative => f.write_str("must be absolute, because a daemon runs in `/`"),
            FinalSlash => f.write_str("names a directory: drop the final `/`"),
            Directory => f.write_str("names a directory: name a file in it"),
            RootItself => f.write_str("is the root directory already: leave `chroot` out"),
            NotAString(option) => {
                write!(f, "expected a string, such as `{}`", option.example)
            }
            NameWithSlash => {
                f.write_str("must not contain a `/`: it names files in the usual places")
            }
            NameOfDirectory => f.write_str("must not be `.` or `..`"),
            NameWithControl => {
                f.write_str("must not contain control characters: it is shown on terminals")
            }

            WordAsFlag => f.write_str("must not begin with `-`: that is a flag"),
            WordWithSpace => f.write_str("must be one word, without white space"),

            NotAFunction => f.write_str("`#[daemon::main]` goes on `fn main`"),
            NotMain { name } => write!(f, "`#[daemon::main]` goes on `fn main`, not on `{name}`"),
            Method => f.write_str("`#[daemon::main]` goes on `fn main`, not on a method"),
            TooManyParameters => f.write_str("`main` takes at most `daemon::Ready` and one value"),
            UnnamedReady => f.write_str(
                "`_` can never say that it is ready: name it, or leave the parameter out",
            ),
            SameName { name } => {
                write!(f, "identifier `{name}` is bound more than once in this parameter list")
            }
            ConditionalParameter => f.write_str("put `cfg` on a whole `main`, not on a parameter"),
            Reference => {
                f.write_str("`main` owns what it is handed: take a value, not a reference")
            }
            Unsized => f.write_str(
                "`main` owns what it is handed: take a type with a size, such as `String` or a `Box`",
            ),
            Generic => f.write_str("`main` cannot be generic"),
            WhereClause => f.write_str("`main` cannot have a `where` clause"),
            Qualifier { keyword } => write!(f, "`main` cannot be `{keyword}`"),
            NoRuntime => f.write_str(
                "an `async fn main` needs a runtime: add `#[tokio::main]` or another one below \
                 `#[daemon::main]`",
            ),
            Twice => f.write_str("`#[daemon::main]` stands here twice"),
            Test => f.write_str("`#[daemon::main]` is for the program's `main`, not for a test"),
        }
    }
}

/// The values that an option takes, in words.
fn values(option: &Known) -> Vec<String> {
    let described: &[&str] = match option.takes {
        Takes::Name => &["a name"],
        Takes::Word => &["a word in quotes"],
        Takes::File(_) | Takes::Directory | Takes::Root => &["a path"],
        Takes::Umask => &["a number"],
        Takes::Seconds | Takes::Delay => &["a number of seconds"],
        Takes::Descriptor => &["the number of a descriptor"],
        Takes::Account(_) => &["a name", "a number"],
        Takes::Limit(_) => &["a number", "a pair `(soft, hard)`"],
        Takes::Function => &["a function"],
        Takes::Limits(_) | Takes::Capabilities(_) => &["a list"],
        Takes::Mode | Takes::Crate | Takes::Nothing => &[],
    };
    let words = option.words.iter().map(|word| format!("`{}`", word.name));
    described.iter().map(|&described| described.to_owned()).chain(words).collect()
}

/// `a, b or c`
fn alternatives(mut choices: Vec<String>) -> String {
    match choices.pop() {
        Some(last) if !choices.is_empty() => format!("{} or {last}", choices.join(", ")),
        last => last.unwrap_or_default(),
    }
}
