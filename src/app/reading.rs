//! How far a page that confirms has been read. Where it does not fit on the terminal, what is about to be sent may stand
//! below its last line, and nobody agrees to what was never on the screen.

use super::key::{Code, Key};
use super::model::Model;
use super::overlay::Overlay;
use super::{refunding, replying};

/// What is said when something was to be sent before its last line had been on the screen.
pub(super) const UNREAD: &str = "nothing was sent; read to the end first: PgDn";

/// A page that is read before something is confirmed below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// First line shown.
    scroll: usize,
    /// How far the page can be scrolled, as it was drawn last; `None` until it is drawn in this size.
    end: Option<usize>,
    /// The furthest end that was on the screen.
    read: Option<usize>,
}

impl Reading {
    /// One that shows from this line on.
    #[cfg(test)]
    pub(crate) fn at(scroll: usize) -> Self {
        Self { scroll, ..Self::default() }
    }

    /// Whether it was drawn in this size.
    #[cfg(test)]
    pub(crate) fn is_drawn(&self) -> bool {
        self.end.is_some()
    }

    /// First line shown.
    pub const fn scroll(&self) -> usize {
        self.scroll
    }

    /// Whether its last line has been on the screen, as the page stands now. What is not drawn yet was not.
    pub fn is_over(&self) -> bool {
        self.end.is_some() && self.read >= self.end
    }

    /// Whether its last line is, or was, on the screen that is being drawn, where the page can be scrolled this far.
    pub fn is_over_at(&self, end: usize) -> bool {
        self.scroll >= end || self.read >= Some(end)
    }

    /// Shows it from a line on. Where it ends is said once it is drawn.
    pub(super) fn scroll_to(&mut self, line: usize) {
        self.scroll = line;
    }

    /// Moves it by a key; a page is so many lines.
    pub(super) fn press(&mut self, key: Key, page: usize) {
        self.scroll = match key.code {
            Code::Down => self.scroll.saturating_add(1),
            Code::Up => self.scroll.saturating_sub(1),
            Code::PageDown => self.scroll.saturating_add(page),
            Code::PageUp => self.scroll.saturating_sub(page),
            _ => self.scroll,
        };
    }

    /// It was drawn and can be scrolled this far. It may have grown since it was read: then it is read on.
    fn drawn(&mut self, end: usize) {
        self.end = Some(end);
        if self.scroll >= end {
            self.scroll = end;
            self.read = self.read.max(self.end);
        }
    }

    /// The terminal has another size: what of it is on the screen is not known until it is drawn again.
    fn forget(&mut self) {
        self.end = None;
    }
}

/// The page that was drawn can be scrolled this far.
pub(super) fn drawn(model: &mut Model, end: usize) {
    let Some(page) = page(&mut model.overlay) else { return };
    page.drawn(end);
    // Where it has been read the sentence would be wrong.
    if page.is_over() && model.notice.as_ref().is_some_and(|notice| notice.text == UNREAD) {
        model.notice = None;
    }
}

/// The terminal has another size.
pub(super) fn resized(model: &mut Model) {
    if let Some(page) = page(&mut model.overlay) {
        page.forget();
    }
}

/// The page that confirms, if one is open.
pub fn of(overlay: &Overlay) -> Option<&Reading> {
    match overlay {
        Overlay::Reply(form) => match &form.step {
            replying::Step::Confirm { page, .. } => Some(page),
            _ => None,
        },
        Overlay::Refund(form) => match &form.step {
            refunding::Step::Confirm { page, .. } => Some(page),
            _ => None,
        },
        _ => None,
    }
}

/// The same, to be written down in.
fn page(overlay: &mut Overlay) -> Option<&mut Reading> {
    match overlay {
        Overlay::Reply(form) => match &mut form.step {
            replying::Step::Confirm { page, .. } => Some(page),
            _ => None,
        },
        Overlay::Refund(form) => match &mut form.step {
            refunding::Step::Confirm { page, .. } => Some(page),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(scroll: usize, ends: &[usize]) -> Reading {
        let mut page = Reading::at(scroll);
        for end in ends {
            page.drawn(*end);
        }
        page
    }

    #[test]
    fn a_page_is_read_once_its_last_line_was_drawn() {
        assert!(!Reading::default().is_over(), "nothing was on the screen yet");
        assert!(drawn(0, &[0]).is_over(), "all of it fits");
        assert!(!drawn(3, &[4]).is_over());
        assert!(drawn(9, &[4]).is_over() && drawn(9, &[4]).scroll() == 4);
        let mut page = drawn(4, &[4]);
        page.press(Key::plain(Code::PageUp), 9);
        page.drawn(4);
        assert!(page.is_over(), "the way back unreads nothing");
        page.drawn(5);
        assert!(!page.is_over(), "it has grown");
        page.drawn(2);
        assert!(page.is_over(), "it has shrunk");
        page.forget();
        assert!(!page.is_over() && page.is_over_at(4), "to be drawn in its new size first");
    }
}
