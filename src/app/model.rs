//! Everything the desk knows. Only [`super::update()`] changes it; the screen is drawn from it alone.

use time::{OffsetDateTime, UtcOffset};

use crate::domain::column::Column;
use crate::domain::deadline::Calendar;
use crate::domain::filter::{Filter, Lens};
use crate::domain::reply::Version;

use super::action::{Action, Place, Tab};
use super::book::Book;
use super::calls::Calls;
use super::desk::Desk;
use super::event::Event;
use super::hand::Hand;
use super::keymap::Keymap;
use super::overlay::Overlay;
use super::refreshing::Refreshing;
use super::refunding;
use super::standing::{Standings, Topic};
use super::underway::AllUnderWay;
use super::undo::UndoStack;
use super::visit::Visit;

/// The state of the desk.
#[derive(Clone, Debug)]
pub struct Model {
    /// What does not change while docket runs.
    pub session: Session,
    /// The size of the terminal and the time.
    pub scene: Scene,
    /// The cases.
    pub book: Book,
    /// What is looked at.
    pub desk: Desk,
    /// What lies over the desk.
    pub overlay: Overlay,
    /// The refresh that runs, and the last one's report.
    pub refreshing: Refreshing,
    /// What is remembered of refunds between their forms.
    pub refunds: refunding::Memory,
    /// Whether keys come from a hand.
    pub hand: Hand,
    /// What was said last, mostly to a key.
    pub notice: Option<Notice>,
    /// What went wrong and was not dismissed yet.
    pub standing: Standings,
    /// Whether a key is being answered.
    pub(super) answers: bool,
    /// The calls of this session.
    pub calls: Calls,
    /// Refunds that wait for this person's approval.
    pub requests: usize,
    /// What is being sent.
    pub under_way: AllUnderWay,
    /// What was copied, as long as nothing else has been done since.
    pub copied: Option<String>,
    /// What `z` takes back.
    pub undo: UndoStack,
    /// What was done since the desk was opened.
    pub visit: Visit,
    /// Keys and pastes that wait for the whole list.
    pub waiting: Vec<Event>,
}

/// What was settled at the start.
#[derive(Clone, Debug)]
pub struct Session {
    /// The profile's name.
    pub profile: String,
    /// Where requests go.
    pub environment: Environment,
    /// The proxy between docket and the gateway, without its credentials; `None` where calls go directly.
    pub proxy: Option<String>,
    /// Why nothing may be sent, when that is so.
    pub read_only: Option<String>,
    /// Who sits here; `@me` in filters.
    pub operator: String,
    /// The zone in which due dates end.
    pub due_zone: UtcOffset,
    /// Due in 1 to this many days is "soon".
    pub soon_days: u16,
    /// Closed cases younger than this many days are refreshed too.
    pub closed_refresh_days: u16,
    /// Minutes between refreshes by themselves; 0 for none.
    pub every_minutes: u32,
    /// The version of caseReplay, which decides whether evidence is required.
    pub reply_version: Version,
    /// What the config says about refunds.
    pub refunds: refunding::Settings,
    /// Texts for replies from the config, by name.
    pub templates: Vec<(String, String)>,
    /// The columns of the table of cases from the config; none where it names none.
    pub columns: Vec<Column>,
    /// Views from the config.
    pub saved_views: Vec<SavedView>,
    /// The keys of this run.
    pub keymap: Keymap,
    /// The other profiles of the config, with where their requests go.
    pub others: Vec<(String, Environment)>,
    /// Flags that lead a command of a shell to this config and this list, where it would not go there by itself.
    pub flags: Vec<String>,
}

/// Where requests go; always on the screen as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Production: real money.
    Live,
    /// PayerMax's own test environment.
    Uat,
    /// docket's stand-in gateway on this machine.
    Sandbox,
    /// Another address, from the config.
    Custom,
}

impl Environment {
    /// The word in the header.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Uat => "UAT",
            Self::Sandbox => "SANDBOX",
            Self::Custom => "CUSTOM",
        }
    }
}

/// A view from `[[views]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// The title of its tab.
    pub title: String,
    /// What it shows.
    pub filter: Filter,
    /// The filter as it is written in the config.
    pub text: String,
}

/// The terminal and the clock, as of the newest event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// The time (UTC).
    pub now: OffsetDateTime,
    /// The day, in the due zone.
    pub calendar: Calendar,
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know; gone with the next key.
    Info,
    /// Something is off; stays until Esc, or, where a key was answered, until the answer to another one.
    Warning,
    /// Something failed; stays until Esc.
    Error,
}

/// Something said to the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How loud.
    pub tone: Tone,
    /// What to say, unsanitised where it quotes foreign text.
    pub text: String,
}

/// Whether an action works here and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It does.
    On,
    /// It does not, for this reason.
    Off(String),
}

impl Model {
    /// An empty desk of a given size.
    pub fn new(session: Session, width: u16, height: u16, now: OffsetDateTime) -> Self {
        let calendar = Calendar::at(now, session.due_zone, session.soon_days);
        let desk = Desk::new(session.saved_views.len());
        Self {
            scene: Scene { width, height, now, calendar },
            session,
            book: Book::default(),
            desk,
            overlay: Overlay::None,
            refreshing: Refreshing::default(),
            refunds: refunding::Memory::default(),
            hand: Hand::default(),
            notice: None,
            standing: Standings::default(),
            answers: false,
            calls: Calls::default(),
            requests: 0,
            under_way: AllUnderWay::default(),
            copied: None,
            undo: UndoStack::default(),
            visit: Visit::beginning(now),
            waiting: Vec::new(),
        }
    }

    /// What filters need besides the case.
    pub fn lens(&self) -> Lens<'_> {
        Lens { calendar: self.scene.calendar, me: &self.session.operator }
    }

    /// Where keys go now, derived from what is on the screen.
    pub fn place(&self) -> Place {
        self.overlay.place()
    }

    /// Whether the mouse belongs to the terminal on this page, so that text can be selected with it.
    pub fn leaves_mouse_alone(&self) -> bool {
        matches!(self.overlay, Overlay::Plain { .. })
    }

    /// What stands on the tab that is open.
    pub fn view_title(&self) -> String {
        self.title_of(self.desk.tab)
    }

    /// What stands on a tab.
    pub fn title_of(&self, tab: Tab) -> String {
        match tab {
            Tab::Cases(view) => view.title().to_owned(),
            Tab::Drafts => "Drafts".to_owned(),
            Tab::Journal => "Journal".to_owned(),
            Tab::Saved(at) => {
                let view = self.session.saved_views.get(at);
                view.map(|view| view.title.clone()).unwrap_or_default()
            }
        }
    }

    /// A title for the window: fixed words and numbers, nothing of the gateway's.
    pub fn title(&self) -> String {
        let word = self.session.environment.word();
        let summary = &self.desk.summary;
        match (summary.overdue, summary.today) {
            (0, 0) => format!("docket {word}: nothing due today"),
            (0, today) => format!("docket {word}: {today} due today"),
            (overdue, today) => format!("docket {word}: {overdue} overdue, {today} due today"),
        }
    }

    /// Says something good to know.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { tone: Tone::Info, text: text.into() });
    }

    /// Says that something is off: to the key that is being answered, or for whenever somebody looks.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        let notice = Notice { tone: Tone::Warning, text: text.into() };
        if self.answers {
            self.notice = Some(notice);
        } else {
            self.stand(Topic::Other, notice);
        }
    }

    /// Says that something failed.
    pub(crate) fn fail(&mut self, text: impl Into<String>) {
        self.stand(Topic::Other, Notice { tone: Tone::Error, text: text.into() });
    }

    /// Says what is off with something of which only the newest word counts.
    pub(super) fn say_of(&mut self, topic: Topic, tone: Tone, text: impl Into<String>) {
        self.stand(topic, Notice { tone, text: text.into() });
    }

    fn stand(&mut self, topic: Topic, notice: Notice) {
        // What was good to know before has been read, or is about what has failed now.
        self.notice.take_if(|notice| notice.tone == Tone::Info);
        self.standing.add(self.scene.now, notice, topic);
    }

    /// Takes away what was said last and is to be read no more; `false` when nothing was.
    pub(super) fn dismiss(&mut self) -> bool {
        self.notice.take().is_some() || self.standing.dismiss()
    }

    /// The keys of an action, for sentences on the screen.
    pub fn key_of(&self, action: Action) -> String {
        self.session.keymap.keys(action).first().map_or_else(|| ":".to_owned(), ToString::to_string)
    }
}
