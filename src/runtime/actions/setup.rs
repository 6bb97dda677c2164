//! What refunds need to know of a profile besides its gateway: who we are in a number, the limits, the day, and the
//! legacy interface.

use time::UtcOffset;

use crate::app::refunding::LegacyUse;
use crate::domain::refund::Limits;
use crate::gateway::LegacyGateway;
use crate::runtime::session::Session;
use crate::store::config::Versions;

/// A profile, as far as its refunds go.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    /// The word for the environment behind the profile's address; part of every number.
    pub(super) environment: String,
    pub(super) app_id: String,
    pub(super) merchant_no: String,
    pub(super) versions: Versions,
    /// The legacy interface, or why it cannot be used: a broken secret must not keep anything else from working.
    pub(super) legacy: Result<LegacyGateway, String>,
    pub(super) always_legacy: bool,
    pub(super) limits: Limits,
    /// Where the day of the daily limit begins.
    pub(super) zone: UtcOffset,
}

impl Setup {
    /// Reads the secret of a legacy interface, where there is one.
    pub(super) fn new(session: &Session) -> Self {
        let (profile, refunds) = (&session.profile, session.refunds());
        let legacy = match session.legacy_gateway() {
            Ok(Some(legacy)) => Ok(legacy),
            Ok(None) => {
                Err("the profile has no legacy interface; [profiles.NAME.legacy] in the config sets it up"
                    .to_owned())
            }
            Err(error) => Err(format!("the legacy interface cannot be used: {error}; {}", error.hint())),
        };
        Self {
            environment: profile.real_environment().word().to_owned(),
            app_id: profile.app_id.clone(),
            merchant_no: profile.merchant_no.clone(),
            versions: profile.versions.clone(),
            legacy,
            always_legacy: refunds.legacy == LegacyUse::Always,
            limits: refunds.limits,
            zone: profile.due_zone,
        }
    }

    /// Why there is no legacy interface.
    pub(super) fn no_legacy(&self) -> String {
        self.legacy.as_ref().err().cloned().unwrap_or_default()
    }
}
