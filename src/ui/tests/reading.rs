//! The pages that confirm: what is typed at stays where they do not fit, the footer says that there is more, and a file that
//! was promised and forgotten is missed.

use crate::app::model::Session;
use crate::app::refunding::LegacyUse;
use crate::domain::reply::Version;

use super::refunds::{cases, reasons, with, written};
use super::screens::SIZES;
use super::*;

#[test]
fn a_text_that_speaks_of_a_file_is_not_confirmed_without_a_word() {
    for (file, is_missed) in [("", true), ("https://ev.example/{caseId}.PDF", false)] {
        let session = Session { reply_version: Version::V14, ..session() };
        let mut script = Script::of(session, morning());
        script.keys("r").typed("The receipt is attached.").keys("Tab").typed(file).keys("ctrl-x");
        let screen = text(&frame(&script, &DARK).buffer);
        assert!(screen.contains("y sends"), "{screen}");
        assert_eq!(screen.contains("! the text speaks of something attached, and no file"), is_missed);
    }
}

#[test]
fn the_line_to_type_at_stays_while_the_confirm_page_scrolls() {
    for (width, height) in SIZES {
        let mut script = Script::of(with(reasons(LegacyUse::Never)), cases(171));
        script.event(Event::Resized(width, height));
        written(&mut script);
        script.keys("ctrl-x");
        let mut ends = Vec::new();
        let mut is_read = false;
        for keys in ["", "Down", "PgDn", "PgDn", "PgDn", "PgUp", "Up"] {
            if !keys.is_empty() {
                script.keys(keys);
            }
            let drawn = frame(&script, &DARK);
            ends.extend(drawn.page_end);
            if let Some(line) = drawn.page_end {
                script.event(Event::PageEnd(line));
            }
            let screen = text(&frame(&script, &DARK).buffer);
            assert!(screen.contains("type 3000.00 IDR and Enter to send: ["), "{width}x{height}:\n{screen}");
            is_read |= screen.contains("says so.");
            assert_eq!(
                screen.contains("more below, to be read first"),
                !is_read,
                "{width}x{height}:\n{screen}"
            );
            assert!(frame(&script, &DARK).cursor.is_some());
        }
        assert_eq!(ends.first().is_some_and(|end| *end > 0), height == 15, "{ends:?}");
    }
}
