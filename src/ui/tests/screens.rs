//! Snapshots of every place. Read them as an operator would: straight columns, right words, next key obvious.

use super::*;

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (60, 15)];

/// One snapshot per size of what a script leads to.
fn at_sizes(name: &str, prepare: impl Fn(&mut Script)) {
    for (width, height) in SIZES {
        let mut script = desk(width, height);
        prepare(&mut script);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
    }
}

#[test]
fn the_desk() {
    at_sizes("desk", |script| {
        script.keys("j");
        tell_history(script);
    });
}

#[test]
fn the_changed_view() {
    at_sizes("changed", |script| _ = script.keys("2"));
}

#[test]
fn all_cases() {
    at_sizes("all", |script| _ = script.keys("5 G"));
}

#[test]
fn the_case_page() {
    at_sizes("case_page", |script| {
        script.keys("j Enter");
        tell_history(script);
    });
}
