//! Writing and sending replies: one form for a case, for several, or for a batch, and the pages behind it.
//!
//! ```text
//! write ─ctrl-p─▶ preview      write ─ctrl-x─▶ confirm ─typed─▶ sending ─all answered─▶ results
//!   ▲──────Esc──────┘             ▲──────Esc─────┘                           f: once more, refused ones only
//! ```
//! A send leaves the core only from the confirm page, one reply at a time, and never twice by itself.

mod draft;
mod open;
mod send;
mod write;

pub(super) use draft::{bring_back, discard, not_discarded, not_restored, not_to_discard, point_at};
pub(super) use open::{batch_of, from_draft, named, open, open_batch, over};
pub use send::{asked, not_asked, why_not};
pub(super) use send::{links_checked, previewed, replied};
pub(super) use write::{edited, paste, press};

use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::reply::{Problem, Reply, Target, Written};

use super::field::TextField;
use super::model::Model;
use super::overlay::Overlay;
use super::reading::Reading;

/// A reply being written, checked, confirmed or sent.
#[derive(Clone, Debug)]
pub struct ReplyForm {
    /// What is answered: one case, several cases, or one batch.
    pub targets: Vec<Target>,
    /// The other way to answer the same cases, to which the form can be turned; empty when there is none.
    pub instead: Vec<Target>,
    /// The text, with placeholders.
    pub content: TextField,
    /// The evidence addresses, with placeholders; the last one is the empty field for the next.
    pub files: Vec<TextField>,
    /// Where the cursor is.
    pub focus: Focus,
    /// Which page of the form is open.
    pub step: Step,
    /// What comes back when it closes.
    pub back: Box<Overlay>,
}

/// A reply that can be sent with the case it was filled from, or everything that stands in its way.
pub type Filled = Result<(Reply, Case), Vec<Problem>>;

/// Where the cursor is in the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// In the text.
    #[default]
    Content,
    /// In this file's address.
    File(usize),
}

/// The pages of the form.
#[derive(Clone, Debug)]
pub enum Step {
    /// Text and files.
    Write,
    /// The list of templates; the chosen one.
    Templates(usize),
    /// The exact request bodies, one per target, and what the evidence addresses answered.
    Preview(Preview),
    /// In words what will happen.
    Confirm {
        /// What is typed to confirm it.
        typed: TextField,
        /// How far it has been read.
        page: Reading,
    },
    /// The replies on their way, and what came of them.
    Sending(Sending),
}

/// The preview page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Which target is looked at.
    pub chosen: usize,
    /// First line shown.
    pub scroll: usize,
    /// The exact bodies, once they have been written.
    pub bodies: Vec<String>,
    /// What each address answered: the address and a sentence.
    pub links: Vec<(String, String)>,
    /// Whether the addresses are being asked.
    pub checking: bool,
}

/// The replies of a confirmed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// One row per target.
    pub rows: Vec<Row>,
    /// Whether no further one is to be begun.
    pub stopping: bool,
}

/// One reply on the sending page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What goes out.
    pub reply: Reply,
    /// The case as the operator saw it when confirming; of a batch, every tracked one.
    pub seen: Vec<(CaseId, Case)>,
    /// How far it is.
    pub progress: RowProgress,
}

/// How far one reply is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowProgress {
    /// Not begun.
    Waiting,
    /// On its way.
    UnderWay,
    /// Ended; see the answer.
    Answered(Answer),
}

/// What came of one reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `accepted`, `refused` or `unknown`.
    pub state: crate::domain::action::State,
    /// PayerMax's code or docket's own.
    pub code: String,
    /// The message.
    pub msg: String,
    /// Ids the gateway took.
    pub success_case_ids: Vec<String>,
    /// Ids the gateway did not take.
    pub fail_case_ids: Vec<String>,
    /// Whether the same reply may be offered again: refused, for a reason that can pass.
    pub may_pass: bool,
}

impl Sending {
    /// Whether every row has an answer, or will not be begun.
    pub fn is_over(&self) -> bool {
        let under_way = self.rows.iter().any(|row| row.progress == RowProgress::UnderWay);
        let waiting = self.rows.iter().any(|row| row.progress == RowProgress::Waiting);
        !under_way && (!waiting || self.stopping)
    }

    /// The rows that `f` would send once more.
    pub fn retryable(&self) -> impl Iterator<Item = usize> + '_ {
        let may_pass = |row: &Row| matches!(&row.progress, RowProgress::Answered(answer) if answer.may_pass);
        self.rows.iter().enumerate().filter(move |(_, row)| may_pass(row)).map(|(index, _)| index)
    }
}

impl ReplyForm {
    /// The words and files so far; the empty field at the end is no file.
    pub fn written(&self) -> Written {
        let files = self.files.iter().map(|field| field.value().trim().to_owned());
        Written {
            content: self.content.value().to_owned(),
            files: files.filter(|file| !file.is_empty()).collect(),
        }
    }

    /// How far the open page is scrolled; `None` where nothing scrolls.
    pub fn scroll(&self) -> Option<usize> {
        match &self.step {
            Step::Preview(page) => Some(page.scroll),
            Step::Confirm { page, .. } => Some(page.scroll()),
            Step::Write | Step::Templates(_) | Step::Sending(_) => None,
        }
    }

    /// Scrolls the open page, where one scrolls.
    pub(in crate::app) fn scroll_to(&mut self, line: usize) {
        match &mut self.step {
            Step::Preview(page) => page.scroll = line,
            Step::Confirm { page, .. } => page.scroll_to(line),
            Step::Write | Step::Templates(_) | Step::Sending(_) => {}
        }
    }

    /// The field the cursor is in.
    pub fn field(&self) -> &TextField {
        match self.focus {
            Focus::Content => &self.content,
            Focus::File(at) => self.files.get(at).unwrap_or(&self.content),
        }
    }

    /// The filled-in reply of every target with the case it was filled from, or what stands in its way.
    pub fn replies(&self, model: &Model) -> Vec<(Target, Filled)> {
        let written = self.written();
        let version = model.session.reply_version;
        let fill = |target: &Target| {
            let Some(case) = case_of(model, target) else { return Err(vec![Problem::NoUser]) };
            written.for_case(target.clone(), &case, version).map(|reply| (reply, case))
        };
        self.targets.iter().map(|target| (target.clone(), fill(target))).collect()
    }

    /// The longest filled-in text in characters, and the target it belongs to.
    pub fn longest(&self, model: &Model) -> (usize, Option<&Target>) {
        let filled = |target: &Target| {
            let case = case_of(model, target);
            let text = case.and_then(|case| crate::domain::reply::fill(self.content.value(), &case).ok());
            text.unwrap_or_else(|| self.content.value().to_owned()).chars().count()
        };
        let longest = self.targets.iter().map(|target| (filled(target), Some(target)));
        longest.max_by_key(|(chars, _)| *chars).unwrap_or((0, None))
    }

    /// How many cases the operator tracks that this form answers.
    pub fn tracked(&self, model: &Model) -> usize {
        self.targets.iter().map(|target| tracked_in(model, target).len()).sum()
    }
}

/// The tracked cases of a target.
pub fn tracked_in<'m>(model: &'m Model, target: &Target) -> Vec<&'m CaseId> {
    match target {
        Target::Case(id) => model.book.get(id).map(|tracked| &tracked.id).into_iter().collect(),
        Target::Batch(batch) => {
            let of_batch = |case: &Case| case.text(crate::domain::case::Field::BatchId) == batch;
            model.book.iter().filter(|t| t.case.as_ref().is_some_and(of_batch)).map(|t| &t.id).collect()
        }
    }
}

/// The cases of a target as the operator sees them.
pub(super) fn seen(model: &Model, target: &Target) -> Vec<(CaseId, Case)> {
    let ids = tracked_in(model, target).into_iter().cloned();
    ids.filter_map(|id| model.book.get(&id)?.case.clone().map(|case| (id, case))).collect()
}

/// The case a target is filled from: itself, or of a batch what all its tracked cases have in common.
fn case_of(model: &Model, target: &Target) -> Option<Case> {
    let cases: Vec<Case> = seen(model, target).into_iter().map(|(_, case)| case).collect();
    match target {
        Target::Case(_) => cases.into_iter().next(),
        Target::Batch(_) => (!cases.is_empty()).then(|| crate::domain::reply::batch_case(&cases)),
    }
}
