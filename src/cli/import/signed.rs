//! The signature of a saved notification. Anybody can write a file that says a chargeback came; only PayerMax can sign
//! one. So where the `sign` header was saved, it decides, and it does so before the contents are read: it is made over
//! the bytes as they came (protocol.md section 1), which is why this works on bytes and never on parsed JSON.

use std::cell::{Cell, OnceCell};

use crate::gateway::PublicKey;
use crate::runtime::session::SessionError;

/// The header that carries the signature; upper and lower case mean the same.
pub(super) const HEADER: &str = "sign";

/// Why a line is bad whose signature is somebody else's, or one of other bytes.
pub(in super::super) const WRONG: &str = "the signature is not PayerMax's";

/// Where PayerMax's public key comes from. It is asked for once, and not at all while nothing is signed: a list must
/// import on a host without it.
type KeySource<'a> = dyn Fn() -> Result<PublicKey, SessionError> + 'a;

/// Checks signatures, and counts those that are good.
pub(in super::super) struct Seals<'a> {
    source: &'a KeySource<'a>,
    key: OnceCell<Result<PublicKey, SessionError>>,
    checked: Cell<usize>,
}

impl<'a> Seals<'a> {
    /// With a key that is read when the first signature is met.
    pub(in super::super) fn new(source: &'a KeySource<'a>) -> Self {
        Self { source, key: OnceCell::new(), checked: Cell::new(0) }
    }

    /// Whether PayerMax signed exactly these bytes.
    ///
    /// # Errors
    /// The reason for a bad line.
    pub(super) fn check(&self, body: &[u8], sign: &str) -> Result<(), String> {
        match self.key.get_or_init(self.source) {
            Ok(key) if is_of(key, body, sign) => {
                self.checked.set(self.checked.get() + 1);
                Ok(())
            }
            Ok(_) => Err(WRONG.to_owned()),
            // [`Seals::count`] ends the import with it.
            Err(error) => Err(error.to_string()),
        }
    }

    /// How many signatures were checked and good.
    ///
    /// # Errors
    /// [`SessionError`] when one was to be checked and there is no key to do it with.
    pub(in super::super) fn count(self) -> Result<usize, SessionError> {
        match self.key.into_inner() {
            Some(Err(error)) => Err(error),
            _ => Ok(self.checked.get()),
        }
    }
}

/// Whether this is the name of the header.
pub(super) fn is_header(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case(HEADER)
}

/// The signature among the headers of a request; `None` when it is not there.
///
/// # Errors
/// The reason for a bad line, when there are several and nobody can say which one counts.
pub(super) fn one_of<'h>(
    headers: impl Iterator<Item = (&'h str, &'h str)>,
) -> Result<Option<&'h str>, String> {
    let mut signs = headers.filter(|(name, _)| is_header(name));
    let sign = signs.next().map(|(_, value)| value.trim());
    if signs.next().is_some() {
        return Err("it has more than one `sign` header".to_owned());
    }
    Ok(sign)
}

/// Whether the key made the signature of these bytes, or of the same without the one line end that an editor or a shell
/// puts behind a text it saves. What was signed is in both cases all that is read.
fn is_of(key: &PublicKey, body: &[u8], sign: &str) -> bool {
    let bare = || body.strip_suffix(b"\r\n").or_else(|| body.strip_suffix(b"\n"));
    key.verify(body, sign) || bare().is_some_and(|bare| key.verify(bare, sign))
}
