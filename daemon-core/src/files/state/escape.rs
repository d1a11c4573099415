//! How a value is written on one line.

/// Appends a value, escaped, if that takes no more than `most` bytes; otherwise as much of it as
/// fits, with `…` at its end. What is not text stays as it is.
pub(super) fn escape_cut(value: &str, most: usize, line: &mut Vec<u8>) {
    const MORE: &str = "…";
    let begin = line.len();
    // As long as this fits, the mark would fit behind it.
    let mut fits = begin;
    for character in value.chars() {
        let mut bytes = [0; 4];
        escape(character.encode_utf8(&mut bytes).as_bytes(), line);
        if line.len() - begin > most {
            line.truncate(fits);
            line.extend_from_slice(MORE.as_bytes());
            return;
        }
        if line.len() - begin + MORE.len() <= most {
            fits = line.len();
        }
    }
}

/// Appends these bytes, with a backslash before what would end the line or confuse a terminal.
pub(super) fn escape(value: &[u8], line: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for &byte in value {
        match byte {
            b'\\' => line.extend_from_slice(br"\\"),
            b'\n' => line.extend_from_slice(br"\n"),
            b'\t' => line.extend_from_slice(br"\t"),
            0..=0x1f | 0x7f => {
                let digit = |shift: u8| DIGITS[usize::from(byte >> shift & 0xf)];
                line.extend_from_slice(&[b'\\', b'x', digit(4), digit(0)]);
            }
            _ => line.push(byte),
        }
    }
}

/// The value that was escaped so. A backslash that begins nothing stands for itself.
pub(super) fn unescape(line: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(line.len());
    let mut rest = line;
    while let [first, after @ ..] = rest {
        let (byte, length) = match (first, after) {
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'x', high, low, ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'\\', 1),
            },
            (byte, _) => (*byte, 1),
        };
        value.push(byte);
        rest = &rest[length..];
    }
    value
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}
