//! What stands between this host and PayerMax, as a profile tells it: the proxy, and the file of authorities to believe. It
//! is read when a client is made, like the keys, so that the list can be read on a host where the file is gone.

use std::path::PathBuf;

use crate::gateway::{Authorities, BundleError, Network};
use crate::store::config::Profile;
use crate::store::keyfile::{self, KeyFileError};

/// Why the file of `ca_bundle` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoBundle {
    /// The file cannot be read, or others could change it.
    #[error("`ca_bundle` of profile {profile}: {error}")]
    File {
        /// The profile.
        profile: String,
        /// What is wrong with the file.
        error: KeyFileError,
    },
    /// What is in it is no list of certificates.
    #[error("`ca_bundle` of profile {profile}: {} cannot be used: {error}", path.display())]
    Text {
        /// The profile.
        profile: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: BundleError,
    },
}

impl NoBundle {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> String {
        use KeyFileError::{Around, Changeable, Foreign};
        match self {
            Self::File { error: error @ (Foreign { .. } | Around { .. } | Changeable { .. }), .. } => {
                error.hint()
            }
            _ => "name a file with the authority's certificates in PEM, or take ca_bundle out of the config"
                .to_owned(),
        }
    }
}

/// The proxy of a profile and the authorities it believes.
///
/// # Errors
/// [`NoBundle`] names profile, key and file.
pub(super) fn network(name: &str, profile: &Profile) -> Result<Network, NoBundle> {
    let proxy = profile.proxy.clone();
    let Some(path) = &profile.ca_bundle else { return Ok(Network { proxy, ..Network::default() }) };
    let text =
        keyfile::read_bundle(path).map_err(|error| NoBundle::File { profile: name.to_owned(), error })?;
    let authorities = Authorities::parse(&text).map_err(|error| NoBundle::Text {
        profile: name.to_owned(),
        path: path.clone(),
        error,
    })?;
    Ok(Network { proxy, authorities })
}
