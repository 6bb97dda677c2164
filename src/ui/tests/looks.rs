//! Where the operator is, told by word, colour and border on every page, and what the themes may and may not do.

use crate::app::model::Session;
use crate::app::refunding::Settings;

use super::*;

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (60, 15)];
/// Every kind of page, by the keys that lead there.
const PAGES: [&str; 16] = [
    "j",
    "2",
    "7",
    "Enter",
    "?",
    ":",
    "a",
    "t",
    "/ x",
    "o",
    "d",
    "r",
    "r ctrl-t",
    "Enter n",
    "j Enter L",
    "Enter $ c",
];
const ENVIRONMENTS: [Environment; 4] =
    [Environment::Live, Environment::Uat, Environment::Sandbox, Environment::Custom];

fn on(environment: Environment) -> Session {
    let refunds = Settings { reasons: vec!["duplicate".into()], pause_s: 5, ..Settings::default() };
    Session { environment, profile: "ops".into(), refunds, ..session() }
}

fn desk_on(environment: Environment, (width, height): (u16, u16), keys: &str) -> Script {
    let mut script = Script::of(on(environment), morning());
    script.event(Event::Resized(width, height)).keys(keys);
    script
}

/// A reply or a refund about to be confirmed.
fn confirming(environment: Environment, size: (u16, u16), refund: bool) -> Script {
    if refund {
        let mut script = desk_on(environment, size, "Enter $");
        script.event(Event::RefundsSeen("P1642410600001".into(), Ok(Vec::new())));
        script.keys("c").typed("5000").keys("Tab 1 ctrl-x");
        return script;
    }
    let mut script = desk_on(environment, size, "r");
    script.typed("Delivered.").keys("Tab");
    script.event(Event::Paste("https://ev.example/O20261103065545916437100001.PDF".into()));
    script.keys("ctrl-x");
    script
}

/// Cells of the first line that look like the word of the environment.
fn coloured(frame: &Frame, style: ratatui::style::Style) -> usize {
    let width = usize::from(frame.buffer.area.width);
    let first = frame.buffer.content.iter().take(width);
    first.filter(|cell| cell.style().patch(style) == cell.style()).count()
}

#[test]
fn live_is_told_from_the_others_at_every_size_in_every_look_on_every_page() {
    for size in SIZES {
        for (name, ascii, colour) in Theme::NAMES
            .map(|name| (name, false, true))
            .into_iter()
            .chain([("dark", true, true), ("dark", true, false)])
        {
            let theme = Theme::named(name).unwrap();
            let look = Look { theme, ascii, colour, links: false };
            let used = if colour { theme } else { Theme::mono() };
            for keys in PAGES {
                let drawn = ENVIRONMENTS.map(|environment| frame(&desk_on(environment, size, keys), &look));
                let shown = drawn.each_ref().map(|frame| text(&frame.buffer));
                for (environment, screen) in ENVIRONMENTS.iter().zip(&shown) {
                    let word = format!(" {}", environment.word());
                    assert!(screen.starts_with(&word), "{keys} at {size:?} in {name}:\n{screen}");
                    let others = ENVIRONMENTS.iter().filter(|other| *other != environment);
                    assert!(others.into_iter().all(|other| !screen.contains(&format!(" {} ", other.word()))));
                }
                let [live, ..] = &drawn;
                assert!(
                    coloured(live, used.live) >= 7,
                    "{keys} at {size:?} in {name}: too little of its colour"
                );
                let heavy = if ascii { ["=", "#"] } else { ["═", "║"] };
                let ruled = |screen: &str, signs: [&str; 2]| {
                    signs.iter().any(|sign| screen.contains(&sign.repeat(3)))
                };
                let [live, uat, sandbox, _] = &shown;
                let light = if ascii { "---" } else { "───" };
                assert!(!ruled(uat, heavy) && !ruled(sandbox, heavy), "{keys}:\n{uat}\n{sandbox}");
                assert!(!live.contains(light) && !uat.contains(light), "{keys} at {size:?}:\n{live}\n{uat}");
                assert_eq!(
                    sandbox.contains(light),
                    live.contains(&heavy[0].repeat(3)),
                    "{keys} at {size:?}:\n{live}"
                );
            }
        }
    }
}

#[test]
fn what_is_confirmed_on_live_says_that_the_money_is_real() {
    for size in SIZES {
        for (refund, words) in
            [(false, "LIVE: a real case, real money"), (true, "LIVE: real money leaves this account")]
        {
            for (ascii, colour) in [(false, true), (true, true), (true, false)] {
                let look = Look { ascii, colour, ..DARK };
                let shown = |environment| text(&frame(&confirming(environment, size, refund), &look).buffer);
                assert!(shown(Environment::Live).contains(words), "{size:?}:\n{}", shown(Environment::Live));
                for other in [Environment::Uat, Environment::Sandbox, Environment::Custom] {
                    let screen = shown(other);
                    assert!(!screen.contains("real money") && !screen.contains("LIVE"), "{screen}");
                }
            }
        }
    }
}

#[test]
fn live_and_uat_as_they_look() {
    for (environment, name) in [(Environment::Live, "live"), (Environment::Uat, "uat")] {
        for (width, height) in SIZES {
            let shot = |page: &str, script: &Script, look: &Look| {
                insta::assert_snapshot!(format!("{name}_{page}_{width}x{height}"), picture(script, look));
            };
            let ascii = Look { ascii: true, ..DARK };
            shot("desk", &desk_on(environment, (width, height), "j Space"), &DARK);
            shot("palette_ascii", &desk_on(environment, (width, height), "Enter : r"), &ascii);
            shot("reply_confirm", &confirming(environment, (width, height), false), &DARK);
            shot("refund_confirm_ascii", &confirming(environment, (width, height), true), &ascii);
        }
    }
}

#[test]
fn the_themes_as_they_look() {
    for name in Theme::NAMES {
        let look = Look { theme: Theme::named(name).unwrap(), ..DARK };
        let script = desk_on(Environment::Live, (120, 40), "j Space j");
        insta::assert_snapshot!(format!("theme_{name}_desk"), styles(&frame(&script, &look).buffer));
        let script = confirming(Environment::Live, (80, 24), true);
        insta::assert_snapshot!(format!("theme_{name}_confirm"), styles(&frame(&script, &look).buffer));
    }
}

#[test]
fn no_theme_paints_a_ground_but_behind_the_word_of_the_environment() {
    for name in Theme::NAMES {
        let look = Look { theme: Theme::named(name).unwrap(), ..DARK };
        let grounds = [look.theme.live, look.theme.uat, look.theme.other].map(|style| style.bg);
        for environment in ENVIRONMENTS {
            let pages = PAGES.map(|keys| desk_on(environment, (120, 40), keys));
            let confirms = [false, true].map(|refund| confirming(environment, (120, 40), refund));
            for script in pages.iter().chain(&confirms) {
                let buffer = frame(script, &look).buffer;
                for (at, cell) in buffer.content.iter().enumerate() {
                    let own = cell.bg == Color::Reset || grounds.contains(&Some(cell.bg)) && at / 120 <= 4;
                    assert!(own, "{name}: {:?} in line {}:\n{}", cell.bg, at / 120, text(&buffer));
                    let named = !matches!(cell.fg, Color::Rgb(..) | Color::Indexed(_));
                    assert!(named, "{name} goes beyond the sixteen colours: {:?}", cell.fg);
                }
            }
        }
    }
}

#[test]
fn a_theme_changes_colours_and_never_a_word_or_a_sign() {
    for environment in ENVIRONMENTS {
        for keys in PAGES {
            let script = desk_on(environment, (120, 40), keys);
            let shown = |look: &Look| text(&frame(&script, look).buffer);
            let dark = shown(&DARK);
            for name in Theme::NAMES {
                assert_eq!(shown(&Look { theme: Theme::named(name).unwrap(), ..DARK }), dark, "{name}");
            }
            assert_eq!(shown(&Look { colour: false, ..DARK }), dark, "without colour");
        }
    }
    let desk = text(&frame(&desk_on(Environment::Live, (120, 40), "j"), &DARK).buffer);
    for word in ["OVERDUE 1", "!! 2d over", "TODAY 2", "! today", "TOMORROW 1", "x 1 failing", "LIVE"] {
        assert!(desk.contains(word), "{word} says without colour what is urgent:\n{desk}");
    }
}

#[test]
fn on_a_light_ground_nothing_is_written_in_a_colour_that_vanishes_there() {
    let look = Look { theme: Theme::light(), ..DARK };
    for environment in ENVIRONMENTS {
        for keys in PAGES {
            let buffer = frame(&desk_on(environment, (120, 40), keys), &look).buffer;
            let pale =
                [Color::Yellow, Color::Cyan, Color::White, Color::LightYellow, Color::LightCyan, Color::Gray];
            for cell in buffer.content.iter().filter(|cell| cell.bg == Color::Reset && cell.symbol() != " ") {
                assert!(!pale.contains(&cell.fg), "{:?} for {:?} in {keys}", cell.fg, cell.symbol());
            }
        }
    }
}

#[test]
fn a_tab_is_where_its_title_stands() {
    for (width, height) in SIZES {
        for keys in ["1", "5 Space j Space / c u r : u s d Enter"] {
            let script = desk_on(Environment::Sandbox, (width, height), keys);
            let (frame, marks) =
                super::super::draw_marked(&script.model, &DARK, Rect::new(0, 0, width, height));
            assert!(marks.tabs.len() >= 2, "{width}x{height}");
            for &(y, from, to, number) in &marks.tabs {
                let cells = (from..to).filter_map(|x| frame.buffer.cell((x, y)));
                let title: String = cells.map(ratatui::buffer::Cell::symbol).collect();
                let digits = title.trim_start_matches('[');
                assert!(
                    digits.starts_with(&number.to_string()) && !title.ends_with(' '),
                    "{number}: {title:?}"
                );
                assert_eq!(marks.tab_at(from, y), Some(number));
                assert_eq!(marks.tab_at(from, y + 1), None);
            }
        }
    }
}

#[test]
fn links_stand_over_evidence_that_passes_the_rules_and_over_nothing_else() {
    let linked = |script: &Script, links: bool| {
        let scene = script.model.scene;
        let area = Rect::new(0, 0, scene.width, scene.height);
        let (frame, marks) = super::super::draw_marked(&script.model, &Look { links, ..DARK }, area);
        let under = |link: &super::super::Link| {
            let cells = (link.x..link.x + link.width).filter_map(|x| frame.buffer.cell((x, link.y)));
            (cells.map(ratatui::buffer::Cell::symbol).collect::<String>(), link.target.clone())
        };
        marks.links.iter().map(under).collect::<Vec<_>>()
    };
    let mut script = desk_on(Environment::Sandbox, (120, 40), "r");
    script.typed("see https://ev.example/words.PDF").keys("Tab");
    let good = "https://ev.example/2026/O20261103065545916437100001.PDF";
    script.event(Event::Paste(format!(
        "{good}\nhttps://ev.example/{{caseId}}.JPG\nhttps://ev.example/no.exe\n"
    )));
    script.keys("Tab");
    let filled = "https://ev.example/O20261103065545916437100001.JPG";
    let wanted = [(good.into(), good.into()), ("https://ev.example/{caseId}.JPG".into(), filled.to_owned())];
    assert_eq!(linked(&script, true), wanted);
    assert_eq!(linked(&script, false), [], "off unless asked for");
    script.keys("ctrl-t");
    assert!(
        linked(&script, true).iter().all(|(shown, _)| shown.starts_with("https://")),
        "nothing over a window"
    );
    for (width, height) in SIZES {
        let mut script = confirming(Environment::Live, (width, height), false);
        let found = linked(&script, true);
        if width > 60 {
            let url = "https://ev.example/O20261103065545916437100001.PDF";
            assert_eq!(found, [(url.to_owned(), url.to_owned())]);
        }
        script.keys("Esc ctrl-p");
        assert!(linked(&script, true).iter().all(|(_, target)| target.ends_with("100001.PDF")));
        assert!(!linked(&script, true).is_empty());
    }
}

#[test]
fn a_text_on_the_plain_page_steers_nothing_and_loses_nothing() {
    let mut script = desk_on(Environment::Live, (60, 15), "j");
    let long = "0123456789 ".repeat(12);
    let text_of = format!("O1\u{1b}]52;c;?\u{7}\u{202e}x\tend\n{long}");
    script.event(Event::NotCopied { text: text_of, why: "it is too long".into() });
    let drawn = frame(&script, &DARK);
    assert_eq!(drawn.faults, 0);
    let screen = text(&drawn.buffer);
    let lines: Vec<&str> = screen.lines().skip(2).collect();
    assert_eq!(lines[0], "O1␛]52;c;?␇<U+202E>x  end", "from the first column, the tab as blanks");
    let joined = lines[1..4].iter().map(|line| format!("{line:<60}")).collect::<Vec<_>>().concat();
    assert_eq!(joined.trim_end(), long.trim_end(), "no blank is lost where a line ends");
    assert_eq!(lines[4], "");
}
