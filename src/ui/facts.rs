//! Facts of a case as labelled lines, shared by the detail pane and the case page.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::domain::case::Field;
use crate::domain::change::HistoryEntry;
use crate::domain::deadline::Calendar;
use crate::domain::tracked::Tracked;
use crate::domain::{return_code, shown};

use super::canvas::{Canvas, Row};
use super::text::Shown;
use super::words;

/// Columns of a label, the blank behind it included.
pub(super) const LABEL: usize = 15;

/// Lines of facts, built for a width.
pub(super) struct Facts<'a> {
    model: &'a Model,
    label: Style,
    dim: Style,
    alarm: Style,
    title: Style,
    nothing: &'static str,
    width: usize,
    /// The lines so far.
    pub(super) rows: Vec<Row>,
}

impl<'a> Facts<'a> {
    /// No facts yet, for lines of this width.
    pub(super) fn new(canvas: &Canvas<'_>, model: &'a Model, width: usize) -> Self {
        let theme = canvas.theme;
        Self {
            model,
            label: theme.label,
            dim: theme.dim,
            alarm: theme.alarm,
            title: theme.title,
            nothing: canvas.signs.nothing,
            width,
            rows: Vec::new(),
        }
    }

    /// A heading, with an empty line before it unless it is the first.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.rows.is_empty() {
            self.rows.push(Row::default());
        }
        self.rows.push(Row::of(text, self.title));
    }

    /// A label and its value on one line; a missing value is a dot.
    pub(super) fn one(&mut self, label: &str, value: &str) {
        self.styled(label, value, Style::new());
    }

    /// As [`Facts::one`], with a style for the value.
    pub(super) fn styled(&mut self, label: &str, value: &str, style: Style) {
        let row = self.labelled(label);
        let row = if value.is_empty() { row.and(self.nothing, self.dim) } else { row.and(value, style) };
        self.rows.push(row);
    }

    /// A label and a value that takes as many lines as it needs.
    pub(super) fn long(&mut self, label: &str, value: &str, style: Style) {
        let room = self.width.saturating_sub(LABEL).max(8);
        let mut label = label;
        for paragraph in value.lines() {
            for line in Shown::of(paragraph).wrap(room) {
                let row = self.labelled(label).and(line.as_str(), style);
                self.rows.push(row);
                label = "";
            }
        }
        if !label.is_empty() {
            self.styled(label, "", style);
        }
    }

    /// As [`Facts::long`], for what people write.
    pub(super) fn prose(&mut self, label: &str, value: &str) {
        let room = self.width.saturating_sub(LABEL).max(8);
        let mut label = label;
        for line in value.lines().flat_map(|paragraph| Shown::prose(paragraph).wrap(room)) {
            let row = self.labelled(label).and_shown(line, Style::new());
            self.rows.push(row);
            label = "";
        }
        if !label.is_empty() {
            self.one(label, "");
        }
    }

    /// More words under a value; nothing for an empty text.
    pub(super) fn continued(&mut self, text: &str) {
        if !text.is_empty() {
            self.long(" ", text, self.dim);
        }
    }

    /// A sentence over the whole width.
    pub(super) fn sentence(&mut self, text: &str, style: Style) {
        let lines = Shown::of(text).wrap(self.width.max(8));
        self.rows.extend(lines.iter().map(|line| Row::of(line.as_str(), style)));
    }

    /// An evidence address by its number, over as many lines as it needs.
    pub(super) fn address(&mut self, number: usize, address: &str) {
        let lines = Shown::of(&format!("{number:>3} {address}")).wrap(self.width.max(8));
        let rows = lines.iter().map(|line| Row::of(line.as_str(), Style::new()).for_address(address));
        self.rows.extend(rows);
    }

    /// Short texts side by side, none of them broken, in as many lines as they need.
    pub(super) fn flow(&mut self, texts: &[String]) {
        let mut row = Row::default();
        for text in texts {
            let next = if row.width() == 0 { text.clone() } else { format!("   {text}") };
            if row.width() > 0 && row.width() + Shown::of(&next).width() > self.width {
                self.rows.push(std::mem::replace(&mut row, Row::plain(text)));
            } else {
                row.push(&next, Style::new());
            }
        }
        self.rows.push(row);
    }

    fn labelled(&self, label: &str) -> Row {
        Row::of(&format!("{label:<LABEL$}"), self.label)
    }

    /// What the operator and the notifications say of the case.
    pub(super) fn own_words(&mut self, tracked: &Tracked, always: bool) {
        let local = &tracked.local;
        if always || !local.owner.is_empty() {
            self.one("Owner", &local.owner);
        }
        if always || !local.tags.is_empty() {
            self.one("Tags", &local.tags.join(" "));
        }
        if always || !local.note.is_empty() {
            self.prose("Note", &local.note);
        }
        if tracked.is_asleep(&self.model.scene.calendar) {
            self.one("Snoozed", &words::asleep(tracked, &self.model.scene.calendar));
        }
        if let Some(why) = &local.wont_contest {
            self.long("Won't contest", why, Style::new());
        }
        let told = |text: &Option<String>| text.clone().unwrap_or_default();
        if always || tracked.reason_code.is_some() {
            self.one("Reason code", &told(&tracked.reason_code));
        }
        if always || tracked.reason_message.is_some() {
            self.long("Reason", &told(&tracked.reason_message), Style::new());
        }
        // A payment from a wallet has no card, so there is no place kept for it.
        if tracked.card_scheme.is_some() {
            self.one("Card scheme", &told(&tracked.card_scheme));
        }
    }

    /// Why the newest refresh failed, and what to do about it.
    pub(super) fn failure(&mut self, tracked: &Tracked) {
        let Some(failure) = &tracked.failure else { return };
        let calendar = &self.model.scene.calendar;
        let (alarm, dim) = (self.alarm, self.dim);
        self.long("x Refresh", &failure.line(), alarm);
        self.one("Tried at", &words::stamp(failure.at, calendar));
        if let Some(hint) = return_code::hint_for(&failure.code) {
            self.long("Next", hint, dim);
        }
    }

    /// That an identifier is not what it may look like.
    pub(super) fn unusual(&mut self, tracked: &Tracked) {
        if let Some(told) = tracked.unusual_told() {
            self.long("! Careful", &told, self.alarm);
        }
    }

    /// An identifier, unmistakable.
    pub(super) fn id(&mut self, label: &str, value: &str) {
        self.one(label, &shown::id(value));
    }

    /// How old the data is.
    pub(super) fn freshness(&mut self, tracked: &Tracked) {
        let calendar = &self.model.scene.calendar;
        let told = |at: Option<time::OffsetDateTime>| at.map(|at| words::when(at, calendar));
        self.one("Refreshed", &told(tracked.refreshed_at).unwrap_or_else(|| "never".into()));
        if let Some(changed) = told(tracked.changed_at) {
            self.one("Changed at", &changed);
        }
    }

    /// What happened, newest first.
    pub(super) fn history(&mut self, tracked: &Tracked) {
        self.told(tracked, words::history);
    }

    /// The same where the status stands above it: it is not said again.
    pub(super) fn brief_history(&mut self, tracked: &Tracked) {
        let own = tracked.case.as_ref().map(|case| case.text(Field::Status));
        self.told(tracked, |entry, calendar| match entry {
            HistoryEntry::First { at, status } if Some(status.as_str()) == own => {
                (words::stamp(*at, calendar), "first seen".to_owned())
            }
            _ => words::history(entry, calendar),
        });
    }

    fn told(&mut self, tracked: &Tracked, words_of: impl Fn(&HistoryEntry, &Calendar) -> (String, String)) {
        let calendar = &self.model.scene.calendar;
        let Some(entries) = words::history_of(self.model, tracked) else { return };
        if entries.is_empty() {
            self.sentence("nothing recorded yet", self.dim);
        }
        for entry in entries {
            let (at, what) = words_of(entry, calendar);
            let room = self.width.saturating_sub(LABEL).max(8);
            for (index, line) in Shown::of(&what).wrap(room).iter().enumerate() {
                let at = if index == 0 { at.as_str() } else { "" };
                self.rows.push(Row::of(&format!("{at:<LABEL$}"), self.dim).and(line.as_str(), Style::new()));
            }
        }
    }
}

/// Draws the rows that fit from a first one on, and gives the first one really shown.
pub(super) fn scrolled(canvas: &mut Canvas<'_>, area: Area, rows: &[Row], scroll: usize) -> usize {
    let fit = usize::from(area.height);
    let end = rows.len().saturating_sub(fit);
    canvas.ends_at(end);
    let first = scroll.min(end);
    for (y, row) in (area.y..).zip(rows.iter().skip(first).take(fit)) {
        canvas.row(area.x, y, area.width, row);
    }
    first
}

/// `lines 1-20 of 45`; nothing when all of them fit.
pub(super) fn position(first: usize, fit: u16, all: usize) -> String {
    let fit = usize::from(fit);
    if all <= fit {
        String::new()
    } else {
        format!("lines {}-{} of {all}", first + 1, (first + fit).min(all))
    }
}
