//! Every judgement, also those about disasters that no test should make happen.

mod gateway;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pretty_assertions::assert_eq;

use super::super::check::{Check, Grade, Subject, Worry};
use super::super::look::files::Entry;
use super::super::look::surroundings::{Terminal, Tmux};
use super::keys::{KeyFile, Whereabouts};
use super::list::Directory;
use super::{files, keys, list, screen};
use crate::domain::action::State;
use crate::domain::refund::Rule;
use crate::gateway::{KeyError, OldLock, PrivateKey, Signer, SignerError};
use crate::runtime::approvals::RequestError;
use crate::runtime::session::SessionError;
use crate::runtime::signer::{Caution, Made};
use crate::store::config::{OpenCase, Policy};
use crate::store::keyfile::KeyFileError;
use crate::store::{Checkup, Contents, JournalBreak, JournalCheck, StoreError};

const ME: u32 = 1000;
static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

fn entry(path: &str, mode: u32, owner: u32, is_dir: bool) -> Entry {
    Entry { path: path.into(), mode, owner, is_dir }
}

fn said(check: &Check) -> (Grade, &str, &str) {
    (check.grade, check.found.as_str(), check.remedy.as_str())
}

#[test]
fn whoever_could_change_a_file_is_named_with_the_command() {
    let judged =
        |entry| files::changeable(&[entry], ME).map(|worry| (worry.grade, worry.found, worry.remedy));
    for harmless in [
        entry("/h/c", 0o600, ME, false),
        entry("/h/c", 0o644, 0, false),
        entry("/tmp", 0o1777, 0, true),
        entry("/h", 0o755, ME, true),
    ] {
        assert_eq!(judged(harmless.clone()), None, "{harmless:?}");
    }
    let (grade, found, remedy) = judged(entry("/a b", 0o757, ME, true)).unwrap();
    assert_eq!((grade, remedy.as_str()), (Grade::Error, "run `chmod go-w '/a b'`"));
    assert_eq!(found, "/a b can be changed by everybody (its mode is 0757)");
    assert_eq!(
        judged(entry("/h/c", 0o1666, ME, false)).unwrap().0,
        Grade::Error,
        "sticky files mean nothing"
    );
    let (grade, _, remedy) = judged(entry("/h/c", 0o664, ME, false)).unwrap();
    assert_eq!((grade, remedy.as_str()), (Grade::Warning, "run `chmod g-w /h/c`"));
    assert!(judged(entry("/h", 0o755, 7, true)).unwrap().1.contains("belongs to user 7"));
}

#[test]
fn the_gravest_worry_is_told() {
    let worry = |grade, found: &str| Worry { grade, found: found.into(), remedy: "x".into() };
    let several =
        [worry(Grade::Warning, "first"), worry(Grade::Error, "second"), worry(Grade::Error, "third")];
    assert_eq!(Worry::gravest(several).unwrap().found, "second");
    assert_eq!(Worry::gravest([]), None);
    let skipped = Subject::DISK.skipped("why");
    assert_eq!((skipped.grade, skipped.found.as_str()), (Grade::Warning, "skipped: why"));
    assert!(!skipped.remedy.is_empty());
}

#[test]
fn the_policy_in_force_is_told() {
    let told = |policy: &Policy, there| files::policy(policy, Path::new("/etc/p"), there).found;
    assert_eq!(told(&Policy::default(), false), "no limits; /etc/p is not there");
    let limit = Rule { value: 5.into(), source: "/etc/p".to_owned() };
    let strict = Policy {
        read_only: true,
        refund_open_case: OpenCase::Block,
        refund_max: ["USD", "IDR"].map(|currency| (currency.to_owned(), limit.clone())).into(),
        ..Policy::default()
    };
    assert_eq!(
        told(&strict, true),
        "nothing may be sent, no refund on an open case, a limit for one refund in IDR, USD; /etc/p is in force"
    );
}

#[test]
fn the_directory_of_requests_is_judged_by_whether_it_can_be_used() {
    let (dir, none) =
        (Path::new("/q r"), Err(RequestError::Dir { path: "/q".into(), why: "does not exist".into() }));
    let judged = |mode, usable, can_write| {
        files::requests(dir, Some(&entry("/q r", mode, 0, true)), &usable, can_write)
    };
    let missing = files::requests(dir, None, &none, false);
    assert_eq!(
        (missing.grade, missing.found.as_str()),
        (Grade::Error, "the directory of requests /q does not exist")
    );
    assert!(missing.remedy.contains("3770"), "{}", missing.remedy);
    assert_eq!(said(&judged(0o3770, Ok(()), true)), (Grade::Ok, "/q r, mode 3770", ""));
    assert_eq!(judged(0o3770, Ok(()), false).grade, Grade::Warning);
    let movable = judged(0o2770, Ok(()), true);
    assert_eq!((movable.grade, movable.remedy.as_str()), (Grade::Warning, "run `chmod +t '/q r'`"));
}

#[test]
fn a_log_others_can_read_or_nobody_can_write_is_a_warning() {
    let path = Path::new("/s/docket.log");
    let log = |mode, can_write| files::log(path, &[entry("/s/docket.log", mode, ME, false)], can_write);
    assert_eq!(log(0o600, true).grade, Grade::Ok);
    assert_eq!(log(0o644, true).remedy, "run `chmod 600 /s/docket.log`");
    assert_eq!(log(0o600, false).grade, Grade::Warning);
    assert_eq!(files::log(path, &[], true).found, "/s/docket.log is not there yet");
}

fn directory(mode: u32) -> (PathBuf, Vec<Entry>) {
    (PathBuf::from("/d"), vec![entry("/d", mode, ME, true), entry("/", 0o755, 0, true)])
}

#[test]
fn the_directory_of_the_list_must_be_ones_own() {
    let judged = |mode, is_there, can_write, place| {
        let (path, entries) = directory(mode);
        list::data(&Directory { path: &path, entries: &entries, is_there, can_write, place }, ME)
    };
    assert_eq!(said(&judged(0o700, true, true, Ok(()))), (Grade::Ok, "/d, mode 0700", ""));
    assert_eq!(judged(0o750, true, true, Ok(())).remedy, "run `chmod 700 /d`");
    assert_eq!(judged(0o777, true, true, Ok(())).remedy, "run `chmod go-w /d`", "the graver first");
    assert!(judged(0o700, true, false, Ok(())).found.contains("cannot be written"));
    assert_eq!(judged(0o755, false, true, Ok(())).grade, Grade::Ok, "made private when it is needed");
    let remote = StoreError::Remote { path: "/d".into(), what: "NFS" };
    let told = judged(0o700, true, true, Err(remote));
    assert_eq!(told.grade, Grade::Error);
    assert!(told.found.contains("NFS") && told.remedy.contains("--data-dir"), "{told:?}");
}

#[test]
fn little_room_is_a_warning() {
    const MIB: u64 = 1 << 20;
    assert_eq!(list::disk(Some(64 * MIB - 1)).grade, Grade::Warning);
    assert_eq!(said(&list::disk(Some(64 * MIB))), (Grade::Ok, "64 MiB free", ""));
    assert_eq!(list::disk(Some(1536 * MIB)).found, "1.5 GiB free");
    assert_eq!(list::disk(None).grade, Grade::Warning);
}

fn contents(actions: Vec<(State, u64)>, broken: Option<JournalBreak>) -> Contents {
    let journal = JournalCheck { entries: 12, broken };
    Contents { cases: 48, drafts: 1, actions, journal, case: None }
}

#[test]
fn a_database_is_whole_old_damaged_or_not_there() {
    let judged = |mode, checkup: Result<Option<Checkup>, StoreError>| {
        list::database(Path::new("/d/live.db"), Some(&entry("/d/live.db", mode, ME, false)), &checkup)
    };
    let whole = Checkup { format: 2, newest: 2, fault: None, contents: Some(contents(Vec::new(), None)) };
    assert_eq!(
        judged(0o600, Ok(Some(whole.clone()))).found,
        "/d/live.db, whole, format 2; 48 cases, 1 draft"
    );
    assert_eq!(judged(0o640, Ok(Some(whole.clone()))).remedy, "run `chmod 600 /d/live.db`");
    let old = Checkup { format: 1, contents: None, ..whole.clone() };
    assert_eq!(judged(0o600, Ok(Some(old))).grade, Grade::Ok);
    let damaged = Checkup { fault: Some("row 7 missing".into()), contents: None, ..whole };
    let told = judged(0o600, Ok(Some(damaged)));
    assert!(told.grade == Grade::Error && told.found.contains("row 7 missing"), "{told:?}");
    assert_eq!(judged(0o600, Ok(None)).grade, Grade::Ok);
    let newer = StoreError::Newer { path: "/d/live.db".into(), found: 9, known: 2 };
    assert_eq!(judged(0o600, Err(newer)).grade, Grade::Error);
}

#[test]
fn a_journal_tells_what_nobody_knows_the_end_of() {
    let judged = |actions, broken| list::journal(&contents(actions, broken), Path::new("/d/live.db"));
    assert_eq!(said(&judged(vec![(State::Settled, 4)], None)), (Grade::Ok, "whole, 12 entries", ""));
    let doubt = judged(vec![(State::Unknown, 2), (State::Intended, 1)], None);
    assert_eq!(doubt.grade, Grade::Warning);
    assert_eq!(doubt.found, "whole, 12 entries; 2 actions of unknown outcome; 1 action under way");
    assert!(doubt.remedy.contains("docket settle"));
    assert_eq!(judged(vec![(State::Sending, 1)], None).grade, Grade::Warning);
    let broken = judged(Vec::new(), Some(JournalBreak { entry: 3, why: "it was changed".into() }));
    assert_eq!((broken.grade, broken.found.as_str()), (Grade::Error, "broken at entry 3: it was changed"));
}

fn signer() -> Signer {
    PrivateKey::parse(&KEY.to_pem().unwrap()).unwrap().into()
}

#[test]
fn keys_are_told_by_length_and_fingerprint_and_never_shown() {
    let file =
        |mode| KeyFile { path: Path::new("/k/own.pem"), entries: vec![entry("/k/own.pem", mode, ME, false)] };
    let own = |mode| Whereabouts {
        place: format!("/k/own.pem, mode {mode:04o}"),
        entries: vec![entry("/k/own.pem", mode, ME, false)],
        setting: "private_key_file",
    };
    let made = |cautions| Ok(Made { signer: signer(), cautions });
    let told = keys::private(&own(0o600), &made(Vec::new()), ME);
    assert_eq!(told.grade, Grade::Ok);
    assert!(told.found.starts_with("/k/own.pem, mode 0600, 2048 bits, SHA256:"), "{told:?}");
    let lines = KEY.to_pem().unwrap();
    assert!(lines.lines().skip(1).all(|line| !told.found.contains(line)));

    let missing = Err(KeyFileError::Missing { path: "/k/own.pem".into() }.into());
    assert_eq!(keys::private(&own(0), &missing, ME).grade, Grade::Error);
    let open = Err(KeyFileError::Open { path: "/k/own.pem".into(), mode: 0o644 }.into());
    assert_eq!(keys::private(&own(0), &open, ME).remedy, "run `chmod 600 /k/own.pem`");
    let short = Err(SessionError::Key { path: "/k/own.pem".into(), error: KeyError::TooShort(1024) });
    let told = keys::private(&own(0o600), &short, ME);
    assert!(told.found.contains("1024 bits") && told.remedy.contains("private_key_file"), "{told:?}");
    let old = KeyError::OldLock(OldLock::Pem);
    let old = Err(SessionError::Key { path: "/k/own.pem".into(), error: old });
    let told = keys::private(&own(0o600), &old, ME);
    assert_eq!(
        told.remedy,
        "run `openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in /k/own.pem -out /k/own.pem.new` \
         and name /k/own.pem.new in the config"
    );
    let caution = Caution { found: "a weak lock".into(), remedy: "a better one".into() };
    let told = keys::private(&own(0o600), &made(vec![caution.clone()]), ME);
    assert_eq!(said(&told), (Grade::Warning, "a weak lock", "a better one"));
    let told = keys::private(&own(0o666), &made(vec![caution]), ME);
    assert_eq!(told.grade, Grade::Error, "what is graver comes first");
    let shut = Err(SignerError::new("the agent is shut", "open it").into());
    assert_eq!(said(&keys::private(&own(0), &shut, ME)), (Grade::Error, "the agent is shut", "open it"));
    let theirs = Ok(KEY.public());
    assert_eq!(
        keys::gateway(&file(0o666), &theirs, ME).grade,
        Grade::Error,
        "anybody could answer for PayerMax"
    );
    let none = Err(SessionError::NoGatewayKey("/k/g".into()));
    assert!(keys::gateway(&file(0), &none, ME).remedy.contains("portal"));
}

#[test]
fn the_own_public_key_in_place_of_payermaxs_is_found() {
    let file = Path::new("/k/g.pem");
    assert_eq!(keys::pair(&signer(), None, file).grade, Grade::Ok);
    let mixed = keys::pair(&signer(), Some(&KEY.public()), file);
    assert_eq!(mixed.grade, Grade::Error);
    assert_eq!(mixed.found, "/k/g.pem holds your own public key instead of PayerMax's");
    let others = PrivateKey::generate().unwrap().public();
    assert_eq!(keys::pair(&signer(), Some(&others), file).grade, Grade::Ok);
}

#[test]
fn an_empty_secret_is_an_error() {
    let judged = |read| keys::secret(Subject::TOKEN, Path::new("/k/t"), read).grade;
    assert_eq!((judged(Ok(true)), judged(Ok(false))), (Grade::Ok, Grade::Error));
    assert_eq!(judged(Err(KeyFileError::Missing { path: "/k/t".into() }.into())), Grade::Error);
}

fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

fn tty(name: &str, size: (u16, u16)) -> Terminal {
    Terminal { is_whole: true, size: Some(size), name: Some(name.to_owned()) }
}

#[test]
fn a_terminal_is_judged_by_name_size_and_colours() {
    let judged = |terminal: &Terminal| screen::terminal(terminal, env(&[("NO_COLOR", "1")]));
    assert_eq!(
        judged(&tty("xterm", (120, 40))).found,
        "xterm, 120x40, without colours, because NO_COLOR is set"
    );
    assert_eq!(screen::terminal(&tty("xterm", (60, 15)), env(&[])).found, "xterm, 60x15, with colours");
    for bad in [Terminal::default(), tty("dumb", (80, 24)), tty("", (80, 24)), tty("xterm", (59, 40))] {
        let told = judged(&bad);
        assert!(told.grade == Grade::Warning && !told.remedy.is_empty(), "{bad:?}: {told:?}");
    }
    assert!(judged(&tty("xterm", (0, 0))).found.contains("80x24"), "as the desk takes it");
    let piped = Terminal { is_whole: false, ..tty("xterm", (80, 24)) };
    assert_eq!(judged(&piped).grade, Grade::Ok);
}

#[test]
fn the_locale_names_the_variable_that_decides() {
    let judged = |pairs| screen::locale(env(pairs));
    assert_eq!(said(&judged(&[("LANG", "C.UTF-8")])), (Grade::Ok, "UTF-8, by LANG=C.UTF-8", ""));
    let c = judged(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")]);
    assert_eq!(c.grade, Grade::Warning);
    assert!(c.found.contains("LC_ALL=C,") && c.remedy.contains("LC_ALL"), "{c:?}");
    assert_eq!(judged(&[]).grade, Grade::Warning);
}

#[test]
fn copies_are_followed_to_the_operators_clipboard() {
    let there = tty("xterm", (80, 24));
    let judged = |pairs, tmux: Option<&Tmux>| screen::clipboard(&there, tmux, env(pairs));
    assert!(judged(&[("SSH_TTY", "/dev/pts/1")], None).found.contains("ssh"));
    assert!(judged(&[("STY", "1.x")], None).found.contains("screen"));
    assert!(judged(&[("TERM", "tmux-256color")], None).found.contains("another host"));
    let tmux = |set: &str, through: &str| Tmux {
        set_clipboard: Some(set.to_owned()),
        allow_passthrough: Some(through.to_owned()),
    };
    assert_eq!(judged(&[("TMUX", "/tmp/x")], Some(&tmux("on", "off"))).grade, Grade::Ok);
    assert_eq!(judged(&[("TMUX", "/tmp/x")], Some(&tmux("external", "on"))).grade, Grade::Ok);
    let kept = judged(&[("TMUX", "/tmp/x")], Some(&tmux("external", "off")));
    assert_eq!(kept.grade, Grade::Warning);
    assert!(kept.found.contains("external") && kept.remedy.contains("set-clipboard on"), "{kept:?}");
    assert_eq!(
        judged(&[("TMUX", "/tmp/x")], Some(&Tmux::default())).grade,
        Grade::Warning,
        "a tmux that does not answer"
    );
    assert_eq!(screen::clipboard(&Terminal::default(), None, env(&[])).grade, Grade::Ok);
}
