//! Signing by an ssh agent (draft-ietf-sshm-ssh-agent): the key stays with the agent, which may be on another host
//! (agent forwarding), ask its owner each time (`ssh-add -c`), or forget the key after a while (`ssh-add -t`). Asked for
//! `rsa-sha2-256` it returns exactly the signature PayerMax wants.
//!
//! Each signature has a connection of its own, so that a refresh signs in parallel and one that hangs holds up no other.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::agent_line::{Line, Message, Trouble};
use crate::gateway::{KeyError, KeyHolder, PublicKey, SignerError, ssh_fingerprint};
use crate::runtime::beside::detach;

/// How long an agent may take to name its keys.
const LIST_WITHIN: Duration = Duration::from_secs(5);
/// How long it may take to sign: its owner may have to confirm, and PayerMax takes a request for two minutes.
const SIGN_WITHIN: Duration = Duration::from_secs(30);

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// The flag of a `SIGN_REQUEST` and the name of its answer; without it an agent takes SHA-1.
const RSA_SHA2_256: u32 = 2;
const RSA_SHA2_256_NAME: &[u8] = b"rsa-sha2-256";

/// A key in an agent.
pub(super) struct Agent {
    socket: PathBuf,
    fingerprint: String,
    /// The key as the agent names it.
    blob: Vec<u8>,
    /// The length of its signatures, in bytes.
    length: usize,
    sign_within: Duration,
}

impl Agent {
    /// Looks for the key of a fingerprint in the agent behind a socket. That the fingerprint fits is what makes it the
    /// right public key, whatever the agent says.
    ///
    /// # Errors
    /// [`SignerError`] when there is no agent, it has no such key, or the key is none for PayerMax.
    pub(super) fn find(socket: &Path, fingerprint: &str) -> Result<(Self, PublicKey), SignerError> {
        let blob = Self::blob_of(socket, fingerprint)?;
        let public = PublicKey::from_ssh(&blob).map_err(|error| unfit(fingerprint, &error))?;
        let agent = Self {
            socket: socket.to_owned(),
            fingerprint: fingerprint.to_owned(),
            blob,
            length: public.bits().div_ceil(8),
            sign_within: SIGN_WITHIN,
        };
        Ok((agent, public))
    }

    /// The same with another limit on one signature.
    #[cfg(test)]
    pub(super) fn within(self, sign_within: Duration) -> Self {
        Self { sign_within, ..self }
    }

    fn blob_of(socket: &Path, fingerprint: &str) -> Result<Vec<u8>, SignerError> {
        let answer = ask(socket, LIST_WITHIN, REQUEST_IDENTITIES, &[])
            .map_err(|trouble| unanswered(socket, &trouble, LIST_WITHIN))?;
        let keys = match answer {
            Message { kind: IDENTITIES_ANSWER, body } => keys(&body),
            Message { kind: FAILURE, .. } => Some(Vec::new()),
            _ => None,
        };
        let keys = keys.ok_or_else(|| unanswered(socket, &Trouble::Babble, LIST_WITHIN))?;
        let count = keys.len();
        keys.into_iter()
            .find(|blob| ssh_fingerprint(blob) == fingerprint)
            .ok_or_else(|| missing(fingerprint, count))
    }

    /// The sentence for an agent that would not sign: it does not say why, but whether it still has the key tells much.
    fn refused(&self) -> SignerError {
        match Self::blob_of(&self.socket, &self.fingerprint) {
            Err(error) => error,
            Ok(_) => SignerError::new(
                "the ssh agent has the key and refused to sign with it",
                "if it asks before it signs (ssh-add -c), confirm; a token behind it may have to be unlocked",
            ),
        }
    }
}

impl KeyHolder for Agent {
    fn name(&self) -> String {
        "the ssh agent".to_owned()
    }

    fn beside(&self, work: Box<dyn FnOnce() + Send>) {
        detach(work);
    }

    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        let flags = RSA_SHA2_256.to_be_bytes();
        let parts = [&length(&self.blob), self.blob.as_slice(), &length(body), body, &flags];
        let answer = ask(&self.socket, self.sign_within, SIGN_REQUEST, &parts)
            .map_err(|trouble| unanswered(&self.socket, &trouble, self.sign_within))?;
        match answer {
            Message { kind: SIGN_RESPONSE, body } => self.signature(&body),
            Message { kind: FAILURE, .. } => Err(self.refused()),
            _ => Err(unanswered(&self.socket, &Trouble::Babble, self.sign_within)),
        }
    }
}

impl Agent {
    /// Takes the signature out of its answer.
    fn signature(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        let babble = || unanswered(&self.socket, &Trouble::Babble, self.sign_within);
        let mut rest = body;
        let mut inner = take(&mut rest).ok_or_else(babble)?;
        let (name, signature) =
            take(&mut inner).zip(take(&mut inner)).filter(|_| inner.is_empty()).ok_or_else(babble)?;
        if name != RSA_SHA2_256_NAME {
            return Err(SignerError::new(
                "the ssh agent signs with SHA-1 instead of SHA-256",
                "take the agent of OpenSSH 7.2 or later; some desktops put an older one of their own before it",
            ));
        }
        // Some agents leave zeros at the front out (RFC 8332 section 3).
        let zeros = self.length.saturating_sub(signature.len());
        Ok([vec![0; zeros].as_slice(), signature].concat())
    }
}

/// One question on a connection of its own.
fn ask(socket: &Path, within: Duration, kind: u8, parts: &[&[u8]]) -> Result<Message, Trouble> {
    Line::open(socket, Instant::now() + within)?.exchange(kind, parts)
}

/// The keys of an `IDENTITIES_ANSWER`; `None` when it is none.
fn keys(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (count, mut rest) = body.split_first_chunk::<4>()?;
    let mut keys = Vec::new();
    for _ in 0..u32::from_be_bytes(*count) {
        keys.push(take(&mut rest)?.to_vec());
        // The comment: whatever its owner wrote.
        take(&mut rest)?;
    }
    Some(keys)
}

/// Takes bytes with their length before them.
fn take<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = from.split_first_chunk::<4>()?;
    let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *from = rest;
    Some(bytes)
}

/// The length to write before bytes; no request is longer than the 256 KiB that an agent takes.
fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

fn missing(fingerprint: &str, count: usize) -> SignerError {
    let has = match count {
        0 => "it has none at all, or is locked".to_owned(),
        1 => "it has one other".to_owned(),
        many => format!("it has {many} others"),
    };
    SignerError::new(
        format!("the ssh agent has no key {fingerprint}; {has}"),
        "`ssh-add -l` lists its keys, `ssh-add FILE` adds one, `ssh-add -X` unlocks it",
    )
}

fn unfit(fingerprint: &str, error: &KeyError) -> SignerError {
    SignerError::new(format!("key {fingerprint} of the ssh agent: {error}"), "name another key in agent_key")
}

fn unanswered(socket: &Path, trouble: &Trouble, within: Duration) -> SignerError {
    let agent = format!("the ssh agent at {}", socket.display());
    match trouble {
        Trouble::Unreachable(why) => SignerError::new(
            format!("{agent} cannot be reached: {why}"),
            "start one, or connect with `ssh -A`; in tmux or screen SSH_AUTH_SOCK may name the agent of an old login",
        ),
        Trouble::Late => SignerError::new(
            format!("{agent} gave no answer within {} s", within.as_secs()),
            "if it asks before it signs (ssh-add -c), confirm in time; if it is forwarded, the line may be dead",
        ),
        Trouble::TooLong => SignerError::new(
            "the request is longer than an ssh agent signs",
            "shorten it, or use signer = \"file\"",
        ),
        Trouble::Broken(why) => SignerError::new(format!("{agent} broke off: {why}"), "try again"),
        Trouble::Babble => SignerError::new(
            format!("what answers at {} is no ssh agent", socket.display()),
            "check SSH_AUTH_SOCK",
        ),
    }
}
