//! The probes under proptest: bytes at random, pieces of what each reader knows, and right texts with something changed.
//!
//! `PROPTEST_CASES=1000000 cargo test --release --lib probes` runs them long.

use proptest::prelude::*;
use proptest::sample::select;

use super::ALL;

/// Pieces that mean something to one reader or another.
const PIECES: [&str; 96] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\t",
    " ",
    "null",
    "true",
    "0",
    "-1",
    "1e400",
    "1E+4",
    "\"code\"",
    "\"APPLY_SUCCESS\"",
    "\"bizCode\":\"0000\"",
    "\"0000\"",
    "\"msg\":\"ok\"",
    "\"data\":{",
    "\"caseId\":\"O1\"",
    "\"outRefundNo\":\"O1\"",
    "\"refundId\":\"O1\"",
    "\"status\":\"REFUND_PENDING\"",
    "\"status\":1",
    "\"refundAmount\":10.10",
    "\"successCaseIds\":[\"O1\"]",
    "\"failCaseIds\":null",
    "\"\\ud800\"",
    "\"\\u202e\"",
    "\\u0000",
    "caseId,note\n",
    "O1",
    "O1;O2",
    "#",
    "status:",
    "due:<3d",
    "amt:>",
    "!",
    "due:2026-11-20",
    "stage:due",
    "changed:yes",
    "owner:@me",
    "2026-11-20",
    "2024-02-29",
    "9999-12-31",
    "-0001-01-01",
    "Fri, 20 Nov 2026 08:00:00 GMT",
    "120",
    "99999999999999999999",
    "3000.00",
    "0.001",
    ".5",
    "5.",
    "1,000",
    "１２",
    "IDR",
    "USD",
    "ctrl-",
    "Space",
    "PgDn",
    "https://x.example/O1.pdf",
    "http://",
    "{caseId}",
    "{outTradeNo}",
    "{nobody}",
    "[profiles.live]\n",
    "app_id = ",
    "environment = \"live\"\n",
    "[desk]\n",
    concat!("-----BEGIN PRIVATE", " KEY-----\n"),
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOC",
    "ssh-rsa ",
    "POST / HTTP/1.1\r\n",
    "sign: eA==\r\n",
    "\r\n\r\n",
    "\u{1b}[2J",
    "\u{7}",
    "\u{202e}",
    "\u{200d}",
    "\u{fe0f}",
    "\u{301}",
    "👩",
    "陈",
    "می",
    "क्",
    "\u{430}",
    "=1+1",
    "\u{e0041}",
    "\u{feff}",
];

/// Right texts to begin with.
const WHOLE: [&str; 14] = [
    "x{\"code\":\"APPLY_SUCCESS\",\"msg\":\"\",\"data\":{\"caseId\":\"O1\",\"status\":\"DISPUTE_INQUIRY\",\"amount\":\"5000.00\",\"fee\":15}}",
    "x{\"code\":\"APPLY_SUCCESS\",\"data\":{\"outRefundNo\":\"O1\",\"status\":\"REFUND_SUCCESS\",\"refundAmount\":10.10,\"refundCurrency\":\"USD\"}}",
    "x{\"bizCode\":\"0000\",\"message\":\"ok\",\"data\":{\"refundId\":\"O1\",\"status\":0,\"refundAmount\":\"10\"}}",
    "x{\"code\":\"APPLY_SUCCESS\",\"data\":{\"successCaseIds\":[\"O1\",\"O2\"],\"failCaseIds\":[]}}",
    "x{\"code\":\"PARAMS_INVALID\",\"msg\":\"no\"}",
    "3000.00\nIDR",
    "status:INQUIRY due:<3d !tag:vip \"two words\" amt:>=100",
    "caseId,note,tags\nO1,\"a, b\",vip\nO2,,\n",
    "{\"notifyType\":\"CHARGEBACK\",\"data\":{\"caseId\":\"O1\",\"reasonCode\":\"4837\"}}",
    "[{\"caseId\":\"O1\",\"note\":\"x\"},\"O2\"]",
    "O1\nO2, O3\n# no\n",
    "default_profile = \"live\"\n[profiles.live]\nenvironment = \"live\"\napp_id = \"a\"\nmerchant_no = \"m\"\n",
    "Fri, 20 Nov 2026 08:00:00 GMT\nFri, 20 Nov 2026 08:00:01 GMT",
    "ctrl-x",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(select(PIECES.to_vec()), 0..14).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A right text with a few places overwritten, cut or filled.
fn changed() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0_usize..4, select(PIECES.to_vec()));
    (select(WHOLE.to_vec()), prop::collection::vec(change, 0..4)).prop_map(|(whole, changes)| {
        let mut bytes = whole.as_bytes().to_vec();
        for (at, drop, piece) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + drop).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        bytes
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => "\\PC{0,24}".prop_map(String::into_bytes),
        3 => pieces(),
        3 => changed(),
    ]
}

/// Ten thousand cases, or as many as `PROPTEST_CASES` says.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000)
}

macro_rules! hold {
    ($($name:ident)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

            $(#[test]
            fn $name(data in any_bytes()) {
                super::run(stringify!($name), &data);
            })*
        }
    };
}

hold! { answers config keys import times shown ids filter evidence keystrokes amounts refund_no }

/// What `fuzz/` and other runs have found, kept as texts.
const FOUND: [(&str, &str); 6] = [
    ("amounts", "99999999999999999999\nIDR"),
    ("times", "-0001-01-01"),
    ("times", "+2026-11-20"),
    ("shown", "\0"),
    ("shown", "-."),
    ("answers", "x{\"code\":\"PARAMS_INVALID\",\"msg\":\"no\"}"),
];

#[test]
fn what_was_found_once_stays_mended() {
    for (name, data) in FOUND {
        super::run(name, data.as_bytes());
    }
}

#[test]
fn long_and_deep_texts_come_to_an_end() {
    let mut faults = Vec::new();
    for text in
        ["[", "{\"a\":", "O1,", "\u{301}", "\u{202e}", "a ", "\"", "=", "O1\n", "9", "\u{430}a", "👩\u{200d}"]
    {
        let long = text.repeat(64 * 1024 / text.len());
        for (name, probe) in ALL {
            if std::panic::catch_unwind(|| probe(long.as_bytes())).is_err() {
                faults.push(format!("{name} with {text:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_targets_of_the_fuzzer_are_these_probes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    targets.sort();
    let mut names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(targets, names);
}
