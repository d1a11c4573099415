//! A slot of the state file: a line that makes it known, then the state, then zeros.
//!
//! ```text
//! daemon state 1 SEQUENCE LENGTH CHECKSUM
//! pid=4242
//! phase=ready
//! ```
//!
//! The three numbers are hexadecimal and have their full width.

/// How long a slot is, and how much one change writes at most: a page, which write(2) copies at
/// once.
pub(super) const SLOT: usize = 4096;

/// How many slots there are, and how long the file is.
pub(super) const SLOTS: usize = 2;
pub(super) const FILE: usize = SLOTS * SLOT;

/// The beginning of each slot, in every version.
pub(super) const MARK: &[u8] = b"daemon state ";

/// The version. A key may be added without another one, since readers skip what they do not know.
const VERSION: &[u8] = b"1 ";

const SEQUENCE: usize = 16;
const LENGTH: usize = 4;
const CHECKSUM: usize = 16;

/// Up to here the checksum counts the first line.
const COUNTED: usize = MARK.len() + VERSION.len() + SEQUENCE + 1 + LENGTH + 1;
const FIRST_LINE: usize = COUNTED + CHECKSUM + 1;

/// How long a state may be.
pub(super) const LONGEST: usize = SLOT - FIRST_LINE;

/// The slot that holds this state, which is no longer than [`LONGEST`].
pub(super) fn encode(sequence: u64, state: &[u8]) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    let state = &state[..state.len().min(LONGEST)];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        slot[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(MARK);
    put(VERSION);
    put(&hexadecimal::<SEQUENCE>(sequence));
    put(b" ");
    put(&hexadecimal::<LENGTH>(state.len() as u64));
    put(b" ");
    slot[FIRST_LINE..FIRST_LINE + state.len()].copy_from_slice(state);
    let checksum = checksum(&slot[..COUNTED], state);
    slot[COUNTED..FIRST_LINE - 1].copy_from_slice(&hexadecimal::<CHECKSUM>(checksum));
    slot[FIRST_LINE - 1] = b'\n';
    slot
}

/// What a slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// It was never written to.
    Nothing,
    /// A state that is whole, and its sequence number.
    State { sequence: u64, state: &'a [u8] },
    /// One of a version that this library does not know.
    AnotherVersion,
    /// Something else, or a state in the middle of a change.
    Garbage,
}

/// Looks at a slot.
pub(super) fn decode(slot: &[u8]) -> Found<'_> {
    if slot.iter().all(|byte| *byte == 0) {
        return Found::Nothing;
    }
    match (slot.strip_prefix(MARK), state_in(slot)) {
        (Some(_), Some(found)) => found,
        (Some([b'1'..=b'9', ..]), _) if !slot[MARK.len()..].starts_with(VERSION) => {
            Found::AnotherVersion
        }
        _ => Found::Garbage,
    }
}

fn state_in(slot: &[u8]) -> Option<Found<'_>> {
    let numbers = slot.strip_prefix(MARK)?.strip_prefix(VERSION)?;
    let (sequence, rest) = number_in(numbers, SEQUENCE, b' ')?;
    let (length, rest) = number_in(rest, LENGTH, b' ')?;
    let (expected, rest) = number_in(rest, CHECKSUM, b'\n')?;
    let state = rest.get(..usize::try_from(length).ok()?)?;
    let is_whole = expected == checksum(&slot[..COUNTED], state);
    is_whole.then_some(Found::State { sequence, state })
}

/// A number of so many digits, and what follows the byte behind it.
fn number_in(text: &[u8], digits: usize, end: u8) -> Option<(u64, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let number = std::str::from_utf8(number).ok().filter(|it| !it.starts_with('+'))?;
    Some((u64::from_str_radix(number, 16).ok()?, rest.strip_prefix(&[end])?))
}

/// The last digits of a number, by hand: see [`crate::text::decimal`].
fn hexadecimal<const DIGITS: usize>(mut number: u64) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 0xf) as usize];
        number >>= 4;
    }
    digits
}

/// FNV-1a of 64 bits: it finds a state that is half another one, and is not meant to keep anybody
/// from making one up.
fn checksum(first_line: &[u8], state: &[u8]) -> u64 {
    first_line.iter().chain(state).fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
