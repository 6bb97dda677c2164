//! Output that nobody reads any more (EPIPE): no command falls over, and no answer stays out of the journal.

use docket::domain::action::State;

use crate::bench::Bench;
use crate::host::{ASKING, CLOSED, Host, order_of};

/// Runs a line whose output is closed before a word of it is written; the exit code.
fn unread(host: &Host<'_>, words: &[&str]) -> Option<i32> {
    let mut command = host.command(words[0]);
    let mut child = command.args(&words[1..]).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    child.wait().unwrap().code()
}

#[test]
fn output_that_nobody_reads_keeps_no_answer_out_of_the_journal() {
    let bench = Bench::new();
    // Whatever is said, is said after the pipe is closed.
    bench.faults("latency(200)");
    let mut host = Host::new(&bench, 0);
    let (asking, closed) = (host.new_case(ASKING), host.new_case(CLOSED));
    let (order, file) = (order_of(&closed), format!("http://ev.example/{asking}.PDF"));
    let reply = ["reply", &asking, "--content", "Delivered.", "--file", &file, "--yes", "--json"];
    assert_eq!(unread(&host, &reply), Some(0));
    let sum = ["--amount", "7", "--currency", "IDR", "--expect", "7 IDR"];
    assert_eq!(unread(&host, &[&["refund", "--order", &order], &sum[..], &["--yes"]].concat()), Some(0));
    let states: Vec<State> = host.actions().iter().map(|action| action.state).collect();
    assert_eq!(states, [State::Accepted, State::Accepted]);
    assert_eq!((host.replied(&asking).len(), host.refunded(&order).len()), (1, 1));
    for line in
        ["list --json", "list --csv", "journal --json", "export --json", "show --help", "refresh", "settle"]
    {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(unread(&host, &words), Some(0), "{line}");
    }
    host.check_whole();
}
