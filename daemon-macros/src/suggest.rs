//! The name that a misspelt one was meant to be.

/// Whether two names are the same without regard to case and to what is between words.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    letters(a) == letters(b)
}

/// The one of `names` that is meant by `found`: it is misspelt, or only its beginning.
pub(crate) fn meant(
    found: &str,
    names: impl Iterator<Item = &'static str> + Clone,
) -> Option<&'static str> {
    nearest(found, names.clone()).or_else(|| {
        let mut begun = names.filter(|name| found.len() > 3 && name.starts_with(found));
        begun.next().filter(|_| begun.next().is_none())
    })
}

/// The nearest of `names` to `found`, if it is near enough to be meant.
fn nearest(found: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // A third of the letters may be wrong, as in rustc's own suggestions.
    let tolerance = found.chars().count().max(3) / 3;
    names
        .map(|name| (distance(found, name), name))
        .filter(|&(distance, _)| distance <= tolerance)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// How many letters were added, left out, replaced or swapped with their neighbour (the
/// restricted Damerau–Levenshtein distance).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_the_same_in_any_case() {
        assert!(same("start_timeout", "StartTimeout"));
        assert!(same("no_new_privs", "no-new-privs"));
        assert!(!same("umask", "umasks"));
    }

    #[test]
    fn a_beginning_is_meant_if_only_one_name_has_it() {
        let names = ["net_bind_service", "net_broadcast", "net_raw"];
        assert_eq!(meant("net_bind", names.into_iter()), Some("net_bind_service"));
        assert_eq!(meant("net_", names.into_iter()), None);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("umask", "umask"), 0);
        assert_eq!(distance("", "umask"), 5);
        assert_eq!(distance("umask", ""), 5);
        assert_eq!(distance("pidfle", "pidfile"), 1);
        assert_eq!(distance("umaks", "umask"), 1);
        assert_eq!(distance("chroot", "chdir"), 4);
    }

    #[test]
    fn near_enough_is_meant() {
        let names = ["umask", "stdout", "stderr"];
        assert_eq!(nearest("umaks", names.into_iter()), Some("umask"));
        assert_eq!(nearest("sdterr", names.into_iter()), Some("stderr"));
        assert_eq!(nearest("std", names.into_iter()), None);
        assert_eq!(nearest("ümask", names.into_iter()), Some("umask"));
        assert_eq!(nearest("", names.into_iter()), None);
    }
}
