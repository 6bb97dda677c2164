//! Addresses for the terminal to open: over the right cells, gone when they are gone, and nothing else is changed by them.

use pretty_assertions::assert_eq;

use super::*;

const OPEN: &str = "\x1b]8;;";

fn link(x: u16, y: u16, width: u16, target: &str) -> Link {
    Link { x, y, width, target: target.to_owned() }
}

fn linked(painter: &mut Painter, frame: &Frame, links: &[Link]) -> String {
    painter.link(links.to_vec());
    String::from_utf8(painted(painter, frame)).unwrap()
}

/// Every link in the bytes: its target, and what is written as it without its colours.
fn links_of(bytes: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in bytes.split(OPEN).skip(1) {
        let (target, rest) = part.split_once("\x1b\\").unwrap();
        if !target.is_empty() {
            found.push((target.to_owned(), rest.to_owned()));
        }
    }
    found
}

#[test]
fn a_link_is_written_over_its_own_cells_and_closed() {
    let mut painter = Painter::new();
    let page = frame(&["  1 https://x/a.PDF ok", "beside"], 24);
    let there = link(4, 0, 15, "https://x/a.PDF");
    let bytes = linked(&mut painter, &page, std::slice::from_ref(&there));
    assert_eq!(links_of(&bytes), [("https://x/a.PDF".into(), "https://x/a.PDF".into())]);
    assert!(bytes.contains("https://x/a.PDF\x1b]8;;\x1b\\"), "{bytes:?}");
    assert_eq!(linked(&mut painter, &page, &[there]), "", "what is shown already costs nothing");
}

#[test]
fn what_is_no_link_any_more_is_written_again_without_it() {
    let mut painter = Painter::new();
    let page = frame(&["  1 https://x/a.PDF ok"], 24);
    linked(&mut painter, &page, &[link(4, 0, 15, "https://x/a.PDF")]);
    let bytes = linked(&mut painter, &page, &[]);
    assert!(bytes.contains("https://x/a.PDF") && !bytes.contains(OPEN), "{bytes:?}");
    assert_eq!(linked(&mut painter, &page, &[]), "");
    linked(&mut painter, &page, &[link(4, 0, 15, "https://x/a.PDF")]);
    let other = linked(&mut painter, &page, &[link(4, 0, 15, "https://x/b.PDF")]);
    assert_eq!(links_of(&other), [("https://x/b.PDF".into(), "https://x/a.PDF".into())]);
}

#[test]
fn a_target_that_could_steer_the_terminal_is_no_link() {
    let page = frame(&["https://x/a.PDF"], 24);
    for target in ["https://x/\x1b\\a.PDF", "https://x/ a", "https://x/案", "a\x07"] {
        let bytes = linked(&mut Painter::new(), &page, &[link(0, 0, 15, target)]);
        assert!(!bytes.contains(OPEN) && !bytes.contains(target), "{bytes:?}");
    }
}

fn any_links() -> impl Strategy<Value = Vec<Link>> {
    let one = (0..WIDTH, 0..HEIGHT, 1..WIDTH + 2, 0..3u8)
        .prop_map(|(x, y, width, n)| link(x, y, width, &format!("https://x/{n}.PDF")));
    proptest::collection::vec(one, 0..3)
}

proptest! {
    #[test]
    fn the_screen_shows_the_last_frame_whatever_was_linked(
        frames in proptest::collection::vec((any_frame(), any_links()), 1..6),
    ) {
        let (mut painter, mut parser) = (Painter::new(), emulator(HEIGHT, WIDTH));
        for (frame, links) in &frames {
            let bytes = linked(&mut painter, frame, links);
            prop_assert_eq!(bytes.matches(OPEN).count() % 2, 0, "a link is left open");
            parser.process(bytes.as_bytes());
            assert_shows(&parser, frame);
        }
    }

    #[test]
    fn without_links_every_byte_is_as_before(frames in proptest::collection::vec(any_frame(), 1..6)) {
        let (mut plain, mut other) = (Painter::new(), Painter::new());
        for frame in &frames {
            let wanted = painted(&mut plain, frame);
            prop_assert_eq!(linked(&mut other, frame, &[]).into_bytes(), wanted);
        }
    }
}
