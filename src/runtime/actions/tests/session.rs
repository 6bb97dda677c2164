//! A session on a site, as the config makes it, and what of it refunds see.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use pretty_assertions::assert_eq;

use super::*;
use crate::runtime::session::{Place, Session};
use crate::store::keyfile;

/// A session of a profile that talks to the sandbox of a site; `more` is written into the profile.
pub(in crate::runtime) fn session(site: &Site, folder: &Path, more: &str) -> Session {
    let config = folder.join("config.toml");
    fs::write(
        &config,
        format!(
            "[profiles.sandbox]\nenvironment = \"custom\"\nbase_url = \"{}\"\napp_id = \"app\"\n\
             merchant_no = \"P01\"\nprivate_key_file = \"own.pem\"\ngateway_public_key_file = \"their.pem\"\n{more}",
            site.between.base_url()
        ),
    )
    .unwrap();
    if !folder.join("own.pem").exists() {
        keyfile::write_new(&folder.join("own.pem"), PEMS.merchant.as_bytes(), 0o600).unwrap();
        fs::write(folder.join("their.pem"), &PEMS.gateway_public).unwrap();
    }
    let place = Place { config: Some(config), data_dir: Some(folder.into()), ..Place::default() };
    Session::open(&place, Arc::clone(&site.bench.clock)).unwrap()
}

#[tokio::test]
async fn a_bench_of_a_session_sends_refunds_as_the_config_says() {
    let (site, folder) = (Site::new().await, tempfile::tempdir().unwrap());
    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cret\n").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let legacy = format!(
        "due_zone = \"+07:00\"\n[profiles.sandbox.legacy]\nmerchant_id = \"SP1\"\nurl = \"{}\"\nsign = \"md5-body\"\n\
         secret_file = \"secret\"\nalways = true\n[policy]\nrefund_max = {{ IDR = \"5000\" }}\n",
        site.sandbox.legacy_url()
    );
    let session = session(&site, folder.path(), &legacy);
    let bench = Bench::new(&session, session.gateway().unwrap(), Arc::clone(&site.bench.store));
    assert_eq!(bench.number(ORDER, 7), site.bench.number(ORDER, 7), "of environment, app and merchant alone");
    assert_eq!((bench.usual_road(), bench.setup.zone), (Road::Legacy, time::macros::offset!(+7)));
    assert!(bench.setup.limits.max["IDR"].source.ends_with("config.toml"));
    let mut order = confirmed(&bench, &[site.put_order("O1", ORDER, "CASE_CLOSED")], "5000").await;
    order.refund.road = bench.usual_road();
    assert_eq!(refund(&bench, order).await.state, State::Accepted, "the secret has no line end");
    assert_eq!((site.refunded(ORDER), site.between.calls()), (1, 0));
}

#[tokio::test]
async fn a_secret_that_others_can_read_is_not_used_and_keeps_nothing_else_from_working() {
    let (site, folder) = (Site::new().await, tempfile::tempdir().unwrap());
    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cret").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o644)).unwrap();
    let legacy = "[profiles.sandbox.legacy]\nmerchant_id = \"SP1\"\nurl = \"https://a.example\"\nsign = \"md5-body\"\n\
                  secret_file = \"secret\"\n";
    let session = session(&site, folder.path(), legacy);
    let error = session.legacy_gateway().unwrap_err();
    assert!(error.to_string().ends_with("its mode is 0644 and must be 0600"), "{error}");
    let bench = Bench::new(&session, session.gateway().unwrap(), Arc::clone(&site.bench.store));
    assert!(bench.refunds(Road::Legacy).is_none());
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let mut order = confirmed(&bench, &seen, "5000").await;
    order.refund.road = Road::Legacy;
    let outcome = refund(&bench, order.clone()).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::NO_LEGACY));
    assert!(outcome.msg.contains("must be 0600; run `chmod 600"), "{}", outcome.msg);
    order.refund.road = Road::Current;
    assert_eq!(refund(&bench, order).await.state, State::Accepted);
}
