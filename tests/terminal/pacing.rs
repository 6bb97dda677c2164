//! How many pictures the desk sends: as many as are worth looking at.

use crate::pty::{Pty, home};

#[test]
fn a_burst_of_two_hundred_keys_is_drawn_in_a_few_frames() {
    let home = home();
    let mut pty = Pty::desk(&home, 40, 120);
    pty.say_that_it_synchronises();
    pty.wait_for("O-due-1");
    pty.settle();
    let before = pty.frames();
    // Each of them changes the screen, the last one all of it.
    pty.type_in(&"jk".repeat(99));
    pty.type_in("j?");
    pty.wait_for("Keys of the desk");
    let frames = pty.frames() - before;
    // They are read at once; a busy machine may take them in a few pieces.
    assert!((1..=10).contains(&frames), "{frames} frames for 200 keys");
}
