//! The name of an action: long enough and random enough that no two hosts ever give the same one.

use rsa::rand_core::{OsRng, RngCore as _};

use crate::domain::record::ActionId;

/// Base32 without the letters that look like digits.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters behind `A-`: 130 bits.
const LENGTH: usize = 26;

/// A new name from the system's random numbers; `None` when the system has none to give.
pub(super) fn new() -> Option<ActionId> {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).ok()?;
    // One byte for each character: the five bits that are used are as random as all eight.
    let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    Some(ActionId(format!("A-{}", letters.map(|&letter| char::from(letter)).collect::<String>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_form_and_differ() {
        let names: std::collections::HashSet<String> = (0..100).map(|_| new().unwrap().0).collect();
        assert_eq!(names.len(), 100);
        for name in names {
            let letters = name.strip_prefix("A-").unwrap();
            assert!(letters.len() == LENGTH && letters.bytes().all(|b| LETTERS.contains(&b)), "{name}");
        }
    }
}
