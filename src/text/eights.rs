//! Bytes looked at eight at a time: where words and clauses may end cannot be foreseen, and a branch for each byte costs more
//! than all else.

/// The highest bit of each of eight bytes.
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// Eight times the same byte.
const fn each(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// The first place from `from` on of a byte before `@` in ASCII; else the end.
#[inline]
pub fn next_sign(text: &[u8], from: usize) -> usize {
    // The two highest bits of such a byte are zero.
    first(text, from, |eight| !(eight | eight << 1) & HIGHEST)
}

/// The first place from `from` on of a byte that is no letter, digit or apostrophe of ASCII; else the end.
#[inline]
pub fn word_end(text: &[u8], from: usize) -> usize {
    first(text, from, |eight| {
        let ascii = eight & !HIGHEST;
        // Sums stay below 256, so that no byte reaches into the next.
        let within = |bytes: u64, first: u8, last: u8| {
            (bytes + each(0x80 - first)) & !(bytes + each(0x7f - last))
        };
        let letters = within(ascii | each(0x20), b'a', b'z');
        let digits = within(ascii, b'0', b'9');
        let apostrophes = within(ascii, b'\'', b'\'');
        !((letters | digits | apostrophes) & !eight) & HIGHEST
    })
}

/// The first place from `from` on where `found` sets the highest bit of a byte, as it does for zero; else the end.
#[inline]
fn first(text: &[u8], from: usize, found: impl Fn(u64) -> u64) -> usize {
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let eight = match (rest.first_chunk(), text.last_chunk()) {
            (Some(eight), _) => u64::from_le_bytes(*eight),
            // The last eight, without those before `at`.
            (None, Some(last)) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
            (None, None) => {
                let bytes = rest.iter().rev();
                bytes.fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))
            }
        };
        let places = found(eight);
        if places != 0 {
            return text.len().min(at + places.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn eight_at_a_time_is_one_by_one(text in prop::collection::vec(any::<u8>(), 0..40), from in 0_usize..44) {
            let first = |found: fn(&u8) -> bool| {
                let rest = text.get(from..).unwrap_or_default();
                rest.iter().position(found).map_or(text.len(), |at| from + at)
            };
            prop_assert_eq!(next_sign(&text, from), first(|b| *b < b'@'));
            prop_assert_eq!(word_end(&text, from), first(|b| !b.is_ascii_alphanumeric() && *b != b'\''));
        }
    }
}
