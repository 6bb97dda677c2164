//! Four eyes: a refund above a limit is asked for by one person and sent by another. What the request says, who may
//! approve it, and for how long; the files in which requests wait are the runtime's.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::{Amount, Limits, Refund};
use crate::domain::ids::CaseId;
use crate::domain::{money, shown};

/// A request that nobody has approved for so long is void: what was true of the order then need not be true now.
pub const REQUEST_HOLDS: Duration = Duration::hours(24);

/// Two hosts' clocks differ; a request may seem to be so much younger than now.
const AHEAD_MAX: Duration = Duration::minutes(5);

/// Somebody by the system's numbers. Names can be chosen; these cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user id of the process, or of the owner of a file.
    pub uid: u32,
    /// Who stands behind it, as sudo says. It can only make two persons the same, never different ones.
    pub behind: Option<u32>,
}

impl Person {
    /// Whether it could be one and the same person.
    pub fn may_be(self, other: Self) -> bool {
        let ids = |one: Self| [Some(one.uid), one.behind];
        ids(self).into_iter().flatten().any(|id| ids(other).contains(&Some(id)))
    }
}

/// A refund that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The word for the environment it is for.
    pub environment: String,
    /// Which app of which merchant in which environment, as a hash.
    pub fingerprint: String,
    /// `outRefundNo`.
    pub number: String,
    /// What is to go out.
    pub refund: Refund,
    /// The case it was opened from.
    pub case: Option<CaseId>,
    /// The asker's name as the asker's docket wrote it; shown nowhere as the truth.
    pub asked_by: String,
    /// Who stood behind the asker, as sudo said.
    pub behind: Option<u32>,
    /// When (UTC).
    pub asked_at: OffsetDateTime,
}

/// Why a request cannot be approved here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unapprovable {
    /// The asker and the approver may be one.
    OnePerson,
    /// The asker's user id has no name; carries it.
    NamelessAsker(u32),
    /// The approver's user id has no name; carries it.
    NamelessApprover(u32),
    /// The approver's process sees other user ids than the host's.
    MappedIds,
    /// Nobody has approved it in time; carries its age.
    TooOld(Duration),
    /// It was asked for later than now.
    Ahead,
    /// It is for another environment; carries the request's.
    OtherEnvironment(String),
    /// It is for another app or merchant.
    OtherProfile,
}

impl fmt::Display for Unapprovable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnePerson => f.write_str("you have asked for it yourself; another person approves it"),
            Self::NamelessAsker(uid) => {
                write!(
                    f,
                    "user id {uid}, which has asked for it, has no name on this host and may be anybody's"
                )
            }
            Self::NamelessApprover(uid) => {
                write!(f, "your user id {uid} has no name on this host and may be the asker's as well")
            }
            Self::MappedIds => f.write_str("in a user namespace nobody can tell you from the asker"),
            Self::TooOld(age) => write!(
                f,
                "it was asked for {} hours ago and holds for {}; it must be asked for anew",
                age.whole_hours(),
                REQUEST_HOLDS.whole_hours()
            ),
            Self::Ahead => f.write_str("by this host's clock it has not been asked for yet"),
            Self::OtherEnvironment(other) => {
                write!(f, "it is for the environment {}, which is not this profile's", shown::line(other))
            }
            Self::OtherProfile => f.write_str("it is for another app or merchant than this profile's"),
        }
    }
}

/// Whose requests these are: the profile's environment, and its fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ours<'a> {
    /// The word for the environment.
    pub environment: &'a str,
    /// See [`Request::fingerprint`].
    pub fingerprint: &'a str,
}

impl Request {
    /// Why nobody can approve it from this profile now.
    pub fn void(&self, ours: Ours<'_>, now: OffsetDateTime) -> Option<Unapprovable> {
        let age = now - self.asked_at;
        if self.environment != ours.environment {
            return Some(Unapprovable::OtherEnvironment(self.environment.clone()));
        }
        if self.fingerprint != ours.fingerprint {
            return Some(Unapprovable::OtherProfile);
        }
        if age > REQUEST_HOLDS {
            return Some(Unapprovable::TooOld(age));
        }
        (age < -AHEAD_MAX).then_some(Unapprovable::Ahead)
    }

    /// Why this person cannot approve what the owner of the file has asked for.
    pub fn not_by(&self, owner: u32, approver: Person) -> Option<Unapprovable> {
        let asker = Person { uid: owner, behind: self.behind };
        asker.may_be(approver).then_some(Unapprovable::OnePerson)
    }
}

impl Limits {
    /// In words that a second person must approve this sum, with the rule that says so; `None` when nobody must.
    pub fn approval_words(&self, amount: &Amount) -> Option<String> {
        let rule = self.approval_for(amount)?;
        Some(format!(
            "above {} {} a second person must approve it, by refund_approval_above in {}",
            money::shown(rule.value),
            amount.currency(),
            rule.source
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refund::Rule;
    use pretty_assertions::assert_eq;
    use rust_decimal::Decimal;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);
    const OURS: Ours<'static> = Ours { environment: "production", fingerprint: "f" };

    fn request() -> Request {
        Request {
            environment: "production".into(),
            fingerprint: "f".into(),
            number: "DK01".into(),
            refund: Refund::plain("P1", "60", "USD"),
            case: None,
            asked_by: "ben".into(),
            behind: None,
            asked_at: NOW,
        }
    }

    #[test]
    fn a_request_holds_for_a_day_and_for_its_own_profile() {
        let after = |passed| request().void(OURS, NOW + passed);
        assert_eq!(after(Duration::ZERO), None);
        assert_eq!(after(Duration::hours(24)), None);
        let old = after(Duration::hours(25)).unwrap();
        assert_eq!(
            old.to_string(),
            "it was asked for 25 hours ago and holds for 24; it must be asked for anew"
        );
        assert_eq!(after(-Duration::minutes(5)), None, "another host's clock");
        assert_eq!(after(-Duration::minutes(6)), Some(Unapprovable::Ahead));
        let other = Ours { environment: "uat", ..OURS };
        assert_eq!(request().void(other, NOW), Some(Unapprovable::OtherEnvironment("production".into())));
        assert_eq!(request().void(Ours { fingerprint: "g", ..OURS }, NOW), Some(Unapprovable::OtherProfile));
    }

    #[test]
    fn nobody_approves_their_own_not_even_behind_sudo() {
        let plain = |uid| Person { uid, behind: None };
        let sudo = |behind| Person { uid: 0, behind: Some(behind) };
        let by_root = Request { behind: Some(1001), ..request() };
        for (request, owner, approver, same) in [
            (request(), 1001, plain(1001), true),
            (request(), 1001, plain(1002), false),
            (request(), 1001, sudo(1001), true),
            (request(), 1001, sudo(1002), false),
            (by_root.clone(), 0, plain(1001), true),
            (by_root.clone(), 0, sudo(1002), true),
            (by_root, 0, plain(1002), false),
        ] {
            assert_eq!(request.not_by(owner, approver).is_some(), same, "{owner} {approver:?}");
        }
    }

    #[test]
    fn a_limit_holds_for_its_currency_and_the_star_for_all_others() {
        let rule = |value: i64| Rule { value: Decimal::from(value), source: "/etc/x".into() };
        let above = [("USD".to_owned(), rule(50)), ("*".to_owned(), rule(0))].into();
        let limits = Limits { approval_above: above, ..Limits::default() };
        let needed =
            |text: &str, currency: &str| limits.approval_words(&Amount::parse(text, currency).unwrap());
        assert_eq!(needed("50.00", "USD"), None, "above, not at");
        assert_eq!(
            needed("50.01", "USD").unwrap(),
            "above 50.00 USD a second person must approve it, by refund_approval_above in /etc/x"
        );
        assert!(needed("0.01", "EUR").is_some(), "the star has 0");
        let none = Limits { approval_above: [("USD".to_owned(), rule(50))].into(), ..Limits::default() };
        assert_eq!(none.approval_words(&Amount::parse("9999", "EUR").unwrap()), None, "not named, no star");
    }
}
