//! Synchronised output: only where the terminal answers that it knows it, whenever that is, and the answer is no key.

use std::time::{Duration, Instant};

use crate::pty::hands::SYNCHRONISES;
use crate::pty::{Pty, home, until};

/// Has everything drawn anew.
const REDRAW: &str = "\x0c";

/// The desk draws everything anew; how many frames of that were synchronised.
fn frames_of_a_redraw(pty: &mut Pty) -> usize {
    let (frames, cleared) = (pty.frames(), pty.sent("\x1b[2J"));
    pty.type_in(REDRAW);
    until("everything is drawn anew", || pty.sent("\x1b[2J") > cleared);
    pty.settle();
    pty.frames() - frames
}

#[test]
fn a_terminal_that_knows_it_gets_whole_frames() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.say_that_it_synchronises();
    pty.wait_for("O-due-1");
    pty.settle();
    assert_eq!(frames_of_a_redraw(&mut pty), 1);
    assert_eq!(pty.frames(), pty.sent("\x1b[?2026l"), "each frame has an end");
}

#[test]
fn a_terminal_that_says_nothing_or_no_gets_plain_ones() {
    for answer in ["", "\x1b[?2026;0$y", "\x1b[?2026;4$y"] {
        let home = home();
        let mut pty = Pty::desk(&home, 24, 80);
        pty.wait_sent(b"\x1b[?2026$p");
        pty.slip(answer);
        pty.wait_for("O-due-1");
        pty.settle();
        assert_eq!(frames_of_a_redraw(&mut pty), 0, "after {answer:?}");
    }
}

#[test]
fn it_is_asked_once_and_before_the_first_picture() {
    let home = home();
    home.program("editor", "#!/bin/sh\n");
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("r");
    pty.wait_for("Reply to case");
    pty.type_in("\x05");
    until("the editor had the terminal", || pty.sent("\x1b[?1049h") == 2);
    pty.wait_for("Reply to case");
    pty.resize(30, 100);
    pty.type_in(REDRAW);
    pty.settle();
    let raw = pty.raw();
    assert!(
        raw.find("\x1b[?2026$p") < raw.find("\x1b[2J"),
        "an old terminal's letter would stay on the picture"
    );
    assert_eq!(pty.sent("\x1b[?2026$p"), 1);
}

#[test]
fn an_answer_that_comes_late_and_in_pieces_is_no_key() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("n");
    pty.wait_for("type the note");
    pty.type_in("keep");
    pty.wait_for("keep");
    for piece in ["\x1b[?20", "26;2", "$"] {
        pty.slip(piece);
        std::thread::sleep(Duration::from_millis(60));
    }
    pty.slip("y");
    pty.type_in(" c and u");
    pty.wait_for("keep c and u");
    // All of it at once with what is typed.
    pty.slip(&format!(" be{SYNCHRONISES}fore"));
    pty.wait_for("before");
    pty.type_in("\r");
    pty.wait_for("note of 1 case saved");
    assert_eq!(frames_of_a_redraw(&mut pty), 1);
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
    assert_eq!(home.note("O-due-1"), "keep c and u before");
}

#[test]
fn an_answer_on_its_way_is_not_left_to_the_shell() {
    let home = home();
    let mut pty =
        Pty::shell(&home, 24, 80, "DOCKET; echo the shell is back; read line; echo \"[$line]\"; read line");
    // Typed ahead: it ends before the terminal has answered.
    pty.type_in("q");
    pty.say_that_it_synchronises();
    pty.wait_for("the shell is back");
    pty.type_in("for the shell\r");
    pty.wait_for("[for the shell]");
}

#[test]
fn leaving_at_once_gives_an_answer_time_to_come() {
    let (home, begun) = (home(), Instant::now());
    let mut pty = Pty::shell(&home, 24, 80, "DOCKET; echo the shell is back; read line");
    pty.type_in("q");
    pty.wait_for("the shell is back");
    assert!(begun.elapsed() >= Duration::from_millis(300), "left after {:?}", begun.elapsed());
}

#[test]
fn lending_the_terminal_at_once_gives_an_answer_time_to_come() {
    let (home, begun) = (home(), Instant::now());
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_sent(b"\x1b[?2026$p");
    pty.type_in("\x1a");
    pty.wait_sent(b"\x1b[?1049l");
    assert!(begun.elapsed() >= Duration::from_millis(300), "lent after {:?}", begun.elapsed());
}
