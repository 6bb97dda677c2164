//! The screen: from the model to a buffer of cells, and nothing else. What the terminal gets is the runtime's matter.
//!
//! Drawing is pure and never fails: the same model gives the same cells, at any size. Texts reach the buffer
//! through [`text`] alone, where whatever could steer a terminal is made visible.

mod calls;
mod canvas;
mod case_page;
mod chooser;
mod detail;
mod empty;
mod facts;
mod field;
mod footer;
mod form;
mod header;
mod help;
mod link;
mod list;
mod notice;
mod pages;
mod palette;
mod plain;
mod prompt;
mod records;
mod refund;
mod reply;
mod report;
mod strip;
mod table;
mod tabs;
pub mod text;
mod theme;
mod typed;
mod words;

#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::layout::{Area, Layout, MIN_HEIGHT, MIN_WIDTH};
use crate::app::model::Model;
use crate::app::overlay::Overlay;

use canvas::{Canvas, Row};

pub use link::Link;
pub use theme::Theme;

/// How everything looks in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The styles.
    pub theme: Theme,
    /// Whether signs and borders are plain ASCII, and every other character becomes `?`.
    pub ascii: bool,
    /// Whether colours are used at all (`NO_COLOR`, `--no-color`).
    pub colour: bool,
    /// Whether evidence addresses are marked for the terminal to open (OSC 8).
    pub links: bool,
}

/// What is known of places on a drawn screen besides what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Where the tabs stand: row, first column, the column behind the last, and the tab's number from 1.
    pub tabs: Vec<(u16, u16, u16, u8)>,
    /// Where addresses stand that the terminal can open; only where the look asks for them.
    pub links: Vec<Link>,
}

impl Marks {
    /// The tab at a place, by its number.
    pub fn tab_at(&self, column: u16, row: u16) -> Option<u8> {
        let here = |&&(y, from, to, _): &&(u16, u16, u16, u8)| y == row && (from..to).contains(&column);
        self.tabs.iter().find(here).map(|(.., number)| *number)
    }
}

/// A drawn screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The cells.
    pub buffer: Buffer,
    /// Column and row of the text cursor; `None` hides it.
    pub cursor: Option<(u16, u16)>,
    /// How many lines the page or pane on it can be scrolled; `None` where nothing scrolls by lines.
    pub page_end: Option<usize>,
    /// Cells that had to be made harmless at the end: a fault of the drawing, not of the text.
    pub faults: usize,
}

/// Draws the model into an area of any size.
pub fn draw(model: &Model, look: &Look, area: Rect) -> Frame {
    draw_marked(model, look, area).0
}

/// As [`draw`], with what is known of places on the screen.
pub fn draw_marked(model: &Model, look: &Look, area: Rect) -> (Frame, Marks) {
    let mut buffer = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buffer, look, model.session.environment);
    let cursor = match Layout::of(area.width, area.height) {
        Some(layout) => screen(&mut canvas, model, &layout),
        None => too_small(&mut canvas, model, area),
    };
    let page_end = canvas.page_end;
    let mut marks = canvas.marks;
    if !look.links {
        marks.links.clear();
    }
    let faults = text::guard(&mut buffer);
    debug_assert_eq!(faults, 0, "a text went around the road to the screen");
    if look.ascii {
        text::to_ascii(&mut buffer);
    }
    let inside = |(x, y): (u16, u16)| (x < area.width && y < area.height).then_some((area.x + x, area.y + y));
    (Frame { buffer, cursor: cursor.and_then(inside), page_end, faults }, marks)
}

/// Says which size is needed, and where the operator is all the same.
fn too_small(canvas: &mut Canvas<'_>, model: &Model, area: Rect) -> Option<(u16, u16)> {
    let (width, height) = (area.width, area.height);
    let environment = model.session.environment;
    let word = Row::of(&format!(" {} ", environment.word()), header::style_of(canvas, environment));
    canvas.row(0, 0, width, &word);
    let sentence = format!("docket needs {MIN_WIDTH}x{MIN_HEIGHT}; this terminal is {width}x{height}");
    let lines = text::Shown::of(&sentence).wrap(usize::from(width).max(1));
    let top = (height.saturating_sub(text::cells(lines.len())) / 2).max(1);
    for (y, line) in (top..height).zip(&lines) {
        let row = Row::plain(line.as_str().trim_end());
        let x = width.saturating_sub(text::cells(row.width())) / 2;
        canvas.row(x, y, width, &row);
    }
    None
}

/// Draws header, what lies below it, notice and footer.
fn screen(canvas: &mut Canvas<'_>, model: &Model, layout: &Layout) -> Option<(u16, u16)> {
    header::draw(canvas, model, layout.header);
    let body = body(layout);
    let cursor = lying_over(canvas, model, &model.overlay, layout, body);
    let told = notice::Told::of(canvas, model);
    match &told.below {
        Some(row) => canvas.row(layout.footer.x, layout.footer.y, layout.footer.width, row),
        None if model.book.is_loaded() => footer::draw(canvas, model, layout.footer),
        None => {}
    }
    told.draw(canvas, layout.notice);
    cursor
}

/// Everything between header and notice.
fn body(layout: &Layout) -> Area {
    let y = layout.header.height;
    Area { x: 0, y, width: layout.header.width, height: layout.notice.y.saturating_sub(y) }
}

/// Draws what the operator looks at, and the windows over it.
fn lying_over(
    canvas: &mut Canvas<'_>,
    model: &Model,
    overlay: &Overlay,
    layout: &Layout,
    body: Area,
) -> Option<(u16, u16)> {
    match overlay {
        Overlay::None => desk(canvas, model, layout),
        Overlay::CasePage(page) => case_page::draw(canvas, model, page, body),
        Overlay::Help { scroll, back } => help::draw(canvas, model, *scroll, back, body),
        Overlay::Report { scroll } => report::draw(canvas, model, *scroll, body),
        Overlay::Plain { text, scroll, .. } => plain::draw(canvas, text, *scroll, body),
        Overlay::Journal { id, scroll, .. } => report::draw_journal(canvas, model, id, *scroll, body),
        Overlay::Page(page) => pages::draw(canvas, model, page, body),
        Overlay::Reply(form) => return reply::draw(canvas, model, form, body),
        Overlay::Refund(form) => return refund::draw(canvas, model, form, body),
        Overlay::Prompt(prompt) => {
            lying_over(canvas, model, &prompt.back, layout, body);
            return Some(prompt::draw(canvas, model, prompt, body, layout.notice));
        }
        Overlay::Chooser(chooser) => {
            desk(canvas, model, layout);
            chooser::draw(canvas, chooser, body);
        }
        Overlay::Palette(open) => {
            lying_over(canvas, model, &open.back, layout, body);
            return Some(palette::draw(canvas, model, open, body));
        }
    }
    None
}

fn desk(canvas: &mut Canvas<'_>, model: &Model, layout: &Layout) {
    if model.book.is_loaded() {
        strip::draw(canvas, model, layout.strip);
        tabs::draw(canvas, model, layout.tabs);
    }
    table::draw(canvas, model, layout.table);
    detail::draw(canvas, model, layout.detail);
}

/// Draws a page of text under a title.
fn page(canvas: &mut Canvas<'_>, area: Area, title: &str, rows: &[Row], scroll: usize) {
    let title = Row::of(&format!(" {title} "), canvas.theme.title);
    form::scrolling(canvas, area, &title, rows, scroll);
}
