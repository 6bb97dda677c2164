//! Scripts of keys against the core: what the operator presses, what is to be done, what stands on the desk.

mod arranging;
mod batch;
mod chaos;
mod confirming;
mod desk;
mod drafts;
mod local;
mod marks;
mod notices;
mod palette;
mod plain;
mod refresh;
mod refunding;
mod replying;
mod scale;
mod snooze;
mod unseen;
mod visits;

use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::macros::{datetime, offset};

use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::ids::CaseId;
use crate::domain::tracked::Tracked;

use super::effect::Effect;
use super::event::Event;
use super::key::Key;
use super::keymap::Keymap;
use super::listing::{Group, Line};
use super::model::{Environment, Model, SavedView, Session};
use super::{reading, update};

/// The moment every script starts at: a Friday, 08:00 in the due zone.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 00:00 UTC);

/// How long a key takes.
const KEY: time::Duration = time::Duration::milliseconds(450);

pub(crate) fn session() -> Session {
    Session {
        profile: "live".into(),
        environment: Environment::Sandbox,
        read_only: None,
        operator: "ana".into(),
        due_zone: offset!(+8),
        soon_days: 2,
        closed_refresh_days: 30,
        proxy: None,
        every_minutes: 0,
        reply_version: crate::domain::reply::Version::V15,
        refunds: crate::app::refunding::Settings {
            reasons: vec!["duplicate".into(), "fraudulent".into(), "requested by customer".into()],
            pause_s: 5,
            ..Default::default()
        },
        templates: vec![("delivered".into(), "goods for {outTradeNo} delivered".into())],
        columns: Vec::new(),
        saved_views: Vec::new(),
        keymap: Keymap::default(),
        others: Vec::new(),
        flags: Vec::new(),
    }
}

pub(crate) fn id(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

/// A fetched case: id, status, due date, amount with currency.
pub(crate) fn case(text: &str, status: &str, due: &str, amount: &str, currency: &str) -> Tracked {
    let mut tracked = Tracked::new(id(text));
    tracked.case = Some(Case::from_fields(
        [
            (Field::CaseId, text),
            (Field::Status, status),
            (Field::ExpirationDate, due),
            (Field::Amount, amount),
            (Field::Currency, currency),
            (Field::OutTradeNo, "P1642410680681"),
            (Field::OutUserId, "10042"),
        ]
        .map(|(field, value)| (field, Some(value.to_owned()))),
    ));
    tracked.refreshed_at = Some(NOW - time::Duration::minutes(30));
    tracked
}

/// Six cases: overdue, two today, tomorrow, waiting, closed.
pub(crate) fn six() -> Vec<Tracked> {
    let mut waiting = case("O5", "DISPUTE_RECEIVED", "2026-11-19", "7.00", "USD");
    waiting.changed_at = Some(NOW);
    waiting.unseen = vec![Change {
        field: Field::Status,
        from: Some("DISPUTE_INQUIRY".into()),
        to: Some("DISPUTE_RECEIVED".into()),
        at: NOW,
    }]
    .into();
    vec![
        case("O1", "DISPUTE_INQUIRY", "2026-11-18", "5000.00", "IDR"),
        case("O2", "DISPUTE_INQUIRY", "2026-11-20", "12.00", "USD"),
        case("O3", "DISPUTE_INQUIRY", "2026-11-20", "99.00", "USD"),
        case("O4", "DISPUTE_INQUIRY", "2026-11-21", "10.10", "USD"),
        waiting,
        case("O6", "CASE_CLOSED", "2026-10-01", "1.00", "USD"),
    ]
}

/// A run of the core: keys in, effects out.
pub(crate) struct Script {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
    pub(crate) now: OffsetDateTime,
}

impl Script {
    /// The desk with these cases, read from the store.
    pub(crate) fn with(cases: Vec<Tracked>) -> Self {
        Self::of(session(), cases)
    }

    pub(crate) fn of(session: Session, cases: Vec<Tracked>) -> Self {
        let model = Model::new(session, 120, 40, NOW);
        let mut script = Self { model, effects: Vec::new(), now: NOW };
        script.event(Event::Loaded(cases));
        script.effects.clear();
        script
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        if matches!(event, Event::Key(_)) && self.model.hand.is_watched(&self.model.overlay) {
            // As fast as a hand that looks before it types.
            self.now += KEY;
        }
        let mut effects = update(&mut self.model, event, self.now);
        // What is left to do is done before the next key, as when there is time between keys.
        while effects.contains(&Effect::GoOn) {
            effects.retain(|effect| *effect != Effect::GoOn);
            effects.extend(update(&mut self.model, Event::GoOn, self.now));
        }
        self.effects.extend(effects);
        // A page that confirms is drawn before the next key, and all of it fits unless the test says otherwise.
        if reading::of(&self.model.overlay).is_some_and(|page| !page.is_drawn()) {
            self.effects.extend(update(&mut self.model, Event::PageEnd(0), self.now));
        }
        self
    }

    /// Presses keys, separated by spaces: `j Space ctrl-d`.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.event(Event::Key(key.parse().unwrap()));
        }
        self
    }

    /// Types a text, character by character.
    pub(crate) fn typed(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.event(Event::Key(Key::char(c)));
        }
        self
    }

    /// The effects so far, without requests to read histories and records.
    pub(crate) fn done(&mut self) -> Vec<Effect> {
        let effects = std::mem::take(&mut self.effects);
        effects
            .into_iter()
            .filter(|effect| !matches!(effect, Effect::LoadHistory(_) | Effect::LoadRecords))
            .collect()
    }

    /// The ids in the table, top to bottom.
    pub(crate) fn shown(&self) -> Vec<String> {
        let slots = self.model.desk.listing.cases();
        slots.filter_map(|(_, slot)| self.model.book.at(slot)).map(|t| t.id.to_string()).collect()
    }

    /// The id under the cursor.
    pub(crate) fn cursor(&self) -> String {
        self.model.desk.cursor.id.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// What was said last, or else what waits to be read.
    pub(crate) fn notice(&self) -> String {
        let standing = self.model.standing.first().map(|standing| &standing.notice);
        let notice = self.model.notice.as_ref().or(standing);
        notice.map(|notice| notice.text.clone()).unwrap_or_default()
    }
}

impl Script {
    /// What went wrong and was not dismissed, oldest first.
    pub(crate) fn standing(&self) -> Vec<String> {
        self.model.standing.iter().map(|one| one.notice.text.clone()).collect()
    }
}

/// Keys of the config for a session.
/// A session with one view in its config.
pub(super) fn with_view(title: &str, filter: &str) -> Session {
    let saved = SavedView {
        title: title.into(),
        filter: crate::domain::filter::Filter::parse(filter).unwrap(),
        text: filter.into(),
    };
    Session { saved_views: vec![saved], ..session() }
}

pub(crate) fn own_keys(pairs: &[(&str, &str)]) -> Keymap {
    let own: BTreeMap<_, _> =
        pairs.iter().map(|(name, key)| ((*name).to_owned(), vec![(*key).to_owned()])).collect();
    Keymap::with_own(&own).unwrap()
}
