//! From one desk to the next: what was looked at comes back, and what was done is said at the end.

use pretty_assertions::assert_eq;

use crate::app::action::Tab;
use crate::app::event::Event;
use crate::app::model::{Model, SavedView};
use crate::app::outlook::Outlook;
use crate::app::reloading::Settings;
use crate::app::replying::Answer;
use crate::app::visit::farewell;
use crate::domain::action::State;
use crate::domain::filter::Filter;
use crate::domain::order::SortBy;
use crate::domain::record::Kind;
use crate::domain::reply::Target;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::{NOW, Script, id, own_keys, session, six, with_view};

/// The next desk on the same list.
fn next(outlook: &Outlook, session: crate::app::model::Session) -> Script {
    let mut model = Model::new(session, 120, 40, NOW);
    model.look_again(outlook);
    let mut script = Script { model, effects: Vec::new(), now: NOW };
    script.event(Event::Loaded(six()));
    script
}

#[test]
fn view_filter_order_and_case_come_back() {
    let mut before = Script::with(six());
    before.keys("5 o").keys("Enter").keys("/").typed("cur:USD").keys("Enter j j");
    let outlook = Outlook::of(&before.model);
    let after = next(&outlook, session());
    assert_eq!(after.model.desk.tab, Tab::Cases(View::All));
    assert_eq!(after.model.desk.sort(), SortBy::Amount);
    assert_eq!(after.model.desk.filter_text, "cur:USD");
    assert_eq!((after.shown(), after.cursor()), (before.shown(), before.cursor()));
    assert_eq!(Outlook::of(&after.model), outlook);
}

#[test]
fn what_is_no_longer_there_is_passed_over() {
    let outlook = Outlook {
        tab: "[[views]] Big".into(),
        filter: "due:someday".into(),
        sort: "colour".into(),
        case: Some("O99".into()),
        ..Outlook::default()
    };
    assert_eq!(next(&outlook, with_view("Big", "amt:>50")).model.desk.tab, Tab::Saved(0));
    let plain = next(&outlook, session());
    assert_eq!(plain.model.desk.tab, Tab::Cases(View::Due));
    assert_eq!((plain.model.desk.filter_text.as_str(), plain.model.desk.sort()), ("", SortBy::Due));
    assert_eq!(plain.cursor(), "O1");
}

#[test]
fn the_last_line_says_what_was_done_and_what_is_left() {
    let mut script = Script::with(six());
    assert_eq!(farewell(&script.model), ["under a minute · 1 overdue and 2 due today left: O1, O3, O2"]);
    let answer = |state| Answer {
        state,
        code: String::new(),
        msg: String::new(),
        success_case_ids: vec!["O8".into(), "O9".into()],
        fail_case_ids: Vec::new(),
        may_pass: false,
    };
    script.event(Event::Replied(Target::Case(id("O1")), answer(State::Accepted)));
    script.event(Event::Replied(Target::Batch("B1".into()), answer(State::Accepted)));
    script.event(Event::Replied(Target::Case(id("O2")), answer(State::Refused)));
    script.event(Event::Replied(Target::Case(id("O3")), answer(State::Unknown)));
    script.now = NOW + time::Duration::minutes(8);
    let mut rest = six();
    rest.retain(|tracked| tracked.id != id("O1"));
    script.event(Event::Loaded(rest));
    assert_eq!(
        farewell(&script.model),
        ["8 min · 3 replied · 1 refused · 1 of unknown outcome · 2 due today left: O3, O2"]
    );
    let mut asked = super::refunding::record("P3", 7, "1", State::Unknown);
    (asked.intent.kind, asked.intent.order, asked.intent.case_id) = (Kind::Reply, None, Some(id("O3")));
    asked.created_at = NOW;
    let mut told = |state| {
        asked.state = state;
        script.event(Event::Journal(vec![asked.clone()]));
        farewell(&script.model).join(" ")
    };
    assert!(told(State::Unknown).contains("1 of unknown outcome"));
    assert!(told(State::Settled).contains("· 1 settled ·") && !told(State::Settled).contains("unknown"));
}

#[test]
fn the_last_line_breaks_between_words_and_names_what_fits() {
    let ids = ["O20261105070708123456007919", "O20261106070708123456015838", "O20261107070708123456023757"];
    let cases = ids.iter().zip(six()).map(|(id, mut tracked)| {
        tracked.id = super::id(id);
        tracked
    });
    let mut script = Script::with(cases.collect());
    let mut at = |width: u16| {
        script.event(Event::Resized(width, 24));
        farewell(&script.model)
    };
    let said = "under a minute · 1 overdue and 2 due today left:";
    assert_eq!(at(200), [format!("{said} {}, {}, {}", ids[0], ids[2], ids[1])]);
    assert_eq!(at(120), [format!("{said} {}, {} +1", ids[0], ids[2])]);
    assert_eq!(at(80), [format!("{said} {} +2", ids[0])]);
    assert_eq!(at(78), [said.to_owned(), format!("{}, {} +1", ids[0], ids[2])]);
    assert_eq!(at(40), ["under a minute · 1 overdue and 2 due", "today left:", &format!("{} +2", ids[0])]);
    assert_eq!(at(12)[0], "under a");
    assert_eq!(at(12).last().unwrap(), &format!("{} +2", ids[0]), "an id is never broken");
}

#[test]
fn nothing_due_is_said_too() {
    let mut cases = six();
    cases.drain(..3);
    assert_eq!(farewell(&Script::with(cases).model), ["under a minute · nothing due today"]);
    let never_fetched = vec![Tracked::new(id("O1"))];
    let said = farewell(&Script::with(never_fetched).model);
    assert_eq!(said, ["under a minute · nothing was fetched yet, so nobody knows what is due"]);
}

fn settings(views: &[&str]) -> Settings {
    let view = |filter: &&str| SavedView {
        title: format!("of {filter}"),
        filter: Filter::parse(filter).unwrap(),
        text: (*filter).to_owned(),
    };
    settings_with(views.iter().map(view).collect())
}

pub(super) fn settings_with(saved_views: Vec<SavedView>) -> Settings {
    Settings {
        soon_days: 7,
        closed_refresh_days: 30,
        reasons: vec!["late".into()],
        pause_s: 9,
        templates: vec![("hello".into(), "text".into())],
        columns: Vec::new(),
        saved_views,
        keymap: own_keys(&[("mark", "M")]),
        read_only: None,
        waits: Vec::new(),
    }
}

fn reloaded(settings: Settings) -> Event {
    Event::Reloaded(Ok(Box::new(settings)))
}

#[test]
fn a_saved_config_counts_at_once() {
    let mut script = Script::with(six());
    script.event(reloaded(settings(&["cur:USD", "cur:IDR"])));
    assert!(script.notice().contains("read again"), "{}", script.notice());
    script.keys("9 M");
    assert_eq!((script.shown(), script.model.book.marked()), (vec!["O1".to_owned()], 1));
    assert_eq!((script.model.scene.calendar.soon_days, script.model.session.refunds.pause_s), (7, 9));
    script.event(reloaded(settings(&["cur:IDR"])));
    assert_eq!((script.model.desk.tab, script.shown()), (Tab::Saved(0), vec!["O1".to_owned()]));
    script.event(reloaded(settings(&[])));
    assert_eq!(script.model.desk.tab, Tab::Cases(View::Due), "its view is gone");
    assert_eq!(script.cursor(), "O1");
}

#[test]
fn a_wrong_config_changes_nothing_and_is_named() {
    let mut script = Script::with(six());
    script.event(Event::Reloaded(Err("config.toml line 3: soon_days must be a number".into())));
    assert_eq!(
        script.notice(),
        "config.toml line 3: soon_days must be a number; the settings stay as they were"
    );
    assert_eq!(script.model.session.soon_days, 2);
    let mut waiting = settings(&[]);
    waiting.waits = vec!["[refresh]", "[desk] mouse"];
    script.event(reloaded(waiting));
    assert!(script.notice().contains("new in [refresh], [desk] mouse counts from"), "{}", script.notice());
}

#[test]
fn a_policy_that_allows_less_counts_at_once_and_one_that_allows_more_later() {
    let mut script = Script::with(six());
    let mut less = settings(&[]);
    less.read_only = Some("nothing may be sent: [policy] read_only in the config".into());
    script.event(reloaded(less)).keys("Esc r");
    assert!(script.notice().contains("read_only"), "{}", script.notice());
    script.event(reloaded(settings(&[])));
    assert!(
        script.model.session.read_only.is_some(),
        "what was forbidden stays forbidden until the next start"
    );
}
