//! What a host has between itself and PayerMax: a proxy, and authorities of its own whose certificates that proxy shows
//! (reliability.md section 5). Authorities are added to the system's, never put in their place, and nothing here switches
//! a check off.

use std::fmt;

use reqwest::{Certificate, ClientBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::domain::proxy::Proxy;

/// The line that begins a certificate.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
/// The line that ends it.
const END: &str = "-----END CERTIFICATE-----";

/// What is between this host and the gateway.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Which proxy calls go through. A gateway on this machine is always reached without one.
    pub proxy: Proxy,
    /// Certificate authorities to believe besides the system's.
    pub authorities: Authorities,
}

impl Network {
    /// A builder that goes through the proxy.
    ///
    /// # Errors
    /// reqwest's, which must not be shown: it may repeat the address.
    pub(super) fn route(&self, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        Ok(match &self.proxy {
            Proxy::System => builder,
            Proxy::Off => builder.no_proxy(),
            Proxy::Through(address) => builder.proxy(reqwest::Proxy::all(address.secret())?),
        })
    }

    /// A builder that believes the authorities, too.
    ///
    /// # Errors
    /// reqwest's.
    pub(super) fn trust(&self, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        let own = self.authorities.0.iter().map(|der| Certificate::from_der(der));
        Ok(builder.tls_certs_merge(own.collect::<Result<Vec<_>, _>>()?))
    }
}

/// Why a bundle of certificates cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// No certificate in it.
    #[error("it holds no certificate in PEM (`{BEGIN}`)")]
    Empty,
    /// One that cannot be read; carries the line where it begins, from 1.
    #[error("the certificate that begins on its line {0} cannot be read")]
    Garbled(usize),
}

/// Certificates of authorities.
#[derive(Clone, Default)]
pub struct Authorities(Vec<CertificateDer<'static>>);

impl Authorities {
    /// Reads a bundle: certificates in PEM, one after the other, with any text between them. One that cannot be read spoils
    /// it all, because the operator put it there for a reason.
    ///
    /// # Errors
    /// [`BundleError`] names the line.
    pub fn parse(pem: &str) -> Result<Self, BundleError> {
        let mut authorities = Vec::new();
        for (line, block) in blocks(pem) {
            let read = || {
                let der = CertificateDer::from_pem_slice(block.as_bytes()).ok()?;
                // Whatever is no usable authority is refused here, where its line can be named.
                RootCertStore::empty().add(der.clone()).ok()?;
                Some(der)
            };
            authorities.push(read().ok_or(BundleError::Garbled(line))?);
        }
        if authorities.is_empty() { Err(BundleError::Empty) } else { Ok(Self(authorities)) }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorities({})", self.count())
    }
}

/// The certificates of a text with the line each begins on; one without an end reaches to the next beginning.
fn blocks(pem: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (index, line) in pem.lines().map(str::trim).enumerate() {
        if line == BEGIN {
            blocks.push((index + 1, String::new()));
            inside = true;
        }
        if let Some((_, block)) = blocks.last_mut().filter(|_| inside) {
            block.push_str(line);
            block.push('\n');
        }
        inside = inside && line != END;
    }
    blocks
}
