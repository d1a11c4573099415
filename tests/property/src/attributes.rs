//! The text in the parentheses of `#[daemon::main(…)]`: right by construction, and almost right.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::{Index, select, subsequence},
    strategy::BoxedStrategy,
};

/// What the values of [`valid`] name.
pub const ITEMS: &str = r##"
const PATH: &str = "/run/a/b.pid";
const DIRECTORY: &str = "/run/a/";
const NAME: &str = "named";
const MASK: u32 = 0o027;
const ID: u32 = 4;
const NUMBER: u64 = 1024;
const DESCRIPTOR: i32 = 3;
const MODE: daemon::Mode = daemon::Mode::Foreground;
const fn larger<const ONE: u64, const OTHER: u64>() -> u64 {
    if ONE > OTHER { ONE } else { OTHER }
}
fn args(_: &mut daemon::Config) {}
mod steps {
    pub fn open() {}
}
"##;

/// Options as they should be: each at most once, in any order, with every form of value.
pub fn valid() -> impl Strategy<Value = String> {
    let comma = select(vec![",", ", ", ",\n    "]);
    (some_of(options(), 0), comma, any::<bool>()).prop_map(|(options, comma, ends_with_comma)| {
        let end = if ends_with_comma && !options.is_empty() { "," } else { "" };
        options.join(comma) + end
    })
}

/// Valid ones with a few places of the text changed. Not all of them are tokens of Rust.
pub fn almost_valid() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<Index>(), select(snippets()), 0_u8..4);
    (valid(), vec(change, 1..4)).prop_map(|(mut text, changes)| {
        for (start, other, snippet, how) in changes {
            let places: Vec<_> =
                text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (at, to) = (*start.get(&places), *other.get(&places));
            let (at, to) = (at.min(to), at.max(to).min(at.min(to) + 12));
            let to = places.iter().copied().find(|place| *place >= to).unwrap_or(text.len());
            match how {
                0 => text.insert_str(at, snippet),
                1 => text.replace_range(at..to, ""),
                2 => text.replace_range(at..to, snippet),
                _ => {
                    let copy = text[at..to].to_owned();
                    text.insert_str(to, &copy);
                }
            }
        }
        text
    })
}

/// Whatever is tokens of Rust.
pub fn wild() -> BoxedStrategy<String> {
    let token = prop_oneof![
        4 => select(snippets()).prop_map(str::to_owned),
        1 => "[a-z_]{1,8}",
        1 => any::<u128>().prop_map(|number| number.to_string()),
        1 => any::<String>().prop_map(|text| format!("{text:?}")),
    ];
    let groups = token.prop_recursive(3, 40, 8, |inner| {
        let brackets = select(vec![("(", ")"), ("[", "]"), ("{", "}")]);
        (vec(inner, 0..8), brackets)
            .prop_map(|(tokens, (open, close))| format!("{open}{}{close}", tokens.join(" ")))
    });
    vec(groups, 0..12).prop_map(|tokens| tokens.join(" ")).boxed()
}

/// What may stand in or beside an option.
fn snippets() -> Vec<&'static str> {
    const WITHOUT_SPACE: &str = r###"
        , ; = == => : :: - + ! # $ < > -> 'a ' & .. | ? @ _ ( ) () [] {} true self super Self crate
        fn async if match const unsafe as é r#mode r#name
        name pidfile umask chdir chroot user group stdout stderr mode start_timeout notification_fd
        limits no_new_privs capabilities configure privileged nofile core kill net_bind_service
        unlimited never null inherit auto background foreground Umask pid_file
        0 1 -1 027 0o27 0O27 0x1f 0b1 1e9 1.5 1. 0o2.5 4294967295 18446744073709551616 1_000u64 3i32
        1u8 1_f64 1suffix
        "" "/a" "a" "a:b" "\0" "\u{85}" "user" "60s" "5" "022" "unlimited" b"/a" c"/a" r#"/a"# 'x' b'x'
        "a"suffix ::daemon daemon::Mode::Auto concat!("/","a") f::<A,B>() |x|x (1,2) (2,1) (1,)
    "###;
    WITHOUT_SPACE.split_whitespace().chain(["/* */", "// \n", "\"60 s\""]).collect()
}

/// One of each option. `capabilities` comes with `user`, which it needs.
fn options() -> Vec<BoxedStrategy<String>> {
    let seconds = words(&["never", "NUMBER", "NUMBER * 60", "{ 5 }", "larger::<1, 2>()"]);
    let number_of_descriptor = (3_i32..=i32::MAX).prop_map(|number| number.to_string());
    let descriptor =
        words(&["3i32", "0x7f", "DESCRIPTOR", "DESCRIPTOR + 1", "if true { 4 } else { 5 }"]);
    let user_with_capabilities = (account("user"), capabilities());
    vec![
        with("name", name()),
        or_bare("pidfile", path()),
        with("umask", mask()),
        with("chdir", directory()),
        with("chroot", directory()),
        prop_oneof![
            account("user"),
            user_with_capabilities.prop_map(|(user, list)| format!("{user}, {list}")),
        ]
        .boxed(),
        account("group"),
        output("stdout"),
        output("stderr"),
        with("mode", words(&["auto", "background", "foreground", "MODE", "daemon::Mode::Auto"])),
        with("start_timeout", prop_oneof![number(1), seconds]),
        with("notification_fd", prop_oneof![number_of_descriptor.boxed(), descriptor]),
        limits(),
        words(&["no_new_privs"]),
        words(&["configure = args", "configure = self::args", "configure = |config| args(config)"]),
        words(&["privileged = steps::open", "privileged = { steps::open }", "privileged = || ()"]),
        words(&["crate = ::daemon", "crate = daemon"]),
    ]
}

/// `option = value`, with more or less space.
fn with(
    option: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> BoxedStrategy<String> {
    (value, select(vec![" = ", "=", " =\n"]))
        .prop_map(move |(value, equals)| format!("{option}{equals}{value}"))
        .boxed()
}

fn or_bare(
    option: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> BoxedStrategy<String> {
    prop_oneof![1 => Just(option.to_owned()), 3 => with(option, value)].boxed()
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<String> {
    select(words).prop_map(str::to_owned).boxed()
}

/// Each way to write a string, escapes included.
fn string(text: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    (text, 0_u8..5)
        .prop_map(|(text, form)| match form {
            0 => format!("r\"{text}\""),
            1 => format!("r##\"{text}\"##"),
            2 => format!("\"{}\"", text.escape_unicode()),
            3 => format!("concat!(\"{text}\", \"\")"),
            _ => format!("\"{text}\""),
        })
        .boxed()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![string("[a-z0-9 äß_@:-]{1,12}").boxed(), words(&["NAME", "concat!(\"a\", 1)"])]
}

fn path() -> impl Strategy<Value = String> {
    let literal = string("(/{1,2}[a-z0-9 äß_.]{0,5}){0,3}/[a-z0-9ß]{1,6}");
    prop_oneof![
        literal,
        words(&["PATH", "{ PATH }", "concat!(\"/run/\", env!(\"CARGO_PKG_NAME\"))"])
    ]
}

fn directory() -> impl Strategy<Value = String> {
    prop_oneof![string("(/{1,2}[a-z0-9äß_.]{1,5}){1,3}/{0,2}"), words(&["DIRECTORY", "PATH"])]
}

fn output(option: &'static str) -> BoxedStrategy<String> {
    or_bare(option, prop_oneof![path().boxed(), words(&["null", "inherit"])])
}

fn mask() -> impl Strategy<Value = String> {
    let octal = (0_u32..=0o777, select(vec!["", "u32", "_u32"]))
        .prop_map(|(mask, suffix)| format!("{mask:#o}{suffix}"));
    prop_oneof![octal.boxed(), words(&["0", "0o0_27", "MASK", "MASK & !0o020", "(0o22)", "{ 18 }"])]
}

fn account(option: &'static str) -> BoxedStrategy<String> {
    let name = string("[a-z_][a-z0-9_.äß-]{0,10}\\$?");
    let id = (0..u32::MAX).prop_map(|id| id.to_string());
    with(option, prop_oneof![name, id.boxed(), words(&["NAME", "ID", "ID + 1", "0x10", "5u32"])])
}

/// A number of seconds, or a limit, of at least this.
fn number(least: u64) -> BoxedStrategy<String> {
    (least..=u64::MAX, 0_u8..4)
        .prop_map(|(number, form)| match form {
            0 => format!("{number:#x}"),
            1 => format!("{number:#b}u64"),
            2 => format!("{number}_u64"),
            _ => number.to_string(),
        })
        .boxed()
}

fn limits() -> BoxedStrategy<String> {
    let pair = any::<(u64, u64)>()
        .prop_map(|(one, other)| format!("({}, {})", one.min(other), one.max(other)));
    let value = prop_oneof![
        number(0),
        pair.boxed(),
        words(&[
            "unlimited",
            "(5, unlimited)",
            "(unlimited, unlimited)",
            "(NUMBER, NUMBER,)",
            "NUMBER",
            "1 << 30",
            "(1, larger::<1, 2>())",
            "(NUMBER)",
        ]),
    ];
    let names = [
        "as",
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    ];
    list("limits", names.map(|name| with(name, value.clone())).to_vec())
}

fn capabilities() -> BoxedStrategy<String> {
    let names = ["chown", "kill", "net_bind_service", "sys_admin", "bpf", "checkpoint_restore"];
    list("capabilities", names.map(|name| Just(name.to_owned()).boxed()).to_vec())
}

/// `option(some, of, these)`
fn list(option: &'static str, entries: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    some_of(entries, 1).prop_map(move |some| format!("{option}({})", some.join(", "))).boxed()
}

/// So many of these, or more, in any order.
fn some_of(
    all: Vec<BoxedStrategy<String>>,
    least: usize,
) -> impl Strategy<Value = Vec<String>> + 'static {
    let most = all.len();
    subsequence(all, least..=most).prop_shuffle().prop_flat_map(|some| some)
}
