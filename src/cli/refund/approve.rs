//! The second pair of eyes: lists the refunds that wait for it, shows one as the order stands now, and lets it out by the
//! ordinary road. The request only says what is asked for; everything else is found out anew.

use std::sync::{Arc, Mutex};

use crate::domain::action::State;
use crate::domain::shown;
use crate::runtime::actions::{self, Bench, RefundOutcome, Stop, codes};
use crate::runtime::approvals::{RequestError, Tray, Waiting};
use crate::runtime::session::Session;

use super::super::args::{Approve, Refund};
use super::super::error::{CliError, Exit};
use super::super::output::{self, Output};
use super::super::{json, sending};
use super::plan::{Halt, Plan};
use super::scope::Scope;
use super::{page, requests, road, told};

impl From<RequestError> for CliError {
    fn from(error: RequestError) -> Self {
        use RequestError as E;
        let exit = match &error {
            E::NoDir | E::Dir { .. } => Exit::Config,
            E::NoSuch(_) => Exit::Usage,
            E::Wrong { .. } | E::Unapprovable { .. } | E::NotYours(_) => Exit::Refused,
            E::Asked { .. } | E::Exists(_) | E::SentBefore(_) => Exit::Failed,
        };
        Self::new(exit, error.to_string(), error.hint())
    }
}

/// `docket approve`.
pub(in super::super) async fn approve(
    session: &Session,
    args: &Approve,
    output: Output,
) -> Result<Exit, CliError> {
    let tray = Tray::of(session)?;
    match &args.number {
        None => requests::list(session, &tray, args.json, output),
        Some(number) if args.withdraw => withdraw(&tray, number, args),
        Some(number) => send(session, &tray, number, args, output).await,
    }
}

fn withdraw(tray: &Tray, number: &str, args: &Approve) -> Result<Exit, CliError> {
    tray.withdraw(number)?;
    if args.json {
        output::print(&json::document(&requests::Withdrawn::of(number)))?;
    } else {
        output::print(&format!("withdrawn: request {}; nothing was sent\n", shown::line(number)))?;
    }
    Ok(Exit::Done)
}

async fn send(
    session: &Session,
    tray: &Tray,
    number: &str,
    args: &Approve,
    output: Output,
) -> Result<Exit, CliError> {
    args.manner().check(output, "--yes and --expect")?;
    if args.yes && args.expect.is_none() {
        return Err(CliError::usage(
            "nothing was sent: --yes needs --expect",
            "give the amount and currency as you know them, as in --expect '60.00 USD'",
        ));
    }
    let waiting = tray.find(number)?;
    let refund = args.refund(&waiting.request);
    if session.read_only {
        return told(&RefundOutcome::read_only(), &refund, "");
    }
    if let Some(error) = tray.against(&waiting, session.now()) {
        return Err(error.into());
    }
    let bench = bench(session, &waiting, &refund).await?;
    let mut plan = match plan(session, &bench, &waiting, &refund).await {
        Ok(plan) => plan,
        Err(Halt::Rule(error)) => return Err(error),
        Err(Halt::Outcome(outcome)) => return told(&outcome, &refund, ""),
    };
    super::confirm(&page::Page { asked: Some(&waiting), ..super::page(session, &plan) }, &refund)?;
    plan.order.approved = Some(tray.approve(waiting, session.now())?);
    let what = format!("{} of order {}", plan.order.refund.amount, plan.order.refund.order);
    let outcome = sending::carry_out(&bench, "refund", actions::refund(&bench, plan.order)).await;
    if matches!(outcome.state, State::Accepted | State::Settled) {
        tray.done(number);
    }
    told(&outcome, &refund, &what)
}

/// The bench, on a list that has the case the request names: without it nobody could tell whether it is open.
async fn bench(session: &Session, waiting: &Waiting, refund: &Refund) -> Result<Bench, CliError> {
    let gateway = session.gateway()?;
    let store = session.store()?;
    store.may_send(true)?;
    let scope = Scope::find(&store, refund)?;
    if let Some(case) = waiting.request.case.as_ref().filter(|case| !scope.cases.contains(case)) {
        let case = shown::line(case.as_str()).into_owned();
        return Err(CliError::usage(
            format!("nothing was sent: case {case}, which the request names, is not on your list"),
            format!("docket track {case} && docket refresh {case}, then look at the request again"),
        ));
    }
    let bench = Bench::new(session, gateway, Arc::new(Mutex::new(store)));
    sending::recover(&bench).await?;
    Ok(bench)
}

/// Looks at everything as for a refund of one's own; it must come to the very refund that was asked for.
async fn plan(session: &Session, bench: &Bench, waiting: &Waiting, args: &Refund) -> Result<Plan, Halt> {
    let scope = {
        let store = bench.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Scope { case: waiting.request.case.clone(), ..Scope::find(&*store, args)? }
    };
    let limits = session.refunds().limits;
    let plan = Plan::make(bench, &limits, scope, (args, road(session, args)?)).await?;
    if plan.number == waiting.request.number && plan.order.refund == waiting.request.refund {
        return Ok(plan);
    }
    let msg = format!(
        "by now, and by this profile, it would be another refund (number {}); it must be asked for anew",
        plan.number
    );
    Err(Halt::Outcome(Box::new(RefundOutcome::stopped(Stop { code: codes::NOT_APPROVED, msg }))))
}
