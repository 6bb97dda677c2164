//! The desk in a real terminal: what it does to it, and that it gives it back however it ends.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

mod attention;
mod faults;
mod journeys;
mod pacing;
mod pty;
mod refund;
mod synchronised;

use std::time::Instant;

use pty::{Pty, SECOND, home};

/// The screen of the shell, not of a program.
fn given_back(pty: &Pty) {
    pty.wait("the terminal is given back", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    assert!(!pty.screen(vt100::Screen::bracketed_paste), "paste mode is still on");
    pty.wait_line_as_found();
}

#[test]
fn the_desk_opens_from_disk_without_keys_or_network() {
    let home = home();
    let pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.wait_for("CUSTOM");
    pty.screen(|screen| {
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
    });
    assert_ne!(pty.line_settings(), pty.found, "the line is not in raw mode");
}

#[test]
fn leaving_gives_the_terminal_back() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
    given_back(&pty);
}

/// It is another program in the place of the first, with the same flags, and leaving it gives the terminal back.
#[test]
fn the_desk_goes_on_in_another_profile() {
    let home = home();
    let second = "[profiles.second]\nenvironment = \"uat\"\napp_id = \"app\"\nmerchant_no = \"P01\"\n\
                  private_key_file = \"none.pem\"\ngateway_public_key_file = \"none.pub\"\n";
    home.append("config.toml", second);
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in(":profile second\r");
    pty.wait_for("UAT");
    pty.wait_for("No cases on the list yet");
    pty.type_in(":profile test\r");
    pty.wait_for("O-due-1");
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
    given_back(&pty);
}

#[test]
fn sigterm_and_sighup_give_the_terminal_back() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let home = home();
        let mut pty = Pty::desk(&home, 24, 80);
        pty.wait_for("O-due-1");
        pty.signal(signal);
        assert_eq!(pty.exit_code(), Some(code), "after SIG{signal}");
        given_back(&pty);
    }
}

#[test]
fn what_was_said_to_be_saved_is_written_before_the_end() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    let other = rusqlite::Connection::open(home.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    pty.type_in("n");
    pty.wait_for("type the note");
    pty.type_in("keep me");
    pty.type_in("\r");
    pty.wait_for("note of 1 case saved");
    let told = Instant::now();
    pty.signal("TERM");
    given_back(&pty);
    assert!(told.elapsed() < SECOND * 3 / 2, "the terminal came back after {:?}", told.elapsed());
    // Longer than the watchdog gives a process that has nothing to write.
    while told.elapsed() < SECOND * 3 {
        assert!(pty.is_running(), "it ended with a change unwritten");
        std::thread::park_timeout(SECOND / 20);
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(pty.exit_code(), Some(143));
    assert_eq!(home.note("O-due-1"), "keep me");
}

#[test]
fn a_resize_draws_everything_at_the_new_size() {
    let home = home();
    let pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.resize(30, 120);
    pty.wait("the last line is used", |screen| {
        screen.rows(0, 120).nth(29).is_some_and(|row| row.contains("help"))
    });
    pty.resize(10, 40);
    pty.wait_for("docket needs 60x15");
    pty.resize(24, 80);
    pty.wait_for("O-due-1");
}

#[test]
fn an_idle_desk_writes_nothing() {
    let home = home();
    let pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.settle();
    let (written, cpu) = (pty.bytes(), pty.cpu_ticks());
    // Longer than any timer of the desk but the minute's.
    let until = Instant::now() + SECOND * 3;
    while Instant::now() < until {
        assert_eq!(pty.bytes(), written, "an idle desk wrote");
        std::thread::yield_now();
        std::thread::park_timeout(SECOND / 10);
    }
    assert!(pty.cpu_ticks() - cpu <= 15, "an idle desk used {} ticks in 3 s", pty.cpu_ticks() - cpu);
}

#[test]
fn a_cursor_move_is_cheap() {
    let home = home();
    let mut pty = Pty::desk(&home, 40, 120);
    pty.wait_for("O-due-1");
    pty.settle();
    for key in ["j", "j", "k"] {
        let before = pty.bytes();
        pty.type_in(key);
        pty.wait_bytes(before);
        pty.settle();
        let cost = pty.bytes() - before;
        assert!(cost <= 360, "`{key}` cost {cost} bytes");
    }
}

#[test]
fn a_paste_on_the_list_is_no_row_of_keys() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    // As keys this would untrack the case, then leave the desk.
    pty.type_in("\x1b[200~xq\r\x1b[201~");
    pty.wait("there is a word about the paste", |screen| screen.contents().contains("paste"));
    pty.type_in("?");
    pty.wait_for("Keys of the desk");
    pty.type_in("q");
    pty.wait_for("O-due-1");
    assert!(pty.is_running());
}

#[test]
fn a_closed_terminal_ends_the_process_at_once() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    let started = Instant::now();
    pty.close();
    assert_eq!(pty.exit_code(), Some(129));
    assert!(started.elapsed() <= SECOND * 2, "it took {:?}", started.elapsed());
}

#[test]
fn a_terminal_that_takes_nothing_keeps_nobody_from_leaving() {
    let home = home();
    let mut pty = Pty::desk(&home, 40, 120);
    pty.wait_for("O-due-1");
    pty.stop_reading();
    // Each asks for a whole screen of several kilobytes; no line holds so many.
    for _ in 0..100 {
        pty.type_in("\x0c");
        std::thread::park_timeout(SECOND / 200);
    }
    let started = Instant::now();
    pty.signal("TERM");
    assert_eq!(pty.exit_code(), Some(143));
    assert!(started.elapsed() <= SECOND * 3, "it took {:?}", started.elapsed());
    assert_eq!(pty.line_settings(), pty.found, "the line is not as it was");
}

#[test]
fn a_desk_that_was_stopped_and_continued_draws_itself_anew() {
    let home = home();
    let pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.settle();
    pty.signal("STOP");
    pty.wait_state('T');
    let before = pty.bytes();
    pty.signal("CONT");
    pty.wait_bytes(before);
    pty.wait_for("O-due-1");
    assert!(pty.screen(vt100::Screen::alternate_screen));
}

#[test]
fn the_editor_gets_the_whole_terminal_and_gives_it_back() {
    let home = home();
    home.program(
        "editor",
        "#!/bin/sh\nstty -a | grep -o ' icanon'\necho 'editor has it'\nread go\necho \"$go\" > \"$1\"\n",
    );
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("n");
    pty.type_in("\x05");
    pty.wait_for("editor has it");
    assert!(pty.screen(|screen| !screen.alternate_screen() && screen.contents().contains(" icanon")));
    // A line that a shell program reads; as keys of the desk it would do other things.
    pty.type_in("written elsewhere q\r");
    pty.wait("the desk is back with the text", |screen| {
        screen.alternate_screen() && screen.contents().contains("written elsewhere q")
    });
    pty.type_in("\r");
    pty.type_in("?");
    pty.wait_for("Keys of the desk");
}

#[test]
fn keys_typed_ahead_of_the_editor_wait_for_its_text() {
    let home = home();
    home.program("editor", "#!/bin/sh\nprintf 'edited text' > \"$1\"\n");
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("n");
    pty.wait_for("type the note");
    pty.type_in("\x05\r");
    pty.wait_for("note of 1 case saved");
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
    assert_eq!(home.note("O-due-1"), "edited text");
}

#[test]
fn copying_reaches_the_clipboard_of_the_terminal() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("y");
    // base64 of O-due-1
    pty.wait_sent(b"\x1b]52;c;Ty1kdWUtMQ==\x07");
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let home = home();
    let mut pty = Pty::shell(
        &home,
        24,
        80,
        "set -m; DOCKET; echo 'shell has it'; read go; fg >/dev/null; echo 'all over'; read go",
    );
    pty.wait_for("O-due-1");
    pty.type_in("\x1a");
    pty.wait_for("shell has it");
    assert!(pty.screen(|screen| !screen.alternate_screen() && !screen.hide_cursor()));
    pty.type_in("\r");
    pty.wait("the desk is back", |screen| screen.alternate_screen() && screen.contents().contains("O-due-1"));
    pty.type_in("j");
    pty.type_in("q");
    pty.wait_for("all over");
    given_back(&pty);
}

#[test]
fn sigtstp_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let home = home();
    let mut pty = Pty::shell(
        &home,
        24,
        80,
        "set -m; DOCKET; echo 'shell has it'; read go; fg >/dev/null; echo 'all over'; read go",
    );
    pty.wait_for("O-due-1");
    pty.signal("TSTP");
    pty.wait_for("shell has it");
    given_back(&pty);
    pty.type_in("\r");
    pty.wait("the desk is back", |screen| screen.alternate_screen() && screen.contents().contains("O-due-1"));
    // It takes keys, and nothing of the signal is left over to stop it again.
    pty.type_in("?");
    pty.wait_for("Keys of the desk");
    pty.type_in("q");
    pty.wait_for("O-due-1");
    pty.type_in("q");
    pty.wait_for("all over");
    given_back(&pty);
}

#[test]
fn an_editor_that_stops_its_job_stops_docket_with_it() {
    let home = home();
    home.program(
        "editor",
        "#!/bin/sh\nkill -s TSTP 0\necho 'editor goes on'\nread go\necho \"$go\" > \"$1\"\n",
    );
    let mut pty =
        Pty::shell(&home, 24, 80, "set -m; DOCKET; echo 'shell has it'; read go; fg >/dev/null; read go");
    pty.wait_for("O-due-1");
    pty.type_in("n");
    pty.wait_for("type the note");
    pty.type_in("\x05");
    pty.wait_for("shell has it");
    pty.type_in("\r");
    pty.wait_for("editor goes on");
    pty.type_in("written after all\r");
    pty.wait("the desk is back with the text", |screen| {
        screen.alternate_screen() && screen.contents().contains("written after all")
    });
}

#[test]
fn ctrl_z_where_no_shell_could_continue_it_says_so() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    pty.type_in("\x1a");
    pty.wait_for("not started from a shell");
    pty.type_in("\x1b");
    pty.wait("the notice is gone", |screen| !screen.contents().contains("not started"));
    pty.signal("TSTP");
    pty.wait_for("not started from a shell");
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
}

#[test]
fn a_paste_that_a_stay_in_the_shell_cuts_off_makes_nobody_deaf() {
    let home = home();
    let mut pty = Pty::desk(&home, 24, 80);
    pty.wait_for("O-due-1");
    // In one go with a key that shows, so that the beginning of the paste has been read.
    pty.slip("?\x1b[200~the rest goes else");
    pty.wait_for("Keys of the desk");
    pty.signal("TSTP");
    pty.wait_for("not started from a shell");
    pty.type_in("qq");
    assert_eq!(pty.exit_code(), Some(0));
}

#[test]
fn a_change_by_another_process_shows_by_itself() {
    let home = home();
    let mut pty = Pty::desk(&home, 40, 120);
    pty.wait_for("O-due-1");
    pty.type_in("5");
    let output = home.docket(["track", "O-from-elsewhere"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    pty.wait_for("O-from-elsewhere");
}

#[test]
fn without_a_terminal_there_is_a_hint_and_2() {
    let home = home();
    let output = home.docket([""; 0]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("docket list"), "{said}");
    let mut pty = Pty::with_variable(&home, "TERM=dumb");
    assert_eq!(pty.exit_code(), Some(2));
    pty.wait_for("TERM");
}
