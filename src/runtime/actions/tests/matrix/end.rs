//! The end of a story: what must hold whatever happened; and the secrets that nothing may hold.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::super::PEMS;
use super::invariants::Invariant;
use super::kinds::Action;
use super::story::Story;
use crate::runtime::simulated::{Call, Process, TOKEN};

impl Story<'_> {
    pub(super) fn ends(&mut self, process: &Process) {
        let executed = self.executed();
        self.check(executed == 1, Invariant::I1, || format!("executed {executed} times in the end"));
        let check = process.bench.store.lock().unwrap().verify_journal().unwrap();
        self.check(check.broken.is_none(), Invariant::I3, || format!("{:?}", check.broken));
        let rules: Vec<String> =
            self.world.gateway.state().violations().iter().map(|one| one.rule.clone()).collect();
        let broken: Vec<_> = rules.iter().filter(|rule| *rule != "outRefundNo.known").collect();
        self.check(broken.is_empty(), Invariant::State, || format!("the gateway had to refuse: {broken:?}"));
        self.sent_the_same();
        self.kept_secrets(process);
    }

    /// Whatever went out under one number was the same, but for the one correction of a refused refund.
    fn sent_the_same(&self) {
        let calls = self.world.line.mutations();
        let (before, after) = calls.split_at(self.corrected_at.unwrap_or(calls.len()));
        for part in [before, after] {
            let same = part.windows(2).all(|two| two[0].data() == two[1].data());
            self.check(same, Invariant::I5, || {
                format!("{:?}", part.iter().map(Call::data).collect::<Vec<_>>())
            });
        }
        if self.cell.action == Action::Refund {
            let numbers: Vec<_> = calls.iter().map(|call| call.text("outRefundNo")).collect();
            let one = numbers.windows(2).all(|two| two[0] == two[1]);
            self.check(one, Invariant::I5, || format!("a second number: {numbers:?}"));
        }
    }

    /// No word on the screen and no file holds a key, the token or a signature.
    fn kept_secrets(&self, process: &Process) {
        let mut secrets: Vec<String> =
            self.world.line.mutations().into_iter().map(|call| call.sign).collect();
        secrets.push(TOKEN.to_owned());
        for pem in [&PEMS.merchant, &PEMS.gateway] {
            secrets.extend(pem.lines().filter(|line| line.len() > 40).take(3).map(str::to_owned));
        }
        let files = [&process.life.folder, &process.life.grave];
        let files: Vec<Vec<u8>> = files.into_iter().flat_map(|folder| contents(folder)).collect();
        let search = Connection::open_in_memory().unwrap();
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            let told = self.shown.contains(secret.as_str());
            let kept = files.iter().any(|bytes| holds(&search, bytes, secret));
            self.check(!told && !kept, Invariant::I8, || format!("told: {told}, in a file: {kept}"));
        }
    }
}

/// SQLite searches a few hundred kilobytes faster than a debug build of ours.
fn holds(search: &Connection, bytes: &[u8], needle: &str) -> bool {
    let at = search.query_row("SELECT instr(?1, ?2)", (bytes, needle.as_bytes()), |row| row.get::<_, i64>(0));
    at.unwrap() > 0
}

fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .map(|path| fs::read(path).unwrap())
        .collect()
}
