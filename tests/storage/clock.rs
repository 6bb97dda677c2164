//! Clocks that jump. Everything PayerMax takes is stamped within two minutes of its own clock, so a clock that is wrong sends
//! nothing and learns nothing; and what a wrong clock has written must not stay in the way once it is right.

use docket::store::{Observation, Store as _};
use time::{Duration, OffsetDateTime};

use crate::host::{Host, REFUND, REPLY};

/// Hours back and days ahead, as far as the sandbox's clock can be moved the other way.
const JUMPS: [i64; 8] = [-86_400, -10_800, -600, -130, 130, 600, 10_800, 86_400];

#[test]
fn a_clock_that_jumped_sends_nothing_and_says_why() {
    let host = Host::new();
    for seconds in JUMPS {
        host.bench.faults(&format!("skew({})", -seconds));
        let ran = host.run("refresh");
        assert_eq!(ran.code, 3, "{seconds}: {ran:?}");
        assert!(ran.err.contains("clock") || ran.out.contains("clock"), "{seconds}: {ran:?}");
        for line in [REPLY, REFUND] {
            let ran = host.run(line);
            ran.failed(3, "REQ_TIME_OVER_TIME");
            assert!(ran.err.contains("clock"), "{seconds}: {ran:?}");
        }
        assert_eq!((host.executed(), host.actions()), ((0, 0), 0), "{seconds}");
    }
    host.bench.faults("");
    host.sends(&[]);
    host.run("journal --verify").good();
}

#[test]
fn no_window_of_settling_fires_early_by_a_jump() {
    let host = Host::new();
    host.bench.faults("drop-before@refund");
    host.run(REFUND).failed(6, "nobody can tell yet");
    for seconds in JUMPS.into_iter().filter(|seconds| seconds.abs() > 120) {
        host.bench.faults(&format!("skew({})", -seconds));
        for _ in 0..4 {
            let ran = host.run("settle --json");
            assert_eq!(ran.json()["notReceived"], 0, "{seconds}: {ran:?}");
        }
    }
    // Back in time: four looks within a second are none that counts.
    host.bench.faults("");
    for _ in 0..4 {
        let ran = host.run("settle --json");
        assert_eq!(ran.json()["actions"][0]["state"], "unknown", "{ran:?}");
        assert!(ran.json()["actions"][0]["msg"].as_str().unwrap().contains("0 of 3 looks"), "{ran:?}");
    }
    host.run(REFUND).failed(3, "OCCUPIED");
    assert_eq!(host.executed(), (0, 0));
}

#[test]
fn what_a_clock_ahead_has_written_gives_way_and_shows_nothing_negative() {
    let host = Host::new();
    for ahead in [Duration::hours(3), Duration::days(2), Duration::days(400)] {
        let at = OffsetDateTime::now_utc() + ahead;
        let mut store = host.store();
        let case = store.find(&"O1".parse_id()).unwrap().unwrap().case.unwrap();
        store.record(&[Observation { id: "O1".parse_id(), at, outcome: Ok(case) }]).unwrap();
        drop(store);
        let lines = ["list --view all", "list --view all --plain", "show O1", "stats", "motd", "show O2"];
        for line in lines {
            let ran = host.run(line);
            assert_eq!(ran.code, 0, "{line}: {ran:?}");
            let negative = ran.out.split([' ', '(', ',']).find(|word| {
                word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            });
            assert_eq!(negative, None, "{line}: {ran:?}");
        }
        host.bench.put("O1", "DISPUTE_RECEIVED", 4);
        host.run("refresh --quiet").good();
        let ran = host.run("show O1 --json");
        assert_eq!(
            ran.json()["status"],
            "DISPUTE_RECEIVED",
            "an answer of today, although the stored one is later"
        );
        host.bench.put("O1", "DISPUTE_INQUIRY", 4);
        host.run("refresh --quiet").good();
    }
}

trait Id {
    fn parse_id(&self) -> docket::domain::ids::CaseId;
}

impl Id for str {
    fn parse_id(&self) -> docket::domain::ids::CaseId {
        docket::domain::ids::CaseId::parse(self).unwrap()
    }
}
