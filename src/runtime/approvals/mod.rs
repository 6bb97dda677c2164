//! Where refunds above the limit wait for a second person: one file each, in a directory that both can write. Nothing here
//! sends anything. What a second person approves becomes an [`Approval`], which can be had nowhere else, and without which
//! the road of an action lets no such refund out.
//!
//! Who asked is who owns the file, asked of the open file and not of its name or its words; so nobody can ask in another's
//! name, and nobody approves what is their own: neither as root, nor by a user id that one person can have beside their own.

mod error;
mod files;
mod lookout;
mod paper;

#[cfg(test)]
pub(in crate::runtime) mod tests;

use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use crate::domain::ids::CaseId;
use crate::domain::refund::{Ours, Person, Refund, Request, SLOT_MAX, Unapprovable};
use crate::gateway::refund_no;

use super::actions::RefundOrder;
use super::operator::{self, Ids};
use super::session::Session;
use files::{Folder, Taken};

pub use error::RequestError;
pub(super) use lookout::Lookout;

/// So many requests are listed at most.
const LISTED_MAX: usize = 1000;

/// Whether a directory can hold requests, which is asked of it whenever it is used.
///
/// # Errors
/// [`RequestError::Dir`] says what is wrong with it.
pub(super) fn check(dir: &Path) -> Result<(), RequestError> {
    Folder::open(dir).map(drop)
}

/// The requests as one person with one profile sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    dir: PathBuf,
    me: Person,
    ids: Ids,
    /// The name for the file; who somebody is, is never read from there.
    name: String,
    environment: String,
    app_id: String,
    merchant_no: String,
    fingerprint: String,
}

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What it says.
    pub request: Request,
    /// The user id of whoever owns the file.
    pub owner: u32,
    /// The system's name for them.
    pub asker: String,
    /// The hash over all it says, in hexadecimal.
    pub hash: String,
}

impl Waiting {
    /// What asker and approver compare.
    pub fn code(&self) -> String {
        paper::code(&self.hash)
    }
}

/// A file in the directory.
#[derive(Debug)]
pub struct Listed {
    /// Its name without the ending: the number of the refund.
    pub id: String,
    /// What it says, or why it cannot be used.
    pub found: Result<Waiting, RequestError>,
}

/// A second person has approved a refund. Only [`Tray::approve`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    tray: Tray,
    waiting: Waiting,
}

impl Tray {
    /// The tray of a session.
    ///
    /// # Errors
    /// [`RequestError::NoDir`] when the policy names no directory.
    pub fn of(session: &Session) -> Result<Self, RequestError> {
        let dir = session.config.policy.refund_requests_dir.as_deref().ok_or(RequestError::NoDir)?;
        let profile = &session.profile;
        let names = [profile.real_environment().word(), &profile.app_id, &profile.merchant_no];
        Ok(Self::new(dir, names, operator::person(), Ids::of_the_system(), &session.signature))
    }

    /// The tray of anybody: environment, app and merchant in this order, and who looks into it.
    pub(in crate::runtime) fn new(dir: &Path, names: [&str; 3], me: Person, ids: Ids, name: &str) -> Self {
        let [environment, app_id, merchant_no] = names.map(str::to_owned);
        let fingerprint = paper::fingerprint(names);
        Self {
            dir: dir.to_owned(),
            me,
            ids,
            name: name.to_owned(),
            environment,
            app_id,
            merchant_no,
            fingerprint,
        }
    }

    /// Asks for a refund under this ordinal: the file is on disk when this returns.
    ///
    /// # Errors
    /// [`RequestError::Asked`] when there is a request under its number already; else the directory cannot be used.
    pub fn ask(
        &self,
        refund: Refund,
        case: Option<CaseId>,
        slot: u8,
        now: OffsetDateTime,
    ) -> Result<Waiting, RequestError> {
        let request = Request {
            environment: self.environment.clone(),
            fingerprint: self.fingerprint.clone(),
            number: self.number(&refund.order, slot),
            refund,
            case,
            asked_by: self.name.clone(),
            behind: self.me.behind,
            asked_at: now.replace_nanosecond(0).unwrap_or(now),
        };
        let (bytes, _) = paper::write(&request);
        let folder = Folder::open(&self.dir)?;
        match folder.create(&request.number, &bytes) {
            Ok(()) => self.find(&request.number),
            Err(RequestError::Exists(id)) => Err(self.asked(&folder, id, &request)),
            Err(error) => Err(error),
        }
    }

    /// Asks for what an operator has confirmed.
    ///
    /// # Errors
    /// As [`Tray::ask`]; also for a refund that was sent before and not received, which goes out again with the bytes of
    /// its first time, and those are in the journal of whoever sent it.
    pub fn ask_for(&self, order: RefundOrder, now: OffsetDateTime) -> Result<Waiting, RequestError> {
        if order.again.is_some() {
            return Err(RequestError::SentBefore(order.refund.order));
        }
        self.ask(order.refund, order.case, order.slot, now)
    }

    /// What is in the way of a new request.
    fn asked(&self, folder: &Folder, id: String, wanted: &Request) -> RequestError {
        let Ok(waiting) = self.read(folder, &id) else { return RequestError::Exists(id) };
        let mine = waiting.request.not_by(waiting.owner, self.me).is_some();
        let same = waiting.request.refund == wanted.refund;
        let old = waiting.request.void(self.ours(), wanted.asked_at).is_some();
        RequestError::Asked { code: waiting.code(), id, asker: waiting.asker, mine, same: same && !old }
    }

    /// Everything that waits, by number. What cannot be used says why.
    ///
    /// # Errors
    /// [`RequestError`] when the directory cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, RequestError> {
        let folder = Folder::open(&self.dir)?;
        let ids = folder.ids(LISTED_MAX)?;
        Ok(ids.into_iter().map(|id| Listed { found: self.read(&folder, &id), id }).collect())
    }

    /// How many requests this person could approve now.
    ///
    /// # Errors
    /// As [`Tray::list`].
    pub fn waiting(&self, now: OffsetDateTime) -> Result<usize, RequestError> {
        let waits = |one: &Listed| one.found.as_ref().is_ok_and(|found| self.against(found, now).is_none());
        Ok(self.list()?.iter().filter(|one| waits(one)).count())
    }

    /// The request under a number, whoever asked for it and whenever.
    ///
    /// # Errors
    /// [`RequestError`] says what is wrong with it, or that there is none.
    pub fn find(&self, id: &str) -> Result<Waiting, RequestError> {
        self.read(&Folder::open(&self.dir)?, id)
    }

    fn read(&self, folder: &Folder, id: &str) -> Result<Waiting, RequestError> {
        let Taken { bytes, owner } = folder.read(id)?;
        let wrong = |why: String| RequestError::Wrong { id: id.to_owned(), why };
        let (request, hash) = paper::read(&bytes).map_err(wrong)?;
        if request.number != id {
            return Err(wrong("says another number than its name".to_owned()));
        }
        let ours = request.environment == self.environment && request.fingerprint == self.fingerprint;
        // The number of another profile's order cannot be worked out here.
        let of_order = |slot| self.number(&request.refund.order, slot) == id;
        if ours && !(1..=SLOT_MAX).any(of_order) {
            return Err(wrong("says another order than its number is made of".to_owned()));
        }
        Ok(Waiting { asker: operator::name_of(owner), request, owner, hash })
    }

    /// Why this person cannot approve a request now, when that is so.
    pub fn against(&self, waiting: &Waiting, now: OffsetDateTime) -> Option<RequestError> {
        let Waiting { request, owner, .. } = waiting;
        let why = request.void(self.ours(), now).or_else(|| request.not_by(*owner, self.me));
        let why = why.or_else(|| self.nobody(*owner))?;
        Some(RequestError::Unapprovable { id: request.number.clone(), why })
    }

    /// Why the owner of a request and this person may be one although their ids differ, when that is so.
    fn nobody(&self, owner: u32) -> Option<Unapprovable> {
        match self.ids {
            Ids { are_mapped: true, .. } => Some(Unapprovable::MappedIds),
            Ids { is_named, .. } if !is_named(owner) => Some(Unapprovable::NamelessAsker(owner)),
            Ids { is_named, .. } if !is_named(self.me.uid) => {
                Some(Unapprovable::NamelessApprover(self.me.uid))
            }
            Ids { .. } => None,
        }
    }

    /// Approves a request as it was shown. It is looked at once more whenever the approval is.
    ///
    /// # Errors
    /// [`RequestError::Unapprovable`] for one's own, an old one, or another profile's.
    pub fn approve(&self, waiting: Waiting, now: OffsetDateTime) -> Result<Approval, RequestError> {
        match self.against(&waiting, now) {
            Some(error) => Err(error),
            None => Ok(Approval { tray: self.clone(), waiting }),
        }
    }

    /// Takes a request of one's own back, whatever is wrong with it.
    ///
    /// # Errors
    /// [`RequestError::NotYours`] for another's; else the directory cannot be used.
    pub fn withdraw(&self, id: &str) -> Result<(), RequestError> {
        Folder::open(&self.dir)?.remove(id, self.me.uid)
    }

    /// Puts a request aside whose refund was taken. Where even that cannot be noted, it stays: its number is used, and
    /// PayerMax takes no number twice.
    pub fn done(&self, id: &str) {
        if let Err(error) = Folder::open(&self.dir).and_then(|folder| folder.put_aside(id)) {
            tracing::info!(code = %error, "a request that is done stays where it is");
        }
    }

    fn ours(&self) -> Ours<'_> {
        Ours { environment: &self.environment, fingerprint: &self.fingerprint }
    }

    fn number(&self, order: &str, slot: u8) -> String {
        refund_no(&self.environment, &self.app_id, &self.merchant_no, order, slot)
    }
}

impl Approval {
    /// Who asked, by the system's name.
    pub fn asker(&self) -> &str {
        &self.waiting.asker
    }

    /// Why this refund is not the one that was approved, or not any more. The file is read anew.
    pub fn against(&self, refund: &Refund, number: &str, now: OffsetDateTime) -> Option<String> {
        let approved = &self.waiting.request;
        if approved.refund != *refund || approved.number != number {
            return Some(format!("the request {} asks for another refund than this one", approved.number));
        }
        match self.tray.find(&approved.number) {
            Ok(now_there) if now_there != self.waiting => {
                Some(format!("the request {} was changed since it was shown", approved.number))
            }
            Ok(_) => self.tray.against(&self.waiting, now).map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        }
    }
}
