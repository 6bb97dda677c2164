//! Refunds an order from the command line, by the same road as the desk: everything that can be wrong is said before
//! anything is sent, one page says what will happen, and the refund leaves once.

mod approve;
mod page;
mod plan;
pub(super) mod records;
mod requests;
mod scope;

use std::sync::{Arc, Mutex};

use crate::app::refunding::LegacyUse;
use crate::domain::refund::{REFUND_SUCCESS, Road};
use crate::domain::shown;
use crate::runtime::actions::{self, Bench, RefundOutcome, codes};
use crate::runtime::session::Session;

use super::args::Refund;
use super::error::{CliError, Exit};
use super::json;
use super::output::{self, Output};
use super::sending::{self, Ending};

pub(super) use approve::approve;
use page::Page;
pub(super) use page::line;
use plan::{Halt, Plan};
use scope::Scope;

/// Where the rules are told.
const RULES: &str = "docket refund --help has the rules";

/// `docket refund`.
pub(super) async fn refund(session: &Session, args: &Refund, output: Output) -> Result<Exit, CliError> {
    args.manner().check(output, "--yes and --expect")?;
    if args.yes && !args.dry_run && args.expect.is_none() {
        return Err(CliError::usage(
            "nothing was sent: --yes needs --expect",
            "give the amount and currency once more, as in --expect '5000.00 IDR'",
        ));
    }
    if session.read_only && !args.dry_run {
        return told(&RefundOutcome::read_only(), args, "");
    }
    let road = road(session, args)?;
    let gateway = session.gateway()?;
    let store = session.store()?;
    if !args.dry_run {
        store.may_send(true)?;
    }
    let scope = Scope::find(&store, args)?;
    let bench = Bench::new(session, gateway, Arc::new(Mutex::new(store)));
    sending::recover(&bench).await?;
    let limits = session.refunds().limits;
    let plan = match Plan::make(&bench, &limits, scope, (args, road)).await {
        Ok(plan) => plan,
        Err(Halt::Rule(error)) => return Err(error),
        Err(Halt::Outcome(outcome)) => return told(&outcome, args, ""),
    };
    let page = page(session, &plan);
    if args.dry_run {
        output::say(&page.warnings());
        return dry_run(&bench, &plan, args).await;
    }
    confirm(&page, args)?;
    if page.needs.is_some() {
        return requests::ask(session, plan, args);
    }
    let what = format!("{} of order {}", plan.order.refund.amount, plan.order.refund.order);
    let sending = actions::refund(&bench, plan.order);
    told(&sending::carry_out(&bench, "refund", sending).await, args, &what)
}

/// Which interface it takes. One that the profile does not have is a matter of the config.
fn road(session: &Session, args: &Refund) -> Result<Road, CliError> {
    if !args.legacy && session.refunds().legacy != LegacyUse::Always {
        return Ok(Road::Current);
    }
    match session.legacy_gateway()? {
        Some(_) => Ok(Road::Legacy),
        None => Err(CliError::new(
            Exit::Config,
            format!("profile {} has no legacy interface", session.name),
            format!("write [profiles.{}.legacy] into the config, or leave --legacy out", session.name),
        )),
    }
}

fn page<'a>(session: &'a Session, plan: &'a Plan) -> Page<'a> {
    Page {
        profile: &session.name,
        environment: session.profile.real_environment().word(),
        merchant_no: &session.profile.merchant_no,
        refund: &plan.order.refund,
        number: &plan.number,
        file: &plan.file,
        again: plan.again(),
        now: session.now(),
        needs: session.refunds().limits.approval_words(&plan.order.refund.amount),
        asked: None,
    }
}

async fn dry_run(bench: &Bench, plan: &Plan, args: &Refund) -> Result<Exit, CliError> {
    let body = plan.body(bench).await?;
    if args.json {
        output::print(&json::document(&json::RefundJson::dry_run(&plan.number, &body)))?;
    } else {
        output::print(&format!("{body}\nsign: <hidden>\n"))?;
    }
    Ok(Exit::Done)
}

/// Shows the page and takes the operator's word; without asking, only the warnings are said.
fn confirm(page: &Page<'_>, args: &Refund) -> Result<(), CliError> {
    if args.yes {
        output::say(&page.warnings());
        return Ok(());
    }
    output::say(&page.text());
    let amount = &page.refund.amount;
    sending::ask(&page.question(), &amount.confirmation(), |answer| amount.is_confirmed_by(answer))
}

/// Prints what came of it and turns it into an exit code. `what` was to be refunded.
fn told(outcome: &RefundOutcome, args: &Refund, what: &str) -> Result<Exit, CliError> {
    args.manner().document(&json::RefundJson::of(outcome))?;
    let ending = Ending { outcome, doubt: "the refund was executed", look: advice(&outcome.code) };
    ending.check()?;
    if !args.json {
        output::print(&taken(outcome, what))?;
    }
    Ok(Exit::Done)
}

/// What to do about a refusal that only refunds meet.
fn advice(code: &str) -> &'static str {
    match code {
        codes::OVER | codes::SEND_AGAIN => "docket journal shows the refunds of this order",
        codes::OPEN_CASE => "answer the case instead, or give --although-open to refund it all the same",
        codes::EXHAUSTED => "refund the rest in the merchant portal",
        codes::RULE => RULES,
        codes::NOT_APPROVED => "docket approve lists what waits; whoever asked asks anew",
        codes::FOUND_LATER => "docket journal has it now; docket settle asks whether it is paid",
        _ => "docket journal shows it; no money has left",
    }
}

/// Taken is not paid.
fn taken(outcome: &RefundOutcome, what: &str) -> String {
    let number = outcome.out_refund_no.as_deref().unwrap_or_default();
    let what = shown::line(&format!("{what} under {number}")).into_owned();
    let id = outcome.action_id.as_ref().map(|id| id.0.as_str()).unwrap_or_default();
    if outcome.status.as_deref() == Some(REFUND_SUCCESS) {
        return format!("refunded: {what} ({id})\n");
    }
    format!("accepted, not yet paid: {what} ({id}); docket settle sees it paid\n")
}
