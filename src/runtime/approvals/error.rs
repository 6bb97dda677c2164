//! Why a request cannot be made, read or approved: one sentence, and what to do.

use std::path::PathBuf;

use crate::domain::refund::Unapprovable;
use crate::domain::shown;

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The policy names no directory.
    #[error("no refund_requests_dir is set in [policy], so that nobody can ask and nobody approve")]
    NoDir,
    /// The directory cannot be used.
    #[error("the directory of requests {} {why}", path.display())]
    Dir {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// No file has this name.
    #[error("no request {} is waiting", shown::line(.0))]
    NoSuch(String),
    /// The file is not what a request must be.
    #[error("the request {} {why}", shown::line(id))]
    Wrong {
        /// Its number.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// This person cannot approve it now.
    #[error("request {}: {why}", shown::line(id))]
    Unapprovable {
        /// Its number.
        id: String,
        /// Why.
        why: Unapprovable,
    },
    /// Somebody has asked under this number already.
    #[error("{} of this order under {id} already, code {code}", if *mine { "you have asked for a refund".to_owned() } else { format!("{} has asked for a refund", shown::line(asker)) })]
    Asked {
        /// Its number.
        id: String,
        /// What asker and approver compare.
        code: String,
        /// Who.
        asker: String,
        /// Whether that is whoever asks now.
        mine: bool,
        /// Whether it is the same refund, and may still be approved.
        same: bool,
    },
    /// It was sent from this list before, and never received.
    #[error("a refund of order {} was sent from this list before and never received", shown::line(.0))]
    SentBefore(String),
    /// A file is in the way of a new request, and it is none that can be read.
    #[error("a file is in the way of the request {0}")]
    Exists(String),
    /// Only whoever asked takes it back.
    #[error("the request {} is not yours", shown::line(.0))]
    NotYours(String),
}

impl RequestError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::NoDir => {
                "set refund_requests_dir; docket-config(5) says what the directory must be".to_owned()
            }
            Self::Dir { .. } => {
                "it must be writable by those who ask and those who approve, as 3770 with a group \
                                 of theirs, or 1777"
                    .to_owned()
            }
            Self::NoSuch(_) => {
                "docket approve lists those that are; one that was withdrawn is gone".to_owned()
            }
            Self::Wrong { .. } => "nothing was sent; whoever asked withdraws it and asks anew".to_owned(),
            Self::Unapprovable { why: Unapprovable::OnePerson, id } => {
                format!(
                    "ask somebody with a login of their own, or take it back with docket approve --withdraw {id}"
                )
            }
            Self::Unapprovable { why: Unapprovable::NamelessAsker(_), .. } => {
                "somebody with a login of their own on this host asks for it anew".to_owned()
            }
            Self::Unapprovable {
                why: Unapprovable::NamelessApprover(_) | Unapprovable::MappedIds, ..
            } => "approve it from a login of your own on this host, in no container".to_owned(),
            Self::Unapprovable {
                why: Unapprovable::OtherEnvironment(_) | Unapprovable::OtherProfile,
                ..
            } => "name the profile it is for with --profile".to_owned(),
            Self::Unapprovable { .. } => "whoever asked withdraws it and asks anew".to_owned(),
            Self::Asked { mine: true, same: true, id, .. } => {
                format!("another person runs docket approve {id}")
            }
            Self::Asked { mine: true, id, .. } => {
                format!("it is another one, or too old: docket approve --withdraw {id}, and ask anew")
            }
            Self::Asked { mine: false, id, .. } => format!("look at it with docket approve {id}"),
            Self::SentBefore(_) => {
                "another person asks for the same sum, and you approve that: it goes out again under its \
                                    number, with the bytes of the first time"
                    .to_owned()
            }
            Self::Exists(id) => format!("its owner removes it with docket approve --withdraw {id}"),
            Self::NotYours(_) => "whoever asked takes it back; not to approve it is enough".to_owned(),
        }
    }
}
