//! One operator's host: a home with a list of its own at a sandbox that all hosts share.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use docket::domain::case::{Case, Field};
use docket::domain::ids::CaseId;
use docket::domain::record::ActionRecord;
use docket::domain::tracked::LocalChange;
use docket::sandbox::{Refund, Reply, SandboxCase};
use docket::store::{NewCase, Observation, SqliteStore, Store as _};
use rusqlite::Connection;
use time::OffsetDateTime;

use crate::bench::{Bench, Ran, today};
use crate::pty::{Home, bare_home};

/// Waits for a reply.
pub(crate) const ASKING: &str = "DISPUTE_INQUIRY";
/// Decided, so that nothing speaks against a refund of its order.
pub(crate) const CLOSED: &str = "CASE_CLOSED";

pub(crate) struct Host<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) home: Home,
    nth: u64,
    made: usize,
}

impl<'a> Host<'a> {
    pub(crate) fn new(bench: &'a Bench, nth: u64) -> Self {
        let home = bare_home();
        for name in ["config.toml", "own.pem", "payermax.pem"] {
            std::fs::copy(bench.path(name), home.path(name)).unwrap();
        }
        home.append("config.toml", "[refunds]\npause_s = 0\n");
        Self { bench, home, nth, made: 0 }
    }

    /// A `docket` whose words are listened to.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = self.home.docket(words.split(' '));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn line(&self, words: &str) -> Ran {
        Ran::of(self.command(words).output().unwrap())
    }

    /// A case of an order of 5000 IDR that nobody else has, known to the gateway and on the list, with a note.
    pub(crate) fn new_case(&mut self, status: &str) -> String {
        self.made += 1;
        let id = format!("K{}C{:05}", self.nth, self.made);
        let fields = [
            (Field::CaseId, id.clone()),
            (Field::Status, status.to_owned()),
            (Field::OutTradeNo, order_of(&id)),
            (Field::OutUserId, "u1".to_owned()),
            (Field::Amount, "5000.00".to_owned()),
            (Field::Fee, "0.00".to_owned()),
            (Field::Currency, "IDR".to_owned()),
            (Field::OriginTradeAmount, "5000.00".to_owned()),
            (Field::OriginTradeCurrency, "IDR".to_owned()),
            (Field::ExpirationDate, (today() + time::Duration::days(4)).to_string()),
        ];
        self.bench.sandbox().state().put_case(SandboxCase::from_fields(fields.clone()));
        let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text))));
        let (now, key, mut store) = (OffsetDateTime::now_utc(), CaseId::parse(&id).unwrap(), self.store());
        store.track(&[NewCase::new(key.clone())], now).unwrap();
        store.record(&[Observation { at: now, outcome: Ok(case), id: key.clone() }]).unwrap();
        store.set_local(&[(key, LocalChange::Note(first_note(&id)))], now).unwrap();
        id
    }

    pub(crate) fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.home.database()).unwrap()
    }

    pub(crate) fn actions(&self) -> Vec<ActionRecord> {
        self.store().actions().unwrap()
    }

    /// The refunds of an order that the sandbox executed.
    pub(crate) fn refunded(&self, order: &str) -> Vec<Refund> {
        let state = self.bench.sandbox().state();
        state.ledger().iter().filter(|refund| refund.out_trade_no == order).cloned().collect()
    }

    /// The replies to a case that the sandbox took.
    pub(crate) fn replied(&self, id: &str) -> Vec<Reply> {
        self.bench.sandbox().state().replies(id).to_vec()
    }

    /// A field of a case on the list.
    pub(crate) fn stored(&self, id: &str, field: Field) -> String {
        let found = self.store().find(&CaseId::parse(id).unwrap()).unwrap();
        found.unwrap().case.map(|case| case.text(field).to_owned()).unwrap_or_default()
    }

    /// Gives a case another fee at the gateway.
    pub(crate) fn set_fee(&self, id: &str, fee: &str) {
        let mut state = self.bench.sandbox().state();
        let mut case = state.case(id).unwrap().clone();
        case.set(Field::Fee, Some(fee.to_owned()));
        state.put_case(case);
    }

    /// The file of the list is whole by every measure there is.
    pub(crate) fn check_whole(&self) {
        let file = Connection::open(self.home.database()).unwrap();
        let said: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
        let verified = self.line("journal --verify").good();
        assert!(verified.contains("the journal is whole"), "{verified}");
    }

    /// The ids on the list.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.store().tracked().unwrap().into_iter().map(|case| case.id.to_string()).collect()
    }
}

/// What a case's order is called.
pub(crate) fn order_of(id: &str) -> String {
    format!("P{id}")
}

/// The note that a case begins with.
pub(crate) fn first_note(id: &str) -> String {
    format!("note of {id}")
}
