//! Finding today's cases: views, groups, filter, sort, cursor, marks, pages.

use super::*;
use crate::app::action::{Action, Place, Tab};
use crate::app::listing::{Group, Line};
use crate::app::model::{SavedView, Tone};
use crate::app::overlay::Overlay;
use crate::domain::filter::Filter;
use crate::domain::order::SortBy;
use crate::domain::view::View;

#[test]
fn the_desk_opens_on_due_with_the_soonest_first_under_headings() {
    let script = Script::with(six());
    assert_eq!(script.shown(), ["O1", "O3", "O2", "O4"]);
    assert_eq!(script.cursor(), "O1");
    let headings: Vec<_> =
        script.model.desk.listing.lines_from(0).filter(|l| matches!(l, Line::Heading(..))).collect();
    assert_eq!(
        headings,
        [Line::Heading(Group::Overdue, 1), Line::Heading(Group::Today, 2), Line::Heading(Group::Tomorrow, 1)]
    );
}

#[test]
fn header_and_strip_count_what_needs_a_reply() {
    let summary = Script::with(six()).model.desk.summary;
    assert_eq!((summary.open, summary.today, summary.overdue), (5, 2, 1));
    assert_eq!(summary.views, [4, 1, 1, 1, 6]);
    assert_eq!(summary.strip[..3], [2, 1, 0]);
    let at_risk: Vec<_> = summary.at_risk.iter().map(|(c, sum)| format!("{c} {sum}")).collect();
    assert_eq!(at_risk, ["IDR 5000.00", "USD 128.10"], "closed cases are not at risk, currencies never mix");
}

#[test]
fn the_number_keys_open_the_views() {
    let mut script = Script::with(six());
    for (key, ids) in [
        ("2", vec!["O5"]),
        ("3", vec!["O5"]),
        ("4", vec!["O6"]),
        ("6", vec![]),
        ("1", vec!["O1", "O3", "O2", "O4"]),
    ] {
        assert_eq!(script.keys(key).shown(), ids, "view {key}");
    }
    script.keys("8");
    assert!(script.notice().contains("no view 8"), "{}", script.notice());
}

#[test]
fn a_saved_view_is_a_tab() {
    let mut script = Script::of(with_view("Rupiah", "cur:IDR"), six());
    assert_eq!(script.keys("8").shown(), ["O1"]);
    assert_eq!(script.model.desk.tab, Tab::Saved(0));
    assert_eq!(script.model.desk.summary.saved, [1]);
}

#[test]
fn every_view_is_reached_from_the_one_beside_it() {
    let mut session = session();
    let view =
        |title: &str| SavedView { title: title.into(), filter: Filter::default(), text: String::new() };
    session.saved_views = ["one", "two", "three", "four"].map(view).into();
    let mut script = Script::of(session, six());
    assert_eq!(script.keys("9 ]").model.desk.tab, Tab::Saved(2), "no digit leads there");
    assert_eq!(script.keys("]").model.desk.tab, Tab::Saved(3));
    assert_eq!(script.keys("]").model.desk.tab, Tab::Cases(View::Due), "round");
    assert_eq!(script.keys("[").model.desk.tab, Tab::Saved(3));
    assert_eq!(script.keys("1 ] ] [").model.desk.tab, Tab::Cases(View::Changed));
}

#[test]
fn q_leaves_a_list_of_choices_as_escape_does() {
    let mut script = Script::with(six());
    script.keys("d q");
    assert_eq!(script.model.desk.filter_text, "");
    let before = script.model.desk.sort();
    script.keys("o j q");
    assert_eq!(script.model.desk.sort(), before);
}

#[test]
fn the_filter_works_while_it_is_typed_and_escape_takes_it_back() {
    let mut script = Script::with(six());
    script.keys("/").typed("cur:usd");
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
    script.keys("Enter");
    assert_eq!(script.model.desk.filter_text, "cur:usd");
    script.keys("/").typed(" due:today");
    assert_eq!(script.shown(), ["O3", "O2"]);
    script.keys("Esc");
    assert_eq!(script.shown(), ["O3", "O2", "O4"], "the filter of before is back");
    script.keys("Esc");
    assert_eq!(script.shown().len(), 4, "Esc on the desk clears the filter");
}

#[test]
fn a_wrong_filter_is_explained_and_its_good_terms_work() {
    let mut script = Script::with(six());
    script.keys("/").typed("usd due:someday").keys("Enter");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt stays open") };
    assert!(prompt.problem.as_deref().unwrap().contains("<3d"));
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
}

#[test]
fn a_name_without_its_value_is_no_mistake_until_it_is_entered() {
    let mut script = Script::with(six());
    let problem = |script: &Script| match &script.model.overlay {
        Overlay::Prompt(prompt) => prompt.problem.clone(),
        other => panic!("{other:?}"),
    };
    for (typed, is_wrong) in [("due:", false), (" !CUR:", false), (" due:x", true), (" fee:", true)] {
        script.keys("/ ctrl-u").typed(typed);
        assert_eq!(problem(&script).is_some(), is_wrong, "{typed}");
        script.keys("Enter");
        assert!(problem(&script).is_some(), "{typed}");
        script.keys("Esc");
    }
}

#[test]
fn the_cursor_moves_over_headings_and_stops_at_the_ends() {
    let mut script = Script::with(six());
    assert_eq!(script.keys("k").cursor(), "O1");
    assert_eq!(script.keys("j").cursor(), "O3");
    assert_eq!(script.keys("Down j").cursor(), "O4");
    assert_eq!(script.keys("j").cursor(), "O4");
    assert_eq!(script.keys("g").cursor(), "O1");
    assert_eq!(script.keys("G").cursor(), "O4");
    assert_eq!(script.keys("PgUp").cursor(), "O1");
    assert_eq!(script.keys("ctrl-d").cursor(), "O4");
}

#[test]
fn the_cursor_is_always_on_the_screen() {
    let cases =
        (0..500).map(|n| case(&format!("O{n:03}"), "DISPUTE_INQUIRY", "2026-11-25", "1.00", "USD")).collect();
    let mut script = Script::with(cases);
    for key in ["G", "k", "ctrl-u", "PgUp", "g", "PgDn", "ctrl-d", "j"] {
        script.keys(key);
        let rows = crate::app::layout::Layout::of(120, 40).unwrap().table_rows();
        let cursor = &script.model.desk.cursor;
        assert!((cursor.top..cursor.top + rows).contains(&cursor.line), "after {key}: {cursor:?}");
    }
}

#[test]
fn sort_goes_through_the_orders_and_headings_belong_to_the_due_order() {
    let mut script = Script::with(six());
    script.keys("o");
    assert_eq!(script.shown(), ["O1", "O3", "O2", "O4"]);
    assert!(script.model.desk.listing.lines_from(0).all(|line| matches!(line, Line::Case(_))));
    assert_eq!(script.keys("o").shown(), ["O1", "O2", "O3", "O4"], "the key goes on to the next order");
    script.keys("Enter");
    assert!(script.notice().contains("in order of id"));
    script.keys("o j k 2");
    assert_eq!((script.model.desk.sort(), script.model.place()), (SortBy::Amount, Place::Desk));
    script.keys("o j j Esc");
    assert_eq!(script.model.desk.sort(), SortBy::Amount, "as it was");
}

#[test]
fn a_day_of_the_strip_is_jumped_to() {
    let mut script = Script::with(six());
    script.keys("d Enter");
    assert_eq!((script.shown(), script.model.desk.filter_text.as_str()), (vec!["O1".into()], "due:overdue"));
    script.keys("d j Enter");
    assert_eq!(script.model.desk.filter_text, "due:2026-11-20", "instead of the other day");
    assert_eq!(script.shown(), ["O3", "O2"]);
    script.keys("Esc");
    assert_eq!(script.shown().len(), 4);
}

#[test]
fn tab_completes_names_and_values_of_a_filter() {
    let mut script = Script::with(six());
    let text = |script: &Script| match &script.model.overlay {
        Overlay::Prompt(prompt) => prompt.field.value().to_owned(),
        other => panic!("{other:?}"),
    };
    script.keys("5 /").typed("cu").keys("Tab");
    assert_eq!(text(&script), "cur:");
    script.keys("Tab");
    assert_eq!(text(&script), "cur:IDR");
    script.keys("Tab");
    assert_eq!((text(&script), script.shown().len()), ("cur:USD".into(), 5));
    script.keys("Shift-Tab").typed(" !sta");
    script.keys("Tab");
    assert_eq!(text(&script), "cur:IDR !status:");
    script.keys("Shift-Tab Shift-Tab Shift-Tab");
    script.keys("Tab Enter");
    assert!(script.model.desk.filter_text.starts_with("cur:IDR !sta"), "{}", script.model.desk.filter_text);
    script.keys("/").typed(" zzz:").keys("Tab");
    assert!(text(&script).ends_with("zzz:"), "nothing to complete, nothing changed");
}

#[test]
fn the_palette_takes_what_the_prompt_would_ask_for() {
    let mut script = Script::with(six());
    script.keys(":").typed("exp").keys("Tab").typed("today.csv").keys("Enter");
    assert_eq!(script.done(), [Effect::Export("today.csv".into())]);
    script.event(Event::Exported(6, "today.csv".into()));
    assert!(script.notice().contains("6 cases written to today.csv"), "{}", script.notice());
    script.keys(":").typed("filter cur:IDR").keys("Enter");
    assert_eq!((script.shown(), script.model.place()), (vec!["O1".into()], Place::Desk));
    script.keys(":").typed("filter due:someday").keys("Enter");
    assert_eq!(script.model.place(), Place::Form, "a text that cannot be taken stays to be corrected");
    script.keys("Esc");
    script.keys(":").typed("export").keys("Enter Enter");
    assert_eq!(script.done(), []);
}

#[test]
fn the_command_that_shows_the_same_is_copied() {
    let mut session = session();
    session.profile = "ops 1".into();
    let mut script = Script::of(session, six());
    script.keys("5 /").typed("cur:IDR !tag:it's").keys("Enter :").typed("copy-cli").keys("Enter");
    let list = r"docket --profile 'ops 1' list --view all --sort due --filter 'cur:IDR !tag:it'\''s'";
    assert_eq!(script.done(), [Effect::Copy(list.into())]);
    script.keys("Enter :").typed("copy-cli").keys("Enter");
    assert_eq!(script.done(), [Effect::Copy("docket --profile 'ops 1' show O1".into())]);
    script.model.session.flags = vec!["--config".into(), "/my own/c.toml".into()];
    script.keys(":").typed("copy-cli").keys("Enter");
    let there = "docket --config '/my own/c.toml' --profile 'ops 1' show O1";
    assert_eq!(script.done(), [Effect::Copy(there.into())]);
}

#[test]
fn marks_belong_to_cases_and_survive_filter_view_and_refresh() {
    let mut script = Script::with(six());
    script.keys("Space j Space / z Enter 2 1 Esc");
    let marked = |script: &Script| script.model.book.marks().map(|t| t.id.to_string()).collect::<Vec<_>>();
    assert_eq!(marked(&script), ["O1", "O3"]);
    script.event(Event::Loaded(six()));
    assert_eq!(marked(&script), ["O1", "O3"]);
    script.event(Event::Loaded(six().split_off(2)));
    assert_eq!(
        marked(&script),
        ["O3"],
        "in another slot than before; and a case that is gone takes its mark along"
    );
    script.event(Event::Loaded(six())).keys("Space u");
    assert_eq!(script.model.book.marked(), 0);
    script.keys("V");
    assert_eq!(script.model.book.marked(), 4);
}

#[test]
fn pages_open_and_close_and_q_quits_only_on_the_desk() {
    let mut script = Script::with(six());
    script.keys("Enter");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    script.keys("? q");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)), "help gives the case page back");
    script.keys("L Esc q");
    assert!(matches!(script.model.overlay, Overlay::None));
    assert_eq!(script.done(), []);
    assert_eq!(script.keys("q").done(), [Effect::Quit]);
}

#[test]
fn a_refund_is_far_from_the_list() {
    let mut script = Script::with(six());
    script.keys("$");
    assert!(script.notice().contains("works on the page of one case; Enter opens it"), "{}", script.notice());
    script.keys(":").typed("refund").keys("Home");
    while !matches!(&script.model.overlay, Overlay::Palette(open) if open.rows().get(open.chosen) == Some(&Action::Refund))
    {
        script.keys("Down");
    }
    script.keys("Enter");
    assert!(script.notice().contains("from the page of one case"), "{}", script.notice());
    assert_eq!(script.done(), []);
}

#[test]
fn a_paste_on_the_desk_triggers_no_key() {
    let mut script = Script::with(six());
    script.event(Event::Paste("qq$y\n".into()));
    assert!(script.notice().starts_with("paste ignored"));
    assert_eq!(script.done(), []);
}

#[test]
fn own_keys_work_and_stand_in_sentences() {
    let mut session = session();
    session.keymap = own_keys(&[("untrack", "D"), ("undo", "U")]);
    let mut script = Script::of(session, six());
    script.keys("D");
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
    assert!(script.notice().contains("U brings back"), "{}", script.notice());
}

#[test]
fn the_palette_finds_actions_and_refuses_those_that_are_off() {
    let mut script = Script::with(six());
    script.keys(":").typed("untr").keys("Enter");
    assert_eq!(script.done(), [Effect::Untrack(vec![id("O1")])]);
    script.keys(":").typed("refund").keys("Enter");
    assert_eq!(script.model.notice.as_ref().map(|n| n.tone), Some(Tone::Warning));
}

#[test]
fn a_click_and_the_wheel_move_the_cursor_on_the_desk_only() {
    let mut script = Script::with(six());
    let table = crate::app::layout::Layout::of(120, 40).unwrap().table;
    script.event(Event::Clicked(5, table.y + 5));
    assert_eq!(script.cursor(), "O2", "titles, OVERDUE, O1, TODAY, O3, O2");
    script
        .event(Event::Clicked(5, table.y + 1))
        .event(Event::Clicked(5, 0))
        .event(Event::Clicked(5, table.y));
    assert_eq!(script.cursor(), "O2", "headings and other parts are no cases");
    script.event(Event::Wheel { down: false });
    assert_eq!(script.cursor(), "O1");
    script.keys("a").event(Event::Wheel { down: true }).keys("Esc");
    assert_eq!(script.cursor(), "O1");
}

#[test]
fn a_day_that_turns_moves_the_cases() {
    let mut script = Script::with(six());
    script.now += time::Duration::days(1);
    script.event(Event::Tick);
    let summary = &script.model.desk.summary;
    assert_eq!((summary.overdue, summary.today), (3, 1));
}

#[test]
fn resize_keeps_the_case_and_asks_for_a_fresh_screen() {
    let mut script = Script::with(six());
    script.keys("G");
    script.event(Event::Resized(60, 15));
    assert_eq!(script.cursor(), "O4");
    assert_eq!(script.done(), [Effect::Redraw]);
    script.event(Event::Resized(0, 0)).keys("j k G g Enter q");
}

#[test]
fn every_action_is_reachable_somewhere() {
    let script = Script::with(six());
    for row in crate::app::action::BINDINGS {
        let reachable = !script.model.session.keymap.keys(row.action).is_empty()
            || row.places.contains(&crate::app::action::Place::Desk);
        assert!(reachable, "{}", row.name);
    }
    assert_eq!(View::ALL.len(), script.model.desk.summary.views.len());
    assert!(!script.model.key_of(Action::Help).is_empty());
}

#[test]
fn the_history_of_the_case_at_the_cursor_is_asked_for_once() {
    let mut script = Script::with(six());
    script.keys("j k");
    let asked: Vec<_> =
        script.effects.iter().filter(|e| matches!(e, Effect::LoadHistory(_))).cloned().collect();
    assert_eq!(asked, [Effect::LoadHistory(id("O3")), Effect::LoadHistory(id("O1"))]);
    script.event(Event::History(id("O3"), vec![]));
    assert_eq!(
        script.model.desk.history.as_ref().map(|(id, _)| id.to_string()),
        Some("O1".into()),
        "a late one is dropped"
    );
}

#[test]
fn the_terminal_is_left_and_redrawn_from_forms_too_and_a_letter_stays_a_letter() {
    let mut script = Script::with(six());
    script.keys("r").typed("half a reply").keys("ctrl-z ctrl-l");
    let saved = |effect: &Effect| matches!(effect, Effect::SaveDraft(_));
    let others: Vec<_> = script.done().into_iter().filter(|effect| !saved(effect)).collect();
    assert_eq!(others, [Effect::Suspend, Effect::Redraw]);
    assert!(matches!(&script.model.overlay, Overlay::Reply(form) if form.content.value() == "half a reply"));
    let own = std::collections::BTreeMap::from([("suspend".to_owned(), vec!["X".to_owned()])]);
    script.model.session.keymap = crate::app::keymap::Keymap::with_own(&own).unwrap();
    script.keys("X");
    assert!(matches!(&script.model.overlay, Overlay::Reply(form) if form.content.value() == "half a replyX"));
}
