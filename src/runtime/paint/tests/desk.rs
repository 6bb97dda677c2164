//! What the keys of the desk cost in bytes, on the real screen at 120 by 40.

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::layout::Layout;
use crate::app::model::Model;
use crate::app::tests::{NOW, Script, id, session};
use crate::domain::case::{Case, Field};
use crate::domain::change::HistoryEntry;
use crate::domain::order::SortBy;
use crate::domain::tally::Tally;
use crate::domain::tracked::Tracked;
use crate::sandbox::generate::generate;
use crate::ui::{Look, Theme, draw};

use super::*;

const LOOK: Look = Look { theme: Theme::dark(), ascii: false, colour: true, links: false };

/// The desk with as many lifelike cases as wanted, in a terminal of this size.
fn desk_of(cases: usize, (width, height): (u16, u16)) -> Script {
    let today = NOW.date();
    let tracked = generate(cases, 7, today).into_iter().map(|made| {
        let mut tracked = Tracked::new(id(made.text(Field::CaseId)));
        tracked.case =
            Some(Case::from_fields(Field::ALL.map(|field| (field, made.get(field).map(str::to_owned)))));
        tracked.refreshed_at = Some(NOW - time::Duration::minutes(30));
        tracked
    });
    let mut script = Script::with(tracked.collect());
    script.event(Event::Resized(width, height));
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
    let scene = script.model.scene;
    draw(&script.model, &LOOK, Rect::new(0, 0, scene.width, scene.height))
}

/// The bytes of the text that a key changed in the detail pane.
fn changed_in_pane(before: &Frame, next: &Frame) -> usize {
    let pane = Layout::of(next.buffer.area.width, next.buffer.area.height).unwrap().detail;
    let columns = pane.x..pane.x + pane.width;
    let cells = (pane.y..pane.y + pane.height).flat_map(|y| columns.clone().map(move |x| (x, y)));
    let changed = cells.filter(|&at| before.buffer[at] != next.buffer[at]);
    changed.map(|at| next.buffer[at].symbol().len()).sum()
}

/// Presses a key again and again: whether each of its frames scrolled the table, and by how much it is dearer than
/// 1.2 times what changed in the pane.
fn costs(script: &mut Script, key: &str, times: usize) -> Vec<(bool, usize)> {
    let mut before = press(script, if key == "k" { "G" } else { "g" });
    let mut painter = Painter::new();
    let mut parser = emulator(before.buffer.area.height, before.buffer.area.width);
    parser.process(&painted(&mut painter, &before));
    let mut costs = Vec::new();
    for _ in 0..times {
        let top = script.model.desk.cursor.top;
        let next = press(script, key);
        let out = painted(&mut painter, &next);
        parser.process(&out);
        assert!(out.len() > 40, "the key did nothing");
        let cost = out.len().saturating_sub(changed_in_pane(&before, &next) * 12 / 10);
        costs.push((script.model.desk.cursor.top != top, cost));
        before = next;
    }
    assert_shows(&parser, &before);
    costs
}

/// What moving the cursor costs at most, and what scrolling by one row.
fn most(size: (u16, u16), key: &str) -> (usize, usize) {
    let mut script = desk_of(300, size);
    let (scrolls, moves): (Vec<_>, Vec<_>) =
        costs(&mut script, key, 50).into_iter().partition(|(scrolled, _)| *scrolled);
    assert!(moves.len() > 10 && scrolls.len() > 10, "{moves:?} {scrolls:?}");
    let most = |costs: &[(bool, usize)]| costs.iter().map(|(_, cost)| *cost).max().unwrap();
    (most(&moves), most(&scrolls))
}

#[test]
fn moving_the_cursor_and_scrolling_stay_within_their_bytes() {
    for key in ["j", "k"] {
        let (moves, scrolls) = most((120, 40), key);
        assert!(moves <= 300, "moving the cursor costs {moves}");
        // Lines are moved whole: the labels in the pane beside the table move along and are written again.
        assert!(scrolls <= 600, "scrolling costs {scrolls}");
        let (moves, scrolls) = most((100, 40), key);
        assert!(moves <= 300, "moving the cursor costs {moves} above a pane");
        assert!(scrolls <= 400, "scrolling costs {scrolls} above a pane");
    }
}

#[test]
fn a_page_costs_no_more_than_its_text() {
    let mut script = desk_of(300, (120, 40));
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

/// What a line of 32 KiB a second carries between two keys of one that is held down.
const BETWEEN_KEYS: usize = 32 * 1024 / 30;

#[test]
fn down_held_never_falls_behind_a_line_of_32_kib_a_second() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut script = desk_of(200, size);
        let mut painter = Painter::new();
        painted(&mut painter, &press(&mut script, "g PgDn"));
        let costs = (0..25).map(|_| painted(&mut painter, &press(&mut script, "Down")).len());
        let most = costs.max().unwrap();
        assert!((100..=BETWEEN_KEYS).contains(&most), "{most} bytes for one key at {size:?}");
    }
}

#[test]
fn the_table_stands_still_while_the_rest_of_a_long_list_is_read() {
    let today = NOW.date();
    let cases = generate(1_500, 7, today).into_iter().enumerate().map(|(index, made)| {
        let text = |field| match (field, index < 200) {
            (Field::ExpirationDate, true) => Some((today - time::Duration::days(30)).to_string()),
            (Field::Status, true) => Some("DISPUTE_INQUIRY".to_owned()),
            (Field::Amount, first) => Some(if first { "10.00" } else { "1000000.00" }.to_owned()),
            _ => made.get(field).map(str::to_owned),
        };
        let mut tracked = Tracked::new(id(made.text(Field::CaseId)));
        tracked.case = Some(Case::from_fields(Field::ALL.map(|field| (field, text(field)))));
        tracked.refreshed_at = Some(NOW);
        tracked
    });
    let cases: Vec<Tracked> = cases.collect();
    let mut script = Script { model: Model::new(session(), 120, 40, NOW), effects: Vec::new(), now: NOW };
    let mut due: Vec<Tracked> = cases.iter().take(200).cloned().collect();
    due.sort_by(|a, b| SortBy::Due.compare(a, b));
    script.event(Event::Opened { tally: Tally::of(&cases), as_of: Some(NOW), due });
    let mut painter = Painter::new();
    painted(&mut painter, &press(&mut script, "j"));
    script.event(Event::Loaded(cases));
    let cost = painted(&mut painter, &press(&mut script, "j")).len();
    assert!(cost <= 500, "a key costs {cost} bytes when the rest is there");
}
