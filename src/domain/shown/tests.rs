//! What is written out, what stays, and that nothing is dropped.

use super::*;

/// The twelve characters of Unicode's `Bidi_Control` property.
const BIDI: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

#[test]
fn every_bidi_control_is_written_out() {
    for c in BIDI {
        let text = format!("a{c}b");
        assert_eq!(line(&text), format!("a<U+{:04X}>b", u32::from(c)));
    }
}

#[test]
fn controls_are_visible_and_ordinary_scripts_untouched() {
    assert_eq!(line("\u{1b}[2Jx\ny\tz\u{7f}\u{9b}"), "␛[2Jx⏎y→z␡<U+009B>");
    assert_eq!(line("陈 สมชาย مرحبا é"), "陈 สมชาย مرحبا é");
    assert_eq!(line("plain"), "plain");
}

#[test]
fn a_long_text_is_cut_at_a_character_and_a_fitting_one_is_not() {
    assert_eq!(clipped("", 3), "");
    assert_eq!(clipped("陈陈陈", 3), "陈陈陈");
    assert_eq!(clipped("陈陈陈陈", 3), "陈陈…");
    assert_eq!(clipped("ab", 1), "…");
}

#[test]
fn a_tower_of_marks_is_cut_to_four_and_none_may_start_a_text() {
    let tower = format!("a{}", "\u{301}".repeat(6));
    assert_eq!(line(&tower).matches("<U+0301>").count(), 2);
    assert!(line("\u{301}x").starts_with("<U+0301>"));
}

#[test]
fn spreadsheet_cells_never_start_a_formula() {
    for raw in ["=1+1", "+1", "@x", "-cmd", "-.", " =1", "＝1", "＋1", "＠x", "－1"] {
        assert!(cell(raw).starts_with('\''), "{raw:?}");
    }
    assert_eq!(cell("-12.50"), "-12.50");
    assert_eq!(cell("O1"), "O1");
}

#[test]
fn a_letter_that_passes_for_another_one_is_written_out_in_a_latin_word() {
    assert_eq!(line("O1\u{430}"), "O1<U+0430>");
    assert_eq!(line("p\u{301}\u{430}y"), "p\u{301}<U+0430>y", "a mark ends no word");
    assert_eq!(line("case \u{ff2f}1a"), "case <U+FF2F>1a");
    for whole in ["VIP-клиент", "Петров И.", "5го", "Ωμέγα", "１２３"] {
        assert_eq!(line(whole), whole);
    }
}

#[test]
fn joiners_stay_in_prose_where_they_join_and_nowhere_else() {
    for kept in [
        "می\u{200c}خواهم",
        "क्\u{200d}ष",
        "👩\u{200d}👩\u{200d}👧",
        "❤\u{fe0f} thanks",
        "🏳\u{fe0f}\u{200d}🌈",
        "kΩ",
    ] {
        assert_eq!(prose(kept), kept);
        assert!(!has_hostile(kept), "{kept:?}");
    }
    for hidden in ["O1\u{200d}2", "a\u{fe0f}", "❤\u{fe0f}\u{fe0f}", "می\u{200c}", "\u{200d}می", "👩\u{200d}a"]
    {
        assert!(prose(hidden).contains("<U+"), "{hidden:?}");
    }
    assert!(line("می\u{200c}خ").contains("<U+200C>"), "a line that may hold an id shows it");
    assert!(has_hostile("a\u{200d}") && has_hostile("\u{200d}"));
}

#[test]
fn an_identifier_is_ascii_or_written_out() {
    assert_eq!(id("O2023-01_x"), "O2023-01_x");
    assert_eq!(id("O1\u{430}"), "O1<U+0430>");
    assert_eq!(id("\u{41e}123"), "<U+041E>123", "also where the whole word is in one script");
    assert_eq!(id("O1 "), "O1<U+0020>");
    assert_eq!(id("O1\u{1b}[2J\n"), "O1<U+001B>[2J<U+000A>", "pictures of controls are no ASCII either");
    assert!(is_unusual("O1 ") && is_unusual("案1") && !is_unusual("O1") && !is_unusual(""));
}

#[test]
fn a_mark_needs_something_to_sit_on() {
    assert_eq!(line("a \u{301}"), "a <U+0301>");
    assert_eq!(line("\u{202e}\u{301}"), "<U+202E><U+0301>");
}
