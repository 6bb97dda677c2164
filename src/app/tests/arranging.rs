//! Order and widths of a view: chosen there, kept there, and given back.

use pretty_assertions::assert_eq;

use super::*;
use crate::app::action::Tab;
use crate::app::choosing::Choice;
use crate::app::outlook::{Arranged, Outlook};
use crate::app::overlay::Overlay;
use crate::domain::column::Column;
use crate::domain::order::SortBy;
use crate::domain::view::View;

/// Six cases with ids and orders as long as PayerMax's.
fn long() -> Vec<Tracked> {
    let mut cases = six();
    for (tracked, n) in cases.iter_mut().zip(1..) {
        tracked.id = id(&format!("O2026110306554591643710{n:04}"));
        if let Some(case) = &mut tracked.case {
            case.set(Field::OutTradeNo, Some(format!("P16424106806810000{n:04}")));
        }
    }
    cases
}

/// The rows of the list: what is said of each column.
fn rows(script: &Script) -> Vec<(String, String)> {
    let Overlay::Chooser(chooser) = &script.model.overlay else { panic!("{:?}", script.model.overlay) };
    chooser.offers.iter().map(|offer| (offer.name.clone(), offer.about.clone())).collect()
}

/// What is said of one column.
fn about(script: &Script, title: &str) -> String {
    let found = rows(script).into_iter().find(|(name, _)| name == title);
    found.map_or_else(|| panic!("{:?}", rows(script)), |(_, about)| about)
}

/// Goes to the row of a column.
fn to(script: &mut Script, title: &str) {
    for _ in 0..rows(script).len() {
        let Overlay::Chooser(chooser) = &script.model.overlay else { unreachable!() };
        if chooser.offers[chooser.chosen].name == title {
            return;
        }
        script.keys("j");
    }
    panic!("there is no column {title}");
}

/// Makes the ids of the open view a cell narrower.
fn narrow(script: &mut Script) {
    script.keys("W");
    to(script, "Case id");
    script.keys("h Enter");
}

fn asked(script: &Script) -> Vec<(Column, u16)> {
    script.model.desk.widths().iter().collect()
}

#[test]
fn an_order_belongs_to_the_view_it_was_chosen_in() {
    let mut script = Script::with(six());
    script.keys("5 o Enter");
    assert_eq!(script.model.desk.sort(), SortBy::Amount);
    assert_eq!(script.keys("1").model.desk.sort(), SortBy::Due, "what runs out stands first");
    assert_eq!(script.shown(), ["O1", "O3", "O2", "O4"]);
    assert!(script.model.desk.is_grouped());
    script.keys("o o o Esc").keys("4 :").typed("sort id").keys("Enter");
    assert_eq!(script.keys("1").model.desk.sort(), SortBy::Due, "looked at and not kept");
    assert_eq!(script.keys("4").model.desk.sort(), SortBy::Id);
    assert_eq!(script.keys("5").model.desk.sort(), SortBy::Amount);
    assert_eq!(script.shown(), ["O1", "O3", "O2", "O4", "O5", "O6"]);
    script.keys("6");
    assert_eq!(script.model.desk.sort(), SortBy::Due);
}

#[test]
fn an_order_follows_its_saved_view_to_another_place() {
    let mut session = with_view("Rupiah", "cur:IDR");
    session.saved_views.push(with_view("Dollars", "cur:USD").saved_views.remove(0));
    let mut script = Script::of(session.clone(), six());
    script.keys("8 o o Enter 9 o Enter");
    script.model.session.saved_views.clone_from(&session.saved_views);
    session.saved_views.reverse();
    script.event(Event::Reloaded(Ok(Box::new(super::visits::settings_with(session.saved_views)))));
    assert_eq!((script.model.desk.tab, script.model.desk.sort()), (Tab::Saved(0), SortBy::Amount), "Dollars");
    assert_eq!(script.keys("9").model.desk.sort(), SortBy::Id, "Rupiah");
}

#[test]
fn a_choice_ends_with_the_table_it_was_about() {
    let mut script = Script::of(with_view("Rupiah", "cur:IDR"), six());
    script.keys("8 o o");
    script.event(Event::Reloaded(Ok(Box::new(super::visits::settings_with(Vec::new())))));
    assert_eq!((script.model.desk.tab, script.model.desk.sort()), (Tab::Cases(View::Due), SortBy::Due));
    assert!(matches!(script.model.overlay, Overlay::None));
    assert_eq!(asked(script.keys("W h")), [(Column::Urgency, 2)]);
    assert_eq!(asked(script.event(Event::Interrupted)), [], "nobody has pressed Enter");
    script.keys("o").event(Event::Interrupted);
    assert_eq!(script.model.desk.sort(), SortBy::Due);
}

#[test]
fn a_column_gets_narrower_and_wider_by_a_cell_while_one_looks() {
    let mut script = Script::with(long());
    script.keys("W");
    to(&mut script, "Case id");
    assert_eq!(about(&script, "Case id"), "27: all of it");
    script.keys("h h Left");
    assert_eq!((about(&script, "Case id"), asked(&script)), ("24, yours".into(), vec![(Column::Id, 24)]));
    script.keys("l Right l l");
    assert_eq!(about(&script, "Case id"), "27, yours: all of it");
    script.keys(&["h"; 30].join(" "));
    assert_eq!(about(&script, "Case id"), "13, yours: its least");
    script.keys("0");
    assert_eq!((about(&script, "Case id"), asked(&script)), ("27: all of it".into(), vec![]));
    script.keys("h Enter");
    assert_eq!(script.notice(), "widths of Due kept; :reset-view gives docket's own back");
    assert_eq!(asked(&script), [(Column::Id, 26)]);
    assert_eq!(asked(script.keys("5")), [], "of Due alone");
    script.keys("1 W");
    to(&mut script, "Case id");
    script.keys("0 Enter");
    assert_eq!(script.notice(), "the columns of Due have docket's own widths");
    assert_eq!(script.keys("W Enter").notice(), "no width was changed");
}

#[test]
fn escape_and_q_put_every_width_back() {
    let mut script = Script::with(long());
    script.keys("W h Enter");
    let before = asked(&script);
    assert_eq!(before.len(), 1);
    for leave in ["Esc", "q", "ctrl-c"] {
        script.keys("W h j h j h j h 0").keys(leave);
        assert_eq!((asked(&script), matches!(script.model.overlay, Overlay::None)), (before.clone(), true));
    }
}

#[test]
fn dates_and_money_stay_whole_and_the_urgency_has_its_words_or_its_sign() {
    let mut script = Script::with(long());
    script.keys("W");
    let Overlay::Chooser(chooser) = &script.model.overlay else { unreachable!() };
    assert!(matches!(chooser.choice, Choice::Widths(_)));
    assert_eq!(about(&script, "Due date"), "10 always");
    to(&mut script, "Due date");
    script.keys("h h l l l");
    assert_eq!(asked(&script), []);
    to(&mut script, "Frozen");
    script.keys(&["h"; 20].join(" "));
    assert_eq!(about(&script, "Frozen"), "11: money is never cut");
    to(&mut script, "Urgency");
    script.keys("h");
    assert_eq!(about(&script, "Urgency"), "2, yours: the sign alone");
    assert_eq!(about(script.keys("l"), "Urgency"), "10, yours");
}

#[test]
fn a_width_without_room_is_told() {
    let mut script = Script::with(long());
    script.event(Event::Resized(60, 15)).keys("W");
    assert_eq!(about(&script, "Status"), "no room");
    assert_eq!(about(&script, "Owner, tags"), "nothing in it here");
    to(&mut script, "Status");
    script.keys("l l l");
    assert_eq!((about(&script, "Status"), asked(&script)), ("no room".into(), vec![]));
    script.keys("h h");
    assert_eq!(about(&script, "Status"), "no room for your 13");
    script.event(Event::Resized(200, 60));
    assert_eq!(about(&script, "Status"), "13, yours", "the list follows the terminal");
    script.keys("Esc 7 W");
    assert_eq!(script.notice(), "filter, order and widths are for cases; this list is newest first");
}

#[test]
fn ids_that_would_look_alike_stay_whole() {
    let mut cases = long();
    cases[1].id = id("O20261103065575916437100001");
    let mut script = Script::with(cases);
    script.keys("W");
    to(&mut script, "Case id");
    script.keys(&["h"; 30].join(" "));
    assert_eq!(about(&script, "Case id"), "27, your 26: else two look alike");
}

#[test]
fn a_view_is_given_back_and_undo_brings_it_again() {
    let mut script = Script::with(long());
    narrow(script.keys("4 o Enter 5 o Enter"));
    script.keys("/").typed("cur:usd").keys("Enter G");
    let (shown, cursor, widths) = (script.shown(), script.cursor(), asked(&script));
    script.keys(":").typed("reset view").keys("Enter");
    assert_eq!(script.notice(), "All reset: filter, order and widths; z takes it back");
    assert_eq!((script.model.desk.sort(), asked(&script)), (SortBy::Due, vec![]));
    assert_eq!((script.shown().len(), script.model.desk.filter_text.as_str()), (6, ""));
    assert_eq!(script.cursor(), script.shown()[0]);
    script.keys(":").typed("reset-view").keys("Enter");
    assert_eq!(script.notice(), "All was as docket makes it; the cursor is at the top");
    script.keys("1 z");
    assert_eq!(script.notice(), "undone: All as before");
    assert_eq!(script.model.desk.tab, Tab::Cases(View::All));
    assert_eq!((script.shown(), script.cursor(), asked(&script)), (shown, cursor, widths));
    assert_eq!(script.keys("4").model.desk.sort(), SortBy::Amount, "no other view was touched");
}

#[test]
fn a_blank_does_for_the_hyphen_of_a_name() {
    for (typed, name) in [("reset view", "docket makes it"), ("mark  all", "marked"), ("Copy cli", "")] {
        let mut script = Script::with(six());
        script.keys(":").typed(typed).keys("Enter");
        assert!(matches!(script.model.overlay, Overlay::None), "{typed}");
        assert!(script.notice().contains(name), "{typed}: {}", script.notice());
    }
}

/// The next desk on the same list.
fn next(outlook: &Outlook) -> Script {
    let mut model = Model::new(session(), 120, 40, NOW);
    model.look_again(outlook);
    let mut script = Script { model, effects: Vec::new(), now: NOW };
    script.event(Event::Loaded(long()));
    script
}

#[test]
fn order_and_widths_of_every_view_come_back() {
    let mut before = Script::with(long());
    narrow(before.keys("4 o Enter 5 o o Enter"));
    narrow(before.keys("1"));
    narrow(&mut before);
    before.keys("4");
    let outlook = Outlook::of(&before.model);
    let mut after = next(&outlook);
    assert_eq!(Outlook::of(&after.model), outlook);
    assert_eq!((after.model.desk.tab, after.model.desk.sort()), (Tab::Cases(View::Closed), SortBy::Amount));
    for view in ["1", "2", "3", "4", "5"] {
        before.keys(view);
        after.keys(view);
        assert_eq!(after.model.desk.arrangement(), before.model.desk.arrangement(), "{view}");
    }
    assert_eq!((after.model.desk.sort(), asked(&after).len()), (SortBy::Id, 1));
}

#[test]
fn the_one_order_of_an_older_outlook_counts_for_the_tab_it_names() {
    let older = Outlook { tab: "closed".into(), sort: "amount".into(), ..Outlook::default() };
    let mut script = next(&older);
    assert_eq!(script.model.desk.sort(), SortBy::Amount);
    assert_eq!(script.keys("1").model.desk.sort(), SortBy::Due);
}

#[test]
fn words_and_numbers_that_mean_nothing_are_passed_over() {
    let arranged = |view: &str, sort: &str, widths: &[(&str, u16)]| Arranged {
        view: view.into(),
        sort: sort.into(),
        widths: widths.iter().map(|(word, width)| ((*word).to_owned(), *width)).collect(),
    };
    let outlook = Outlook {
        tab: "due".into(),
        sort: "due".into(),
        views: vec![
            arranged("due", "colour", &[("order", u16::MAX), ("fee", 9), ("id", 0), ("amount", 1)]),
            arranged("[[views]] gone", "id", &[("id", 20)]),
            arranged("journal", "id", &[("id", 20)]),
            arranged("all", "id", &[]),
        ],
        ..Outlook::default()
    };
    let mut script = next(&outlook);
    assert_eq!(asked(&script), [(Column::Amount, 1), (Column::Id, 1), (Column::Order, 120)]);
    script.event(Event::Resized(200, 60)).keys("W");
    assert_eq!(about(&script, "Case id"), "13, your 1: its least");
    assert_eq!(about(&script, "Order"), "22, your 120: all of it");
    assert_eq!(about(&script, "Frozen"), "11, your 1: money is never cut");
    assert_eq!(Outlook::of(&script.model).views.len(), 2);
    assert_eq!(script.keys("Esc 5").model.desk.sort(), SortBy::Id);
}
