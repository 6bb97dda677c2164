//! What speaks against sending, said on the confirm page: late, not asked for, files that may not count.

use crate::app::model::Model;
use crate::app::replying::{self, ReplyForm};
use crate::domain::case::{Case, Field};
use crate::domain::evidence;
use crate::domain::ids::CaseId;
use crate::domain::reply::{self, Reply, Target};
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use crate::ui::words;

use super::{target, verdict};

/// Names in a sentence at most.
const NAMED: usize = 3;

/// Every warning in a sentence, the weightiest first.
pub(super) fn of(model: &Model, form: &ReplyForm, replies: &[(Reply, Case)]) -> Vec<String> {
    let cases = target::cases(model, &form.targets);
    let all = [unusual(&cases), late(model, &cases), not_asked(model, form), given_up(&cases)];
    all.into_iter().flatten().chain(of_files(replies)).collect()
}

/// `O1, O2, O3 and 4 more`.
fn list(ids: &[&CaseId]) -> String {
    let names: Vec<_> = ids.iter().take(NAMED).map(|id| shown::id(id.as_str())).collect();
    match ids.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Identifiers that are not what they may look like.
fn unusual(cases: &[&Tracked]) -> Option<String> {
    match cases {
        [one] => one.unusual_told(),
        many => {
            let ids: Vec<_> = many.iter().filter(|t| t.unusual().next().is_some()).map(|t| &t.id).collect();
            let told = || format!("{} in the ids of these cases: {}", shown::UNUSUAL, list(&ids));
            (!ids.is_empty()).then(told)
        }
    }
}

fn late(model: &Model, cases: &[&Tracked]) -> Option<String> {
    let days = |tracked: &Tracked| tracked.days_left(&model.scene.calendar).filter(|days| *days < 0);
    let late: Vec<_> = cases.iter().filter(|tracked| days(tracked).is_some()).collect();
    let most = late.iter().filter_map(|tracked| days(tracked)).min()?.unsigned_abs();
    let most = words::counted(usize::try_from(most).unwrap_or(usize::MAX), "day");
    let ids: Vec<&CaseId> = late.iter().map(|tracked| &tracked.id).collect();
    Some(match cases {
        [_] => format!("past its due date by {most}; PayerMax may not take it any more"),
        _ => format!("past the due date, by {most} at most: {}", list(&ids)),
    })
}

fn not_asked(model: &Model, form: &ReplyForm) -> Option<String> {
    let ids = replying::not_asked(model, form);
    let status = |id: &CaseId| {
        let case = model.book.get(id)?.case.as_ref()?;
        Some(format!("the status is {}; {}", case.text(Field::Status), case.stage().next_step()))
    };
    let first = ids.first()?;
    Some(match form.targets.as_slice() {
        [Target::Case(_)] => {
            format!("PayerMax has not asked for a reply: {}", status(first).unwrap_or_default())
        }
        [_] => format!("not asked for, though in this batch: {}", list(&ids)),
        _ => format!("not asked for, so these replies will not be sent: {}", list(&ids)),
    })
}

fn given_up(cases: &[&Tracked]) -> Option<String> {
    let ids: Vec<_> = cases.iter().filter(|t| t.local.wont_contest.is_some()).map(|t| &t.id).collect();
    (!ids.is_empty()).then(|| format!("marked as not to be contested: {}", list(&ids)))
}

fn of_files(replies: &[(Reply, Case)]) -> Vec<String> {
    let all: usize = replies.iter().map(|(reply, _)| reply.files.len()).sum();
    let unnamed: usize = replies.iter().map(|(reply, _)| reply::unnamed_files(reply).len()).sum();
    let open = replies.iter().flat_map(|(reply, _)| &reply.files).filter(|f| verdict::is_open(f)).count();
    let missing = replies.iter().find_map(|(reply, _)| evidence::missing(&reply.content, &reply.files));
    let mut warnings: Vec<String> = missing.map(str::to_owned).into_iter().collect();
    let files = |count: usize, one: &str, many: &str| match (count, all) {
        (0, _) => None,
        (1, 1) => Some(format!("the file {one}")),
        _ => Some(format!("{count} of {all} files {many}")),
    };
    let name = "the case id in the file name, which PayerMax advises";
    warnings.extend(files(unnamed, &format!("lacks {name}"), &format!("lack {name}")));
    let road = "http://, which others on the way can read";
    warnings.extend(files(open, &format!("is {road}"), &format!("are {road}")));
    warnings
}
