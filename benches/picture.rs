//! Draws the pictures in `assets/` from the running program: `cargo bench --bench picture`.
//!
//! Opens the demo in a terminal of 120 by 40, goes where an operator goes, and writes what stands on its screen as SVG.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use support::Desk;

const CELL: (u16, u16) = (8, 17);
const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d5d8de";
/// The sixteen colours of a usual terminal.
const PALETTE: [&str; 16] = [
    "#16181d", "#e05561", "#8cc265", "#d18f52", "#4aa5f0", "#c162de", "#42b3c2", "#d5d8de", "#6b7280",
    "#ff616e", "#a5e075", "#f0a45d", "#4dc4ff", "#de73ff", "#4cd1e0", "#ffffff",
];
const ESC: &str = "\x1b";
const CTRL_X: &str = "\x18";
/// Between keys that a hand would not press at once: what confirms a refund takes no others.
const A_MOMENT: Duration = Duration::from_millis(600);
const TEXT: &str = "Order {outTradeNo} was delivered on 3 November and signed for by the buyer; receipt and call log are attached.";

fn main() {
    let mut desk = Desk::open(&["demo".into(), "--seed".into(), "7".into()]);
    desk.wait_for("DISPUTE_INQUIRY");
    desk.settle();
    desk.press("R");
    desk.settle();
    desk.press("j");
    keep(&desk, "desk");

    desk.press("\r");
    desk.wait_for("As received");
    keep(&desk, "case");
    desk.press(ESC);

    desk.press("r");
    desk.press(TEXT);
    desk.press("\t");
    desk.press("\x1b[200~https://ev.example.com/2026/{caseId}.PDF\nhttps://ev.example.com/2026/call-log.ZIP\nhttps://ev.example.com/凭证.jpeg\x1b[201~");
    keep(&desk, "reply");
    desk.press(ESC);

    refund(&mut desk);
    keep(&desk, "refund");
}

/// The page that confirms a refund of an order that was won.
fn refund(desk: &mut Desk) {
    desk.press("4");
    desk.press("/");
    desk.press("result:win");
    desk.press("\r");
    desk.press("\r");
    desk.wait_for("As received");
    desk.press("$");
    desk.wait_for("Amount");
    desk.press("=");
    desk.press("\t");
    desk.press("4");
    desk.press("\t");
    desk.press("the box was empty");
    desk.press(CTRL_X);
    desk.wait_for("and Enter to send");
    std::thread::sleep(A_MOMENT);
    desk.settle();
}

fn keep(desk: &Desk, name: &str) {
    let svg = picture(desk.screen.screen());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{name}.svg"));
    std::fs::write(&path, svg).expect("the picture can be written");
    println!("wrote assets/{name}.svg");
}

fn picture(screen: &vt100::Screen) -> String {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (columns * CELL.0 + 16, rows * CELL.1 + 16);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n"
    );
    for row in 0..rows {
        let cells = (0..columns).filter_map(|column| Some((column, screen.cell(row, column)?)));
        let cells: Vec<_> = cells.filter(|(_, cell)| !cell.is_wide_continuation()).collect();
        for run in cells.chunk_by(|(_, a), (_, b)| Look::of(a) == Look::of(b)) {
            draw(&mut svg, run, row * CELL.1 + 8);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// What cells have in common that are drawn together.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: &'static str,
    paper: &'static str,
    bold: bool,
    faint: bool,
}

impl Look {
    fn of(cell: &vt100::Cell) -> Self {
        let (mut ink, mut paper) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
        if cell.inverse() {
            std::mem::swap(&mut ink, &mut paper);
        }
        Self { ink, paper, bold: cell.bold(), faint: cell.dim() }
    }
}

/// Cells of one look side by side: their ground when they have one, their characters each in its own column.
fn draw(svg: &mut String, run: &[(u16, &vt100::Cell)], y: u16) {
    let (Some((first, cell)), Some((last, end))) = (run.first(), run.last()) else { return };
    let look = Look::of(cell);
    let x = |column: u16| column * CELL.0 + 8;
    // Writing to a String cannot fail.
    if look.paper != BACKGROUND {
        let width = x(*last) - x(*first) + if end.is_wide() { CELL.0 * 2 } else { CELL.0 };
        let (x, height, paper) = (x(*first), CELL.1, look.paper);
        _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>"
        );
    }
    let words = run.split(|(_, cell)| cell.contents().trim().is_empty()).filter(|word| !word.is_empty());
    for word in words {
        let columns: Vec<String> = word.iter().map(|(column, _)| x(*column).to_string()).collect();
        // A glyph of several characters takes one place for each of them; only the first counts.
        let single = word.iter().all(|(_, cell)| cell.contents().chars().count() == 1);
        let columns = if single { columns.join(" ") } else { columns.first().cloned().unwrap_or_default() };
        let text: String = word.iter().map(|(_, cell)| cell.contents()).collect();
        let weight = if look.bold { " font-weight=\"bold\"" } else { "" };
        let faint = if look.faint { " opacity=\"0.6\"" } else { "" };
        let (ink, safe) = (look.ink, text.replace('&', "&amp;").replace('<', "&lt;"));
        _ = writeln!(
            svg,
            "<text x=\"{columns}\" y=\"{}\" fill=\"{ink}\"{weight}{faint}>{safe}</text>",
            y + 13
        );
    }
}

fn colour(colour: vt100::Color, default: &'static str) -> &'static str {
    match colour {
        vt100::Color::Idx(index) => PALETTE.get(usize::from(index)).copied().unwrap_or(default),
        vt100::Color::Default | vt100::Color::Rgb(..) => default,
    }
}
