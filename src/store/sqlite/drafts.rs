//! Replies that are being written: the newest words for each set of targets.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{case_id, instant, millis, texts, texts_text, unreadable};
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};

/// The words for the two kinds of target in a row.
const CASE: &str = "case";
const BATCH: &str = "batch";

/// Keeps a draft; whether there was none for these targets before.
pub(super) fn save(conn: &Connection, draft: &Draft) -> rusqlite::Result<bool> {
    let key = key(&draft.targets);
    let known = conn
        .prepare_cached("SELECT 1 FROM drafts WHERE key = ?1")?
        .query_row([&key], |_| Ok(()))
        .optional()?
        .is_some();
    conn.prepare_cached(
        "INSERT INTO drafts (key, targets, content, files, changed_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (key) DO UPDATE SET targets = excluded.targets, content = excluded.content,
            files = excluded.files, changed_at = excluded.changed_at",
    )?
    .execute(params![
        key,
        targets_text(draft.targets.iter()),
        draft.written.content,
        texts_text(&draft.written.files),
        millis(draft.changed_at),
    ])?;
    Ok(!known)
}

/// Every draft, the newest first.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Vec<Draft>> {
    conn.prepare_cached(
        "SELECT targets, content, files, changed_at FROM drafts ORDER BY changed_at DESC, key",
    )?
    .query_map([], draft)?
    .collect()
}

/// Drops the draft for these targets; whether there was one.
pub(super) fn delete(conn: &Connection, targets: &[Target]) -> rusqlite::Result<bool> {
    conn.prepare_cached("DELETE FROM drafts WHERE key = ?1")?.execute([key(targets)]).map(|gone| gone > 0)
}

/// Whether nothing but the words of this draft stands for its targets: they, or none.
pub(super) fn is_free_for(conn: &Connection, draft: &Draft) -> rusqlite::Result<bool> {
    let words = conn
        .prepare_cached("SELECT content, files FROM drafts WHERE key = ?1")?
        .query_row([key(&draft.targets)], |row| Ok(Written { content: row.get(0)?, files: texts(row, 1)? }))
        .optional()?;
    Ok(words.is_none_or(|words| words == draft.written))
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        targets: targets(row, 0)?,
        written: Written { content: row.get(1)?, files: texts(row, 2)? },
        changed_at: instant(row, 3)?.ok_or_else(|| unreadable(3, "a draft without a time"))?,
    })
}

/// The same for the same targets, in whatever order and however often they are named.
fn key(targets: &[Target]) -> String {
    let set: std::collections::BTreeSet<&Target> = targets.iter().collect();
    targets_text(set)
}

fn targets_text<'a>(targets: impl IntoIterator<Item = &'a Target>) -> String {
    let pairs = targets.into_iter().map(|target| match target {
        Target::Case(id) => [CASE, id.as_str()].into(),
        Target::Batch(batch) => [BATCH, batch.as_str()].into(),
    });
    serde_json::Value::Array(pairs.collect()).to_string()
}

fn targets(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<Target>> {
    let pairs: Vec<(String, String)> =
        serde_json::from_str(row.get_ref(at)?.as_str()?).map_err(|error| unreadable(at, error))?;
    let target = |(kind, name): (String, String)| match kind.as_str() {
        CASE => case_id(&name, at).map(Target::Case),
        BATCH => Ok(Target::Batch(name)),
        _ => Err(unreadable(at, format!("there is no target {kind:?}"))),
    };
    pairs.into_iter().map(target).collect()
}
