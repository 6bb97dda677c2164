//! The encoder against an emulated terminal: whatever is painted after whatever, the last frame is what shows.

mod desk;
mod linked;
mod moved;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

use super::*;

fn frame(rows: &[&str], width: u16) -> Frame {
    let area = Rect::new(0, 0, width, u16::try_from(rows.len()).unwrap());
    let mut buffer = Buffer::empty(area);
    for (y, row) in (0..).zip(rows) {
        buffer.set_string(0, y, row, Style::default());
    }
    Frame { buffer, cursor: None, page_end: None, faults: 0 }
}

fn painted(painter: &mut Painter, frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    painter.paint(frame.clone(), true, &mut out);
    out
}

fn emulator(rows: u16, columns: u16) -> vt100::Parser {
    vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0)
}

/// The colour of a cell as the emulator names it.
fn emulated(colour: Color) -> vt100::Color {
    match (colour, super::pen::ansi(colour)) {
        (_, Some(index)) | (Color::Indexed(index), None) => vt100::Color::Idx(index),
        (Color::Rgb(r, g, b), None) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

/// Compares what the emulator shows with a frame, cell by cell.
fn assert_shows(parser: &vt100::Parser, frame: &Frame) {
    let mut wanted = frame.buffer.clone();
    tidy::tidy(&mut wanted);
    for y in 0..wanted.area.height {
        for x in 0..wanted.area.width {
            let (cell, shown) = (&wanted[(x, y)], parser.screen().cell(y, x).unwrap());
            if tidy::is_tail(cell) {
                assert!(shown.is_wide_continuation(), "no wide glyph at {x},{y} of {wanted:?}");
                continue;
            }
            let contents = if shown.has_contents() { shown.contents() } else { " " };
            let has = |modifier| cell.modifier.contains(modifier);
            let ground = (shown.bgcolor(), shown.inverse(), shown.underline());
            let wanted_ground = (emulated(cell.bg), has(Modifier::REVERSED), has(Modifier::UNDERLINED));
            assert_eq!((contents, ground), (cell.symbol(), wanted_ground), "at {x},{y} of {wanted:?}");
            if cell.symbol() != " " || !cell.modifier.is_empty() {
                assert_eq!(shown.fgcolor(), emulated(cell.fg), "at {x},{y} of {wanted:?}");
                let (bold, dim) = (has(Modifier::BOLD), has(Modifier::DIM));
                // The emulator knows bold or dim, not both at a time.
                let weight = (bold && dim) || (shown.bold(), shown.dim()) == (bold, dim);
                assert!(weight, "bold {bold}, dim {dim} at {x},{y} of {wanted:?}");
            }
        }
    }
    assert_eq!(parser.screen().hide_cursor(), frame.cursor.is_none());
    if let Some((x, y)) = frame.cursor {
        assert_eq!(parser.screen().cursor_position(), (y, x));
    }
}

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop_oneof![
            4 => Just(Color::Reset),
            1 => Just(Color::Red),
            1 => Just(Color::LightBlue),
            1 => Just(Color::DarkGray),
            1 => any::<u8>().prop_map(Color::Indexed),
            1 => any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ]
    };
    let modifiers = [
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::UNDERLINED.union(Modifier::BOLD),
    ];
    (colour(), colour(), proptest::sample::select(modifiers.to_vec()))
        .prop_map(|(fg, bg, modifier)| Style::default().fg(fg).bg(bg).add_modifier(modifier))
}

const WIDTH: u16 = 14;
const HEIGHT: u16 = 4;

/// Pieces of text dropped anywhere on a small screen, so that wide glyphs are cut, covered and uncovered.
fn any_frame() -> impl Strategy<Value = Frame> {
    let texts = ["", "a", "case", "案件", "張", "ก็", "e\u{301}", "│", "        ", "x案y", "0123456789abcdef"];
    let piece = (0..WIDTH, 0..HEIGHT, proptest::sample::select(texts.to_vec()), style());
    let cursor = proptest::option::of((0..WIDTH, 0..HEIGHT));
    (proptest::collection::vec(piece, 0..8), cursor).prop_map(|(pieces, cursor)| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (x, y, text, style) in pieces {
            buffer.set_string(x, y, text, style);
        }
        // The emulator knows bold or dim, not both at a time.
        for cell in buffer.content.iter_mut().filter(|cell| cell.modifier.contains(Modifier::BOLD)) {
            cell.modifier.remove(Modifier::DIM);
        }
        Frame { buffer, cursor, page_end: None, faults: 0 }
    })
}

/// What may happen before a frame.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    Forgotten,
    /// Another size; with it the terminal has its own idea of what is left on it.
    Resized(u16, u16),
}

fn before() -> impl Strategy<Value = Before> {
    prop_oneof![
        8 => Just(Before::Nothing),
        1 => Just(Before::Forgotten),
        1 => (1..WIDTH + 3, 1..HEIGHT + 3).prop_map(|(width, height)| Before::Resized(width, height)),
    ]
}

/// As much of a frame as fits into a size, and blanks where it has nothing.
fn fitted(frame: &Frame, (width, height): (u16, u16)) -> Frame {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    for y in 0..height.min(frame.buffer.area.height) {
        for x in 0..width.min(frame.buffer.area.width) {
            buffer[(x, y)] = frame.buffer[(x, y)].clone();
        }
    }
    let cursor = frame.cursor.filter(|&(x, y)| x < width && y < height);
    Frame { buffer, cursor, page_end: None, faults: 0 }
}

proptest! {
    #[test]
    fn the_terminal_shows_the_last_frame_whatever_came_before(
        frames in proptest::collection::vec((before(), any_frame()), 1..8),
    ) {
        let mut size = (WIDTH, HEIGHT);
        let mut parser = emulator(HEIGHT, WIDTH);
        parser.process(b"left over\x1b[2;3r\x1b[7mby another program");
        let mut painter = Painter::new();
        let mut last = None;
        for (before, frame) in &frames {
            match before {
                Before::Nothing => {}
                Before::Forgotten => painter.forget(),
                Before::Resized(width, height) => {
                    size = (*width, *height);
                    let (rows, columns) = ((*height).try_into().unwrap(), (*width).try_into().unwrap());
                    parser.screen_mut().set_size(rows, columns);
                    painter.forget();
                }
            }
            let frame = fitted(frame, size);
            parser.process(&painted(&mut painter, &frame));
            assert_shows(&parser, &frame);
            last = Some(frame);
        }
        let again = painted(&mut painter, &last.unwrap());
        prop_assert_eq!(again, Vec::<u8>::new(), "an unchanged frame wrote bytes");
    }
}

#[test]
fn one_changed_cell_costs_one_move_and_one_character() {
    let mut painter = Painter::new();
    painted(&mut painter, &frame(&["case 1", "case 2"], 8));
    let out = painted(&mut painter, &frame(&["case 1", "case 3"], 8));
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[6G3");
}

#[test]
fn rows_with_wide_glyphs_are_written_left_to_right_and_others_colour_by_colour() {
    let letters = |first: &[&str]| {
        let mut painter = Painter::new();
        painted(&mut painter, &frame(first, 8));
        let mut next = frame(&["ab", "cd", "ef", "gh"], 8);
        for y in 0..4 {
            next.buffer[(0, y)].set_fg(Color::Red);
        }
        let out = String::from_utf8(painted(&mut painter, &next)).unwrap();
        // Every letter of a sequence follows its bracket or a digit.
        let mut sequence = false;
        let plain = out.chars().filter(|c| {
            let written = !sequence && c.is_ascii_lowercase();
            sequence = *c == '\u{1b}' || sequence && !c.is_ascii_alphabetic();
            written
        });
        plain.collect::<String>()
    };
    assert_eq!(letters(&["", "", "", ""]), "acegbdfh");
    assert_eq!(letters(&["案", "案", "案", "案"]), "abcdefgh");
}

#[test]
fn a_frame_that_could_arrive_in_pieces_is_shown_at_once() {
    let mut painter = Painter::new();
    painted(&mut painter, &frame(&["", ""], 90));
    let out = painted(&mut painter, &frame(&["x".repeat(80).as_str(), "y"], 90));
    assert!(!out.contains(&b'h'), "{}", String::from_utf8_lossy(&out));
    let out = painted(&mut painter, &frame(&["z".repeat(90).as_str(), "0123456789"], 90));
    assert!(out.starts_with(BEGIN) && out.ends_with(END), "{}", String::from_utf8_lossy(&out));
}

#[test]
fn the_screen_is_cleared_when_forgotten_or_resized_and_never_else() {
    let clears = |out: &[u8]| out.windows(4).any(|bytes| bytes == b"\x1b[2J");
    let mut painter = Painter::new();
    assert!(clears(&painted(&mut painter, &frame(&["a"], 8))));
    assert!(!clears(&painted(&mut painter, &frame(&["b"], 8))));
    assert!(clears(&painted(&mut painter, &frame(&["b"], 9))));
    assert_eq!(painted(&mut painter, &frame(&["b"], 9)), b"");
    painter.forget();
    assert!(clears(&painted(&mut painter, &frame(&["b"], 9))));
}

#[test]
fn a_cell_that_could_steer_the_terminal_is_never_written() {
    for hostile in ["\u{1b}", "\u{7}x", "\u{202e}", "\u{9b}", "a\u{200b}", "\n"] {
        let mut picture = frame(&["ok"], 4);
        picture.buffer[(1, 0)].set_symbol(hostile);
        let out = painted(&mut Painter::new(), &picture);
        let text = String::from_utf8(out).unwrap();
        let text = text.replace("\x1b[r\x1b[m\x1b[?25l\x1b[H\x1b[2J", "");
        assert_eq!(text, "o\u{fffd}", "{hostile:?}");
    }
}

#[test]
fn a_glyph_that_does_not_fit_at_the_edge_is_left_out() {
    let mut picture = frame(&["ab"], 2);
    picture.buffer[(1, 0)].set_symbol("案");
    let mut parser = emulator(1, 2);
    parser.process(&painted(&mut Painter::new(), &picture));
    assert_eq!(parser.screen().contents(), "a");
}

#[test]
fn a_terminal_without_cells_gets_nothing_that_could_fail() {
    let mut painter = Painter::new();
    painted(&mut painter, &frame(&[], 0));
    assert_eq!(painted(&mut painter, &frame(&[], 0)), b"");
}
