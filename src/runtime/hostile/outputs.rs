//! The four ways out of the process, each with its judge. The judges know nothing of `domain::shown`'s own tables where
//! they can do without.

use std::num::NonZero;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::Rect;

use super::widgets::{self, Widget};
use crate::domain::case::Field;
use crate::domain::deadline::Calendar;
use crate::runtime::clipboard::{self, Between};
use crate::runtime::paint::Painter;
use crate::ui::{Look, Theme, draw};

type Judged = Result<(), String>;

/// Characters that no output may have: controls, formats, line separators, fillers, private use.
fn first_hostile(text: &str, allowed: &str) -> Option<char> {
    let joined = text.replace("👩\u{200d}👩\u{200d}👧", "");
    joined.chars().find(|&c| {
        let code = u32::from(c);
        let format = matches!(code,
            0xad | 0x61c | 0x115f | 0x1160 | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xe000..=0xf8ff
            | 0xe0000..=0xe0fff);
        (c.is_control() || format) && !allowed.contains(c)
    })
}

fn judged(what: bool, why: impl FnOnce() -> String) -> Judged {
    if what { Ok(()) } else { Err(why()) }
}

/// The screen: drawn, painted, read back.
pub(super) fn screen(widget: Widget, text: &str, token: Option<&str>) -> Judged {
    let script = widgets::scene(widget, text);
    // Sixty-four kilobytes once more would prove nothing and take seconds.
    let looks: &[bool] = if text.len() < 1024 { &[false, true] } else { &[false] };
    for &ascii in looks {
        let look = Look { theme: Theme::dark(), ascii, colour: true, links: false };
        let frame = draw(&script.model, &look, Rect::new(0, 0, 200, 60));
        judged(frame.faults == 0, || format!("{} cells went around the road", frame.faults))?;
        let mut bytes = Vec::new();
        Painter::new().paint(frame, true, &mut bytes);
        harmless_bytes(&bytes)?;
        let mut parser = vt100::Parser::new(
            NonZero::<u16>::MIN.saturating_add(59),
            NonZero::<u16>::MIN.saturating_add(199),
            0,
        );
        parser.process(&bytes);
        let seen = parser.screen().contents();
        if ascii {
            judged(seen.is_ascii(), || "not ASCII".to_owned())?;
        } else if let Some(token) = token {
            // Identifiers have no pictures of controls, only their numbers.
            let is_shown = seen.contains(token) || seen.contains(&numbered(token));
            judged(is_shown, || format!("{token} is not shown:\n{seen}"))?;
        }
    }
    Ok(())
}

/// A sign as an identifier has it.
fn numbered(token: &str) -> String {
    let number = |c: char| match c {
        '→' => "<U+0009>".to_owned(),
        '\u{2400}'..='\u{241f}' => format!("<U+{:04X}>", u32::from(c) - 0x2400),
        '␡' => "<U+007F>".to_owned(),
        other => other.to_string(),
    };
    token.chars().map(number).collect()
}

/// Whether bytes are text and the few sequences that the painter has, and no more.
pub(super) fn harmless_bytes(bytes: &[u8]) -> Judged {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('\x1b') {
        plain.push_str(before);
        let tail = tail.strip_prefix('[').ok_or_else(|| format!("a sequence of another kind: {tail:.9?}"))?;
        let end = tail.find(|c: char| c.is_ascii_alphabetic()).ok_or("a sequence without an end")?;
        let (inside, last) = (&tail[..end], &tail[end..=end]);
        let mode = ["?2026", "?25"].contains(&inside);
        let known = match last {
            "h" | "l" => mode,
            "m" | "H" | "J" | "K" | "A" | "B" | "C" | "D" | "G" | "d" | "r" | "S" | "T" | "L" | "M" | "X" => {
                inside.chars().all(|c| c.is_ascii_digit() || ";:".contains(c))
            }
            _ => false,
        };
        judged(known, || format!("the sequence [{inside}{last}"))?;
        rest = &tail[end + 1..];
    }
    plain.push_str(rest);
    // The painter moves the cursor with these two.
    match first_hostile(&plain, "\r\n\u{8}") {
        Some(c) => Err(format!("U+{:04X} in the bytes", u32::from(c))),
        None => Ok(()),
    }
}

/// The spreadsheet that has the text of this part of the screen.
pub(super) fn csv(widget: Widget, text: &str, token: Option<&str>) -> Judged {
    let (sheet, columns) = if widget == Widget::Journal {
        let sheet = crate::cli::journal::csv_of(&[widgets::record(text)]);
        let columns = sheet.lines().next().unwrap_or_default().split(',').count();
        (sheet, columns)
    } else {
        let calendar = Calendar::at(crate::app::tests::NOW, time::UtcOffset::UTC, 2);
        (crate::runtime::sheet::sheet(&[widgets::tracked(widget, text)], &calendar), Field::ALL.len() + 13)
    };
    harmless_sheet(&sheet, columns)?;
    judged(token.is_none_or(|token| sheet.replace("\"\"", "\"").contains(token)), || {
        format!("{token:?} is gone")
    })
}

/// Whether a spreadsheet has one heading, one row, and no formula.
pub(super) fn harmless_sheet(sheet: &str, columns: usize) -> Judged {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(sheet.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    judged(rows.len() == 2, || format!("{} rows", rows.len()))?;
    for cell in rows.iter().flat_map(|row| row.iter()) {
        if let Some(c) = first_hostile(cell, "") {
            return Err(format!("U+{:04X} in a cell", u32::from(c)));
        }
        let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        judged(!formula || cell.parse::<rust_decimal::Decimal>().is_ok() && !cell.starts_with('+'), || {
            format!("a formula: {cell}")
        })?;
    }
    judged(rows.iter().all(|row| row.len() == columns), || "another number of columns".to_owned())
}

/// What the clipboard of the operator's terminal gets.
pub(super) fn clipboard(widget: Widget, text: &str, token: Option<&str>) -> Judged {
    for copied in widgets::copied(widget, text) {
        let Some(bytes) = clipboard::sequence(&copied, Between::Nothing) else {
            judged(copied.len() > clipboard::MAX_BYTES / 10, || "a short text is refused".to_owned())?;
            continue;
        };
        let sent = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        let payload = sent
            .strip_prefix("\x1b]52;c;")
            .and_then(|rest| rest.strip_suffix('\x07'))
            .ok_or("not the one sequence")?;
        let payload = STANDARD.decode(payload).map_err(|error| error.to_string())?;
        let payload = String::from_utf8(payload).map_err(|error| error.to_string())?;
        harmless_payload(&payload)?;
        judged(token.is_none_or(|token| token == "→" || payload.contains(token)), || {
            format!("{token:?} is gone from {payload:?}")
        })?;
    }
    Ok(())
}

/// Whether a paste of the text elsewhere types nothing but letters and tabs.
pub(super) fn harmless_payload(payload: &str) -> Judged {
    match first_hostile(payload, "\t") {
        Some(c) => Err(format!("U+{:04X} in the payload", u32::from(c))),
        None => Ok(()),
    }
}

/// The log, with the text in the field that this part of the screen would fill.
pub(super) fn log(widget: Widget, text: &str, token: Option<&str>) -> Judged {
    let clock: crate::gateway::Clock = Arc::new(|| crate::app::tests::NOW);
    let written = crate::runtime::log::written(clock, || match widget {
        Widget::Table => tracing::info!(case_id = text, "case not refreshed"),
        Widget::DetailPane => tracing::info!(code = text, "refused"),
        Widget::CasePage => tracing::info!(code = %text, "refused"),
        Widget::ConfirmReply => tracing::info!(command = ?text, "begun"),
        Widget::ConfirmRefund => tracing::info!(profile = text, "begun"),
        Widget::Journal => tracing::info!(environment = %text, "begun"),
        Widget::Prompt => tracing::info!(version = text, "begun"),
        Widget::NoticeAndHeader => tracing::info!("failed: {text}"),
    });
    let line = written.strip_suffix('\n').ok_or("no line")?;
    if let Some(c) = first_hostile(line, "") {
        return Err(format!("U+{:04X} in the line", u32::from(c)));
    }
    let value: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let texts = value
        .as_object()
        .map(|fields| fields.values().filter_map(|value| value.as_str()).collect::<Vec<_>>());
    let seen = texts.unwrap_or_default().join(" ");
    // The debug form escapes some of it in Rust's own way.
    let debug = widget == Widget::ConfirmReply;
    judged(debug || token.is_none_or(|token| seen.contains(token)), || {
        format!("{token:?} is gone from {seen}")
    })
}
