//! Commands that are killed: `docket refund`, `docket reply`, `docket refresh`.

use std::process::{Command, Output};
use std::thread;

use docket::domain::action::State;
use docket::domain::case::Field;
use docket::domain::record::ActionId;
use docket::store::Store as _;
use serde_json::Value;

use super::Kind;
use super::checks::number_of;
use super::victim::Victim;
use crate::host::{ASKING, order_of};

/// Cases of one refresh.
const REFRESHED: usize = 40;

impl Victim<'_> {
    /// Runs a command and kills it at a random moment; what it had said by then.
    fn cut_short(&mut self, kind: Kind, mut command: Command) -> Output {
        let mut child = command.spawn().unwrap();
        thread::sleep(self.moment(kind));
        let had_ended = child.try_wait().unwrap().is_some();
        self.learn(kind, had_ended);
        child.kill().unwrap();
        child.wait_with_output().unwrap()
    }

    /// The next command of a kind, and what it is about.
    pub(super) fn next(&mut self, kind: Kind) -> (Vec<String>, Command) {
        match kind {
            Kind::Refund => {
                let id = self.refundable();
                let order = order_of(&id);
                let mut command = self.host.command(&format!(
                    "refund --order {order} --amount 7 --currency IDR --yes --json --expect"
                ));
                // One argument, with a blank in it.
                command.arg("7 IDR");
                (vec![id], command)
            }
            Kind::Reply => {
                let (id, text) = (self.asking(), self.new_text().replace(' ', "_"));
                let words =
                    format!("reply {id} --content {text} --file http://ev.example/{id}.PDF --yes --json");
                let command = self.host.command(&words);
                (vec![id], command)
            }
            Kind::Refresh | Kind::Desk => {
                let ids = self.next_to_refresh();
                let command = self.host.command(&format!("refresh --quiet {}", ids.join(" ")));
                (ids, command)
            }
        }
    }

    /// Cases to refresh, each with a fee that the list does not know.
    fn next_to_refresh(&mut self) -> Vec<String> {
        while self.notes.len() < REFRESHED {
            self.new_case(ASKING);
        }
        let mut ids: Vec<String> = self.notes.keys().cloned().collect();
        self.rng.shuffle(&mut ids);
        ids.truncate(REFRESHED);
        for id in &ids {
            let fee = self.fees.entry(id.clone()).or_default();
            *fee += 1;
            self.host.set_fee(id, &format!("{fee}.00"));
        }
        ids
    }

    pub(super) fn kill_a_refund(&mut self) -> &'static str {
        let (ids, command) = self.next(Kind::Refund);
        let order = order_of(&ids[0]);
        let before = self.check_order(&order);
        let said = self.cut_short(Kind::Refund, command);
        let left_open = self.newest_is_open(&order);
        self.recover();
        self.check_told(&said);
        let records = self.check_order(&order);
        self.fell(&records, records.len() > before.len() || left_open)
    }

    pub(super) fn kill_a_reply(&mut self) -> &'static str {
        let (ids, command) = self.next(Kind::Reply);
        let before = self.check_case(&ids[0]);
        let said = self.cut_short(Kind::Reply, command);
        self.recover();
        self.check_told(&said);
        let records = self.check_case(&ids[0]);
        self.fell(&records, records.len() > before.len())
    }

    pub(super) fn kill_a_refresh(&mut self) -> &'static str {
        let (ids, command) = self.next(Kind::Refresh);
        let before = ids.iter().map(|id| self.fee(id)).collect::<Vec<_>>();
        self.cut_short(Kind::Refresh, command);
        self.recover();
        let mut stored = 0;
        for (id, before) in ids.iter().zip(before) {
            let (now, newest) = (self.fee(id), self.fees[id]);
            assert!(now == newest || now == before, "{id}: {before}, then {newest}, and {now} on disk");
            stored += usize::from(now == newest);
        }
        self.check_list();
        match stored {
            0 => "nothing stored",
            REFRESHED => "all stored",
            _ => "some stored",
        }
    }

    fn fee(&self, id: &str) -> u32 {
        number_of(&self.host.stored(id, Field::Fee))
    }

    fn newest_is_open(&self, order: &str) -> bool {
        let actions = self.host.actions();
        actions
            .iter()
            .rfind(|one| one.intent.order.as_deref() == Some(order))
            .is_some_and(|one| one.state.is_open())
    }

    /// What a process said of an outcome before it was killed is what the journal says.
    fn check_told(&mut self, said: &Output) {
        let Ok(told) = serde_json::from_slice::<Value>(&said.stdout) else { return };
        let Some(action) = told["actionId"].as_str() else { return };
        let known = self.host.store().action(&ActionId(action.to_owned())).unwrap();
        let known = known.unwrap_or_else(|| panic!("{told} is not in the journal"));
        assert_eq!(told["state"], known.state.word(), "{known:?}");
        assert_ne!(known.state, State::Sending);
        self.tally.holds("outcome told");
    }
}
