//! The fault matrix (reliability.md section 7): every fault of the line and of the disk, at every point at which a process
//! can be killed, for every kind of action, in virtual time.
//!
//! A cell is one story: somebody types and sends, the fault strikes, the process is killed, the next one opens the files
//! that are left, asks under the same fault, then on a sound line for as long as it takes, and sends again where docket
//! lets it. [`rules`] says beforehand what must be told and where the journal must stand at each step; [`invariants`] are
//! looked at throughout. Every story ends with exactly one execution in the sandbox's own ledger.
//!
//! `cargo test --lib fault_matrix -- --nocapture` runs all of them and prints seed and count; `DOCKET_MATRIX_SEED`
//! changes what is drawn by chance, `DOCKET_MATRIX_CELL="reset after body x K5"` plays the cells with that in their
//! name, one after the other, and prints what they tell.

mod cell;
mod end;
mod files;
mod invariants;
mod kinds;
mod play_disk;
mod play_line;
mod rules;
mod run;
mod story;

use cell::Cell;

#[test]
fn fault_matrix_of_the_line() {
    run::all("line", &Cell::of_the_line(), 960);
}

#[test]
fn fault_matrix_of_the_disk() {
    run::all("disk", &Cell::of_the_disk(), 192);
}
