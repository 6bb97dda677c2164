//! Readers of whole files and answers: no panic, no more out than in, a sentence for every refusal.

use std::path::Path;

use time::{Duration, OffsetDateTime};

use crate::domain::deadline::{Calendar, parse_date};
use crate::domain::shown;
use crate::gateway::probe::{self, Call};
use crate::gateway::{KeyText, PublicKey};
use crate::store::config::Config;

use super::{sentence, split, text};

/// More than this beside what came in is nothing that was read from it.
const ROOM: usize = 4096;

/// Answers of all calls, with every status.
pub(super) fn answers(data: &[u8]) {
    let status = match data.first() {
        Some(byte) if byte % 4 == 0 => 200 + u16::from(*byte) * 2 % 400,
        _ => 200,
    };
    let body = data.get(1..).unwrap_or_default();
    for call in Call::ALL {
        match probe::read(call, status, body) {
            Ok(texts) => {
                let size: usize = texts.iter().map(String::len).sum();
                assert!(size <= body.len() + ROOM, "{call:?}: {size} bytes out of {}", body.len());
                assert!((200..300).contains(&status), "{call:?} believed with {status}");
            }
            Err(fault) => {
                // A message of the gateway is told as it is, however short.
                let told = fault.to_string();
                assert!(
                    !told.trim().is_empty() && told.len() <= body.len() + ROOM,
                    "{call:?}: {} bytes told",
                    told.len()
                );
                assert!(!fault.code().is_empty() && !shown::has_hostile(&shown::line(&told)));
            }
        }
    }
}

/// The config file, whole or broken.
pub(super) fn config(data: &[u8]) {
    let text = text(data);
    if let Err(error) = Config::parse(Path::new("config.toml"), &text) {
        let told = error.to_string();
        sentence(&told);
        assert!(!shown::has_hostile(&told), "{told:?}");
        let _hint = error.hint();
    }
}

/// Key files of every kind.
pub(super) fn keys(data: &[u8]) {
    let text = text(data);
    if let Err(error) = KeyText::read(&text) {
        sentence(&error.to_string());
    }
    let _locked = KeyText::is_locked(&text);
    for public in [PublicKey::parse(&text), PublicKey::from_ssh(data)] {
        match public {
            Ok(key) => {
                let again = key.to_portal().ok().and_then(|text| PublicKey::parse(&text).ok());
                assert_eq!(
                    again.map(|key| key.fingerprint()),
                    Some(key.fingerprint()),
                    "a key is not itself again"
                );
            }
            Err(error) => sentence(&error.to_string()),
        }
    }
}

/// Imports: lists, spreadsheets, JSON, saved notifications, raw requests.
pub(super) fn import(data: &[u8]) {
    for read in crate::cli::import::probe(data) {
        match read {
            Ok((entries, bad)) => {
                assert!(entries <= data.len(), "{entries} cases out of {} bytes", data.len());
                for bad in bad {
                    sentence(&bad.why);
                    assert!(bad.line >= 1 && bad.line <= data.len() + 1, "line {}", bad.line);
                }
            }
            Err(why) => sentence(&why),
        }
    }
}

/// Dates of headers and of cases, at any time of the calendar.
pub(super) fn times(data: &[u8]) {
    let (first, rest) = split(data);
    let seconds = rest.iter().fold(0_i64, |sum, byte| sum.wrapping_mul(257).wrapping_add(i64::from(*byte)));
    let now =
        OffsetDateTime::from_unix_timestamp(seconds % 200_000_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (first, rest) = (text(first), text(rest));
    let (_, wait) = probe::times(&first, &rest, now);
    let digits = !first.trim().is_empty() && first.trim().bytes().all(|byte| byte.is_ascii_digit());
    assert!(!digits || wait.is_some(), "{first:?} is a number of seconds");
    let zone = time::UtcOffset::from_whole_seconds((seconds % 50_000).try_into().unwrap_or(0));
    let calendar =
        Calendar::at(now, zone.unwrap_or(time::UtcOffset::UTC), u16::try_from(seconds & 0xffff).unwrap_or(0));
    if let Some(date) = parse_date(&first) {
        let printed = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
        assert_eq!(parse_date(&printed), Some(date), "{first:?}");
        let urgency = calendar.urgency(Some(date));
        assert_eq!(calendar.days_until(date) < 0, urgency.word() == "overdue", "{first:?}: {urgency:?}");
    }
    let _later = now.checked_add(Duration::seconds(seconds)).map(|at| calendar.date_of(at));
}
