//! What lies over the desk: at most one thing, so that no impossible pair can be open.

use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;
use crate::domain::tracked::LocalChange;

use super::action::{self, Action, Binding, Place};
use super::choosing::{self, Chooser, Offer};
use super::completion::Completion;
use super::field::TextField;
use super::refunding::RefundForm;
use super::replying::ReplyForm;

/// What lies over the desk.
#[derive(Clone, Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The page of one case.
    CasePage(CasePage),
    /// A prompt for text, in place of the notice line or as a small window.
    Prompt(Prompt),
    /// A reply being written, checked, confirmed or sent.
    Reply(Box<ReplyForm>),
    /// A refund being written, checked, confirmed or sent.
    Refund(Box<RefundForm>),
    /// Every action by name.
    Palette(Palette),
    /// One of a few things to choose from, over the desk.
    Chooser(Chooser),
    /// The keys that work here; `over` is where it was opened.
    Help {
        /// First line shown.
        scroll: usize,
        /// What comes back when it closes.
        back: Box<Overlay>,
    },
    /// What the last refresh found.
    Report {
        /// First line shown.
        scroll: usize,
    },
    /// A text without anything beside it, to select by hand.
    Plain {
        /// The text, unsanitised.
        text: String,
        /// First line shown.
        scroll: usize,
        /// What comes back when it closes.
        back: Box<Overlay>,
    },
    /// What happened to one case.
    Journal {
        /// Which case.
        id: CaseId,
        /// First line shown.
        scroll: usize,
        /// What comes back when it closes.
        back: Box<Overlay>,
    },
    /// Another page of text.
    Page(Page),
}

impl Overlay {
    /// Where keys go while this is on the screen.
    pub const fn place(&self) -> Place {
        match self {
            Self::None => Place::Desk,
            Self::CasePage(_) => Place::CasePage,
            Self::Help { .. }
            | Self::Report { .. }
            | Self::Plain { .. }
            | Self::Journal { .. }
            | Self::Page(_) => Place::Pager,
            Self::Prompt(_) | Self::Palette(_) | Self::Chooser(_) | Self::Reply(_) | Self::Refund(_) => {
                Place::Form
            }
        }
    }
}

/// A page of text over the desk or another page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is about.
    pub of: PageOf,
    /// First line shown.
    pub scroll: usize,
    /// What comes back when it closes.
    pub back: Box<Overlay>,
}

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOf {
    /// The calls of this session.
    Calls,
    /// What went wrong and was not dismissed, in full.
    Notices,
    /// The money at risk in every currency.
    Money,
}

/// The page of one case: every field as received, the operator's words, the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePage {
    /// Which case.
    pub id: CaseId,
    /// First line shown.
    pub scroll: usize,
}

/// A question that is answered with text.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What the text is for.
    pub purpose: Purpose,
    /// The text so far.
    pub field: TextField,
    /// The text it opened with; as long as that stands there, nothing was typed.
    pub initial: String,
    /// The words on cases that the text replaces, as they were when the prompt opened.
    pub found: Vec<(CaseId, LocalChange)>,
    /// The same as the operator knows them: somebody else's are known once it was said what they are.
    pub known: Vec<(CaseId, LocalChange)>,
    /// Why the text cannot be taken as it is; shown while typing.
    pub problem: Option<String>,
    /// The word of a filter that Tab completes; gone with any other key.
    pub completion: Option<Completion>,
    /// What comes back when it closes.
    pub back: Box<Overlay>,
}

/// What a prompt is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The filter; carries the text to go back to.
    Filter(String),
    /// Ids to put on the list.
    Add,
    /// The note of a case.
    Note(CaseId),
    /// The tags of these cases, separated by spaces.
    Tags(Vec<CaseId>),
    /// Who looks after these cases.
    Owner(Vec<CaseId>),
    /// Why these cases will not be contested.
    WontContest(Vec<CaseId>),
    /// The day until which these cases are put off.
    Snooze(Vec<CaseId>),
    /// What the merchant portal shows of an action of unknown outcome.
    Resolve(ActionId),
    /// The file that takes the whole list.
    Export,
    /// The phrase that unlocks refunds.
    Unlock,
}

impl Purpose {
    /// Whether Enter belongs to the text in a paste only, so that several lines can be given.
    pub fn takes_lines(&self) -> bool {
        matches!(self, Self::Add | Self::Note(_))
    }
}

/// Every action by name, narrowed by what is typed.
#[derive(Clone, Debug)]
pub struct Palette {
    /// What is typed.
    pub field: TextField,
    /// The chosen row among [`Palette::rows`], or among [`Palette::fitting`] where there is something to choose.
    pub chosen: usize,
    /// What the action that is named lets choose.
    pub offers: Option<(Action, Vec<Offer>)>,
    /// The word of a filter that Tab completes; gone with any other key.
    pub completion: Option<Completion>,
    /// What comes back when it closes.
    pub back: Box<Overlay>,
}

/// Whether an action moves the cursor or scrolls.
const fn moves(action: Action) -> bool {
    use Action::{Bottom, Down, HalfDown, HalfUp, PageDown, PageUp, Top, Up};
    matches!(action, Down | Up | Top | Bottom | HalfDown | HalfUp | PageDown | PageUp)
}

impl Palette {
    /// Nothing typed yet, over what is on the screen.
    pub(super) fn over(back: Overlay) -> Self {
        let back = Box::new(back);
        Self { field: TextField::default(), chosen: 0, offers: None, completion: None, back }
    }

    /// The action that is named with words behind it, or with a blank for some, and the words: `export today.csv`.
    pub fn named(&self) -> Option<(&'static Binding, &str)> {
        let (name, words) = self.field.value().trim_start().split_once(' ')?;
        let row = action::named(name).filter(|row| action::words_of(row.action).is_some())?;
        Some((row, words.trim()))
    }

    /// The actions that match what is typed: those whose name begins with it, then the other names, then descriptions.
    pub fn rows(&self) -> Vec<Action> {
        if let Some((row, _)) = self.named() {
            return vec![row.action];
        }
        let typed = self.field.value().trim().to_lowercase();
        // A blank does for the hyphen of a name: `reset view`.
        let name = typed.split_whitespace().collect::<Vec<_>>().join("-");
        let by_name = |row: &Binding| row.name.contains(&name);
        let by_help = |row: &Binding| row.help.to_lowercase().contains(&typed);
        let rows = action::BINDINGS.iter();
        let begins = |row: &Binding| row.name.starts_with(&name);
        if typed.is_empty() {
            // Nobody opens it to move a row down.
            let (moving, others): (Vec<Action>, Vec<Action>) =
                rows.map(|row| row.action).partition(|action| moves(*action));
            return [others, moving].concat();
        }
        let first = rows.clone().filter(|row| begins(row));
        let named = first.chain(rows.clone().filter(|row| by_name(row) && !begins(row)));
        let described = rows.filter(|row| !by_name(row) && by_help(row));
        named.chain(described).map(|row| row.action).collect()
    }

    /// What can be chosen and fits the words; `None` where the action that is named lets choose nothing.
    pub fn fitting(&self) -> Option<Vec<&Offer>> {
        let (_, offers) = self.offers.as_ref()?;
        let (_, words) = self.named()?;
        Some(choosing::fitting(offers, words))
    }

    /// Why Enter would do nothing, and what would.
    pub fn problem(&self) -> Option<String> {
        if let (Some((row, words)), Some(fitting)) = (self.named(), self.fitting()) {
            let offers = self.offers.iter().flat_map(|(_, offers)| offers);
            return fitting.is_empty().then(|| choosing::no_fit(row.action, words, offers));
        }
        if !self.rows().is_empty() {
            return None;
        }
        let first = self.field.value().split_whitespace().next().unwrap_or_default();
        Some(match action::named(first) {
            Some(row) => format!("{} takes no words", row.name),
            None => "no action of that name".to_owned(),
        })
    }
}
