//! `outRefundNo`: the same on every host, so that two operators who refund one order at the same moment send one number,
//! and PayerMax sees one refund (reliability.md section 1.3). The amount is left out on purpose: two different amounts
//! must collide as well.
//!
//! A change here would let docket pay an order twice; a table of numbers in `tests/vectors` holds it fast.

use sha2::{Digest as _, Sha256};

/// RFC 4648.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How many letters of the hash are used; five bits each.
const LETTERS_USED: usize = 26;

/// The number of an order's refund: 30 letters and digits, of which the last two are the refund's ordinal `slot`
/// (1 to 99). `environment` is the profile's word for it.
pub fn refund_no(environment: &str, app_id: &str, merchant_no: &str, order: &str, slot: u8) -> String {
    let hash = Sha256::digest(format!("{environment}|{app_id}|{merchant_no}|{order}"));
    format!("DK{}{slot:02}", base32(&hash))
}

fn base32(hash: &[u8]) -> String {
    let bit = |at: usize| hash.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |nth: usize| (nth * 5..nth * 5 + 5).fold(0, |value, at| value << 1 | usize::from(bit(at)));
    (0..LETTERS_USED).filter_map(|nth| LETTERS.get(letter(nth))).map(|&letter| char::from(letter)).collect()
}
