//! Any size, any text, any look: the screen is drawn, and nothing in it can steer a terminal.

use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use crate::app::action::BINDINGS;
use crate::app::overlay::Overlay;
use crate::domain::shown::has_hostile;

use super::*;

/// Texts as a hostile shopper would choose them.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{1b}]52;c;eA==\u{7}",
        "\u{202e}",
        "\u{2066}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{301}",
        "\u{301}\u{301}",
        "陈",
        "สำ",
        "👩‍👩‍👧",
        "ﾞ",
        "\n",
        "\t",
        "\0",
        "\u{9b}31m",
        "\u{e0041}",
        "\u{1160}",
        "\u{ad}",
        "क्ष",
        "ｱ",
        "x",
        " ",
        "5000.00",
        "-1",
        "O1",
        "\u{2028}",
        "é",
        "\u{11a8}",
        "%",
        "\"",
        "=1+1",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

pub(super) fn hostile_case(number: usize, texts: &[String]) -> Tracked {
    let pick = |at: usize| texts.get(at % texts.len().max(1)).cloned();
    let mut tracked = Tracked::new(id(&format!("案{number}")));
    let fields = Field::ALL.into_iter().enumerate().map(|(at, field)| (field, pick(number + at)));
    tracked.case = Some(Case::from_fields(fields));
    if number.is_multiple_of(3)
        && let Some(case) = &mut tracked.case
    {
        case.set(Field::Status, Some("DISPUTE_INQUIRY".into()));
        case.set(Field::ExpirationDate, Some("2026-11-20".into()));
    }
    tracked.local.note = pick(number).unwrap_or_default();
    tracked.local.tags = pick(number + 1).into_iter().collect();
    tracked.local.owner = pick(number + 2).unwrap_or_default();
    tracked.local.wont_contest = number.is_multiple_of(5).then(|| pick(3).unwrap_or_default());
    tracked.reason_code = pick(number + 3).into();
    tracked.reason_message = pick(number + 4).into();
    tracked.card_scheme = pick(number + 5).into();
    tracked.failure = number.is_multiple_of(2).then(|| {
        Box::new(Failure {
            code: pick(number).unwrap_or_default(),
            message: pick(number + 5).unwrap_or_default(),
            at: NOW,
        })
    });
    tracked.unseen =
        vec![Change { field: Field::ALL[number % 16], from: pick(number), to: pick(number + 7), at: NOW }]
            .into();
    tracked
}

const PLACES: [&str; 14] =
    ["j", "2", "3", "4", "5 Space V", "Enter", "?", ":", "/", "a", "5 n", "5 t", "5 L", "5 Tab j"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_screen_is_safe(
        width in 0u16..=200,
        height in 0u16..=80,
        texts in prop::collection::vec(hostile(), 1..8),
        count in 0usize..30,
        place in prop::sample::select(PLACES.to_vec()),
        typed in hostile(),
        ascii: bool,
        colour: bool,
    ) {
        let mut script = Script::with((0..count).map(|number| hostile_case(number, &texts)).collect());
        script.model.session.profile.clone_from(&typed);
        script.event(Event::Resized(width, height)).keys(place);
        script.event(Event::Paste(typed.clone()));
        script.event(Event::Failed(typed.clone()));
        let look = Look { theme: Theme::dark(), ascii, colour, links: true };
        let frame = frame(&script, &look);
        for cell in &frame.buffer.content {
            prop_assert!(!has_hostile(cell.symbol()), "{:?}", cell.symbol());
            prop_assert!(!cell.symbol().contains('\u{fffd}'), "something went around the road");
            prop_assert!(!ascii || cell.symbol().is_ascii());
            prop_assert!(colour || (cell.fg == Color::Reset && cell.bg == Color::Reset));
        }
        if let Some((x, y)) = frame.cursor {
            prop_assert!(x < width && y < height);
        }
    }

    #[test]
    fn no_glyph_reaches_over_its_line(width in 60u16..=200, height in 15u16..=80, texts in prop::collection::vec(hostile(), 1..8)) {
        let mut script = Script::with((0..20).map(|number| hostile_case(number, &texts)).collect());
        script.event(Event::Resized(width, height)).keys("5 :");
        let frame = frame(&script, &DARK);
        for row in frame.buffer.content.chunks(usize::from(width)) {
            for (x, cell) in row.iter().enumerate() {
                let columns: usize = crate::ui::text::graphemes(cell.symbol()).map(|(_, width)| width).sum();
                prop_assert!(columns >= 1 && x + columns <= usize::from(width));
                for covered in row.iter().skip(x + 1).take(columns - 1) {
                    prop_assert_eq!(covered.symbol(), " ", "a glyph is drawn over");
                }
            }
        }
    }
}

#[test]
fn without_colour_every_row_of_the_desk_still_tells_its_state() {
    let mut script = desk(80, 24);
    script.keys("j");
    let frame = frame(&script, &Look { colour: false, ..DARK });
    let text = text(&frame.buffer);
    for word in ["OVERDUE 1", "TODAY 2", "!! 2d over", "! today", "[1 Due 5]", "▸", "x "] {
        assert!(text.contains(word), "{word} is missing:\n{text}");
    }
    assert!(frame.buffer.content.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)));
}

#[test]
fn every_key_of_the_footer_stands_in_the_help() {
    let mut script = desk(200, 200);
    script.keys("?");
    let Overlay::Help { .. } = script.model.overlay else { panic!("no help page") };
    let on_desk = picture(&script, &DARK);
    let mut script = desk(200, 200);
    script.keys("Enter ?");
    let on_page = picture(&script, &DARK);
    script.keys("q L ?");
    let of_text = picture(&script, &DARK);
    for row in BINDINGS.iter().filter(|row| row.footer > 0) {
        let pages = [&on_desk, &on_page, &of_text];
        assert!(pages.iter().any(|page| page.contains(row.help)), "{} is not in the help", row.name);
    }
}

#[test]
fn a_remapped_key_stands_in_footer_and_help() {
    let session =
        crate::app::model::Session { keymap: crate::app::tests::own_keys(&[("filter", "f")]), ..session() };
    let mut script = Script::of(session, morning());
    assert!(picture(&script, &DARK).contains("f filter"));
    script.keys("?");
    assert!(picture(&script, &DARK).contains("f           filter"));
}

#[test]
fn a_proxy_in_between_stands_in_the_help_and_none_takes_no_room() {
    let all = |proxy: Option<&str>| {
        let session = crate::app::model::Session { proxy: proxy.map(str::to_owned), ..session() };
        let mut script = Script::of(session, morning());
        script.keys("?");
        let first = picture(&script, &DARK);
        script.keys("G");
        first + &picture(&script, &DARK)
    };
    assert!(all(Some("http://proxy.example:3128")).contains("through the proxy http://proxy.example:3128"));
    assert!(!all(None).contains("The way to PayerMax"));
}

#[test]
fn moving_the_cursor_redraws_few_cells() {
    let mut script = desk(80, 15);
    script.keys("5");
    let before = frame(&script, &DARK);
    script.keys("j");
    let after = frame(&script, &DARK);
    let changed = before.buffer.diff(&after.buffer).len();
    assert!(changed > 0 && changed <= 100, "{changed} cells");
}

#[test]
fn only_the_text_module_and_the_canvas_write_cells() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let files = |folder: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    for path in [folder.clone(), folder.join("reply"), folder.join("refund")].iter().flat_map(|f| files(f)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() || name == "text.rs" || name == "canvas.rs" {
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        for word in ["set_symbol", "set_char", "set_string", "set_line", "Span::", "Paragraph"] {
            assert!(!code.contains(word), "{name} writes to cells with {word}");
        }
    }
}
