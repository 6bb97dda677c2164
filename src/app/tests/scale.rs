//! Long lists: what is kept up to date by what changes is what counting and sorting everything anew would find, and
//! nothing is done to a list of which only the beginning is there.

use super::*;
use crate::app::action::Tab;
use crate::app::book::Book;
use crate::app::model::SavedView;
use crate::app::outlook::Outlook;
use crate::app::targets;
use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::filter::Filter;
use crate::domain::money::Sums;
use crate::domain::order::SortBy;
use crate::domain::snooze::Snooze;
use crate::domain::stage::Stage;
use crate::domain::tally::Tally;
use crate::domain::tracked;
use crate::domain::view::View;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Finds rows and counts by looking at every case.
pub(super) fn check_by_looking_at_everything(script: &Script) {
    let (model, lens) = (&script.model, script.model.lens());
    let (desk, book) = (&model.desk, &model.book);
    let of_tab = |tracked: &Tracked| match desk.tab {
        Tab::Cases(view) => view.holds(tracked, &lens.calendar),
        Tab::Saved(at) => model.session.saved_views[at].filter.matches(tracked, &lens),
        Tab::Drafts | Tab::Journal => false,
    };
    let in_view: Vec<&Tracked> = book.iter().filter(|tracked| of_tab(tracked)).collect();
    let mut rows: Vec<&Tracked> =
        in_view.iter().filter(|tracked| desk.filter.matches(tracked, &lens)).copied().collect();
    rows.sort_by(|a, b| desk.sort().compare(a, b));
    let ids: Vec<String> = rows.iter().map(|tracked| tracked.id.to_string()).collect();
    assert_eq!(script.shown(), ids, "{:?} {:?} {:?}", desk.tab, desk.sort(), desk.filter_text);
    if matches!(desk.tab, Tab::Cases(_) | Tab::Saved(_)) {
        assert_eq!(desk.listing.in_view(), in_view.len());
    }
    let marked = rows.iter().filter(|tracked| book.is_marked(&tracked.id)).count();
    assert_eq!(desk.marks_shown, marked, "{:?} {:?}", desk.tab, desk.filter_text);
    check_lines(script);
    check_counts(book, script);
    check_what_is_open_to_marked_cases(script);
}

/// What the keys ask of the marked cases, or of the one at the cursor.
fn check_what_is_open_to_marked_cases(script: &Script) {
    let book = &script.model.book;
    assert_eq!(book.marked(), book.iter().filter(|tracked| book.is_marked(&tracked.id)).count());
    let cases: Vec<&Tracked> = targets::cases(&script.model).iter().filter_map(|id| book.get(id)).collect();
    let bare = cases.iter().filter(|tracked| tracked.case.is_none()).map(|tracked| &tracked.id);
    assert_eq!(targets::bare(&script.model).is_some(), bare.count() > 0);
    let given_up = |t: &&Tracked| t.stage() == Stage::Due || t.local.wont_contest.is_some();
    let all = !cases.is_empty() && cases.iter().all(given_up);
    assert_eq!(targets::can_be_given_up(&script.model), all);
    let unseen = targets::unseen(&script.model).is_empty();
    assert_eq!(targets::has_unseen(&script.model), !unseen);
}

/// Headings count what stands below them, and every line is found by its number.
fn check_lines(script: &Script) {
    let desk = &script.model.desk;
    let lines: Vec<Line> = desk.listing.lines_from(0).collect();
    assert_eq!(lines.len(), desk.listing.len());
    let headings = lines.iter().filter_map(|line| match line {
        Line::Heading(group, count) => Some((*group, *count)),
        _ => None,
    });
    let mut expected: Vec<(Group, usize)> = Vec::new();
    for (line, slot) in desk.listing.cases().filter(|_| desk.is_grouped()) {
        assert_eq!(desk.listing.line(line), Some(Line::Case(slot)));
        let group = Group::of(script.model.book.at(slot).unwrap(), &script.model.scene.calendar);
        match expected.last_mut().filter(|(last, _)| *last == group) {
            Some((_, count)) => *count += 1,
            None => expected.push((group, 1)),
        }
    }
    assert_eq!(headings.collect::<Vec<_>>(), expected);
    let stops = (0..desk.listing.stops()).map(|number| {
        let line = desk.listing.stop(number).unwrap();
        assert_eq!(desk.listing.stop_at(line), number);
        line
    });
    let standing = (0..lines.len()).filter(|line| !matches!(lines[*line], Line::Heading(..)));
    assert_eq!(stops.collect::<Vec<_>>(), standing.collect::<Vec<_>>());
}

fn check_counts(book: &Book, script: &Script) {
    let (summary, lens) = (&script.model.desk.summary, script.model.lens());
    let count = |what: &dyn Fn(&Tracked) -> bool| book.iter().filter(|tracked| what(tracked)).count();
    let mut sums = Sums::default();
    for case in book.iter().filter(|t| t.stage() != Stage::Closed).filter_map(|t| t.case.as_ref()) {
        if let Some(amount) = case.amount() {
            sums.add(case.currency(), amount);
        }
    }
    assert_eq!(summary.at_risk, sums);
    assert_eq!(summary.as_of, tracked::as_of(book.iter()));
    assert_eq!(summary.views, View::ALL.map(|view| count(&|t| view.holds(t, &lens.calendar))));
    assert_eq!(summary.asleep, count(&|t| t.is_asleep(&lens.calendar)));
    let urgent = |urgency| count(&|t| t.urgency(&lens.calendar) == urgency);
    assert_eq!((summary.today, summary.overdue), (urgent(Urgency::Today), urgent(Urgency::Overdue)));
    assert_eq!(summary.open, count(&|t| t.stage() != Stage::Closed));
    assert_eq!(summary.unknown, count(&|t| t.stage() == Stage::Unknown));
    assert_eq!(summary.failing, count(&|t| t.failure.is_some()));
    assert_eq!(book.len(), book.iter().count());
    for (day, cases) in (0..).zip(summary.strip) {
        let dated = |t: &Tracked| t.case.as_ref().is_some_and(|case| case.due().is_some());
        assert_eq!(cases, count(&|t| dated(t) && t.days_left(&lens.calendar) == Some(day)));
    }
    let saved = script.model.session.saved_views.iter();
    let expected: Vec<usize> = saved.map(|view| count(&|t| view.filter.matches(t, &lens))).collect();
    assert_eq!(summary.saved, expected);
}

fn with_views() -> Session {
    let view = |title: &str, filter: &str| SavedView {
        text: filter.to_owned(),
        title: title.to_owned(),
        filter: Filter::parse(filter).unwrap(),
    };
    Session {
        saved_views: vec![
            view("Big", "amt:>50"),
            view("Mine", "owner:@me due:<5d"),
            view("Asleep", "snoozed:>0d"),
        ],
        ..session()
    }
}

/// A case with its own amount, date and words.
fn any_case() -> impl Strategy<Value = Tracked> {
    let status = prop::sample::select(vec!["DISPUTE_INQUIRY", "DISPUTE_RECEIVED", "CASE_CLOSED", "ODD"]);
    let due = prop::sample::select(vec!["2026-11-18", "2026-11-20", "2026-11-21", "2026-11-25", "soon"]);
    let amount = prop::sample::select(vec!["1.00", "99.5", "0.123456789", "", "5000"]);
    let put_off = prop::option::of(-1i64..5);
    let words = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.9), put_off);
    let rest = (0i64..4, words, prop::sample::select(vec!["USD", "IDR"]));
    (0u8..40, status, due, amount, rest).prop_map(
        |(n, status, due, amount, (age, (mine, moved, fetched, put_off), currency))| {
            let mut tracked = case(&format!("O{n}"), status, due, amount, currency);
            tracked.refreshed_at = Some(NOW - time::Duration::minutes(age));
            if mine {
                tracked.local.owner = "ana".into();
            }
            if moved {
                tracked.changed_at = tracked.refreshed_at;
                tracked.unseen = six()[4].unseen.clone();
            }
            // Some were put off before they changed, some to a day that has passed.
            if let Some(days) = put_off {
                let until = NOW.date() + time::Duration::days(days);
                let known = tracked.changed_at.filter(|_| age > 0);
                tracked.local.snooze = Some(Snooze { until, known });
            }
            if !fetched {
                (tracked.case, tracked.refreshed_at, tracked.changed_at) = (None, None, None);
            }
            tracked
        },
    )
}

fn any_cases(most: usize) -> impl Strategy<Value = Vec<Tracked>> {
    prop::collection::vec(any_case(), 0..most).prop_map(|cases| {
        let by_id: BTreeMap<_, _> = cases.into_iter().map(|tracked| (tracked.id.clone(), tracked)).collect();
        by_id.into_values().collect()
    })
}

#[derive(Clone, Debug)]
enum Happening {
    Keys(&'static str),
    Typed(&'static str),
    Rows(Vec<Tracked>),
    Loaded(Vec<Tracked>),
    Tomorrow,
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let keys = prop::sample::select(vec![
        "o",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "j",
        "G",
        "PgDn",
        "x",
        "z",
        "m",
        "V",
        "u",
        "w Enter",
        "S 1 d Enter",
        "S m o n Enter",
        "S 9 d Enter",
        "S ctrl-u Enter",
        "Space",
        "/ Backspace Enter",
        "Esc",
        "Home",
    ]);
    let typed = prop::sample::select(vec![
        "o1",
        "o12",
        "usd",
        "due:today",
        "amt:>5",
        "!o3",
        "owner:@me",
        "changed:yes",
        "snoozed:yes",
        "snoozed:<3d",
        "!snoozed:2026-11-21",
    ]);
    prop_oneof![
        6 => keys.prop_map(Happening::Keys),
        2 => typed.prop_map(Happening::Typed),
        4 => any_cases(6).prop_map(Happening::Rows),
        1 => any_cases(60).prop_map(Happening::Loaded),
        1 => Just(Happening::Tomorrow),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_moved_by_changes_is_what_counting_anew_finds(
        cases in any_cases(60), happenings in prop::collection::vec(any_happening(), 1..40)
    ) {
        let mut script = Script::of(with_views(), cases);
        for happening in happenings {
            match happening {
                Happening::Keys(keys) => _ = script.keys(keys),
                Happening::Typed(text) => {
                    script.keys("/ ctrl-u");
                    for letter in text.chars() {
                        script.event(Event::Key(Key::char(letter)));
                        check_by_looking_at_everything(&script);
                    }
                    script.keys("Enter");
                }
                Happening::Rows(rows) => {
                    let marked = script.model.book.marked();
                    script.event(Event::Rows(rows));
                    prop_assert_eq!(script.model.book.marked(), marked, "a case keeps its mark, whatever is read of it");
                }
                Happening::Loaded(cases) => {
                    let marked: BTreeSet<CaseId> = script.model.book.marks().map(|t| t.id.clone()).collect();
                    let stay = cases.iter().filter(|t| marked.contains(&t.id)).count();
                    script.event(Event::Loaded(cases));
                    prop_assert!(script.model.book.marks().all(|t| marked.contains(&t.id)));
                    prop_assert_eq!(script.model.book.marked(), stay);
                }
                Happening::Tomorrow => {
                    script.now += time::Duration::days(1);
                    script.event(Event::Tick);
                }
            }
            check_by_looking_at_everything(&script);
        }
    }

    #[test]
    fn keys_before_the_whole_list_is_there_do_what_they_do_after(
        cases in any_cases(60), first in 1..20_usize, keys in prop::collection::vec(any_key(), 0..12)
    ) {
        let mut early = Script { model: Model::new(with_views(), 120, 12, NOW), effects: Vec::new(), now: NOW };
        early.event(opened(&cases, first));
        // A list that is all here is not read again: see `what_is_taken_out_of_a_list_that_is_all_here_is_not_missing`.
        prop_assume!(early.model.book.missing() > 0);
        let mut late = Script { model: Model::new(with_views(), 120, 12, NOW), effects: Vec::new(), now: NOW };
        late.event(Event::Loaded(cases.clone()));
        for key in &keys {
            early.keys(key);
            if early.model.book.missing() > 0 {
                let looks = |effect: &Effect| matches!(effect, Effect::Copy(_) | Effect::Redraw | Effect::Quit);
                prop_assert!(early.done().iter().all(looks), "something was done to half a list");
            }
            late.keys(key);
        }
        early.event(Event::Loaded(cases));
        prop_assert!(early.model.waiting.is_empty());
        prop_assert_eq!(early.shown(), late.shown());
        prop_assert_eq!(early.cursor(), late.cursor());
        let marks = |script: &Script| script.model.book.marks().map(|t| t.id.clone()).collect::<BTreeSet<_>>();
        prop_assert_eq!(marks(&early), marks(&late));
        prop_assert_eq!(early.model.desk.tab, late.model.desk.tab);
        prop_assert_eq!(early.model.place(), late.model.place());
        prop_assert_eq!(&early.model.desk.filter_text, &late.model.desk.filter_text);
    }
}

fn any_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "j", "k", "PgDn", "PgUp", "ctrl-d", "G", "g", "/", "o", "1", "5", "V", "Space", "u", "x", "n",
        "Enter", "y", "?", "q", "R", "r",
    ])
}

/// What the store says of a list before all of it is read.
fn opened(cases: &[Tracked], first: usize) -> Event {
    let calendar = Calendar::at(NOW, session().due_zone, session().soon_days);
    let awake = cases.iter().filter(|tracked| View::Due.holds(tracked, &calendar));
    let mut due: Vec<Tracked> = awake.cloned().collect();
    due.sort_by(|a, b| SortBy::Due.compare(a, b));
    due.truncate(first);
    Event::Opened { tally: Tally::of(cases), as_of: tracked::as_of(cases), due }
}

#[test]
fn the_first_picture_counts_what_is_not_there_yet() {
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    script.event(opened(&six(), 2));
    assert_eq!((script.shown(), script.model.book.missing()), (vec!["O1".to_owned(), "O3".to_owned()], 4));
    let desk = &script.model.desk;
    assert_eq!((desk.summary.today, desk.summary.open, desk.listing.in_view()), (2, 5, 4));
    let lines: Vec<Line> = desk.listing.lines_from(0).collect();
    assert_eq!(lines[2], Line::Heading(Group::Today, 2), "the heading counts the case that is still to come");
    assert_eq!(script.cursor(), "O1");
}

#[test]
fn a_key_about_the_whole_list_waits_and_the_ones_behind_it_with_it() {
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    script.event(opened(&six(), 2)).keys("/ o 5");
    assert_eq!(script.notice(), "2 of 6 cases read; 3 keys on hold until all are here, Esc drops them");
    script.event(Event::Paste("!".into()));
    assert!(script.done().is_empty() && script.model.desk.filter_text.is_empty());
    script.event(Event::Loaded(six()));
    assert_eq!((script.model.desk.filter_text.as_str(), script.notice()), ("o5!", String::new()));
}

#[test]
fn what_is_taken_out_of_a_list_that_is_all_here_is_not_missing() {
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    let only = vec![six().swap_remove(0)];
    script.event(opened(&only, 1)).keys("x");
    assert_eq!((script.model.book.len(), script.model.book.missing()), (0, 0));
}

#[test]
fn a_click_on_a_tab_does_not_overtake_the_keys_on_hold() {
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    script.event(opened(&six(), 2)).keys("V x").event(Event::ClickedTab(5));
    assert_eq!(script.model.desk.tab, Tab::Cases(View::Due));
    script.event(Event::Loaded(six()));
    assert!(script.model.book.len() == 2, "only what Due had is gone");
}

#[test]
fn escape_drops_the_keys_on_hold() {
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    script.event(opened(&six(), 2)).keys("x x Esc");
    assert_eq!(script.notice(), "2 keys dropped");
    script.event(Event::Loaded(six()));
    assert_eq!((script.model.book.len(), script.done()), (6, vec![]));
}

#[test]
fn what_was_looked_at_last_comes_back_once_a_long_list_is_read() {
    let outlook = Outlook {
        tab: "all".into(),
        filter: "cur:USD".into(),
        sort: "amount".into(),
        case: Some("O5".into()),
        ..Outlook::default()
    };
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    script.model.look_again(&outlook);
    script.event(opened(&six(), 2));
    assert_eq!(script.shown(), [""; 0], "the most urgent cases are not what was asked for");
    assert_eq!(script.model.desk.summary.in_view(View::Due), 4, "the counts stand at once");
    script.keys("j").event(Event::Tick);
    script.event(Event::Loaded(six()));
    assert_eq!((script.model.desk.tab, script.shown().len()), (Tab::Cases(View::All), 5));
    assert_eq!(Outlook::of(&script.model).filter, "cur:USD");
    let all = script.shown();
    let at = all.iter().position(|id| id == "O5").unwrap();
    assert_eq!(script.cursor(), all[at + 1], "on its case, and one down as was typed");
}
