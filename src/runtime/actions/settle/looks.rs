//! How often something was looked for and not found. Kept beside the journal: losing the count only makes the wait longer.

use time::{Duration, OffsetDateTime};

use crate::runtime::actions::{Bench, disk};
use crate::store::StoreError;

/// The looks that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Looks {
    pub(super) count: u32,
    first: OffsetDateTime,
    pub(super) last: OffsetDateTime,
}

impl Looks {
    /// From the first look to the last.
    pub(super) fn span(self) -> Duration {
        self.last - self.first
    }
}

/// Counts one more look under a key, if it `counts` given those before it and when it `began`: what it found was so at that
/// moment at the earliest.
pub(super) async fn count(
    bench: &Bench,
    key: String,
    began: OffsetDateTime,
    counts: impl FnOnce(Option<Looks>, OffsetDateTime) -> bool + Send + 'static,
) -> Result<Looks, StoreError> {
    disk::work(&bench.store, move |store| {
        let before = store.recall(&key)?.as_deref().and_then(parse);
        let none = Looks { count: 0, first: began, last: began };
        if !counts(before, began) {
            return Ok(before.unwrap_or(none));
        }
        let Looks { count, first, .. } = before.unwrap_or(none);
        let looks = Looks { count: count.saturating_add(1), first: first.min(began), last: began };
        let (first, last) = (looks.first.unix_timestamp(), looks.last.unix_timestamp());
        store.remember(&key, &format!("{} {first} {last}", looks.count))?;
        Ok(looks)
    })
    .await
}

/// Reads a count; one of an earlier docket has no last look, which then was the first.
fn parse(text: &str) -> Option<Looks> {
    let mut words = text.split(' ');
    let count = words.next()?.parse().ok()?;
    let at = |word: &str| OffsetDateTime::from_unix_timestamp(word.parse().ok()?).ok();
    let first = at(words.next()?)?;
    let last = words.next().map_or(Some(first), at)?;
    Some(Looks { count, first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_back_in_either_form() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        assert_eq!(parse("2 100 400"), Some(Looks { count: 2, first: at(100), last: at(400) }));
        assert_eq!(parse("1 100"), Some(Looks { count: 1, first: at(100), last: at(100) }));
        for nonsense in ["", "x 1", "1", "1 x", "1 100 x"] {
            assert_eq!(parse(nonsense), None, "{nonsense:?}");
        }
    }
}
