//! Whatever is in the attribute's parentheses and below it: there is an expansion, and each mistake
//! has a place.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree, extra};
use property::attributes::{almost_valid, valid, wild};
use property::check;
use property::proptest::prelude::{Strategy, any, prop_oneof};
use property::proptest::sample::select;

use crate::expansion;

const MAIN: &str = "fn main() {}";

/// The expansion, if both texts are tokens of Rust.
fn expand(options: &str, item: &str) -> Option<TokenStream> {
    extra::invalidate_current_thread_spans();
    Some(expansion(options.parse().ok()?, item.parse().ok()?))
}

/// The places of the `compile_error!`s, each with its text.
fn mistakes(tokens: TokenStream) -> Vec<(Span, String)> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match (token, tokens.get(index + 2)) {
            (TokenTree::Ident(name), Some(TokenTree::Group(text))) if name == "compile_error" => {
                found.push((name.span(), text.stream().to_string()));
            }
            (TokenTree::Group(group), _) => found.extend(mistakes(group.stream())),
            _ => {}
        }
    }
    found
}

/// That each mistake in the options has a place in them, and some words.
fn assert_placed(options: &str, expansion: TokenStream) {
    for (place, text) in mistakes(expansion) {
        let there = place.source_text().unwrap_or_default();
        assert!(!there.is_empty() && options.contains(&there), "{there:?}: {text}");
        assert!(text.len() > 10 && text.starts_with('"'), "{text}");
    }
}

fn items() -> impl Strategy<Value = String> {
    let valid = select(vec![
        MAIN,
        "fn main(ready: daemon::Ready) -> std::io::Result<()> { Ok(()) }",
        "/// Text.\n#[tokio::main]\npub async fn main(mut a: A, (b, c): (B, C)) { #![allow(x)] f() }",
        "unsafe extern \"C\" fn main<T: A<B>>(a: &T, b: impl C, c: D) where T: E {}",
        "struct Main { a: A }",
        "fn other() {}",
        "fn main(self) {}",
        "#[daemon::main] const fn main() -> ! { loop {} }",
    ])
    .prop_map(str::to_owned);
    let cut = (valid.clone(), any::<usize>(), wild()).prop_map(|(item, place, tokens)| {
        let places: Vec<_> = item.match_indices(' ').map(|(at, _)| at).collect();
        let (before, after) = item.split_at(places[place % places.len()]);
        format!("{before} {tokens} {after}")
    });
    prop_oneof![2 => valid, 2 => cut, 1 => wild()]
}

#[test]
fn what_is_right_is_accepted() {
    check(500, valid, |options| {
        let expansion = expand(&options, MAIN).expect("tokens");
        let mistakes: Vec<_> = mistakes(expansion).into_iter().map(|(_, text)| text).collect();
        assert_eq!(mistakes, [""; 0]);
    });
}

#[test]
fn each_mistake_has_its_place_and_words() {
    check(
        3000,
        || prop_oneof![2 => almost_valid().boxed(), 1 => wild()],
        |options| {
            if let Some(expansion) = expand(&options, MAIN) {
                assert_placed(&options, expansion);
            }
        },
    );
}

#[test]
fn any_item_has_an_expansion() {
    check(
        1000,
        || (almost_valid(), items()),
        |(options, item)| {
            if let Some(expansion) = expand(&options, &item) {
                // Which are tokens again when they are read.
                expansion.to_string().parse::<TokenStream>().expect("tokens");
            }
        },
    );
}

/// As `macro_rules!` hands on a fragment, at each depth.
#[test]
fn groups_without_delimiters_are_no_obstacle() {
    let values = || (prop_oneof![valid().boxed(), almost_valid().boxed()], any::<u64>());
    check(500, values, |(options, seed)| {
        let Ok(tokens) = options.parse::<TokenStream>() else { return };
        let mut seed = seed;
        expansion(grouped(tokens, &mut seed), MAIN.parse().expect("tokens"));
    });
}

/// The same tokens, some of them in groups without delimiters, as the bits say.
fn grouped(tokens: TokenStream, bits: &mut u64) -> TokenStream {
    let group = |token: TokenTree, bits: &mut u64| {
        let token = match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), grouped(group.stream(), bits)).into()
            }
            other => other,
        };
        *bits = bits.rotate_left(1);
        match *bits & 3 {
            3 => Group::new(Delimiter::None, token.into()).into(),
            _ => token,
        }
    };
    tokens.into_iter().map(|token| group(token, bits)).collect()
}
