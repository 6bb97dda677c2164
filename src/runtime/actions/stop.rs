//! Why a confirmed reply is not sent after all, judged on a fresh look at its cases. Pure, so that a form can ask the
//! same questions before the operator confirms.

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply, Target};
use crate::domain::shown;
use crate::domain::stage::Stage;

use super::{Seen, codes};

/// The fields that must not have moved between what the operator saw and the sending.
const MUST_STAND: [Field; 4] = [Field::Status, Field::ExpirationDate, Field::OutUserId, Field::BatchId];
/// The longest `outUserId` and `batchId` that the call takes, in characters (caseReplay page: `maxLength: 64`).
const ID_MAX_CHARS: usize = 64;
/// How much of a foreign value a sentence repeats, in characters.
const VALUE_SHOWN_MAX: usize = 64;

/// Why nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// One of [`codes`].
    pub code: &'static str,
    /// One sentence, safe to show.
    pub msg: String,
}

/// The operator has stopped it.
pub(super) fn halted() -> Stop {
    Stop { code: codes::HALTED, msg: "stopped; nothing was sent".to_owned() }
}

/// Holds a reply against a fresh look at its cases; `None` when nothing speaks against sending it.
///
/// Of a batch it is enough that one tracked case still waits for a reply: the gateway says of each case whether it took
/// the reply, and a batch with one answered case could otherwise never be answered.
pub fn stop(reply: &Reply, seen: &[Seen], fresh: &[Seen], although: bool) -> Option<Stop> {
    moved(seen, fresh)
        .map(|(id, what)| at_what_moved(&id, &what, None))
        .or_else(|| (!although).then(|| not_asked(fresh)).flatten())
        .or_else(|| too_long(reply))
        .or_else(|| other_user(reply, fresh))
}

/// The first case that is no longer what it was when it was shown, and how it differs, in words.
pub(super) fn moved(seen: &[Seen], fresh: &[Seen]) -> Option<(CaseId, String)> {
    fresh.iter().find_map(|now| {
        let before = seen.iter().find(|before| before.id == now.id)?;
        Some((now.id.clone(), difference(before, &now.case, &MUST_STAND)?))
    })
}

/// That a case has moved: who at this list has answered it, where the journal knows of somebody.
pub(super) fn at_what_moved(id: &CaseId, what: &str, by: Option<&str>) -> Stop {
    let why = by.map_or("someone may have answered elsewhere".to_owned(), |by| {
        format!("{} answered it from this list", shown::line(by))
    });
    let msg = format!("case {} has moved since it was shown ({what}); {why}", shown::line(id.as_str()));
    Stop { code: codes::MOVED, msg }
}

/// The first of these fields that is no longer what it was, in words.
pub(super) fn difference(before: &Seen, now: &Case, fields: &[Field]) -> Option<String> {
    let field = *fields.iter().find(|&&field| before.case.text(field) != now.text(field))?;
    let (from, to) = (value(before.case.text(field)), value(now.text(field)));
    Some(format!("{}: {from} -> {to}", field.label()))
}

fn not_asked(fresh: &[Seen]) -> Option<Stop> {
    if fresh.iter().any(|now| now.case.stage() == Stage::Due) {
        return None;
    }
    let msg = match fresh {
        [one] => format!(
            "case {} does not wait for a reply: its status is {}",
            shown::line(one.id.as_str()),
            value(one.case.text(Field::Status))
        ),
        many => format!("none of the {} cases waits for a reply", many.len()),
    };
    Some(Stop { code: codes::NOT_ASKED, msg })
}

fn too_long(reply: &Reply) -> Option<Stop> {
    let batch = match &reply.target {
        Target::Batch(batch) => batch.as_str(),
        Target::Case(_) => "",
    };
    let named = [("outUserId", reply.out_user_id.as_str()), ("batchId", batch)];
    let (name, long) = named.into_iter().find(|(_, text)| text.chars().count() > ID_MAX_CHARS)?;
    let msg =
        format!("{name} has {} characters; PayerMax takes at most {ID_MAX_CHARS}", long.chars().count());
    Some(Stop { code: codes::TOO_LONG, msg })
}

/// A reply names one user, and the cases it answers must be that user's.
fn other_user(reply: &Reply, fresh: &[Seen]) -> Option<Stop> {
    let other = fresh.iter().find(|now| now.case.text(Field::OutUserId) != reply.out_user_id)?;
    let msg = format!(
        "case {} belongs to user {}, and the reply names {}",
        shown::line(other.id.as_str()),
        value(other.case.text(Field::OutUserId)),
        value(&reply.out_user_id)
    );
    Some(Stop { code: codes::OTHER_USER, msg })
}

/// A foreign value inside a sentence.
pub(super) fn value(text: &str) -> String {
    let cut: String = text.trim().chars().take(VALUE_SHOWN_MAX).collect();
    if cut.is_empty() { "nothing".to_owned() } else { shown::line(&cut).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reply::batch_case;
    use pretty_assertions::assert_eq;

    fn seen(id: &str, status: &str, user: &str) -> Seen {
        let fields = [
            (Field::Status, status),
            (Field::OutUserId, user),
            (Field::ExpirationDate, "2026-11-25"),
            (Field::OutTradeNo, id),
        ];
        let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned()))));
        Seen { id: CaseId::parse(id).unwrap(), case }
    }

    fn reply(user: &str) -> Reply {
        Reply {
            target: Target::Batch("P1".into()),
            out_user_id: user.into(),
            content: "ok".into(),
            files: Vec::new(),
        }
    }

    fn code(seen: &[Seen], fresh: &[Seen], user: &str, although: bool) -> Option<&'static str> {
        stop(&reply(user), seen, fresh, although).map(|stop| stop.code)
    }

    #[test]
    fn a_reply_stops_at_what_moved_and_at_what_does_not_ask() {
        let due = [seen("O1", "DISPUTE_INQUIRY", "u")];
        let received = [seen("O1", "DISPUTE_RECEIVED", "u")];
        let with_another = |[one]: &[Seen; 1]| [one.clone(), seen("O2", "DISPUTE_RECEIVED", "u")];
        assert_eq!(code(&due, &due, "u", false), None);
        assert_eq!(code(&due, &received, "u", true), Some(codes::MOVED));
        assert_eq!(code(&received, &received, "u", false), Some(codes::NOT_ASKED));
        assert_eq!(code(&received, &received, "u", true), None);
        let (one_asks, none_asks) = (with_another(&due), with_another(&received));
        assert_eq!(code(&one_asks, &one_asks, "u", false), None, "one case of the batch asks");
        assert_eq!(code(&none_asks, &none_asks, "u", false), Some(codes::NOT_ASKED));
    }

    #[test]
    fn every_field_that_must_stand_is_watched() {
        let before = seen("O1", "DISPUTE_INQUIRY", "u");
        for field in MUST_STAND {
            let mut now = before.clone();
            now.case.set(field, Some("\u{202e}x".into()));
            let (id, what) = moved(std::slice::from_ref(&before), &[now]).unwrap();
            let stop = at_what_moved(&id, &what, Some("an\u{202e}a"));
            assert_eq!(stop.code, codes::MOVED, "{field:?}");
            assert!(stop.msg.contains(field.label()) && !stop.msg.contains('\u{202e}'), "{}", stop.msg);
        }
        let mut now = before.clone();
        now.case.set(Field::Fee, Some("1".into()));
        assert_eq!(code(&[before], &[now], "u", false), None);
    }

    #[test]
    fn one_reply_names_one_user() {
        let cases = [seen("O1", "DISPUTE_INQUIRY", "u"), seen("O2", "DISPUTE_INQUIRY", "v")];
        assert_eq!(code(&cases, &cases, "u", true), Some(codes::OTHER_USER));
        let long = "x".repeat(65);
        let case = [seen("O1", "DISPUTE_INQUIRY", &long)];
        assert_eq!(code(&case, &case, &long, false), Some(codes::TOO_LONG));
    }

    #[test]
    fn a_batch_text_is_filled_in_from_what_is_common() {
        let cases = [seen("O1", "DISPUTE_INQUIRY", "u").case, seen("O2", "DISPUTE_RECEIVED", "u").case];
        let common = batch_case(&cases);
        assert_eq!(common.text(Field::OutUserId), "u");
        assert_eq!((common.get(Field::Status), common.get(Field::OutTradeNo)), (None, None));
        assert_eq!(batch_case(&cases[..1]).get(Field::OutTradeNo), None, "the batch may have more cases");
    }
}
