//! The names in `limits(…)`.

use crate::options::known::{Known, Names, Takes, Word, word};

/// Every resource, with its name in lower case, as in setrlimit(2) without `RLIMIT_`.
pub(crate) static LIMITS: Names = Names {
    article: "a",
    noun: "limit",
    example: "limits(nofile = 65536)",
    prefixes: &["rlimit", "limit"],
    synonyms: SYNONYMS,
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

/// The names in shells, from ulimit(1).
const SYNONYMS: &[(&str, &str)] = &[
    ("open_files", "`nofile` is the number of open files"),
    ("files", "`nofile` is the number of open files"),
    ("fds", "`nofile` is the number of open files"),
    ("file_size", "`fsize` is the size of a file"),
    ("core_file_size", "`core` is the size of a core file"),
    ("coredump", "`core` is the size of a core file"),
    ("address_space", "`as` is the size of the address space"),
    ("virtual_memory", "`as` is the size of the address space"),
    ("vmem", "`as` is the size of the address space"),
    ("memory", "`as` is the size of the address space"),
    ("data_seg_size", "`data` is the size of the data segment"),
    ("stack_size", "`stack` is the size of the stack"),
    ("cpu_time", "`cpu` is the processor time, in seconds"),
    ("processes", "`nproc` is the number of processes of the user"),
    ("max_user_processes", "`nproc` is the number of processes of the user"),
    ("threads", "`nproc` is the number of processes of the user, threads included"),
    ("max_memory_size", "`rss` is the size of the resident set"),
    ("max_locked_memory", "`memlock` is the size of locked memory"),
    ("locked_memory", "`memlock` is the size of locked memory"),
    ("pending_signals", "`sigpending` is the number of pending signals"),
    ("file_locks", "`locks` is the number of file locks"),
];
