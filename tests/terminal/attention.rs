//! How somebody who looks elsewhere is told: by the bell of the terminal and the title of its window, each only where the
//! config asks for it.

use crate::pty::{Pty, home, until};

const BELL: &str = "\x07";
const TITLE: &str = "\x1b]2;docket CUSTOM: ";

#[test]
fn the_bell_rings_each_time_a_case_moves() {
    for (config, rings) in [("[desk]\nbell = true\n", true), ("", false)] {
        let home = home();
        home.append("config.toml", config);
        let mut pty = Pty::desk(&home, 40, 120);
        pty.wait_for("O-due-1");
        pty.type_in("5");
        pty.settle();
        assert_eq!(pty.sent(BELL), 0, "what was there before is no news");
        // It is among the changed ones from its first move on.
        for (round, status) in [(1, "DISPUTE_RECEIVED"), (2, "DISPUTE_END")] {
            home.moves("O-due-1", status);
            pty.wait_for(status);
            until("the bell has rung", || !rings || pty.sent(BELL) == round);
        }
        pty.type_in("q");
        assert_eq!(pty.exit_code(), Some(0));
        assert_eq!(pty.sent(BELL), if rings { 2 } else { 0 });
    }
}

#[test]
fn the_title_follows_what_is_due() {
    let home = home();
    home.append("config.toml", "[desk]\ntitle = true\n");
    let mut pty = Pty::desk(&home, 40, 120);
    pty.wait_for("O-due-1");
    until("there is a title", || pty.sent(TITLE) == 1);
    // Which of them are overdue is for the clock to say; one fewer is due at any hour.
    home.moves("O-due-1", "DISPUTE_RECEIVED");
    until("there is another title", || pty.sent(TITLE) == 2);
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
}
