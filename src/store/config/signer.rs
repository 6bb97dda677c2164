//! Who signs for a profile: the settings that belong to each signer, and which of them need each other.

use std::path::Path;

use serde::{Deserialize, Deserializer};

use super::settings::{Profile, word_enum};
use super::words;
use crate::domain::shown;

word_enum! {
    /// Who holds the private key.
    Signer {
        /// docket itself, from `private_key_file`.
        File = "file",
        /// The ssh agent that `SSH_AUTH_SOCK` names.
        SshAgent = "ssh-agent",
        /// A program of the operator's.
        Command = "command",
    }
}

/// The most words a `sign_command` may have.
const COMMAND_WORDS_MAX: usize = 64;

/// Where the private key of a profile is, with all that is needed to have it sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace<'a> {
    /// In a file.
    File(&'a Path),
    /// In an ssh agent, under this fingerprint.
    Agent(&'a str),
    /// Behind a command.
    Command {
        /// The program and its arguments; never empty.
        words: &'a [String],
        /// The file of the public key that its signatures must fit.
        public: &'a Path,
    },
}

impl Profile {
    /// Where the private key is.
    pub fn key_place(&self) -> KeyPlace<'_> {
        // What a signer needs and does not have was refused when the file was read.
        let nowhere = Path::new("");
        match self.signer {
            Signer::File => KeyPlace::File(self.private_key_file.as_deref().unwrap_or(nowhere)),
            Signer::SshAgent => KeyPlace::Agent(self.agent_key.as_deref().unwrap_or_default()),
            Signer::Command => KeyPlace::Command {
                words: &self.sign_command,
                public: self.public_key_file.as_deref().unwrap_or(nowhere),
            },
        }
    }

    /// What is missing for the signer, or of no use to it: the key, the sentence after it, and the remedy.
    pub(super) fn signer_fault(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let is = |signer| self.signer == signer;
        let has_command = !self.sign_command.is_empty();
        match () {
            () if is(Signer::File) && self.private_key_file.is_none() => Some((
                "private_key_file",
                "is missing",
                "add it, or let `signer` say who else signs: \"ssh-agent\" or \"command\"",
            )),
            () if is(Signer::SshAgent) && self.agent_key.is_none() => Some((
                "agent_key",
                "is missing",
                "signer = \"ssh-agent\" needs the fingerprint of the key; `ssh-add -l` lists them",
            )),
            () if is(Signer::Command) && !has_command => Some((
                "sign_command",
                "is missing",
                "signer = \"command\" needs the program to run, with its arguments",
            )),
            () if is(Signer::Command) && self.public_key_file.is_none() => Some((
                "public_key_file",
                "is missing",
                "signer = \"command\" needs the public key, to check what the command signs",
            )),
            () if !is(Signer::File) && self.private_key_file.is_some() => {
                Some(("private_key_file", "has no effect here", "take it out, or set signer = \"file\""))
            }
            () if !is(Signer::SshAgent) && self.agent_key.is_some() => {
                Some(("agent_key", "has no effect here", "take it out, or set signer = \"ssh-agent\""))
            }
            () if !is(Signer::Command) && has_command => {
                Some(("sign_command", "has no effect here", "take it out, or set signer = \"command\""))
            }
            () if !is(Signer::Command) && self.public_key_file.is_some() => {
                Some(("public_key_file", "has no effect here", "take it out, or set signer = \"command\""))
            }
            () => None,
        }
    }
}

/// A fingerprint as ssh prints it.
pub(super) fn maybe_fingerprint<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    words::text(source, "a fingerprint such as `ssh-add -l` prints: SHA256: and 43 characters", |text| {
        let hash = text.strip_prefix("SHA256:")?.trim_end_matches('=');
        let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        (hash.len() == 43 && hash.bytes().all(is_base64)).then(|| format!("SHA256:{hash}"))
    })
    .map(Some)
}

/// A program and its arguments.
pub(super) fn command<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<Word>::deserialize(source)?;
    let program = words.first().map(|word| word.0.as_str()).unwrap_or_default();
    if program.is_empty() || words.len() > COMMAND_WORDS_MAX {
        return Err(serde::de::Error::custom("must be a list of a program and its arguments, at most 64"));
    }
    Ok(words.into_iter().map(|word| word.0).collect())
}

/// One word of a command, handed over as it is: there is no shell.
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        words::text(source, "a text without control characters", |text| {
            (!text.chars().any(shown::is_hostile)).then(|| Self(text.to_owned()))
        })
    }
}
