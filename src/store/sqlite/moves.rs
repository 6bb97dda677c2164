//! Reads what has moved since the last time. Whatever has written to a case, its row then looks different; so the rows
//! are looked at one after the other, and only what looks different is made a case of.

use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::rows::{self, CASE_COLUMNS, ROW_NUMBER};
use super::{derived, roster};
use crate::domain::change::Change;
use crate::store::{Known, Moved};

/// What is other than `known`, which then knows it; `None` when that is more than `most` cases.
pub(super) fn moved(conn: &Connection, known: &mut Known, most: usize) -> rusqlite::Result<Option<Moved>> {
    let mut unseen = roster::unseen(conn)?;
    let mut moved = Moved::default();
    let on_list = derived::tally(conn)?.on_list();
    known.reserve(on_list);
    if known.is_nothing() {
        // A list that grows while it is read would need twice the room for a moment.
        moved.rows.reserve_exact(on_list.min(most));
    }
    let query = format!("SELECT {}, tracked FROM cases ORDER BY row", *CASE_COLUMNS);
    let mut query = conn.prepare_cached(&query)?;
    let mut found = query.query([])?;
    let mut place = 0;
    while let Some(row) = found.next()? {
        let changes = unseen.remove(&row.get(ROW_NUMBER)?).unwrap_or_default();
        let print = if row.get(ROW_NUMBER + 1)? { print(row, &changes)? } else { 0 };
        let before = known.renew(place, print);
        place += 1;
        let in_doubt = match known.doubts() {
            Some(unsure) => unsure.contains(&rows::id(row, 0)?),
            None => false,
        };
        if before == print && !in_doubt {
            continue;
        }
        if print == 0 {
            moved.gone.push(rows::id(row, 0)?);
        } else if moved.rows.len() < most {
            let mut tracked = rows::tracked(row)?;
            if !changes.is_empty() {
                tracked.unseen = changes.into();
            }
            moved.rows.push(tracked);
        } else {
            return Ok(None);
        }
    }
    known.is_read();
    Ok(Some(moved))
}

/// A number that is another one, whatever in the row is another; never 0.
fn print(row: &Row<'_>, unseen: &[Change]) -> rusqlite::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for column in 0..=ROW_NUMBER {
        match row.get_ref(column)? {
            ValueRef::Null => hasher.write_u8(0),
            ValueRef::Integer(number) => (1_u8, number).hash(&mut hasher),
            ValueRef::Real(number) => (2_u8, number.to_bits()).hash(&mut hasher),
            ValueRef::Text(bytes) => (3_u8, bytes).hash(&mut hasher),
            ValueRef::Blob(bytes) => (4_u8, bytes).hash(&mut hasher),
        }
    }
    for change in unseen {
        (change.field, &change.from, &change.to, change.at).hash(&mut hasher);
    }
    Ok(hasher.finish().max(1))
}
