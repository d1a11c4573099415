//! Questions about tokens that more than one file asks.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Whether the token is this punctuation mark.
pub(crate) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// The tokens without the groups that have no delimiters, in which a fragment of `macro_rules!`
/// comes.
pub(crate) fn peel(tokens: TokenStream) -> TokenStream {
    let mut iter = tokens.clone().into_iter();
    match (iter.next(), iter.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            peel(group.stream())
        }
        _ => tokens,
    }
}
