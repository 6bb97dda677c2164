//! Pictures whose rows have moved: the terminal moves them itself, and shows the same as if they were written.

use pretty_assertions::assert_eq;

use super::super::shift::{self, Shift};
use super::*;

const WIDE: u16 = 34;
const HIGH: u16 = 12;
/// Columns of the list; the rest is a pane beside it that does not move.
const LIST: u16 = 22;
/// The rows above the list.
const ABOVE: u16 = 2;
/// Its rows; one below it stays as well.
const ROWS: u16 = HIGH - ABOVE - 1;

/// Thirty rows of a list, some alike, some with wide glyphs over the place where the pane begins.
fn list() -> impl Strategy<Value = Vec<(String, Style)>> {
    let texts = [
        "O20261103065545916437",
        "案件 PERSELISIHAN",
        "",
        "TODAY 2",
        "e\u{301}tage 12.00 EUR",
        "  0123456789 abcde 案案",
    ];
    let row = (proptest::sample::select(texts.to_vec()), 0..99_u8, style());
    let row = row.prop_map(|(text, number, style)| (format!("{number:02} {text}"), style));
    proptest::collection::vec(row, 30)
}

/// Where a frame stands in the list, and what its pane says.
fn places() -> impl Strategy<Value = Vec<(usize, u8, bool)>> {
    let jump = prop_oneof![6 => 0..3_usize, 3 => 3..8_usize, 1 => 8..21_usize];
    let step = (jump, any::<bool>(), 0..4_u8, proptest::bool::weighted(0.7));
    proptest::collection::vec(step, 2..9).prop_map(|steps| {
        let mut top = 10_usize;
        let place = |(by, down, pane, beside): (usize, bool, u8, bool)| {
            top = if down { (top + by).min(20) } else { top.saturating_sub(by) };
            (top, pane, beside)
        };
        steps.into_iter().map(place).collect()
    })
}

fn scrolled(list: &[(String, Style)], (top, pane, beside): (usize, u8, bool)) -> Frame {
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDE, HIGH));
    buffer.set_string(0, 0, format!("docket {pane}"), Style::default().add_modifier(Modifier::BOLD));
    for (y, (text, style)) in (ABOVE..ABOVE + ROWS).zip(list.iter().skip(top)) {
        buffer.set_string(0, y, text, *style);
    }
    for y in (ABOVE..HIGH - 1).filter(|_| beside) {
        buffer.set_string(LIST, y, "│", Style::default().fg(Color::DarkGray));
        let value = if y > 4 { String::new() } else { format!("value {}", u16::from(pane) * y) };
        buffer.set_string(LIST + 2, y, value, Style::default());
    }
    buffer.set_string(0, HIGH - 1, format!("row {top}"), Style::default());
    for cell in buffer.content.iter_mut().filter(|cell| cell.modifier.contains(Modifier::BOLD)) {
        cell.modifier.remove(Modifier::DIM);
    }
    Frame { buffer, cursor: None, page_end: None, faults: 0 }
}

fn moves(out: &[u8]) -> usize {
    out.windows(3).filter(|bytes| bytes == b"\x1b[r").count()
}

proptest! {
    #[test]
    fn a_scrolled_list_comes_out_right_and_never_dearer_than_written(list in list(), places in places()) {
        let mut parser = emulator(HIGH, WIDE);
        let mut painter = Painter::new();
        for place in places {
            let next = scrolled(&list, place);
            let written = painter.shown.as_ref().map(|shown| {
                let mut next = next.buffer.clone();
                tidy::tidy(&mut next);
                let bytes = painter.brush.draw(shown, &next).bytes.len();
                if bytes < AT_ONCE { bytes } else { bytes + BEGIN.len() + END.len() }
            });
            let out = painted(&mut painter, &next);
            parser.process(&out);
            assert_shows(&parser, &next);
            prop_assert!(written.is_none_or(|written| out.len() <= written), "{} > {:?}", out.len(), written);
        }
    }

    #[test]
    fn the_terminal_moves_lines_as_the_picture_does(
        picture in any_frame(),
        (top, rows) in (0..HEIGHT - 1).prop_flat_map(|top| (Just(top), 2..=HEIGHT - top)),
        lines in 1..HEIGHT,
        up in any::<bool>(),
    ) {
        prop_assume!(lines < rows);
        let shift = Shift { top, bottom: top + rows - 1, lines, up };
        let mut parser = emulator(HEIGHT, WIDTH);
        let mut out = painted(&mut Painter::new(), &picture);
        shift.write(&mut out);
        parser.process(&out);
        let mut moved = picture;
        tidy::tidy(&mut moved.buffer);
        shift.apply(&mut moved.buffer);
        // Moving lines leaves the cursor anywhere.
        let (y, x) = parser.screen().cursor_position();
        moved.cursor = moved.cursor.map(|_| (x, y));
        assert_shows(&parser, &moved);
    }

    #[test]
    fn the_shift_that_was_made_is_found(top in 0..6_u16, rows in 5..12_u16, lines in 1..4_u16, up in any::<bool>()) {
        let shift = Shift { top, bottom: top + rows - 1, lines, up };
        let text = |y: u16| format!("{:>30}", u64::from(y + 3).pow(9) * 7_919);
        let rows: Vec<String> = (0..18).map(text).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let mut shown = frame(&rows, 30).buffer;
        let mut next = shown.clone();
        tidy::tidy(&mut shown);
        tidy::tidy(&mut next);
        shift.apply(&mut next);
        prop_assert_eq!(shift::find(&shown, &next), Some(shift));
    }
}

#[test]
fn a_table_that_scrolls_by_one_row_costs_the_row_that_is_new() {
    let rows: Vec<String> = (0..40_u64).map(|row| format!("{row:>4} {:024}", row.pow(7) * 104_729)).collect();
    let page = |top: usize| {
        let rows: Vec<&str> = rows.iter().skip(top).take(30).map(String::as_str).collect();
        frame(&rows, 40)
    };
    let mut painter = Painter::new();
    painted(&mut painter, &page(3));
    for top in [4, 3] {
        let out = painted(&mut painter, &page(top));
        assert_eq!(moves(&out), 1, "no lines were moved");
        assert!(out.len() < 29 + 60, "{} bytes", out.len());
    }
}

#[test]
fn lines_stand_still_where_moving_them_saves_little() {
    let mut painter = Painter::new();
    painted(&mut painter, &frame(&["one", "two", "three", "four"], 40));
    let out = painted(&mut painter, &frame(&["two", "three", "four", "five"], 40));
    assert_eq!(moves(&out), 0, "{}", String::from_utf8_lossy(&out));
}

#[test]
fn the_margins_are_those_of_the_whole_screen_again_after_every_move() {
    let rows: Vec<String> = (3..23_u64).map(|row| format!("{:>30}", row.pow(13))).collect();
    let page = |top: usize| {
        let rows: Vec<&str> = rows.iter().skip(top).take(10).map(String::as_str).collect();
        frame(&rows, 30)
    };
    let mut parser = emulator(10, 30);
    let mut painter = Painter::new();
    parser.process(&painted(&mut painter, &page(0)));
    let out = painted(&mut painter, &page(2));
    assert_eq!(moves(&out), 1, "no lines were moved");
    parser.process(&out);
    parser.process(b"\x1b[1H\n\n\n\n\n\n\n\n\n\n");
    assert_eq!(parser.screen().rows(0, 30).next().as_deref(), Some(rows[3].as_str()), "a margin is left");
}
