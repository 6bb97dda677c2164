//! What a refusal is worth after an attempt that nobody could be sure of: as a rule nothing, because it speaks of one attempt
//! alone.

use rusqlite::{Connection, params};

use super::action_rows::Standing;
use super::actions::{End, Move};
use crate::domain::action::State;
use crate::domain::fault::Signature;
use crate::domain::refund::Road;
use crate::domain::return_code::{Code, CodeClass};

/// Whether PayerMax signed a refusal that does not pass by itself.
pub(super) fn is_proven(end: &End<'_>) -> bool {
    let code = Code::new(Road::Current, end.finding.code.clone().unwrap_or_default());
    end.exchange.signature == Some(Signature::Valid)
        && matches!(code.class(), CodeClass::Failed | CodeClass::Fix)
}

/// A refusal speaks of one attempt alone. When nobody could tell of an earlier one what became of it, the action goes
/// back to where that left it: not received. Unless that doubt was cleared before, by PayerMax or by the operator, and
/// PayerMax itself has now refused the same number for good: then there is nothing left that could turn up.
pub(super) fn after_doubt(conn: &Connection, standing: &Standing, to: &Move<'_>) -> rusqlite::Result<State> {
    if to.to != State::Refused {
        return Ok(to.to);
    }
    let doubtful: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attempts WHERE action_row = ?1 AND n <> ?2 AND verdict IS NOT 'refused'
                AND NOT (?3 AND EXISTS (SELECT 1 FROM journal JOIN actions ON journal.action = actions.id
                    WHERE actions.row = ?1 AND journal.attempt = attempts.n
                        AND journal.from_state = 'unknown' AND journal.to_state = 'not-received')))",
        )?
        .query_row(
            // What is refused now is the attempt under way, or the intention behind the last one.
            params![standing.row, if standing.state == State::Sending { to.attempt } else { 0 }, to.is_proven],
            |row| row.get(0),
        )?;
    Ok(if doubtful { State::NotReceived } else { State::Refused })
}
