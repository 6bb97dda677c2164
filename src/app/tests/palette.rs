//! The palette with words behind a name, and what can be chosen from a list.

use super::*;
use crate::app::action::{Action, Tab};
use crate::app::model::Tone;
use crate::app::overlay::{Overlay, Palette};
use crate::domain::order::SortBy;
use crate::domain::view::View;

fn open(script: &Script) -> &Palette {
    match &script.model.overlay {
        Overlay::Palette(palette) => palette,
        other => panic!("{other:?}"),
    }
}

fn text(script: &Script) -> String {
    open(script).field.value().to_owned()
}

fn offered(script: &Script) -> Vec<String> {
    open(script).fitting().unwrap().iter().map(|offer| offer.word().to_owned()).collect()
}

fn problem(script: &Script) -> String {
    open(script).problem().unwrap_or_default()
}

/// The days that the list of days offers, with their counts.
fn days(script: &mut Script) -> Vec<String> {
    script.keys("d");
    let Overlay::Chooser(chooser) = &script.model.overlay else { return Vec::new() };
    let days = chooser.offers.iter().map(|offer| format!("{}: {}", offer.word(), offer.about)).collect();
    script.keys("Esc");
    days
}

#[test]
fn an_order_is_named_by_its_word_or_the_beginning_of_it() {
    for (typed, sort) in [
        ("sort amount", SortBy::Amount),
        ("sort am", SortBy::Amount),
        ("SORT Id", SortBy::Id),
        ("so refr", SortBy::Refreshed),
        (" sort  due ", SortBy::Due),
    ] {
        let mut script = Script::with(six());
        script.keys("o Enter :").typed(typed).keys("Enter");
        assert_eq!(script.model.desk.sort(), sort, "{typed}");
        assert_eq!(script.notice(), format!("in order of {}", sort.word()));
        assert!(matches!(script.model.overlay, Overlay::None));
    }
}

#[test]
fn a_word_that_names_nothing_is_told_with_what_there_is_and_stays() {
    let mut script = Script::with(six());
    script.keys(":").typed("sort fee").keys("Enter");
    assert_eq!((text(&script), script.model.desk.sort()), ("sort fee".into(), SortBy::Due));
    assert_eq!(
        problem(&script),
        "there is no order `fee`; there are due, amount, id, status, order, changed, refreshed"
    );
    script.keys("ctrl-u").typed("day 27").keys("Enter");
    assert_eq!(problem(&script), "no case shown is due on `27`; days with cases: overdue, Fri 20, Sat 21");
    script.keys("ctrl-u").typed("day 2").keys("Backspace").typed("someday").keys("Enter");
    assert!(problem(&script).starts_with("no case shown is due on `someday`"), "{}", problem(&script));
    script.keys("ctrl-u").typed("untrack O1").keys("Enter");
    assert_eq!((problem(&script), script.done()), ("untrack takes no words".into(), vec![]));
    script.keys("ctrl-u").typed("fly me").keys("Enter");
    assert_eq!(problem(&script), "no action of that name");
}

#[test]
fn a_day_is_named_in_every_way_it_is_written() {
    let mut cases = six();
    cases.push(case("O7", "DISPUTE_INQUIRY", "2026-11-26", "1.00", "USD"));
    cases.push(case("O8", "DISPUTE_INQUIRY", "2026-12-24", "1.00", "USD"));
    cases.push(case("O9", "DISPUTE_INQUIRY", "2026-12-02", "1.00", "USD"));
    for (typed, day) in [
        ("overdue", "overdue"),
        ("over", "overdue"),
        ("today", "2026-11-20"),
        ("fri", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("tom", "2026-11-21"),
        ("21", "2026-11-21"),
        ("1d", "2026-11-21"),
        ("26", "2026-11-26"),
        ("thu", "2026-11-26"),
        ("Thursday", "2026-11-26"),
        ("Thu  26", "2026-11-26"),
        ("nov 26", "2026-11-26"),
        ("26 november", "2026-11-26"),
        ("6d", "2026-11-26"),
        ("2026-11-26", "2026-11-26"),
        ("2", "2026-12-02"),
        ("02", "2026-12-02"),
        ("2026-12-24", "2026-12-24"),
        ("24 Dec", "2026-12-24"),
    ] {
        let mut script = Script::with(cases.clone());
        script.keys(":").typed("day ").typed(typed).keys("Enter");
        assert_eq!(script.model.desk.filter_text, format!("due:{day}"), "{typed}");
        assert!(!script.shown().is_empty(), "{typed}");
    }
    let mut script = Script::with(cases);
    script.keys(":").typed("day 24").keys("Enter");
    assert!(problem(&script).contains("`24`"), "a number alone is a day of the strip");
    script.keys("ctrl-u").typed("day 1");
    assert_eq!(offered(&script), [""; 0], "and no beginning of `1d`");
    script.keys("ctrl-u").typed("day 2026-12");
    assert_eq!(offered(&script), ["2026-12-02"], "what lies beyond the strip is named in full");
}

#[test]
fn what_fits_is_listed_and_tab_writes_it_out() {
    let mut script = Script::with(six());
    script.keys(":").typed("so").keys("Tab");
    assert_eq!((text(&script), offered(&script).len()), ("sort ".into(), 7));
    script.keys("Down Tab");
    assert_eq!(text(&script), "sort amount");
    script.keys("Backspace Backspace Backspace Backspace Backspace Backspace").typed("re");
    assert_eq!(offered(&script), ["refreshed"]);
    script.keys("Tab Tab");
    assert_eq!(text(&script), "sort refreshed");
    script.keys("ctrl-u").typed("day t");
    assert_eq!(offered(&script), ["2026-11-20", "2026-11-21"], "today and tomorrow");
    script.keys("Down Enter");
    assert_eq!(script.model.desk.filter_text, "due:2026-11-21");
    script.keys(":").typed("filter cu").keys("Tab");
    assert_eq!(text(&script), "filter cur:");
    script.keys("Tab Tab");
    assert_eq!(text(&script), "filter cur:USD");
    script.keys("Shift-Tab").typed(" du").keys("Tab Enter");
    assert!(matches!(script.model.overlay, Overlay::Prompt(_)), "`due:` alone is to be gone on with");
}

#[test]
fn tab_leaves_no_blank_behind_what_takes_no_words() {
    for row in crate::app::action::BINDINGS {
        let mut script = Script::with(six());
        script.keys(":").typed(row.name).keys("Tab");
        let blank = if crate::app::action::words_of(row.action).is_some() { " " } else { "" };
        assert_eq!(text(&script), format!("{}{blank}", row.name));
        assert!(open(&script).rows().contains(&row.action));
    }
}

#[test]
fn what_moves_the_cursor_stands_last_while_nothing_is_typed() {
    let mut script = Script::with(six());
    script.keys(":");
    let rows = open(&script).rows();
    assert_eq!((rows.len(), rows.first()), (crate::app::action::BINDINGS.len(), Some(&Action::View(1))));
    assert_eq!(rows.last(), Some(&Action::PageUp));
    script.typed("down");
    assert_eq!(open(&script).rows().first(), Some(&Action::Down), "by its name it is found at once");
}

#[test]
fn words_go_to_the_action_they_were_typed_for() {
    let mut script = Script::with(six());
    script.keys(":").typed("export today.csv").keys("Down Down Enter");
    assert_eq!(script.done(), [Effect::Export("today.csv".into())], "there is no other row to come to");
    script.keys(":").typed("own ben").keys("Enter");
    assert!(matches!(script.done()[..], [Effect::SaveLocal(_)]));
}

#[test]
fn where_no_order_can_be_chosen_the_reason_is_told() {
    let mut script = Script::with(six());
    script.keys("7 :").typed("sort am");
    assert_eq!(open(&script).fitting(), None);
    script.keys("Enter");
    let notice = script.model.notice.as_ref().unwrap();
    assert_eq!((notice.tone, script.model.desk.sort()), (Tone::Warning, SortBy::Due));
}

#[test]
fn a_paste_into_the_palette_chooses_nothing_by_itself() {
    let mut script = Script::with(six());
    script.keys(":").event(Event::Paste("sort amount\n".into()));
    assert_eq!((offered(&script), script.model.desk.sort()), (vec!["amount".into()], SortBy::Due));
}

#[test]
fn days_are_counted_in_the_view_and_under_the_rest_of_the_filter() {
    let mut cases = six();
    cases.push(case("O7", "DISPUTE_RECEIVED", "2026-11-26", "1.00", "USD"));
    let mut script = Script::with(cases);
    assert_eq!(days(&mut script), ["overdue: 1", "2026-11-20: 2", "2026-11-21: 1"]);
    script.keys("/").typed("cur:usd").keys("Enter");
    assert_eq!(days(&mut script), ["2026-11-20: 2", "2026-11-21: 1"]);
    script.keys("3");
    assert_eq!(days(&mut script), ["2026-11-26: 1"]);
    script.keys("d Enter");
    assert_eq!((script.model.desk.tab, script.shown()), (Tab::Cases(View::Waiting), vec!["O7".into()]));
    script.keys("4");
    assert_eq!(days(&mut script), [""; 0], "nothing is offered, and the list is not opened");
    assert_eq!(script.keys("d").notice(), "no case shown is overdue or due in the next 14 days; 1 shows Due");
    script.keys(":").typed("day 2026-10-01").keys("Enter");
    assert_eq!(script.shown(), ["O6"], "a day that is past, in full");
}

#[test]
fn another_day_replaces_whatever_the_filter_asked_of_the_due_date() {
    let mut script = Script::with(six());
    for before in ["due:today", "!due:today", "DUE:>0d", "due:<2d !due:overdue", "due:\"today\""] {
        script.keys("1 / ctrl-u").typed(&format!("cur:usd {before}")).keys("Enter");
        assert_eq!(days(&mut script), ["2026-11-20: 2", "2026-11-21: 1"], "{before}");
        script.keys("d j Enter");
        assert_eq!(script.model.desk.filter_text, "cur:usd due:2026-11-21", "{before}");
        assert_eq!(script.shown(), ["O4"]);
    }
    // Words in quotes ask for no day, whatever they say.
    for words in ["!\"x due:today\"", "!\"due:today\""] {
        script.keys("/ ctrl-u").typed(words).keys("Enter d Enter");
        assert_eq!(script.model.desk.filter_text, format!("{words} due:overdue"));
    }
}

#[test]
fn days_of_a_saved_view_are_its_own_and_the_journal_leads_to_due() {
    let mut script = Script::of(with_view("Rupiah", "cur:IDR"), six());
    script.keys("8");
    assert_eq!(days(&mut script), ["overdue: 1"]);
    script.keys("7 d j Enter");
    assert_eq!(
        (script.model.desk.tab, script.shown()),
        (Tab::Cases(View::Due), vec!["O3".into(), "O2".into()])
    );
}

#[test]
fn the_desk_goes_on_in_another_profile() {
    let mut session = session();
    session.others = vec![("Live".into(), Environment::Live), ("uat".into(), Environment::Uat)];
    let mut script = Script::of(session, six());
    script.keys(":").typed("profile u").keys("Enter");
    assert_eq!(script.done(), [Effect::GoTo("uat".into())]);
    script.keys(":").typed("profile").keys("Enter j Esc");
    assert!(script.done().is_empty(), "only looked at");
    script.keys(":").typed("profile").keys("Enter Enter");
    assert_eq!(script.done(), [Effect::GoTo("Live".into())]);
    let mut alone = Script::with(six());
    alone.keys(":").typed("profile").keys("Enter");
    assert!(alone.notice().contains("no other profile"), "{}", alone.notice());
}
