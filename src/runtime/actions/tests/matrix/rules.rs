//! What must be told and written, said beforehand and by hand: from ARCHITECTURE.md's failure tables and reliability.md
//! sections 1.4 and 1.5, not from the code.

use super::cell::{Cell, Fault, Kill};
use super::kinds::Action;
use crate::domain::action::State;
use crate::runtime::simulated::NetFault;

use State::{Accepted, NotReceived, Refused, Settled, Unknown};

/// What is told of a call that changes something and meets a fault, whether or not it was executed.
pub(super) const TOLD: [(NetFault, State, &str); 20] = [
    (NetFault::DnsFails, Refused, "UNREACHABLE"),
    (NetFault::ConnectRefused, Refused, "UNREACHABLE"),
    (NetFault::ConnectTimeout, Refused, "UNREACHABLE"),
    (NetFault::TlsRefused, Refused, "UNREACHABLE"),
    (NetFault::ResetBeforeBody, Unknown, "DROPPED"),
    (NetFault::ResetAfterBody, Unknown, "DROPPED"),
    (NetFault::NoAnswer, Unknown, "TIMED_OUT"),
    (NetFault::LateAnswer, Unknown, "TIMED_OUT"),
    (NetFault::Status500, Unknown, "HTTP_500"),
    (NetFault::Page502, Unknown, "HTTP_502"),
    (NetFault::Truncated, Unknown, "DROPPED"),
    (NetFault::CaptivePortal, Unknown, "GARBLED"),
    (NetFault::WrongTypes, Unknown, "GARBLED"),
    (NetFault::BadSign, Unknown, "UNVERIFIED"),
    (NetFault::NoSign, Unknown, "UNVERIFIED"),
    (NetFault::EchoMismatch, Unknown, "GARBLED"),
    (NetFault::DuplicateCode, Unknown, "ORDER_REPEAT"),
    (NetFault::TooMany, Refused, "TOO_MANY_REQUEST"),
    (NetFault::ClockRefusal, Refused, "REQ_TIME_OVER_TIME"),
    (NetFault::RedirectElsewhere, Unknown, "HTTP_307"),
];

/// The same for one kind of action.
pub(super) fn told(fault: NetFault, action: Action) -> (State, &'static str) {
    // A reply has no number to echo: the answer is good, and names other cases than those that were answered.
    if fault == NetFault::EchoMismatch && action != Action::Refund {
        return (Unknown, "APPLY_SUCCESS");
    }
    let row = TOLD.iter().find(|(other, ..)| *other == fault).unwrap();
    (row.1, row.2)
}

/// Whether a refusal says nothing of an earlier attempt at the same refund, so that one which was not received before stays
/// so: no byte left, or it can pass by itself. A signed refusal for good closes the doubt.
fn says_nothing_of_before(fault: NetFault) -> bool {
    fault.is_before_connection() || fault == NetFault::TooMany
}

/// Where the journal stands when the next process has opened it; `None` when it has no action. `taken_down`: whether the
/// commit that nobody was told of went through (K2).
pub(super) fn after_restart(kill: Kill, taken_down: bool, told: State) -> Option<State> {
    match kill {
        Kill::K1 => None,
        Kill::K2 => taken_down.then_some(Unknown),
        Kill::K3 | Kill::K4 | Kill::K5 | Kill::K6 => Some(Unknown),
        Kill::K7 | Kill::K8 => Some(told),
    }
}

/// The states that the newest action goes through from the restart to the end, on a sound line. A fault that could not
/// strike before the kill strikes the next send.
pub(super) fn trail(cell: &Cell, taken_down: bool) -> Vec<State> {
    let Fault::Line(fault) = cell.fault else { return Vec::new() };
    let (told, _) = told(fault, cell.action);
    let first = after_restart(cell.kill, taken_down, told);
    let mut trail: Vec<State> = first.into_iter().collect();
    if cell.kill.is_before_the_line() {
        // Nothing was executed: a doubt ends, and it is sent, into the fault.
        trail.extend(first.map(|_| NotReceived));
        let stays = first.is_some() && cell.action == Action::Refund && says_nothing_of_before(fault);
        trail.push(if told == Refused && stays { NotReceived } else { told });
    }
    let standing = *trail.last().unwrap();
    // The killed process has asked once; PayerMax shows the end of a refund at the second question.
    let asked = cell.kill == Kill::K8 && fault != NetFault::LateAnswer;
    let rest = from(standing, cell.action, cell.executed);
    let pending = usize::from(asked && rest == [Accepted, Settled] && standing == Unknown);
    trail.extend(rest.into_iter().skip(pending));
    trail.dedup();
    trail
}

/// How often PayerMax is asked in vain, every six minutes from the verdict on, before an action counts as not received. Of a
/// refund a question within five minutes is too early to count; of a reply, three looks must span a quarter of an hour.
/// `late`: the verdict is six minutes old when it is asked about first.
pub(super) fn asked_in_vain(action: Action, late: bool) -> usize {
    if late && action == Action::Refund { 3 } else { 4 }
}

/// From a verdict to the end.
pub(super) fn from(standing: State, action: Action, executed: bool) -> Vec<State> {
    let refund = action == Action::Refund;
    match (standing, executed) {
        // PayerMax shows it: a refund first pending, then paid; a reply received. A line that lied (refused, and executed all
        // the same): the refund is found under its number before another one leaves.
        (Unknown | Refused | NotReceived, true) if refund => vec![Accepted, Settled],
        (Unknown | Accepted, true) => vec![Settled],
        // Not received, sent again by the operator's word, taken, and at its end.
        (Unknown, false) => vec![NotReceived, Accepted, Settled],
        (Refused | NotReceived, false) => vec![Accepted, Settled],
        // Of a reply on a line that lied, the case has moved, and what the journal said of it stays.
        _ => vec![],
    }
}
