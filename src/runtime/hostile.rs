//! The matrix of hostile text: every string in every part of the screen, and what leaves of it by each of the four ways
//! out: the bytes of the screen, the spreadsheet, the clipboard, the log (reliability.md section 7).

mod outputs;
mod strings;
mod widgets;

use strings::STRINGS;
use widgets::Widget;

/// A way out: what leaves of a text, judged; the reason when it is not harmless.
type Output = (&'static str, fn(Widget, &str, Option<&str>) -> Result<(), String>);

const OUTPUTS: [Output; 4] = [
    ("screen", outputs::screen),
    ("csv", outputs::csv),
    ("clipboard", outputs::clipboard),
    ("log", outputs::log),
];

#[test]
fn no_text_steers_or_deceives_anywhere() {
    let mut cells = 0;
    let mut faults = Vec::new();
    for (name, text, token) in STRINGS.iter() {
        for widget in Widget::ALL {
            for (output, judge) in OUTPUTS {
                cells += 1;
                if let Err(why) = judge(widget, text, token.as_deref()) {
                    faults.push(format!("{name} x {widget:?} x {output}: {why}"));
                }
            }
        }
    }
    println!("hostile text: {} strings x {} widgets x {} outputs = {cells} cells", STRINGS.len(), 8, 4);
    assert_eq!(cells, 1_280);
    assert!(faults.is_empty(), "{} of {cells} cells:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_strings_are_forty_and_each_is_hostile_or_foreign() {
    assert_eq!(STRINGS.len(), 40);
    for (name, text, _) in STRINGS.iter() {
        assert!(text.chars().any(|c| !c.is_ascii_alphanumeric()), "{name}");
    }
}

#[test]
fn the_judges_see_what_they_are_for() {
    use outputs::{harmless_bytes, harmless_payload, harmless_sheet};
    for bytes in [
        "\x1b]0;title\x07",
        "\x1b]52;c;?\x1b\\",
        "\x1bPq\x1b\\",
        "\x1b_G\x1b\\",
        "\x07",
        "a\tb",
        "\x1b[6n",
        "\x1b[c",
        "\x1b[?1049l",
        "\u{202e}",
        "\u{9b}31m",
        "a\u{200d}b",
        "\x1bc",
    ] {
        assert!(harmless_bytes(bytes.as_bytes()).is_err(), "{bytes:?}");
    }
    assert!(harmless_bytes(b"\xff").is_err());
    assert_eq!(harmless_bytes("\x1b[?2026h\x1b[1;1H\x1b[31m陈\x1b[K\x1b[?2026l".as_bytes()), Ok(()));
    for sheet in
        ["a\n=1+1\n", "a\n+1\n", "a\n@x\n", "a\n-cmd\n", "a\n\u{202e}\n", "a\n\"x\ny\"\n", "a\nb,c\n"]
    {
        assert!(harmless_sheet(sheet, 1).is_err(), "{sheet:?}");
    }
    assert_eq!(harmless_sheet("a\n-12.50\n", 1), Ok(()));
    assert!(harmless_payload("x\x1b").is_err() && harmless_payload("a\nb").is_err());
    assert_eq!(harmless_payload("a\tb"), Ok(()));
}
