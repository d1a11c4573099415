//! Every mistake that the macro finds, in `text.rs` in words, and the list that collects them. All mistakes in one attribute are
//! reported in one compile, in the order in which they were written, and then a missing option.

mod text;

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::options::known::{Known, Names};

/// One mistake of the user's. In its text, code is in backticks.
#[derive(Debug)]
pub(crate) enum Mistake {
    // The list of options.
    UnknownOption { names: &'static Names, found: String, meant: Option<&'static str> },
    Synonym { names: &'static Names, found: String, advice: &'static str },
    InList { option: &'static Known, entry: String },
    RawOption { name: String },
    Spelling(&'static Known),
    Duplicate(&'static Names, &'static Known),
    NotAnOption { names: &'static Names, found: String },
    BareString(&'static Names),
    QuotedName(&'static Known),
    PathAsName(&'static Names),
    NoComma { before: String },
    NotAComma { found: String },
    CapabilitiesWithoutUser,
    ControlWithoutPidfile,

    // The form of an option.
    NoValue(&'static Names, &'static Known),
    NoEquals(&'static Known),
    EmptyValue(&'static Known),
    ListForm(&'static Known),
    NotAList(&'static Known),
    EmptyList(&'static Names, &'static Known),
    FlagWithValue(&'static Known),
    UnknownWord(&'static Known),
    WordSpelling { word: &'static str },
    QuotedWord { word: &'static str },
    Bare(&'static Known),
    LeaveOut(&'static Known),
    NoQuotes { option: &'static Known, text: String },
    OwnOutput,
    NotExpanded { option: &'static Known, name: String },
    Duration { option: &'static Known, seconds: Option<u64> },
    NamedPair([String; 2]),
    Async(&'static Known),
    ClosureOfMany(&'static Known),
    Called { option: &'static Known, path: String },
    QuotedFunction { option: &'static Known, path: String },
    QuotedCrate { path: String },
    NotAPath,

    // Literals.
    Decimal { written: String, octal: u32 },
    NotOctal { digit: char },
    OtherRadix { value: u32 },
    UmaskTooBig,
    UmaskString { octal: Option<u32> },
    UmaskOther,
    Negative,
    Suffix { suffix: String },
    NoSeconds,
    SecondsString,
    SecondsOther,
    StandardDescriptor,
    DescriptorOther,
    NumberString { digits: u64 },
    NegativeLimit,
    SoftAboveHard,
    AccountTooBig,
    AccountOther(&'static Known),
    AccountName,
    UserAndGroup { user: String, group: String },
    Empty,
    Nul,
    Relative,
    FinalSlash,
    Directory,
    RootItself,
    NotAString(&'static Known),
    NameWithSlash,
    NameOfDirectory,
    NameWithControl,
    WordAsFlag,
    WordWithSpace,

    // The item.
    NotAFunction,
    NotMain { name: String },
    Method,
    TooManyParameters,
    UnnamedReady,
    SameName { name: String },
    ConditionalParameter,
    Reference,
    Unsized,
    Generic,
    WhereClause,
    Qualifier { keyword: String },
    NoRuntime,
    Twice,
    Test,
}

/// The mistakes in one attribute and its `main`.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<syn::Error>);

impl Mistakes {
    /// Adds a mistake, to be shown under `tokens`.
    pub(crate) fn push(&mut self, tokens: impl ToTokens, mistake: Mistake) {
        self.0.push(syn::Error::new_spanned(tokens, mistake));
    }

    /// Adds an error of syn's.
    pub(crate) fn push_syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ToTokens for Mistakes {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().map(syn::Error::to_compile_error));
    }
}
