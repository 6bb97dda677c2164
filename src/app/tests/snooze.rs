//! Putting cases off: what leaves the Due view, what never does, what brings it back, and what undo says of all that.

use super::*;
use crate::app::action::Action;
use crate::app::availability;
use crate::app::model::Availability;
use crate::app::overlay::Overlay;
use crate::app::replying::Answer;
use crate::domain::action::State;
use crate::domain::reply::Target;
use crate::domain::snooze::Snooze;
use crate::domain::tracked::LocalChange;
use crate::domain::view::View;
use time::Date;
use time::macros::date;

/// The six, and two that run out on Wednesday and the Monday after.
fn eight() -> Vec<Tracked> {
    let mut cases = six();
    cases.push(case("O7", "DISPUTE_INQUIRY", "2026-11-25", "70.00", "USD"));
    cases.push(case("O8", "DISPUTE_INQUIRY", "2026-11-30", "80.00", "USD"));
    cases
}

fn until(case: &str, until: Option<Date>) -> (CaseId, LocalChange) {
    (id(case), LocalChange::Snooze(until.map(|until| Snooze { until, known: None })))
}

fn problem(script: &Script) -> String {
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt is closed") };
    prompt.problem.clone().unwrap_or_default()
}

fn counts(script: &Script) -> (usize, usize, usize, usize) {
    let summary = &script.model.desk.summary;
    (summary.in_view(View::Due), summary.asleep, summary.today, summary.overdue)
}

#[test]
fn a_case_put_off_leaves_due_and_stands_in_all() {
    let mut script = Script::with(eight());
    assert_eq!(counts(&script), (6, 0, 2, 1));
    script.keys("G S").typed("mon").keys("Enter");
    assert_eq!(script.done(), [Effect::SaveLocal(vec![until("O8", Some(date!(2026 - 11 - 23)))])]);
    assert_eq!(script.notice(), "1 case put off until Mon 23 Nov; z takes it back");
    assert_eq!(
        (script.shown(), counts(&script)),
        (["O1", "O3", "O2", "O4", "O7"].map(str::to_owned).into(), (5, 1, 2, 1))
    );
    assert_eq!(script.cursor(), "O7", "the cursor goes to the case nearest to where it stood");
    script.keys("5 /").typed("snoozed:yes").keys("Enter");
    assert_eq!(script.shown(), ["O8"]);
    script.keys("Esc z");
    assert_eq!(script.done(), [Effect::SaveLocal(vec![until("O8", None)])]);
    assert_eq!(counts(&script), (6, 0, 2, 1));
}

#[test]
fn it_is_back_on_its_day_without_a_write() {
    let mut script = Script::with(eight());
    script.keys("G S").typed("3d").keys("Enter");
    script.done();
    for (day, due) in [(21, 5), (22, 5), (23, 6)] {
        script.now = NOW + time::Duration::days(day - 20);
        script.event(Event::Tick);
        assert_eq!((script.shown().len(), counts(&script).0), (due, due), "on the {day}th");
    }
    assert_eq!(script.done(), []);
}

#[test]
fn what_is_put_off_beyond_its_due_date_is_back_on_that() {
    let mut script = Script::with(eight());
    script.keys("G k S").typed("10d").keys("Enter");
    assert_eq!(script.notice(), "1 case put off until due on Wed 25 Nov; z takes it back");
    assert!(!script.shown().contains(&"O7".to_owned()));
    script.now = NOW + time::Duration::days(5);
    script.event(Event::Tick);
    assert!(script.shown().contains(&"O7".to_owned()), "it is due today");
    assert_eq!(counts(&script).2, 1);
}

#[test]
fn a_change_wakes_it() {
    let mut script = Script::with(eight());
    script.keys("G S").typed("mon").keys("Enter");
    let mut moved = script.model.book.get(&id("O8")).unwrap().clone();
    script.event(Event::Rows(vec![moved.clone()]));
    assert_eq!(counts(&script).1, 1, "a refresh that finds nothing new lets it sleep");
    moved.changed_at = Some(NOW + time::Duration::minutes(1));
    script.event(Event::Rows(vec![moved]));
    assert_eq!(counts(&script), (6, 0, 2, 1));
    script.keys("5 G");
    assert_eq!(script.cursor(), "O8");
    script.keys("S");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("it can be put off again") };
    assert_eq!(prompt.field.value(), "", "the old day means nothing any more");
}

#[test]
fn what_is_due_today_or_needs_no_reply_cannot_be_put_off() {
    let mut script = Script::with(eight());
    let off = |script: &Script| match availability::of(Action::Snooze, &script.model) {
        Availability::Off(why) => why,
        Availability::On => String::new(),
    };
    assert_eq!(script.cursor(), "O1");
    assert_eq!(off(&script), "only a case that is due after today can be put off");
    script.keys("j S");
    assert!(matches!(script.model.overlay, Overlay::None), "it runs out today");
    script.keys("4");
    assert_eq!(off(&script), "only a case that needs a reply (DISPUTE_INQUIRY) can be put off");
    let mut odd = case("O9", "DISPUTE_INQUIRY", "soon", "1", "USD");
    odd.local.snooze = Some(Snooze { until: date!(2026 - 12 - 24), known: None });
    script.event(Event::Rows(vec![odd])).keys("1 g");
    assert_eq!(script.cursor(), "O9", "a date nobody can read does not let it sleep");
    assert_eq!(off(&script), "only a case that is due after today can be put off");
}

#[test]
fn of_the_marked_ones_those_that_can_are_put_off_at_once_and_taken_back_at_once() {
    let mut script = Script::with(eight());
    script.keys("V S").typed("25 Nov").keys("Enter");
    let day = Some(date!(2026 - 11 - 25));
    let all = vec![until("O4", day), until("O7", day), until("O8", day)];
    assert_eq!(script.done(), [Effect::SaveLocal(all)]);
    assert_eq!(script.notice(), "3 cases put off until Wed 25 Nov, 1 back sooner, when due; z takes it back");
    assert_eq!(counts(&script), (3, 3, 2, 1));
    assert_eq!((script.model.book.marked(), script.model.desk.marks_shown), (3, 3), "of those in sight");
    script.keys("z");
    assert_eq!(script.done(), [Effect::SaveLocal(["O4", "O7", "O8"].map(|case| until(case, None)).into())]);
    assert_eq!(
        (script.notice(), counts(&script)),
        ("undone: snooze of 3 cases as before".into(), (6, 0, 2, 1))
    );
}

#[test]
fn nothing_wakes_one_and_many() {
    let mut script = Script::with(eight());
    script.keys("5").typed(":snooze").keys("Enter").keys("Esc");
    script
        .keys("1 G S")
        .typed("3d")
        .keys("Enter G S")
        .typed("2d")
        .keys("Enter 5 /")
        .typed("snoozed:yes")
        .keys("Enter");
    assert_eq!(script.shown(), ["O7", "O8"]);
    script.done();
    script.keys("S");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("it opens") };
    assert_eq!(prompt.field.value(), "2026-11-22", "the day it sleeps until");
    script.keys("ctrl-u Enter");
    assert_eq!(script.done(), [Effect::SaveLocal(vec![until("O7", None)])]);
    script.keys("z V S Enter");
    assert_eq!(script.notice(), "2 cases awake again; z takes it back");
    assert_eq!((counts(&script).1, script.shown().len()), (0, 0));
}

#[test]
fn a_text_that_is_no_day_stays_with_the_remedy() {
    let mut script = Script::with(eight());
    script.keys("G S").typed("whenever").keys("Enter");
    assert!(problem(&script).starts_with("`whenever` is no day; type 3d, mon"), "{}", problem(&script));
    script.keys("ctrl-u").typed("2026-11-20").keys("Enter");
    assert!(problem(&script).starts_with("20 Nov is not after today"), "{}", problem(&script));
    script.keys("Esc");
    assert_eq!((script.done(), counts(&script).1), (vec![], 0));
}

#[test]
fn the_palette_takes_the_day() {
    let mut script = Script::with(eight());
    script.keys("G :").typed("snooze tomorrow").keys("Enter");
    assert_eq!(script.done(), [Effect::SaveLocal(vec![until("O8", Some(date!(2026 - 11 - 21)))])]);
    script.keys("G Enter :").typed("snooze sat").keys("Enter");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)), "back on the page it was typed on");
    assert_eq!(counts(&script).1, 2);
}

#[test]
fn a_day_of_the_strip_counts_what_sleeps_and_says_so() {
    let mut script = Script::with(eight());
    script.keys("G S").typed("mon").keys("Enter");
    assert_eq!(script.model.desk.summary.strip[10], 1, "it runs out all the same");
    let offered = |script: &mut Script| {
        script.keys(":").typed("day 30").keys("Enter");
        script.model.desk.filter_text == "due:2026-11-30"
    };
    assert!(!offered(&mut script), "nothing of Due would be shown");
    script.event(Event::Rows(vec![case("O9", "DISPUTE_INQUIRY", "2026-11-30", "1.00", "EUR")]));
    script.keys("Esc");
    assert!(offered(&mut script));
    assert_eq!((script.shown().len(), script.notice().as_str()), (1, "1 case due then asleep; 5 shows all"));
    script.keys("/ ctrl-u").typed("cur:eur").keys("Enter");
    assert!(!offered(&mut script));
    assert_eq!((script.shown().len(), script.notice().as_str()), (1, ""), "none of these sleeps");
}

#[test]
fn after_a_send_undo_says_that_it_cannot_be_taken_back() {
    let mut script = Script::with(eight());
    let replied = |state| {
        let answer = Answer {
            state,
            code: String::new(),
            msg: String::new(),
            success_case_ids: Vec::new(),
            fail_case_ids: Vec::new(),
            may_pass: false,
        };
        Event::Replied(Target::Case(id("O1")), answer)
    };
    script.event(replied(State::Accepted)).keys("z");
    assert_eq!(script.notice(), "the reply to case O1 was sent, and what was sent cannot be undone");
    script.keys("n").typed("x").keys("Enter").event(replied(State::Unknown));
    script.done();
    script.keys("z");
    assert_eq!(
        (script.done(), script.notice()),
        (
            vec![],
            "the reply to case O1 was sent and cannot be undone; z again undoes the local change before it"
                .into()
        )
    );
    assert!(matches!(script.keys("z").done()[..], [Effect::SaveLocal(_)]));
    script.keys("n").typed("x").keys("Enter").event(replied(State::Refused));
    script.done();
    assert!(matches!(script.keys("z").done()[..], [Effect::SaveLocal(_)]), "nothing was sent");
}
