//! The way to the gateway, one signed call along it, and the older interface.

use std::time::Instant;

use super::super::check::{Check, Subject};
use super::super::judge;
use super::super::judge::gateway::Asked;
use super::super::look::network::{Road, road};
use super::super::look::surroundings::var;
use super::keys::{Keys, is_filled};
use super::set_up::{Ground, NO_PROFILE};
use crate::domain::fault::{Fault, Skew};
use crate::domain::ids::CaseId;
use crate::gateway::Settings;
use crate::runtime::session::Session;
use crate::store::config::Legacy;
use crate::store::keyfile::Secret;

/// The case that is asked for where the list has none; PayerMax knows no such case.
const NO_CASE: &str = "DOCKET-DOCTOR";

/// The variables that can name a proxy for https, the strongest first.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Goes to the gateway and asks it once; `case` is one of the list.
pub(in super::super) async fn look_over(
    ground: &Ground,
    keys: &Keys,
    case: Option<CaseId>,
    tell: &mut impl FnMut(Check),
) {
    let Some(session) = &ground.session else {
        for subject in [Subject::PROXY, Subject::GATEWAY, Subject::CLOCK, Subject::SIGNED_CALL] {
            tell(subject.skipped(NO_PROFILE));
        }
        return;
    };
    let settings = match session.settings(None) {
        Ok(settings) => settings,
        Err(error) => return no_way(error.to_string(), &error.hint(), tell),
    };
    match road(&settings, &session.clock()).await {
        Err(error) => no_way(error.to_string(), "correct it in the config", tell),
        Ok(road) => along(&road, session, keys, case, tell).await,
    }
    if let Some(legacy) = &session.profile.legacy {
        older(legacy, settings, session, tell).await;
    }
}

/// The settings lead nowhere.
fn no_way(found: String, remedy: &str, tell: &mut impl FnMut(Check)) {
    tell(Subject::GATEWAY.error(found, remedy));
    for subject in [Subject::PROXY, Subject::CLOCK, Subject::SIGNED_CALL] {
        tell(subject.skipped("there is no way to the gateway"));
    }
}

/// What there is to see along an address that can be used.
async fn along(
    road: &Road,
    session: &Session,
    keys: &Keys,
    case: Option<CaseId>,
    tell: &mut impl FnMut(Check),
) {
    let variable = PROXIES.into_iter().find(|name| var(name).is_some_and(|value| !value.is_empty()));
    tell(judge::gateway::proxy(&road.way, &session.profile.proxy, variable));
    tell(judge::gateway::road(Subject::GATEWAY, road));
    let missing = match keys {
        _ if !road.is_open() => Some("the gateway cannot be reached"),
        Keys { own: false, .. } => Some("there is no usable private key"),
        Keys { gateway: false, .. } => Some("there is no usable key of PayerMax's to check the answer with"),
        Keys { token: false, .. } => Some("there is no usable token of the merchant's"),
        _ => None,
    };
    let (called, heard) = match missing {
        Some(why) => (Subject::SIGNED_CALL.skipped(why), None),
        None => ask(session, case).await,
    };
    let greeted = road.greeting.as_ref().and_then(|greeting| greeting.as_ref().ok()?.skew);
    tell(match greeted.or(heard) {
        None if !road.is_open() => Subject::CLOCK.skipped("the gateway cannot be reached"),
        skew => judge::gateway::clock(skew),
    });
    tell(called);
}

/// One signed caseSearch, and the clock by its answer.
async fn ask(session: &Session, listed: Option<CaseId>) -> (Check, Option<Skew>) {
    let gateway = match session.gateway() {
        Ok(gateway) => gateway,
        Err(error) => return (Subject::SIGNED_CALL.error(error.to_string(), error.hint()), None),
    };
    let is_listed = listed.is_some();
    let Some(case) = listed.or_else(|| CaseId::parse(NO_CASE).ok()) else {
        return (Subject::SIGNED_CALL.skipped("there is no case to ask for"), None);
    };
    let profile = &session.profile;
    let asked = Asked {
        case: &case,
        is_listed,
        environment: profile.environment,
        app_id: &profile.app_id,
        own_key: profile.key_place(),
        gateway_key: &profile.gateway_public_key_file,
    };
    let started = Instant::now();
    let outcome = gateway.case_search(&case).await.map(|answer| answer.skew);
    let heard = match &outcome {
        Ok(skew) | Err(Fault::Refused { skew, .. }) => *skew,
        Err(_) => None,
    };
    (judge::gateway::signed(asked, &outcome, started.elapsed()), heard)
}

/// The older refund interface, where the profile has it.
async fn older(legacy: &Legacy, settings: Settings, session: &Session, tell: &mut impl FnMut(Check)) {
    let settings = Settings { base_url: legacy.url.clone(), ..settings };
    tell(match road(&settings, &session.clock()).await {
        Ok(road) => judge::gateway::road(Subject::LEGACY_GATEWAY, &road),
        Err(error) => Subject::LEGACY_GATEWAY.error(error.to_string(), "correct it in the config"),
    });
    if let Some(file) = &legacy.secret_file {
        tell(judge::keys::secret(Subject::LEGACY_SECRET, file, is_filled(file, Secret::Legacy)));
    }
}
