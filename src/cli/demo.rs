//! The desk on an embedded sandbox: the real client, signatures and all, over loopback, in a directory that is gone
//! afterwards.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use crate::domain::ids::CaseId;
use crate::runtime::session::{Place, Session, system_clock};
use crate::sandbox::{Faults, Sandbox, log};
use crate::store::{NewCase, Store as _};

use super::args::{Demo, Global};
use super::error::{CliError, Exit};
use super::output::Output;
use super::{desk, refresh, sandbox};

/// `docket demo`.
pub(super) async fn demo(global: &Global, args: &Demo, output: Output) -> Result<Exit, CliError> {
    desk::needs_terminal()?;
    let dir = sandbox::fresh_dir()?;
    let plan = sandbox::Plan {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        cases: args.cases,
        seed: args.seed,
        faults: Faults::none(),
        log: log::silent(),
        legacy: false,
    };
    let gateway = sandbox::start(dir.path(), plan).await?;
    let place = Place {
        profile: Some(sandbox::PROFILE.to_owned()),
        config: Some(sandbox::config_in(dir.path())),
        data_dir: Some(dir.path().join("data")),
        read_only: global.read_only,
    };
    let session = Session::open(&place, system_clock())?;
    let exit = if fill(&session, &gateway, output).await? {
        desk::open(session, global).await
    } else {
        Ok(Exit::Done)
    };
    gateway.stop().await;
    exit
}

/// Puts every case on the list and fetches it once, as an operator would; `false` when the operator stopped it.
async fn fill(session: &Session, sandbox: &Sandbox, output: Output) -> Result<bool, CliError> {
    let ids = sandbox.case_ids().into_iter().chain([sandbox.refused_id()]);
    let cases: Vec<NewCase> = ids.filter_map(|id| CaseId::parse(&id).ok()).map(NewCase::new).collect();
    let mut store = session.store()?;
    store.track(&cases, session.now())?;
    let ids = cases.into_iter().map(|case| case.id).collect();
    // One case is refused on purpose; the desk shows it.
    let report = refresh::run(session, session.gateway()?, Arc::new(Mutex::new(store)), ids, output).await?;
    Ok(report.cancelled == 0)
}
