//! The names in `limits(…)`.

use crate::options::known::{Known, Names, Takes, Word, word};

/// Every resource, with its name in lower case, as in setrlimit(2) without `RLIMIT_`.
pub(crate) static LIMITS: Names = Names {
    article: "a",
    noun: "limit",
    example: "limits(nofile = 65536)",
    prefix: "rlimit_",
    synonyms: &[],
    all: &[
        limit("as", "Resource::As", "1_073_741_824"),
        limit("core", "Resource::Core", "0"),
        limit("cpu", "Resource::Cpu", "3600"),
        limit("data", "Resource::Data", "1_073_741_824"),
        limit("fsize", "Resource::Fsize", "1_073_741_824"),
        limit("locks", "Resource::Locks", "1024"),
        limit("memlock", "Resource::Memlock", "65536"),
        limit("msgqueue", "Resource::Msgqueue", "819_200"),
        limit("nice", "Resource::Nice", "20"),
        limit("nofile", "Resource::Nofile", "65536"),
        limit("nproc", "Resource::Nproc", "(100, 200)"),
        limit("rss", "Resource::Rss", "unlimited"),
        limit("rtprio", "Resource::Rtprio", "0"),
        limit("rttime", "Resource::Rttime", "200_000"),
        limit("sigpending", "Resource::Sigpending", "1024"),
        limit("stack", "Resource::Stack", "8_388_608"),
    ],
};

const fn limit(name: &'static str, resource: &'static str, example: &'static str) -> Known {
    const WORDS: &[Word] = &[word("unlimited", "UNLIMITED")];
    Known::new(name, example, Takes::Limit(resource)).or_words(WORDS)
}
