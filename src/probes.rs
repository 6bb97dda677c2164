//! What must hold of any bytes at all: each probe takes some, gives them to one reader, and checks what comes of them.
//! The same functions run under proptest with every `cargo test` and under libFuzzer (`fuzz/`); nothing else compiles
//! them.
//!
//! A probe that fails panics, with the text that did it.

mod money;
mod readers;
mod texts;

#[cfg(test)]
mod tests;

/// A probe: whatever the bytes, it returns.
pub type Probe = fn(&[u8]);

/// Every probe by name; the targets of `fuzz/` have the same names.
pub const ALL: [(&str, Probe); 12] = [
    ("answers", readers::answers),
    ("config", readers::config),
    ("keys", readers::keys),
    ("import", readers::import),
    ("times", readers::times),
    ("shown", texts::shown),
    ("ids", texts::ids),
    ("filter", texts::filter),
    ("evidence", texts::evidence),
    ("keystrokes", texts::keystrokes),
    ("amounts", money::amounts),
    ("refund_no", money::refund_no),
];

/// Runs the probe of a name.
///
/// # Panics
/// When there is none of that name, or the probe fails.
pub fn run(name: &str, data: &[u8]) {
    let probe = ALL.iter().find(|(known, _)| *known == name).map(|(_, probe)| probe);
    assert!(probe.is_some(), "there is no probe {name}");
    if let Some(probe) = probe {
        probe(data);
    }
}

/// Any bytes as a text, as a terminal or a file would give it.
fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Bytes in two, at the first line end.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let at = data.iter().position(|&byte| byte == b'\n').unwrap_or(data.len());
    let (first, rest) = data.split_at_checked(at).unwrap_or((data, &[]));
    (first, rest.strip_prefix(b"\n").unwrap_or(rest))
}

/// A refusal must be a sentence that can be read.
fn sentence(why: &str) {
    assert!(why.chars().filter(|c| c.is_alphabetic()).count() >= 4, "{why:?} is no sentence");
    assert!(why.len() < 16 * 1024, "a refusal of {} bytes", why.len());
}
