//! Requests on a real disk: what is written is what is read, and what anybody else could have touched is not taken.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rustix::io::Errno;
use tempfile::TempDir;
use time::Duration;
use time::macros::datetime;

use super::*;
use crate::domain::refund::{Amount, Road, Unapprovable};

const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);
const NAMES: [&str; 3] = ["custom", "app", "P01"];

/// The owner of every file that this process writes.
pub(in crate::runtime) fn own() -> Person {
    Person { uid: rustix::process::geteuid().as_raw(), behind: None }
}

/// Somebody else, who reads the files of [`own`].
pub(in crate::runtime) fn another() -> Person {
    Person { uid: own().uid + 1, behind: None }
}

/// A directory as an administrator makes it.
pub(in crate::runtime) fn directory() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o3770)).unwrap();
    dir
}

/// A host on which everybody has a name.
const IDS: Ids = Ids { is_named: |_| true, are_mapped: false };

pub(in crate::runtime) fn tray(dir: &Path, me: Person) -> Tray {
    Tray::new(dir, NAMES, me, IDS, "ana")
}

fn refund() -> Refund {
    Refund {
        order: "P1".into(),
        trade_token: Some("T1".into()),
        amount: Amount::parse("60", "USD").unwrap(),
        comment: Some("requested by customer: \u{9000}\u{6b3e}".into()),
        notify_url: Some("https://a.example/x".into()),
        road: Road::Legacy,
        email: Some("a@b.example".into()),
    }
}

fn ask(dir: &Path) -> Waiting {
    tray(dir, own()).ask(refund(), CaseId::parse("O1").ok(), 1, NOW).unwrap()
}

fn file(dir: &Path, waiting: &Waiting) -> PathBuf {
    dir.join(format!("{}.json", waiting.request.number))
}

#[test]
fn what_was_asked_is_what_the_other_reads() {
    let dir = directory();
    let asked = ask(dir.path());
    assert_eq!(asked.request.number, refund_no("custom", "app", "P01", "P1", 1));
    assert_eq!((&asked.request.refund, asked.owner), (&refund(), own().uid));
    let path = file(dir.path(), &asked);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("P01") && text.contains(r#""amount": "60.00""#), "{text}");
    let other = tray(dir.path(), another());
    let found = other.find(&asked.request.number).unwrap();
    assert_eq!(found, asked);
    assert_eq!((found.code().len(), found.code()), (4, asked.code()));
    assert_eq!(found.code(), found.hash[..4].to_uppercase());
    let approval = other.approve(found, NOW).unwrap();
    assert_eq!(approval.against(&refund(), &asked.request.number, NOW), None);
    let listed = other.list().unwrap();
    assert_eq!((listed.len(), listed[0].found.as_ref().unwrap()), (1, &asked));
    let waits = |me: Person, after: Duration| tray(dir.path(), me).waiting(NOW + after).unwrap();
    assert_eq!((waits(another(), Duration::MINUTE), waits(own(), Duration::MINUTE)), (1, 0));
    assert_eq!(waits(another(), Duration::hours(25)), 0, "it is void");
}

#[test]
fn nobody_approves_their_own_and_nothing_old_or_foreign() {
    let dir = directory();
    let asked = ask(dir.path());
    let why = |me: Person, names: [&str; 3], after: Duration| {
        let tray = Tray::new(dir.path(), names, me, IDS, "x");
        let found = tray.find(&asked.request.number).unwrap();
        match tray.approve(found, NOW + after).unwrap_err() {
            RequestError::Unapprovable { why, .. } => why,
            other => panic!("{other}"),
        }
    };
    let soon = Duration::MINUTE;
    assert_eq!(why(own(), NAMES, soon), Unapprovable::OnePerson);
    let sudo = Person { behind: Some(own().uid), ..another() };
    assert_eq!(why(sudo, NAMES, soon), Unapprovable::OnePerson);
    assert!(matches!(why(another(), NAMES, Duration::hours(25)), Unapprovable::TooOld(_)));
    let uat = Unapprovable::OtherEnvironment("custom".into());
    assert_eq!(why(another(), ["uat", "app", "P01"], soon), uat);
    assert_eq!(why(another(), ["custom", "app", "P02"], soon), Unapprovable::OtherProfile);
    assert_eq!(why(another(), ["custom", "appP", "01"], soon), Unapprovable::OtherProfile);
}

#[test]
fn an_id_beside_ones_own_neither_asks_nor_approves() {
    let dir = directory();
    let asked = ask(dir.path());
    let refused = |ids: Ids| {
        let tray = Tray::new(dir.path(), NAMES, another(), ids, "x");
        let error = tray.approve(tray.find(&asked.request.number).unwrap(), NOW).err()?;
        Some((error.to_string(), error.hint()))
    };
    let only = |is_named| refused(Ids { is_named, are_mapped: false });
    assert_eq!(only(|_| true), None);
    let (why, hint) = only(|uid| uid == another().uid).unwrap();
    let told = format!("user id {}, which has asked for it, has no name on this host", own().uid);
    assert!(why.contains(&told) && hint.contains("asks for it anew"), "{why}; {hint}");
    let (why, hint) = only(|uid| uid == own().uid).unwrap();
    assert!(why.contains(&format!("your user id {} has no name on this host", another().uid)), "{why}");
    assert!(hint.contains("from a login of your own"), "{hint}");
    let (why, hint) = refused(Ids { are_mapped: true, ..IDS }).unwrap();
    assert!(why.contains("in a user namespace") && hint.contains("in no container"), "{why}; {hint}");
    // Looked at once more when it leaves.
    let tray = tray(dir.path(), another());
    let approval = tray.approve(tray.find(&asked.request.number).unwrap(), NOW).unwrap();
    let gone = Approval { tray: Tray { ids: Ids { is_named: |_| false, ..IDS }, ..tray }, ..approval };
    assert!(gone.against(&refund(), &asked.request.number, NOW).unwrap().contains("has no name"));
}

/// Rewrites the file of a request and says why it is not taken any more.
fn refused(edit: impl Fn(&Path, &Path)) -> String {
    let dir = directory();
    let asked = ask(dir.path());
    edit(&file(dir.path(), &asked), dir.path());
    tray(dir.path(), another()).find(&asked.request.number).unwrap_err().to_string()
}

fn rewrite(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_word_that_was_edited_voids_it() {
    for (from, to) in [
        (r#""amount": "60.00""#, r#""amount": "600.00""#),
        (r#""currency": "USD""#, r#""currency": "EUR""#),
        (r#""order": "P1""#, r#""order": "P2""#),
        (r#""environment": "custom""#, r#""environment": "uat""#),
        (r#""legacy": true"#, r#""legacy": false"#),
        (r#""askedAt": "2026-11-20"#, r#""askedAt": "2026-11-21"#),
        (r#""askedBehind": null"#, r#""askedBehind": 5"#),
        (r#""caseId": "O1""#, r#""caseId": "O2""#),
    ] {
        let why = refused(|path, _| rewrite(path, from, to));
        assert!(
            why.ends_with("was changed after it was written: its hash is not that of its words"),
            "{why}"
        );
    }
}

#[test]
fn what_is_no_request_of_this_docket_is_not_read() {
    for (from, to, part) in [
        (r#""format": 1"#, r#""format": 2"#, "was written by another docket (format 2)"),
        (r#""format": 1"#, r#""format": 1, "note": "x""#, "is no request (line 2,"),
        (r#""legacy": true"#, r#""legacy": true, "approved": true"#, "is no request (line 14,"),
        (r#""order": "P1""#, r#""order": "P1", "order": "P1""#, "is no request (line 7,"),
        ("{", "[", "is no request (line "),
        ("\"format\"", "\u{1b}[2J\"format\"", "is no request (line 2,"),
    ] {
        let why = refused(|path, _| rewrite(path, from, to));
        assert!(why.contains(part) && !why.contains('\u{1b}'), "{why}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0usize..900) {
        _ = paper::read(&bytes);
        let request = Request {
            environment: "custom".into(),
            fingerprint: "f".into(),
            number: "DK01".into(),
            refund: refund(),
            case: None,
            asked_by: "ana".into(),
            behind: None,
            asked_at: NOW,
        };
        let (mut written, hash) = paper::write(&request);
        prop_assert_eq!(paper::read(&written).unwrap(), (request.clone(), hash));
        // One bit anywhere: it reads as another request nowhere.
        let place = at % written.len();
        written[place] ^= 1;
        if let Ok((read, _)) = paper::read(&written) {
            prop_assert_eq!(read, request);
        }
    }
}

#[test]
fn files_that_others_could_have_made_or_touched_are_refused() {
    let mode =
        |mode: u32| refused(move |path, _| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap());
    for bits in [0o660, 0o642, 0o666] {
        let why = mode(bits);
        assert!(why.contains("can be written by others than its owner"), "{bits:o}: {why}");
    }
    let moved = |path: &Path, dir: &Path| {
        let to = dir.join("moved");
        fs::rename(path, &to).unwrap();
        to
    };
    let link = refused(|path, dir| symlink(moved(path, dir), path).unwrap());
    assert!(link.ends_with("is a symbolic link"), "{link}");
    let hard = refused(|path, dir| fs::hard_link(path, dir.join("again")).unwrap());
    assert!(hard.ends_with("has a second name (a hard link)"), "{hard}");
    let folder = refused(|path, _| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
    assert!(folder.ends_with("is no plain file"), "{folder}");
    let pipe = refused(|path, _| {
        fs::remove_file(path).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
    });
    assert!(pipe.ends_with("is no plain file"), "it does not wait for a writer either: {pipe}");
    let large = refused(|path, _| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text + &" ".repeat(20_000)).unwrap();
    });
    assert!(large.ends_with("is larger than a request"), "{large}");
    assert!(refused(|path, _| fs::write(path, "").unwrap()).ends_with("is no request (line 1, column 0)"));
    assert!(refused(|path, _| fs::remove_file(path).unwrap()).contains("no request DK"));
}

#[test]
fn a_request_under_another_name_or_of_another_order_is_not_taken() {
    let dir = directory();
    let asked = ask(dir.path());
    let other = refund_no("custom", "app", "P01", "P1", 2);
    fs::rename(file(dir.path(), &asked), dir.path().join(format!("{other}.json"))).unwrap();
    let tray = tray(dir.path(), another());
    let why = tray.find(&other).unwrap_err().to_string();
    assert!(why.ends_with("says another number than its name"), "{why}");
    // Made with care, hash and all, for an order whose number it is not.
    let forged = Request { refund: Refund { order: "P2".into(), ..refund() }, ..asked.request.clone() };
    let (bytes, _) = paper::write(&forged);
    fs::write(file(dir.path(), &asked), bytes).unwrap();
    let why = tray.find(&asked.request.number).unwrap_err().to_string();
    assert!(why.ends_with("says another order than its number is made of"), "{why}");
    let listed = tray.list().unwrap();
    assert_eq!(listed.iter().filter(|one| one.found.is_err()).count(), 2, "both are listed with the reason");
    for hostile in ["../x", "", "a/b", "DK\0", "dk01", &"A".repeat(41)] {
        assert!(matches!(tray.find(hostile), Err(RequestError::NoSuch(_))), "{hostile:?}");
    }
}

#[test]
fn an_approval_ends_with_the_request_it_is_of() {
    let dir = directory();
    let asked = ask(dir.path());
    let number = asked.request.number.clone();
    let other = tray(dir.path(), another());
    let approval = other.approve(other.find(&number).unwrap(), NOW).unwrap();
    let more = Refund { amount: Amount::parse("61", "USD").unwrap(), ..refund() };
    assert!(approval.against(&more, &number, NOW).unwrap().contains("another refund"));
    assert!(approval.against(&refund(), "DK01", NOW).unwrap().contains("another refund"));
    assert!(approval.against(&refund(), &number, NOW + Duration::hours(25)).unwrap().contains("anew"));
    // The asker asks for the same once more, a minute later: what was shown is not what is there.
    tray(dir.path(), own()).withdraw(&number).unwrap();
    assert!(approval.against(&refund(), &number, NOW).unwrap().contains("no request"));
    tray(dir.path(), own()).ask(refund(), None, 1, NOW + Duration::MINUTE).unwrap();
    assert!(approval.against(&refund(), &number, NOW).unwrap().ends_with("was changed since it was shown"));
}

#[test]
fn a_second_request_says_whose_the_first_is() {
    let dir = directory();
    let asked = ask(dir.path());
    let again = |me: Person, refund: Refund, after: Duration| {
        tray(dir.path(), me).ask(refund, None, 1, NOW + after).unwrap_err()
    };
    let told = again(own(), refund(), Duration::HOUR);
    let expected =
        format!("you have asked for a refund of this order under {} already", asked.request.number);
    assert!(
        told.to_string().starts_with(&expected) && told.hint().starts_with("another person runs"),
        "{told}"
    );
    let changed = Refund { comment: None, ..refund() };
    assert!(again(own(), changed, Duration::HOUR).hint().contains("--withdraw"));
    assert!(again(own(), refund(), Duration::hours(25)).hint().contains("--withdraw"), "too old");
    let others = again(another(), refund(), Duration::HOUR);
    assert!(others.hint().starts_with("look at it with docket approve"), "{others}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn only_the_asker_withdraws_and_what_is_done_waits_no_more() {
    let dir = directory();
    let asked = ask(dir.path());
    let number = asked.request.number.as_str();
    let refused = tray(dir.path(), another()).withdraw(number).unwrap_err();
    assert_eq!(refused, RequestError::NotYours(number.to_owned()));
    tray(dir.path(), another()).done(number);
    assert!(tray(dir.path(), own()).list().unwrap().is_empty());
    assert!(dir.path().join(format!("{number}.done")).exists());
    assert!(matches!(tray(dir.path(), own()).withdraw(number), Err(RequestError::NoSuch(_))));
    // A link of one's own goes, and not what it leads to.
    let away = dir.path().join("away");
    fs::write(&away, "x").unwrap();
    symlink(&away, file(dir.path(), &asked)).unwrap();
    tray(dir.path(), own()).withdraw(number).unwrap();
    assert!(away.exists() && !file(dir.path(), &asked).exists());
}

#[test]
fn where_only_the_asker_may_rename_what_is_done_is_noted_beside_it() {
    let dir = directory();
    let asked = ask(dir.path());
    let number = asked.request.number.as_str();
    let folder = Folder::open(dir.path()).unwrap();
    // The sticky bit does not bind root, who may run this.
    for refusal in [Errno::PERM, Errno::ACCESS, Errno::PERM] {
        folder.put_aside_by(number, |_, _| Err(refusal)).unwrap();
        assert_eq!(folder.ids(9).unwrap(), <[String; 0]>::default(), "it waits no more");
    }
    assert!(file(dir.path(), &asked).exists() && dir.path().join(format!("{number}.done")).exists());
    let again = tray(dir.path(), own()).ask(refund(), None, 1, NOW).unwrap_err();
    assert!(matches!(again, RequestError::Asked { .. }), "its number is used: {again}");
    tray(dir.path(), own()).withdraw(number).unwrap();
    assert!(matches!(tray(dir.path(), own()).find(number), Err(RequestError::NoSuch(_))));
    assert!(folder.put_aside_by("DK02", |_, _| Err(Errno::NOSPC)).is_err(), "any other refusal is told");
}

#[test]
fn a_directory_that_is_none_takes_no_request() {
    let dir = directory();
    let link = dir.path().join("link");
    symlink(dir.path(), &link).unwrap();
    let open = tempfile::tempdir().unwrap();
    fs::set_permissions(open.path(), Permissions::from_mode(0o777)).unwrap();
    for (path, why) in [
        (link.as_path(), "is a symbolic link or no directory"),
        (Path::new("/nonexistent/requests"), "does not exist"),
        (open.path(), "can be written by everybody without the sticky bit"),
    ] {
        let error = tray(path, own()).ask(refund(), None, 1, NOW).unwrap_err().to_string();
        assert!(error.ends_with(why), "{error}");
        assert!(tray(path, own()).list().is_err());
    }
}
