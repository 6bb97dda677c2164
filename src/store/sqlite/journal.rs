//! The journal: one row for each step of each action, each row sealed with the one before, so that nobody can later
//! say something else was sent, or that less was.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::action_rows::finding_text;
use super::seals;
use crate::domain::action::State;
use crate::domain::record::Finding;
use crate::store::{JournalBreak, JournalCheck};

/// What begins every seal, so that no other program's hashes can be taken for one.
const SEAL: &[u8] = b"docket journal 1";

/// One step of one action.
pub(super) struct Step<'a> {
    pub(super) action: &'a str,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) from: Option<State>,
    pub(super) to: State,
    pub(super) attempt: u32,
    pub(super) session: &'a str,
    pub(super) finding: &'a Finding,
    /// Of the bytes this step brought.
    pub(super) digest: Option<[u8; 32]>,
}

/// A row as it lies in the table.
struct Entry {
    seq: i64,
    action: String,
    at: i64,
    from: Option<String>,
    to: String,
    attempt: i64,
    session: String,
    finding: String,
    digest: Option<Vec<u8>>,
    prev: Vec<u8>,
}

/// Adds a step behind the last one. The caller holds the database for writing, so there is one last one.
pub(super) fn append(conn: &Connection, step: &Step<'_>) -> rusqlite::Result<()> {
    let last = conn
        .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    let (seq, prev) = last.unwrap_or_default();
    let entry = Entry {
        seq: seq + 1,
        action: step.action.to_owned(),
        at: step.at,
        from: step.from.map(|state| state.word().to_owned()),
        to: step.to.word().to_owned(),
        attempt: i64::from(step.attempt),
        session: step.session.to_owned(),
        finding: finding_text(step.finding),
        digest: step.digest.map(Vec::from),
        prev,
    };
    let hash = entry.hash();
    conn.prepare_cached(
        "INSERT INTO journal (seq, action, at, from_state, to_state, attempt, session, finding, digest, prev, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        entry.seq,
        entry.action,
        entry.at,
        entry.from,
        entry.to,
        entry.attempt,
        entry.session,
        entry.finding,
        entry.digest,
        entry.prev,
        hash,
    ])
    .map(drop)
}

impl Entry {
    fn read(row: &Row<'_>) -> rusqlite::Result<(Self, Vec<u8>)> {
        let entry = Self {
            seq: row.get(0)?,
            action: row.get(1)?,
            at: row.get(2)?,
            from: row.get(3)?,
            to: row.get(4)?,
            attempt: row.get(5)?,
            session: row.get(6)?,
            finding: row.get(7)?,
            digest: row.get(8)?,
            prev: row.get(9)?,
        };
        Ok((entry, row.get(10)?))
    }

    fn hash(&self) -> [u8; 32] {
        digest_of(&[
            Some(SEAL),
            Some(&self.prev),
            Some(&self.seq.to_be_bytes()),
            Some(self.action.as_bytes()),
            Some(&self.at.to_be_bytes()),
            self.from.as_deref().map(str::as_bytes),
            Some(self.to.as_bytes()),
            Some(&self.attempt.to_be_bytes()),
            Some(self.session.as_bytes()),
            Some(self.finding.as_bytes()),
            self.digest.as_deref(),
        ])
    }
}

/// The SHA-256 of several parts; each goes in with its length, so that no two lists of parts read the same.
pub(super) fn digest_of(parts: &[Option<&[u8]>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        let length = part.map_or(u64::MAX, |bytes| bytes.len() as u64);
        hash.update(length.to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().into()
}

/// Computes the seals of the newest entries anew and holds the newest actions against them; what is wrong, if anything is.
/// Milliseconds, whatever the length of the journal.
pub(super) fn verify_newest(conn: &Connection, count: u32) -> rusqlite::Result<Option<JournalBreak>> {
    let newest = "SELECT seq, action, at, from_state, to_state, attempt, session, finding, digest, prev, hash
         FROM (SELECT * FROM journal ORDER BY seq DESC LIMIT ?1) ORDER BY seq";
    let mut query = conn.prepare_cached(newest)?;
    let mut rows = query.query([count])?;
    let mut last: Option<(i64, Vec<u8>)> = None;
    while let Some(row) = rows.next()? {
        let (entry, hash) = Entry::read(row)?;
        let (before, prev) = match last {
            Some(last) => last,
            None => seal_of(conn, entry.seq - 1)?.map_or((0, Vec::new()), |seal| (entry.seq - 1, seal)),
        };
        let why = match () {
            () if entry.seq != before + 1 => "an entry before it is missing",
            () if entry.prev != prev => "it does not follow from the entry before it",
            () if entry.hash()[..] != hash[..] => "it was changed after it was written",
            () => {
                last = Some((entry.seq, hash));
                continue;
            }
        };
        return Ok(Some(JournalBreak { entry: number(entry.seq), why: why.to_owned() }));
    }
    // An action that stands elsewhere than its last entry says.
    conn.prepare_cached(
        "SELECT (SELECT max(seq) FROM journal WHERE action = actions.id), id FROM actions
         WHERE row > (SELECT coalesce(max(row), 0) FROM actions) - ?1 AND state IS NOT
             (SELECT to_state FROM journal WHERE action = actions.id ORDER BY seq DESC LIMIT 1)
         ORDER BY row LIMIT 1",
    )?
    .query_row([count], |row| {
        let (seq, id): (Option<i64>, String) = (row.get(0)?, row.get(1)?);
        Ok(JournalBreak { entry: seq.map_or(0, number), why: format!("the state of {id} was changed") })
    })
    .optional()
}

/// The seal of one entry, if it is there.
pub(super) fn seal_of(conn: &Connection, seq: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    conn.prepare_cached("SELECT hash FROM journal WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()
}

fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

/// Computes every seal anew, then holds the actions and attempts against what was sealed.
pub(super) fn verify(conn: &Connection) -> rusqlite::Result<JournalCheck> {
    let mut query = conn.prepare(
        "SELECT seq, action, at, from_state, to_state, attempt, session, finding, digest, prev, hash
         FROM journal ORDER BY seq",
    )?;
    let mut rows = query.query([])?;
    let mut check = JournalCheck { entries: 0, broken: None };
    let mut last = Vec::new();
    while let Some(row) = rows.next()? {
        let (entry, hash) = Entry::read(row)?;
        check.entries += 1;
        let place = u64::try_from(entry.seq).unwrap_or_default();
        let why = match () {
            () if place != check.entries => "an entry before it is missing",
            () if entry.prev != last => "it does not follow from the entry before it",
            () if entry.hash()[..] != hash[..] => "it was changed after it was written",
            () => {
                last = hash;
                continue;
            }
        };
        check.broken.get_or_insert(JournalBreak { entry: place, why: why.to_owned() });
        last = hash;
    }
    if check.broken.is_none() {
        check.broken = seals::first_broken(conn)?;
    }
    Ok(check)
}
