//! Draws the picture in `assets/` from the running program: `cargo bench --bench picture`.
//!
//! Opens the demo in a terminal of 120 by 40 and writes what stands on its screen as an SVG.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use support::Desk;

const CELL: (u16, u16) = (8, 17);
const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d5d8de";
/// The sixteen colours of a usual terminal.
const PALETTE: [&str; 16] = [
    "#16181d", "#e05561", "#8cc265", "#d18f52", "#4aa5f0", "#c162de", "#42b3c2", "#d5d8de", "#6b7280",
    "#ff616e", "#a5e075", "#f0a45d", "#4dc4ff", "#de73ff", "#4cd1e0", "#ffffff",
];

fn main() {
    let mut desk = Desk::open(&["demo".into(), "--seed".into(), "7".into()]);
    desk.wait_for("DISPUTE_INQUIRY");
    desk.settle();
    desk.press("R");
    desk.settle();
    desk.press("j");
    let svg = picture(desk.screen.screen());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/desk.svg");
    std::fs::write(&path, svg).expect("the picture can be written");
    println!("wrote assets/desk.svg");
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
        for column in 0..columns {
            if let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) {
                draw(&mut svg, cell, column * CELL.0 + 8, row * CELL.1 + 8);
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// One cell: its background when it has one, its character when it shows one.
fn draw(svg: &mut String, cell: &vt100::Cell, x: u16, y: u16) {
    let (mut ink, mut paper) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut paper);
    }
    let width = if cell.is_wide() { CELL.0 * 2 } else { CELL.0 };
    // Writing to a String cannot fail.
    if paper != BACKGROUND {
        _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    let text = cell.contents();
    if !text.trim().is_empty() {
        let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
        let faint = if cell.dim() { " opacity=\"0.6\"" } else { "" };
        let safe = text.replace('&', "&amp;").replace('<', "&lt;");
        _ = writeln!(svg, "<text x=\"{x}\" y=\"{}\" fill=\"{ink}\"{weight}{faint}>{safe}</text>", y + 13);
    }
}

fn colour(colour: vt100::Color, default: &'static str) -> &'static str {
    match colour {
        vt100::Color::Idx(index) => PALETTE.get(usize::from(index)).copied().unwrap_or(default),
        vt100::Color::Default | vt100::Color::Rgb(..) => default,
    }
}
