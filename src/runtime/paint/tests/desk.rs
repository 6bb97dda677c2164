//! What the keys of the desk cost in bytes, on the real screen at 120 by 40.

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::layout::Layout;
use crate::app::tests::{NOW, Script, id};
use crate::domain::case::{Case, Field};
use crate::domain::change::HistoryEntry;
use crate::domain::tracked::Tracked;
use crate::sandbox::generate::generate;
use crate::ui::{Look, Theme, draw};

use super::*;

const LOOK: Look = Look { theme: Theme::dark(), ascii: false, colour: true };

/// The desk with as many lifelike cases as wanted.
fn desk_of(cases: usize) -> Script {
    let today = NOW.date();
    let tracked = generate(cases, 7, today).into_iter().map(|made| {
        let mut tracked = Tracked::new(id(made.text(Field::CaseId)));
        tracked.case =
            Some(Case::from_fields(Field::ALL.map(|field| (field, made.get(field).map(str::to_owned)))));
        tracked.refreshed_at = Some(NOW - time::Duration::minutes(30));
        tracked
    });
    let mut script = Script::with(tracked.collect());
    script.event(Event::Resized(120, 40));
    script
}

/// Presses keys and lets the history of the case arrive with them.
fn press(script: &mut Script, keys: &str) -> Frame {
    script.keys(keys);
    for effect in std::mem::take(&mut script.effects) {
        if let Effect::LoadHistory(case) = effect {
            let status = "DISPUTE_INQUIRY".to_owned();
            script.event(Event::History(case, vec![HistoryEntry::First { at: NOW, status }]));
        }
    }
    draw(&script.model, &LOOK, Rect::new(0, 0, 120, 40))
}

/// The bytes of the text that a key changed in the detail pane.
fn changed_in_pane(before: &Frame, next: &Frame) -> usize {
    let pane = Layout::of(120, 40).unwrap().detail;
    let cells = (pane.y..pane.y + pane.height).flat_map(|y| (pane.x..120).map(move |x| (x, y)));
    let changed = cells.filter(|&at| before.buffer[at] != next.buffer[at]);
    changed.map(|at| next.buffer[at].symbol().len()).sum()
}

/// Presses a key again and again: whether each of its frames scrolled the table, and by how much it is dearer than
/// 1.2 times what changed in the pane.
fn costs(script: &mut Script, key: &str, times: usize) -> Vec<(bool, usize)> {
    let mut before = press(script, "g");
    let mut painter = Painter::new();
    let mut parser = emulator(40, 120);
    parser.process(&painted(&mut painter, &before));
    let mut costs = Vec::new();
    for _ in 0..times {
        let top = script.model.desk.cursor.top;
        let next = press(script, key);
        let out = painted(&mut painter, &next);
        parser.process(&out);
        assert_shows(&parser, &next);
        assert!(out.len() > 40, "the key did nothing");
        let cost = out.len().saturating_sub(changed_in_pane(&before, &next) * 12 / 10);
        costs.push((script.model.desk.cursor.top != top, cost));
        before = next;
    }
    costs
}

#[test]
fn moving_the_cursor_and_scrolling_stay_within_their_bytes() {
    let mut script = desk_of(300);
    let (scrolls, moves): (Vec<_>, Vec<_>) =
        costs(&mut script, "j", 60).into_iter().partition(|(scrolled, _)| *scrolled);
    assert!(moves.len() > 20 && scrolls.len() > 20, "{moves:?} {scrolls:?}");
    assert!(moves.iter().all(|&(_, cost)| cost <= 300), "moving the cursor costs {moves:?}");
    // Lines are moved whole: the labels in the pane beside the table move along and are written again.
    assert!(scrolls.iter().all(|&(_, cost)| cost <= 800), "scrolling costs {scrolls:?}");
}

#[test]
fn a_page_costs_no_more_than_its_text() {
    let mut script = desk_of(300);
    let mut before = press(&mut script, "g");
    let mut painter = Painter::new();
    painted(&mut painter, &before);
    for key in ["PgDn", "PgDn", "PgUp", "ctrl-d"] {
        let next = press(&mut script, key);
        let out = painted(&mut painter, &next);
        let cells = next.buffer.content.iter().zip(&before.buffer.content);
        let text: usize =
            cells.filter(|(cell, _)| cell.symbol() != " ").map(|(cell, _)| cell.symbol().len()).sum();
        assert!(out.len() <= text * 11 / 10, "{key}: {} bytes for {text} of text", out.len());
        before = next;
    }
}
