//! The attribute `#[daemon::main]`. Use it through the package `daemon-main`, where its
//! documentation stands.

mod expand;
mod item;
mod literal;
mod messages;
mod options;
mod suggest;

use proc_macro::TokenStream;

#[allow(missing_docs)] // documented where it is re-exported, so that its examples are tested
#[proc_macro_attribute]
pub fn main(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = messages::Mistakes::default();
    let options = options::parse(options.into(), &mut mistakes);
    match item::parse(item.into(), &mut mistakes) {
        Ok(main) => expand::main(&options, &main, &mistakes),
        Err(item) => expand::unusable(item, &mistakes),
    }
    .into()
}
