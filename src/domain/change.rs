//! What moved between two looks at a case.

use time::OffsetDateTime;

use super::case::{Case, Field};

/// One field of a case that is no longer what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which field.
    pub field: Field,
    /// What it was, as received; `None` when it was missing.
    pub from: Option<String>,
    /// What it is now, as received; `None` when it is missing.
    pub to: Option<String>,
    /// When this host observed it (UTC).
    pub at: OffsetDateTime,
}

/// One line of a case's history on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryEntry {
    /// The first believed answer.
    First {
        /// When it came (UTC).
        at: OffsetDateTime,
        /// The status it had then, as received.
        status: String,
    },
    /// A field moved.
    Changed(Change),
}

/// The differences between two observations, in field order. An empty text and a missing field are the same:
/// the gateway sends both for "nothing", and flips between them.
pub fn between(before: &Case, after: &Case, at: OffsetDateTime) -> Vec<Change> {
    Field::ALL
        .into_iter()
        .zip(before.values().into_iter().zip(after.values()))
        .filter(|(_, (from, to))| from.unwrap_or_default() != to.unwrap_or_default())
        .map(|(field, (from, to))| Change {
            field,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            at,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn only_real_differences_count() {
        let case = |status: &str, batch: Option<&str>| {
            Case::from_fields([
                (Field::Status, Some(status.to_owned())),
                (Field::BatchId, batch.map(str::to_owned)),
            ])
        };
        let at = datetime!(2026-11-20 08:00 UTC);
        assert!(between(&case("A", None), &case("A", Some("")), at).is_empty());
        let changes = between(&case("A", None), &case("B", Some("P1")), at);
        assert_eq!(changes.iter().map(|c| c.field).collect::<Vec<_>>(), [Field::BatchId, Field::Status]);
        assert_eq!(changes[1].from.as_deref(), Some("A"));
        assert_eq!(changes[1].to.as_deref(), Some("B"));
    }
}
