//! Keys as help writes them, answers wherever they come, and the same whatever the line cuts in two.

use proptest::prelude::*;

use super::*;

/// What came of some bytes, in words.
fn words(heard: &[Heard]) -> Vec<String> {
    let word = |heard: &Heard| match heard {
        Heard::Event(Event::Key(key)) => key.to_string(),
        Heard::Event(Event::Paste(text)) => format!("paste {text}"),
        Heard::Event(other) => format!("{other:?}"),
        Heard::Synchronises(known) => format!("synchronises {known}"),
        Heard::Next(inside) => format!("next {inside:?}"),
    };
    heard.iter().map(word).collect()
}

/// What comes of bytes that arrive in these pieces, with nothing after them.
fn heard<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<Heard> {
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    for piece in pieces {
        ear.hear(piece, &mut heard);
    }
    ear.settle(&mut heard);
    heard
}

fn told(bytes: &[u8]) -> String {
    words(&heard([bytes])).join(" ")
}

#[test]
fn keys_arrive_as_help_writes_them() {
    for (bytes, text) in [
        (&b"jG$"[..], "j G $"),
        ("é张🙂".as_bytes(), "é 张 🙂"),
        (b"\x04\x05 \x1a\x00\x1c", "ctrl-d ctrl-e Space ctrl-z ctrl-Space ctrl-4"),
        (b"\r\n\t\x7f\x1b", "Enter Enter Tab Backspace Esc"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F\x1b[Z", "Up Down Right Left Home End Shift-Tab"),
        (b"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF", "Up Down Right Left Home End"),
        (b"\x1b[1~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~", "Home Delete End PgUp PgDn Home End"),
        (b"\x1b[1;5A\x1b[1;2B\x1b[3;5~", "ctrl-Up Down ctrl-Delete"),
        (b"\x1b[27;5;106~\x1b[106;5u\x1b[97;2u\x1b[13u\x1b[9;2u", "ctrl-j ctrl-j A Enter Shift-Tab"),
        (b"\x1b\x1b", "Esc Esc"),
        (b"\x1b\x1bq", "Esc"),
    ] {
        assert_eq!(told(bytes), text, "{bytes:?}");
    }
}

#[test]
fn alt_releases_other_keys_and_answers_to_nobody_are_nothing() {
    for bytes in [
        &b"\x1bx"[..],
        b"\x1b\r",
        "\x1bé".as_bytes(),
        b"\x1b[1;3A",
        b"\x1b[120;3u",
        b"\x1b[120;1:3u",
        b"\x1b[15~\x1b[1P\x1bOP\x1b[[A",
        b"\x1b[I\x1b[O",
        b"\x1b[?62;4c\x1b[>41;390;0c\x1b[?1u\x1b[0n\x1b[12;40R\x1b[?1004;2$y",
        b"\x1b[57399u\x1b[201~",
        b"\xff\xc3\x28\xe5\xbc"[..1].as_ref(),
        "\u{85}".as_bytes(),
    ] {
        assert_eq!(told(bytes), "", "{bytes:?}");
    }
    assert_eq!(told(b"\xc3("), "(", "what is no character takes nothing else with it");
}

#[test]
fn the_answer_is_no_key_wherever_it_comes() {
    for (bytes, text) in [
        (&b"\x1b[?2026;2$y"[..], "synchronises true"),
        (b"\x1b[?2026;1$y", "synchronises true"),
        (b"\x1b[?2026;0$y", "synchronises false"),
        (b"\x1b[?2026;4$y", "synchronises false"),
        (b"ab\x1b[?2026;2$ycu", "a b synchronises true c u"),
        (b"a\x1b[?2026;2$", "a"),
        (b"\x1b[?2026;2\x1b[Bj", "Down j"),
        (b"\x1b[?2026\rj", "Enter j"),
    ] {
        assert_eq!(told(bytes), text, "{bytes:?}");
    }
}

#[test]
fn an_escape_is_waited_for_only_while_it_may_be_another_key() {
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    ear.hear(b"q\x1b", &mut heard);
    assert_eq!((words(&heard).join(" ").as_str(), ear.hesitates()), ("q", Some(&ALONE)));
    ear.hear(b"[B", &mut heard);
    assert_eq!((words(&heard).join(" ").as_str(), ear.hesitates()), ("q Down", None));
    ear.hear(b"\x1b", &mut heard);
    ear.settle(&mut heard);
    ear.hear(b"x", &mut heard);
    assert_eq!(words(&heard).join(" "), "q Down Esc x");
}

#[test]
fn what_follows_an_escape_in_one_go_is_read_by_itself() {
    for (bytes, text) in [
        (&b"\x1b\x1b[200~yxq\r\x1b[201~j"[..], "Esc paste yxq\r j"),
        (b"\x1b\x1b[B", "Esc Down"),
        (b"\x1b\x1bOB", "Esc Down"),
        (b"\x1b\x1b[<0;5;3M", "Esc Clicked(4, 2)"),
        (b"\x1b\x1b[?2026;2$yj", "Esc synchronises true j"),
        (b"\x1b\x1b\x1b[B", "Esc Esc Down"),
        (b"\x1b\x1b]11;rgb:0/0/0\x07j", "Esc j"),
    ] {
        assert_eq!(told(bytes), text, "{bytes:?}");
    }
}

#[test]
fn a_string_is_no_key_and_ends_where_it_ends() {
    for (bytes, text) in [
        (&b"a\x1b]11;rgb:1d1d/2020/2121\x07j"[..], "a j"),
        (b"\x1b]11;rgb:1d1d/2020/2121\x1b\\j", "j"),
        (b"\x1bP>|tmux 3.4\x1b\\j", "j"),
        (b"\x1bP1+r\x07q\x1b\\j", "j"),
        (b"\x1bXq\x1b\\\x1b^q\r\x1b\\\x1b_Gi=1;OK\x1b\\j", "j"),
        (b"\x1b]\x07\x1b]\x1b\\j", "j"),
        ("\x1b]52;c;张\x07j".as_bytes(), "j"),
        (b"\x1b]0;q\x18j\x1bPq\x1aj", "j j"),
        (b"\x1b]0;q\x1b[Bj", "Down j"),
        (b"\x1bPq\x1b\x1bj\x1bPq\x1b[200~q\x1b[201~", "Esc paste q"),
    ] {
        assert_eq!(told(bytes), text, "{bytes:?}");
    }
}

#[test]
fn a_string_without_an_end_takes_no_room_and_makes_nobody_deaf() {
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    ear.hear(b"\x1b]", &mut heard);
    assert_eq!(ear.hesitates(), Some(&ALONE), "it may be Alt with a key");
    ear.settle(&mut heard);
    ear.hear(b"j", &mut heard);
    assert_eq!(words(&heard).join(" "), "j");
    ear.hear(b"\x1bP", &mut heard);
    ear.hear(&b"q".repeat(100_000), &mut heard);
    ear.hear(b"\x1b", &mut heard);
    assert_eq!((ear.hesitates(), ear.held.len()), (Some(&SILENT), 1));
    ear.settle(&mut heard);
    ear.hear(b"k", &mut heard);
    assert_eq!((words(&heard).join(" ").as_str(), ear.hesitates()), ("j k", None));
}

#[test]
fn a_paste_without_an_end_takes_no_more_room_than_the_longest() {
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    ear.hear(b"\x1b[200~", &mut heard);
    for _ in 0..9 {
        ear.hear(&b"yxq\r".repeat(1 << 18), &mut heard);
    }
    ear.hear(b"\x1b[201~j", &mut heard);
    let [Heard::Event(Event::Paste(text)), after] = heard.as_slice() else { panic!("{}", heard.len()) };
    assert_eq!((text.len(), words(std::slice::from_ref(after)).join(" ").as_str()), (LONGEST_PASTE, "j"));
}

#[test]
fn a_paste_is_one_thing_and_what_looks_like_keys_in_it_is_text() {
    assert_eq!(told(b"a\x1b[200~q\r\x1b[A\x1b[?2026;2$y\x1b[201~b"), "a paste q\r\x1b[A\x1b[?2026;2$y b");
    assert_eq!(told(b"\x1b[200~\xff\x1b[201~"), "paste \u{fffd}");
    assert_eq!(told(b"\x1b[200~\x1b[201~"), "paste ");
    let long = [b"\x1b[200~".as_slice(), &b"yxq\r".repeat(300_000), b"\x1b[201~"].concat();
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    for chunk in long.chunks(1_024) {
        ear.hear(chunk, &mut heard);
    }
    assert!(matches!(heard.as_slice(), [Heard::Event(Event::Paste(text))] if text.len() == 1_200_000));
}

#[test]
fn the_mouse_speaks_both_its_languages() {
    for (bytes, text) in [
        (&b"\x1b[<0;5;3M\x1b[<0;5;3m"[..], "Clicked(4, 2)"),
        (b"\x1b[<64;1;1M\x1b[<65;1;1M", "Wheel { down: false } Wheel { down: true }"),
        (b"\x1b[<2;1;1M\x1b[<32;1;1M\x1b[<0;0;0M\x1b[<0;99999;1M\x1b[<0M", ""),
        (b"\x1b[M \x25\x23j", "Clicked(4, 2) j"),
        (b"\x1b[Ma!!j", "Wheel { down: true } j"),
    ] {
        assert_eq!(told(bytes), text, "{bytes:?}");
    }
}

#[test]
fn a_sequence_without_an_end_is_given_up() {
    let endless = [b"\x1b[".as_slice(), &b"1;".repeat(1_000)].concat();
    let (mut ear, mut heard) = (Ear::default(), Vec::new());
    for byte in endless {
        ear.hear(&[byte], &mut heard);
    }
    assert!(ear.held.len() <= LONGEST + 3, "{} bytes are held", ear.held.len());
}

/// Pieces of what terminals send, and of what they never would.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "\x1b",
        "\x1b[",
        "\x1bO",
        "\x1b[?2026;2$y",
        "\x1b[?",
        "2026;",
        "$y",
        "\x1b[200~",
        "\x1b[201~",
        "\x1b[B",
        "\x1b[M",
        "\x1b[<0;1;1M",
        "\x1b[[",
        "1;5",
        "u",
        "c",
        "~",
        "j",
        "q",
        "\r",
        "张",
        "\x1b[1;5A",
        "\x1b]",
        "\x1bP",
        "\x1b_",
        "\x1b\\",
        "\x07",
        "\x18",
    ]);
    prop_oneof![4 => known.prop_map(|text| text.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 1..4)]
}

proptest! {
    #[test]
    fn it_does_not_matter_where_the_line_cuts(pieces in prop::collection::vec(piece(), 0..24), sizes in prop::collection::vec(1..9usize, 1..24)) {
        let bytes = pieces.concat();
        let whole = heard([bytes.as_slice()]);
        let mut cut = Vec::new();
        let mut rest = bytes.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, more) = rest.split_at((*size).min(rest.len()));
            cut.push(piece);
            rest = more;
        }
        prop_assert_eq!(words(&heard(cut)), words(&whole));
    }
}
