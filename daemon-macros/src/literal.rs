//! Values that are a single literal, in which the macro finds the mistake and can say how to write
//! it right. The compiler checks all others, by the functions in `daemon_core::expansion`.

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::{Lit, LitInt};

use crate::messages::Mistake;
use crate::options::known::{Known, Takes};

/// Checks a value, if it is a literal.
pub(crate) fn check(option: &'static Known, tokens: &TokenStream) -> Result<(), Mistake> {
    let Some((negative, literal)) = single(tokens) else { return Ok(()) };
    if is_broken_number(&literal) {
        return Ok(());
    }
    if negative {
        check_negative(option.takes)?;
    }
    match option.takes {
        Takes::Name => name(&required_text(option, &literal)?),
        Takes::File(_) => file(&required_text(option, &literal)?),
        Takes::Directory => directory(&required_text(option, &literal)?),
        Takes::Root => root(&required_text(option, &literal)?),
        Takes::Word => word(&required_text(option, &literal)?),
        Takes::Umask => umask(&literal),
        Takes::Seconds => seconds(&literal),
        Takes::Delay => delay(&literal),
        Takes::Descriptor => descriptor(&literal),
        Takes::Mode => Err(Mistake::UnknownWord(option)),
        Takes::Account(_) => account(option, &literal),
        Takes::Limit(_) => limit(option, &literal),
        Takes::Limits(_) | Takes::Capabilities(_) => Err(Mistake::NotAList(option)),
        Takes::Function => function(option, &literal),
        Takes::Crate => Err(not_a_path(&literal)),
        Takes::Nothing => Err(Mistake::FlagWithValue(option)),
    }
}

/// Whether it is something like `0o2.5`, which rustc has reported.
fn is_broken_number(literal: &Lit) -> bool {
    matches!(literal, Lit::Float(number) if number.suffix().starts_with(['o', 'b', 'x']))
}

/// Refuses a minus where a number is expected. Elsewhere the literal itself is the mistake.
fn check_negative(takes: Takes) -> Result<(), Mistake> {
    match takes {
        Takes::Umask | Takes::Seconds | Takes::Delay | Takes::Descriptor | Takes::Account(_) => {
            Err(Mistake::Negative)
        }
        Takes::Limit(_) => Err(Mistake::NegativeLimit),
        _ => Ok(()),
    }
}

/// Whether it is a single literal, with or without a minus.
pub(crate) fn is_literal(tokens: &TokenStream) -> bool {
    single(tokens).is_some()
}

/// The text of a string.
pub(crate) fn string(literal: &Literal) -> Option<String> {
    text(&Lit::new(literal.clone()))
}

/// The value of a single literal that is a number.
pub(crate) fn number(tokens: &TokenStream) -> Option<u64> {
    match single(tokens)? {
        (false, Lit::Int(number)) => number.base10_parse().ok(),
        _ => None,
    }
}

/// The single literal, and whether there is a minus before it.
fn single(tokens: &TokenStream) -> Option<(bool, Lit)> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next()?, tokens.next(), tokens.next()) {
        (TokenTree::Literal(literal), None, None) => Some((false, Lit::new(literal))),
        (TokenTree::Punct(minus), Some(TokenTree::Literal(literal)), None)
            if minus.as_char() == '-' =>
        {
            Some((true, Lit::new(literal)))
        }
        _ => None,
    }
}

fn text(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(string) => Some(string.value()),
        _ => None,
    }
}

fn required_text(option: &'static Known, literal: &Lit) -> Result<String, Mistake> {
    text(literal).ok_or(Mistake::NotAString(option))
}

fn word(text: &str) -> Result<(), Mistake> {
    if text.is_empty() {
        Err(Mistake::Empty)
    } else if text.starts_with('-') {
        Err(Mistake::WordAsFlag)
    } else if text.contains(|it: char| it.is_ascii_whitespace() || it.is_control()) {
        Err(Mistake::WordWithSpace)
    } else {
        Ok(())
    }
}

fn umask(literal: &Lit) -> Result<(), Mistake> {
    match literal {
        Lit::Int(number) => umask_number(number),
        Lit::Str(string) => {
            let text = string.value();
            let octal = mask(text.strip_prefix("0o").unwrap_or(&text));
            Err(Mistake::UmaskString { octal })
        }
        _ => Err(Mistake::UmaskOther),
    }
}

fn umask_number(number: &LitInt) -> Result<(), Mistake> {
    // rustc reads `0O27` as a `0` with a suffix.
    if let Some(value) = number.suffix().strip_prefix('O').and_then(mask) {
        return Err(Mistake::OtherRadix { value });
    }
    suffix(number, "u32")?;

    // `base10_digits` has lost the leading zero, which tells that `027` was meant to be octal.
    let token = number.token().to_string();
    let written = token.strip_suffix("u32").unwrap_or(&token);
    let value = number.base10_parse().ok().filter(|value| *value <= 0o777_u32);
    if written == "0" || written.starts_with("0o") {
        return value.map(drop).ok_or(Mistake::UmaskTooBig);
    }
    if written.starts_with("0x") || written.starts_with("0b") {
        let value = value.ok_or(Mistake::UmaskTooBig)?;
        return Err(Mistake::OtherRadix { value });
    }
    Err(decimal_umask(written))
}

/// The mistake in a mask without `0o`, whose digits were most likely meant to be octal.
fn decimal_umask(written: &str) -> Mistake {
    let digits = written.replace('_', "");
    if let Some(digit) = digits.chars().find(|digit| !digit.is_digit(8)) {
        return Mistake::NotOctal { digit };
    }
    match mask(&digits) {
        Some(octal) => Mistake::Decimal { written: written.to_owned(), octal },
        None => Mistake::UmaskTooBig,
    }
}

/// The mask with these octal digits.
fn mask(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 8).ok().filter(|value| *value <= 0o777)
}

fn seconds(literal: &Lit) -> Result<(), Mistake> {
    match literal {
        Lit::Int(number) => {
            suffix(number, "u64")?;
            // rustc refuses a number that is too big.
            if number.base10_digits() == "0" { Err(Mistake::NoSeconds) } else { Ok(()) }
        }
        Lit::Str(string) => {
            let text = string.value();
            let digits = text.trim_end_matches(|c: char| c == 's' || c.is_whitespace());
            let digits = digits.parse::<u64>().ok().filter(|seconds| *seconds > 0);
            Err(digits.map_or(Mistake::SecondsString, |digits| Mistake::NumberString { digits }))
        }
        _ => Err(Mistake::SecondsOther),
    }
}

fn delay(literal: &Lit) -> Result<(), Mistake> {
    match seconds(literal) {
        Err(Mistake::NoSeconds) => Ok(()),
        checked => checked,
    }
}

fn descriptor(literal: &Lit) -> Result<(), Mistake> {
    match literal {
        Lit::Int(number) => {
            suffix(number, "i32")?;
            // rustc refuses a number that is too big.
            if matches!(number.base10_digits(), "0" | "1" | "2") {
                return Err(Mistake::StandardDescriptor);
            }
            Ok(())
        }
        Lit::Str(string) => Err(match string.value().parse() {
            Ok(digits @ 3..) => Mistake::NumberString { digits },
            _ => Mistake::DescriptorOther,
        }),
        _ => Err(Mistake::DescriptorOther),
    }
}

fn account(option: &'static Known, literal: &Lit) -> Result<(), Mistake> {
    match literal {
        Lit::Int(number) => {
            suffix(number, "u32")?;
            match number.base10_parse::<u32>() {
                Ok(id) if id != u32::MAX => Ok(()),
                _ => Err(Mistake::AccountTooBig),
            }
        }
        Lit::Str(name) => account_name(option, &name.value()),
        _ => Err(Mistake::AccountOther(option)),
    }
}

fn account_name(option: &'static Known, name: &str) -> Result<(), Mistake> {
    if name.is_empty() {
        return Err(Mistake::Empty);
    }
    if name.contains('\0') {
        return Err(Mistake::Nul);
    }
    if !name.contains([':', '/']) && !name.contains(|c: char| c.is_ascii_whitespace()) {
        return Ok(());
    }
    Err(match name.split_once(':') {
        // The form that chown(1) takes.
        Some((user, group))
            if option.name == "user"
                && account_name(option, user).is_ok()
                && account_name(option, group).is_ok() =>
        {
            Mistake::UserAndGroup { user: user.to_owned(), group: group.to_owned() }
        }
        _ => Mistake::AccountName,
    })
}

fn limit(option: &'static Known, literal: &Lit) -> Result<(), Mistake> {
    match literal {
        // rustc refuses a number that is too big.
        Lit::Int(number) => suffix(number, "u64"),
        Lit::Str(string) => Err(match string.value().parse() {
            Ok(digits) => Mistake::NumberString { digits },
            Err(_) => Mistake::UnknownWord(option),
        }),
        _ => Err(Mistake::UnknownWord(option)),
    }
}

/// A function may be any expression, but not its name in quotes.
fn function(option: &'static Known, literal: &Lit) -> Result<(), Mistake> {
    match text(literal) {
        Some(path) => Err(Mistake::QuotedFunction { option, path }),
        None => Ok(()),
    }
}

fn not_a_path(literal: &Lit) -> Mistake {
    match text(literal) {
        Some(path) => Mistake::QuotedCrate { path },
        None => Mistake::NotAPath,
    }
}

fn suffix(number: &LitInt, right: &str) -> Result<(), Mistake> {
    match number.suffix() {
        "" => Ok(()),
        suffix if suffix == right => Ok(()),
        suffix => Err(Mistake::Suffix { suffix: suffix.to_owned() }),
    }
}

fn name(name: &str) -> Result<(), Mistake> {
    if name.is_empty() {
        Err(Mistake::Empty)
    } else if name.contains('\0') {
        Err(Mistake::Nul)
    } else if name.contains('/') {
        Err(Mistake::NameWithSlash)
    } else if matches!(name, "." | "..") {
        Err(Mistake::NameOfDirectory)
    } else if name.contains(char::is_control) {
        Err(Mistake::NameWithControl)
    } else {
        Ok(())
    }
}

fn file(path: &str) -> Result<(), Mistake> {
    directory(path)?;
    match path.rsplit('/').next() {
        Some("") if root(path).is_ok() => Err(Mistake::FinalSlash),
        Some("" | "." | "..") => Err(Mistake::Directory),
        _ => Ok(()),
    }
}

fn root(path: &str) -> Result<(), Mistake> {
    directory(path)?;
    if path.bytes().all(|byte| byte == b'/') { Err(Mistake::RootItself) } else { Ok(()) }
}

fn directory(path: &str) -> Result<(), Mistake> {
    if path.is_empty() {
        Err(Mistake::Empty)
    } else if path.contains('\0') {
        Err(Mistake::Nul)
    } else if !path.starts_with('/') {
        Err(Mistake::Relative)
    } else {
        Ok(())
    }
}
