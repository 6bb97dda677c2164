//! A host with a case to answer and an order to refund, and what the sandbox saw of either.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use docket::domain::case::Field;
use docket::store::{SqliteStore, Store as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::bench::{Bench, Ran};

/// Somebody without rights, where the tests run as root.
const NOBODY: u32 = 65_534;

pub(crate) const REPLY: &str = "reply O1 --content Delivered. --file http://ev.example/O1.PDF --yes";
pub(crate) const REFUND: &str = "refund --case O2 --amount 10.00 --currency IDR --yes --expect 10.00_IDR";

/// Splits a line of words; `_` stands for a blank within one.
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.replace("00_IDR", "00 IDR")).collect()
}

/// `O1` waits for a reply, and the closed `O2` is about order `PO2`; both are on the list and fetched.
pub(crate) struct Host {
    pub(crate) bench: Bench,
    /// Whether docket is run by somebody without rights.
    as_nobody: bool,
}

impl Host {
    pub(crate) fn new() -> Self {
        let bench = Bench::new();
        bench.put("O1", "DISPUTE_INQUIRY", 4);
        let host = Self { bench, as_nobody: false };
        host.closed("O2");
        host.bench.line("track O1 O2").good();
        host.bench.line("refresh --quiet").good();
        host
    }

    /// Puts a closed case into the sandbox, whose order can be refunded.
    pub(crate) fn closed(&self, id: &str) {
        self.bench.put(id, "CASE_CLOSED", 4);
        let paid_at = (OffsetDateTime::now_utc() - time::Duration::days(20)).format(&Rfc3339).unwrap();
        let token = format!("T{id}");
        let mut case = self.bench.sandbox().state().case(id).unwrap().clone();
        for (field, value) in [
            (Field::OriginTradeAmount, "5000.00"),
            (Field::OriginTradeCurrency, "IDR"),
            (Field::TradeToken, token.as_str()),
            (Field::TradeCreateTime, paid_at.as_str()),
        ] {
            case.set(field, Some(value.to_owned()));
        }
        self.bench.sandbox().state().put_case(case);
    }

    /// The same, with everything in the home given to somebody whom rights mean something to.
    pub(crate) fn without_rights() -> Self {
        let mut host = Self::new();
        if rustix::process::geteuid().is_root() {
            host.as_nobody = true;
            // The program itself may lie where only root can look.
            std::fs::copy(env!("CARGO_BIN_EXE_docket"), host.bench.path("docket")).unwrap();
            host.give(&[]);
        }
        host
    }

    /// Gives all files but these to whom docket is run by.
    pub(crate) fn give(&self, but: &[PathBuf]) {
        if !self.as_nobody {
            return;
        }
        let mut open = vec![self.bench.home.path().to_owned()];
        while let Some(path) = open.pop() {
            if but.contains(&path) {
                continue;
            }
            std::os::unix::fs::lchown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
    }

    /// Whether docket is run by somebody else than the tests.
    pub(crate) fn is_nobodys(&self) -> bool {
        self.as_nobody
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.bench.path("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.bench.path("data/test.db")
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = self.bench.command(words(line));
        if self.as_nobody {
            let as_it_was = command;
            command = Command::new(self.bench.path("docket"));
            command.env_clear().args(as_it_was.get_args());
            for (name, value) in as_it_was.get_envs() {
                command.env(name, value.unwrap());
            }
            command.uid(NOBODY).gid(NOBODY);
            command.stdin(std::process::Stdio::null());
        }
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        Ran::of(self.command(line).output().unwrap())
    }

    /// With variables that play another disk.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], line: &str) -> Ran {
        Ran::of(self.command(line).envs(variables.iter().copied()).output().unwrap())
    }

    /// Under a limit on the size of files, in blocks of 512 bytes as `ulimit -f` of a POSIX shell counts them.
    pub(crate) fn run_limited(&self, blocks: u64, line: &str) -> Ran {
        let docket = self.command(line);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")).arg("sh");
        shell.arg(docket.get_program()).args(docket.get_args()).env_clear();
        for (name, value) in docket.get_envs() {
            shell.env(name, value.unwrap());
        }
        Ran::of(shell.output().unwrap())
    }

    /// What the sandbox has executed: replies to `O1`, and refunds.
    pub(crate) fn executed(&self) -> (usize, usize) {
        let state = self.bench.sandbox().state();
        (state.replies("O1").len(), state.ledger().len())
    }

    /// The journal of a list that can be opened.
    pub(crate) fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.database()).unwrap()
    }

    pub(crate) fn actions(&self) -> usize {
        self.store().actions().unwrap().len()
    }

    /// Checks that neither a reply nor a refund leaves: this code, these words, a hint, and an idle sandbox.
    #[track_caller]
    pub(crate) fn sends_nothing(&self, variables: &[(&str, &str)], code: i32, what: &str) {
        let before = self.executed();
        for line in [REPLY, REFUND] {
            self.run_with(variables, line).failed(code, what);
        }
        assert_eq!(self.executed(), before, "{what}");
    }

    /// Checks that a reply and a refund leave, each once.
    #[track_caller]
    pub(crate) fn sends(&self, variables: &[(&str, &str)]) {
        for line in [REPLY, REFUND] {
            let ran = self.run_with(variables, line);
            assert_eq!(ran.code, 0, "{line}: {ran:?}");
        }
        assert_eq!(self.executed(), (1, 1));
    }
}

/// The bytes of every file in a directory, by name.
pub(crate) fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}
