//! Snapshots of every place. Read them as an operator would: straight columns, right words, next key obvious.

use super::*;

pub(super) const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (60, 15)];

/// One snapshot per size of what a script leads to.
pub(super) fn at_sizes(name: &str, prepare: impl Fn(&mut Script)) {
    for (width, height) in SIZES {
        let mut script = desk(width, height);
        prepare(&mut script);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
    }
}

#[test]
fn the_desk() {
    at_sizes("desk", |script| {
        script.keys("j");
        tell_history(script);
    });
}

#[test]
fn the_strip_shows_fourteen_days_or_as_many_whole_ones_as_fit() {
    let labels = |width: u16| {
        let screen = picture(&desk(width, 24), &DARK);
        let line = screen.lines().find(|line| line.contains("Fr20") || line.contains("Fri 20")).unwrap();
        line.split_whitespace().filter(|word| word.ends_with(|c: char| c.is_ascii_digit())).count()
    };
    assert_eq!([200, 126, 98, 97, 80, 60].map(labels), [14, 14, 14, 14, 14, 12]);
}

#[test]
fn the_changed_view() {
    at_sizes("changed", |script| _ = script.keys("2"));
}

#[test]
fn all_cases() {
    at_sizes("all", |script| _ = script.keys("5 G"));
    at_sizes("closed", |script| _ = script.keys("4"));
    at_sizes("waiting", |script| _ = script.keys("3"));
}

#[test]
fn the_case_page() {
    at_sizes("case_page", |script| {
        script.keys("j Enter");
        tell_history(script);
    });
}

#[test]
fn the_filter_while_it_is_typed() {
    at_sizes("filter", |script| _ = script.keys("/").typed("cur:usd due:"));
}

#[test]
fn the_filter_once_it_is_kept_with_marks() {
    at_sizes("filtered", |script| {
        script.keys("5 Space j Space j j Space /").typed("cur:usd").keys("Enter");
    });
}

#[test]
fn adding_cases() {
    at_sizes("add", |script| {
        script.keys("a");
        script.event(Event::Paste(format!("O1\nO2, O20261103065545916437100001\n{}\nO3", "x".repeat(65))));
    });
}

#[test]
fn one_line_prompts() {
    at_sizes("wont_contest", |script| _ = script.keys("w").typed("valid claim, small sum"));
    at_sizes("tags", |script| _ = script.keys("Space j Space t").typed("fraud"));
}

#[test]
fn cases_that_sleep() {
    let asleep = |script: &mut Script| {
        script.keys("G S").typed("wed").keys("Enter G S").typed("tomorrow").keys("Enter");
    };
    at_sizes("snooze_prompt", |script| _ = script.keys("G S").typed("fri"));
    at_sizes("snooze_prompt_empty", |script| _ = script.keys("V S"));
    at_sizes("snooze_prompt_beyond", |script| _ = script.keys("G S").typed("24 dec"));
    at_sizes("snooze_prompt_wrong", |script| _ = script.keys("G S").typed("later").keys("Enter"));
    at_sizes("snooze_due", asleep);
    at_sizes("snooze_due_filtered", |script| {
        asleep(script);
        script.keys("/").typed("snoozed:yes").keys("Enter");
    });
    at_sizes("snooze_all", |script| {
        asleep(script);
        script.keys("5 /").typed("due:>0d").keys("Enter G");
    });
    at_sizes("snooze_page", |script| {
        asleep(script);
        script.keys("5 /").typed("snoozed:>1d").keys("Enter Enter G");
    });
}

#[test]
fn the_note_over_the_case_page() {
    at_sizes("note", |script| _ = script.keys("j Enter n"));
}

#[test]
fn other_prompts() {
    at_sizes("owner", |script| _ = script.keys(":").typed("owner").keys("Enter").typed("ana"));
    at_sizes("export", |script| _ = script.keys(":").typed("export").keys("Enter").typed("today.csv"));
}

#[test]
fn a_text_to_select_by_hand() {
    at_sizes("plain_case", |script| _ = script.keys("j :").typed("plain").keys("Enter"));
    at_sizes("plain_copied", |script| {
        let text = format!("docket list --filter '{}'", "order:P1642410600001 ".repeat(30));
        script.event(Event::NotCopied { text, why: "it is longer than 8 KiB".into() });
    });
}

#[test]
fn what_is_off_and_what_failed() {
    at_sizes("warning", |script| _ = script.keys("s"));
    at_sizes("error", |script| {
        script.event(Event::Failed("the list cannot be written: no space is left on the disk".into()));
    });
}

#[test]
fn columns_that_the_operator_chose() {
    use crate::domain::column::Column;
    at_sizes("columns", |script| {
        script.model.session.columns =
            vec![Column::Order, Column::Amount, Column::Urgency, Column::Due, Column::Id, Column::User];
    });
}

#[test]
fn the_palette() {
    at_sizes("palette", |script| _ = script.keys(": r e Down"));
    at_sizes("palette_order", |script| _ = script.keys(":").typed("sort ").keys("Down"));
    at_sizes("palette_day", |script| _ = script.keys("j :").typed("day 27"));
    at_sizes("palette_words", |script| _ = script.keys(":").typed("filter status:DISP").keys("Tab Tab"));
    at_sizes("palette_no_words", |script| _ = script.keys(":").typed("untrack O1"));
}

#[test]
fn a_thing_to_choose() {
    at_sizes("order", |script| _ = script.keys("o j"));
    at_sizes("day", |script| _ = script.keys("d j"));
    at_sizes("completion", |script| _ = script.keys("5 /").typed("status:").keys("Tab Tab"));
}

#[test]
fn help() {
    at_sizes("help", |script| _ = script.keys("?"));
    at_sizes("help_case_page", |script| _ = script.keys("Enter ? PgDn"));
}

#[test]
fn the_report_of_a_refresh_that_ended_early() {
    at_sizes("report_short", |script| {
        let report = Report { requested: 48, ..report() };
        script.keys("ctrl-r").event(Event::RefreshEnded { ticket: 1, report }).keys("e");
    });
}

#[test]
fn the_report_and_the_journal() {
    at_sizes("report", |script| {
        script.keys("ctrl-r");
        script.event(Event::RefreshEnded { ticket: 1, report: report() }).keys("e");
    });
    at_sizes("journal", |script| {
        script.keys("L");
        tell_history(script);
    });
}

#[test]
fn a_refresh_that_runs() {
    at_sizes("refreshing", |script| {
        script.keys("ctrl-r");
        script.event(Event::Progress { ticket: 1, done: 4, failed: 1 });
    });
}

#[test]
fn the_detail_pane_with_the_keys() {
    at_sizes("pane", |script| _ = script.keys("j j Tab j"));
}

#[test]
fn the_way_back_from_the_end_of_a_page_begins_at_once() {
    let mut scrolled = std::collections::BTreeSet::new();
    for open in ["j Enter", "?", "Enter ?", "e", "L", "j Tab"] {
        for (width, height) in [(80, 24), (60, 15)] {
            let mut script = desk(width, height);
            script.keys("ctrl-r").event(Event::RefreshEnded { ticket: 1, report: report() });
            script.keys(open);
            tell_history(&mut script);
            let mut shown = |keys: &str| {
                script.keys(keys);
                let frame = frame(&script, &DARK);
                if let Some(line) = frame.page_end {
                    script.event(Event::PageEnd(line));
                }
                (text(&frame.buffer), frame.page_end)
            };
            let (end, page_end) = shown("G");
            if page_end == Some(0) || page_end.is_none() {
                continue;
            }
            scrolled.insert(open);
            assert_eq!(shown("PgDn").0, end, "{open}: there is nothing below the end");
            assert_ne!(shown("k").0, end, "{open} at {width}x{height}: the key was lost");
            assert_eq!(shown("j").0, end);
        }
    }
    assert_eq!(scrolled.len(), 5, "too few pages were long enough: {scrolled:?}");
}

#[test]
fn empty_tables() {
    for (width, height) in SIZES {
        let shot = |name: &str, cases: Vec<Tracked>, keys: &str| {
            let mut script = Script::with(cases);
            script.event(Event::Resized(width, height));
            if !keys.is_empty() {
                script.keys(keys);
            }
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
        };
        shot("empty_book", Vec::new(), "");
        let closed = || vec![full(8, "CASE_CLOSED", "2026-10-01", "99.00", "USD")];
        for (view, keys) in
            [("due", "1"), ("changed", "2"), ("waiting", "3"), ("drafts", "6"), ("journal", "7")]
        {
            shot(&format!("empty_{view}"), closed(), keys);
        }
        shot("empty_filtered", closed(), "4 / z z z Enter");
    }
}

#[test]
fn before_the_list_has_been_read() {
    for (width, height) in SIZES {
        let model = Model::new(session(), width, height, NOW);
        let script = Script { model, effects: Vec::new(), now: NOW };
        insta::assert_snapshot!(format!("reading_{width}x{height}"), picture(&script, &DARK));
    }
}

#[test]
fn too_small() {
    for (width, height) in [(59, 15), (60, 14), (12, 5)] {
        let mut script = desk(width, height);
        script.keys("j");
        insta::assert_snapshot!(format!("too_small_{width}x{height}"), picture(&script, &DARK));
    }
}

#[test]
fn ascii_uses_no_other_character() {
    for (width, height) in SIZES {
        for keys in ["j", "2", "5", "a", "?", ":", "j Enter", "L"] {
            let mut script = desk(width, height);
            script.keys(keys);
            let text = picture(&script, &Look { ascii: true, ..DARK });
            assert!(text.is_ascii(), "{keys} at {width}x{height}:\n{text}");
        }
    }
    let mut script = desk(120, 40);
    script.keys("5 j j");
    insta::assert_snapshot!("ascii", picture(&script, &Look { ascii: true, ..DARK }));
}

#[test]
fn the_styles_of_a_live_desk() {
    let mut script = Script::of(live(), morning());
    script.event(Event::Resized(120, 40)).keys("j Space");
    insta::assert_snapshot!("styles_dark", styles(&frame(&script, &DARK).buffer));
    let mono = Look { colour: false, ..DARK };
    insta::assert_snapshot!("styles_no_color", styles(&frame(&script, &mono).buffer));
}
