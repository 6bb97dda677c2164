//! Identifiers that an operator pastes and the gateway takes: checked once, then trusted by type.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest case id the gateway takes, in characters (caseSearch page: `maxLength: 64`).
pub const CASE_ID_MAX_CHARS: usize = 64;

/// The id of one chargeback case (`caseId`): 1 to 64 characters, no blanks at the ends, no control characters.
#[derive(Clone)]
pub struct CaseId(Text);

/// The ids PayerMax gives have 27 characters; those of up to thirty bytes need no place of their own.
#[derive(Clone)]
enum Text {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<str>),
}

const SHORT: usize = 30;

impl Text {
    fn of(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self::Short { length, bytes }
            }
            _ => Self::Long(text.into()),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl PartialEq for CaseId {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }
}

impl Eq for CaseId {}

impl PartialOrd for CaseId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CaseId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_bytes().cmp(other.0.as_bytes())
    }
}

impl Hash for CaseId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CaseId").field(&self.as_str()).finish()
    }
}

/// Why a text cannot be a case id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseIdError {
    /// Nothing but white space.
    #[error("the id is blank")]
    Blank,
    /// More than 64 characters; carries the count.
    #[error("the id has {0} characters; PayerMax takes at most 64")]
    TooLong(usize),
    /// A space inside: two ids, or no id at all.
    #[error("the id contains a space; put a comma or a new line between ids")]
    Spaced,
    /// A control, blank or invisible character inside; carries its code point.
    #[error("the id contains {0}, which no case id has")]
    Unprintable(String),
}

impl CaseId {
    /// Reads an id as pasted: white space at the ends is dropped, everything else must fit.
    ///
    /// # Errors
    /// [`CaseIdError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, CaseIdError> {
        // As PayerMax gives them, a million at a time.
        if !text.is_empty() && text.len() <= SHORT && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(Text::of(text)));
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(CaseIdError::Blank);
        }
        if text.contains(' ') {
            return Err(CaseIdError::Spaced);
        }
        if let Some(bad) = text.chars().find(|&c| c.is_whitespace() || super::shown::is_hostile(c)) {
            return Err(CaseIdError::Unprintable(format!("U+{:04X}", u32::from(bad))));
        }
        match text.chars().count() {
            n if n > CASE_ID_MAX_CHARS => Err(CaseIdError::TooLong(n)),
            _ => Ok(Self(Text::of(text))),
        }
    }

    /// The id as the gateway spells it.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // The bytes are those of a text.
            short @ Text::Short { .. } => std::str::from_utf8(short.as_bytes()).unwrap_or_default(),
            Text::Long(text) => text,
        }
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A line of a pasted list that could not be read as an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Line number in the pasted text, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Ids read from a text, the good ones kept whatever the bad ones are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastedIds {
    /// The readable ids in the order given, each once.
    pub ids: Vec<CaseId>,
    /// The lines that were refused.
    pub bad: Vec<BadLine>,
}

/// Reads a pasted list: one id a line; commas and semicolons separate ids too; blank lines and lines that begin
/// with `#` are passed over.
pub fn parse_pasted(text: &str) -> PastedIds {
    let mut out = PastedIds::default();
    let mut seen = std::collections::HashSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
        for piece in line.split([',', ';']).filter(|piece| !piece.trim().is_empty()) {
            match CaseId::parse(piece) {
                Ok(id) if seen.insert(id.clone()) => out.ids.push(id),
                Ok(_) => {}
                Err(error) => out.bad.push(BadLine { line: index + 1, why: error.to_string() }),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_trimmed_and_kept_as_spelled() {
        assert_eq!(
            CaseId::parse("  O20230103065545916437107761\n").unwrap().as_str(),
            "O20230103065545916437107761"
        );
    }

    proptest! {
        #[test]
        fn ids_are_their_texts_however_long(a in "[a-c陈]{1,40}", b in "[a-c陈]{1,40}") {
            let (first, second) = (CaseId::parse(&a).unwrap(), CaseId::parse(&b).unwrap());
            prop_assert_eq!((first.as_str(), second.to_string()), (a.as_str(), b.clone()));
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            prop_assert_eq!(first == second, a == b);
            prop_assert_eq!(std::mem::size_of::<CaseId>(), 32);
        }
    }

    #[test]
    fn blank_long_and_unprintable_ids_are_refused_with_the_reason() {
        assert_eq!(CaseId::parse(" \t"), Err(CaseIdError::Blank));
        assert_eq!(CaseId::parse(&"x".repeat(65)), Err(CaseIdError::TooLong(65)));
        assert!(CaseId::parse(&"案".repeat(64)).is_ok(), "the limit counts characters, not bytes");
        assert_eq!(CaseId::parse("O1\u{1b}[2J"), Err(CaseIdError::Unprintable("U+001B".into())));
        assert_eq!(CaseId::parse("O1\u{202e}2"), Err(CaseIdError::Unprintable("U+202E".into())));
    }

    #[test]
    fn a_paste_keeps_the_good_lines_and_numbers_the_bad_ones() {
        let long = "x".repeat(65);
        let pasted = parse_pasted(&format!("O1\n\n O2, O3\n{long}\nO1\nO4\n# a comment"));
        assert_eq!(pasted.ids.iter().map(CaseId::as_str).collect::<Vec<_>>(), ["O1", "O2", "O3", "O4"]);
        assert_eq!(pasted.bad.len(), 1);
        assert_eq!(pasted.bad[0].line, 4);
    }
}
