//! Answers a case or a batch from the command line, by the same road as the desk: everything that can be wrong is said
//! before anything is sent, one page says what will happen, and the reply leaves once.

mod page;
mod text;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply as Filled, Target, Written};
use crate::domain::shown;
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;
use crate::gateway::reply_data;
use crate::runtime::actions::{self, Bench, ReplyOrder, ReplyOutcome, Seen};
use crate::runtime::calls::Calls;
use crate::runtime::link_check::{self, Reach};
use crate::runtime::session::Session;

use super::args::Reply;
use super::error::{CliError, Exit};
use super::json;
use super::output::{self, Output};
use super::sending::{self, Ending};
use super::track;

/// What is answered: the target, and what is on the list of it.
struct Scope {
    target: Target,
    tracked: Vec<Tracked>,
}

/// A reply that only waits for the operator's word.
struct Plan {
    reply: Filled,
    fresh: Vec<Seen>,
    scope: Scope,
}

/// `docket reply`.
pub(super) async fn reply(session: &Session, args: &Reply, output: Output) -> Result<Exit, CliError> {
    let written = Written { content: text::content(session, args)?, files: args.files.clone() };
    args.manner().check(output, "--yes")?;
    if session.read_only && !args.dry_run {
        return told(&ReplyOutcome::read_only(), args);
    }
    let gateway = session.gateway()?;
    let store = session.store()?;
    if !args.dry_run {
        store.may_send(false)?;
    }
    let scope = scope(&store, args)?;
    let bench = Bench::new(session, gateway, Arc::new(Mutex::new(store)));
    sending::recover(&bench).await?;
    let plan = match plan(&bench, scope, &written, args).await? {
        Ok(plan) => plan,
        Err(outcome) => return told(&outcome, args),
    };
    if args.check_links {
        check_links(&plan.reply.files, session.calls()).await;
    }
    if args.dry_run {
        return dry_run(&bench, &plan.reply, args);
    }
    confirm(session, &plan, args)?;
    let Plan { reply, fresh, .. } = plan;
    let order = ReplyOrder { reply, seen: fresh, although: args.although_not_asked };
    told(&sending::carry_out(&bench, "reply", actions::reply(&bench, order)).await, args)
}

/// The cases that the operator means; those that are not on the list are refused before anything is asked.
fn scope(store: &impl crate::store::Store, args: &Reply) -> Result<Scope, CliError> {
    match (&args.id, &args.batch) {
        (Some(id), _) => {
            let id = CaseId::parse(id).map_err(|error| {
                CliError::usage(format!("this is no case id: {error}"), "give one id as PayerMax spells it")
            })?;
            let Some(tracked) = store.find(&id)? else {
                let hint = format!("put it on the list with docket track {id}");
                return Err(track::not_listed(&[id], Exit::Usage, &hint));
            };
            Ok(Scope { target: Target::Case(id), tracked: vec![tracked] })
        }
        (None, batch) => {
            let batch = batch.as_deref().unwrap_or_default().trim();
            let of_batch = |case: &Case| !batch.is_empty() && case.text(Field::BatchId).trim() == batch;
            let mut tracked = store.tracked()?;
            tracked.retain(|tracked| tracked.case.as_ref().is_some_and(of_batch));
            if tracked.is_empty() {
                return Err(CliError::usage(
                    format!("no case of batch {} is on the list", shown::line(batch)),
                    "put its cases on the list with docket track, then docket refresh",
                ));
            }
            Ok(Scope { target: Target::Batch(batch.to_owned()), tracked })
        }
    }
}

/// Looks at the cases and fills the reply in; the inner error is a refusal, with nothing sent.
async fn plan(
    bench: &Bench,
    scope: Scope,
    written: &Written,
    args: &Reply,
) -> Result<Result<Plan, Box<ReplyOutcome>>, CliError> {
    let ids: Vec<CaseId> = scope.tracked.iter().map(|tracked| tracked.id.clone()).collect();
    let fresh = match actions::see(bench, &ids).await {
        Ok(fresh) => fresh,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let case = if let (Target::Case(_), [one]) = (&scope.target, fresh.as_slice()) {
        one.case.clone()
    } else {
        one_user(&fresh)?;
        let cases: Vec<Case> = fresh.iter().map(|seen| seen.case.clone()).collect();
        actions::batch_case(&cases)
    };
    let reply = written
        .for_case(scope.target.clone(), &case, bench.version)
        .map_err(|problems| CliError::broken("the reply", &problems, "docket reply --help has the rules"))?;
    let known = known(&scope, &fresh, args.although_not_asked);
    Ok(match actions::stop(&reply, &known, &fresh, args.although_not_asked) {
        Some(stop) => Err(Box::new(ReplyOutcome::stopped(stop))),
        None => Ok(Plan { reply, fresh, scope }),
    })
}

/// One reply names one user. Two users in a batch mean that its cases have to be answered one by one.
fn one_user(fresh: &[Seen]) -> Result<(), CliError> {
    let mut users: BTreeMap<&str, &CaseId> = BTreeMap::new();
    for seen in fresh {
        users.entry(seen.case.text(Field::OutUserId)).or_insert(&seen.id);
    }
    let ids: Vec<&str> = users.values().map(|id| id.as_str()).collect();
    match ids.as_slice() {
        [_, _, ..] => Err(CliError::usage(
            format!("the cases of this batch belong to different users, such as {}", ids.join(" and ")),
            "answer them one by one",
        )),
        _ => Ok(()),
    }
}

/// What the operator may believe: for a case that the list shows as waiting for a reply and that no longer is, the list.
fn known(scope: &Scope, fresh: &[Seen], although: bool) -> Vec<Seen> {
    let is_due = |case: &Case| case.stage() == Stage::Due;
    match (&scope.target, scope.tracked.as_slice(), fresh) {
        (Target::Case(_), [listed], [now]) if !although && !is_due(&now.case) => {
            let listed_as_due = listed.case.clone().filter(|case| is_due(case));
            vec![Seen { id: now.id.clone(), case: listed_as_due.unwrap_or_else(|| now.case.clone()) }]
        }
        _ => fresh.to_vec(),
    }
}

/// Advice, and never a reason not to send.
async fn check_links(files: &[String], calls: &Calls) {
    for (file, found) in files.iter().zip(link_check::check(files, Reach::Public, calls).await) {
        output::say(&format!("{}: {}\n", shown::line(file), shown::line(&found.to_string())));
    }
}

fn dry_run(bench: &Bench, reply: &Filled, args: &Reply) -> Result<Exit, CliError> {
    let body = bench.gateway.preview(bench.version.word(), &reply_data(reply));
    let body = sending::shown_body(body)?;
    if args.json {
        output::print(&json::document(&json::ReplyJson::dry_run(&body)))?;
    } else {
        output::print(&format!("{body}\nsign: <hidden>\n"))?;
    }
    Ok(Exit::Done)
}

/// Shows the page and takes the operator's word; without asking, only the warnings are said.
fn confirm(session: &Session, plan: &Plan, args: &Reply) -> Result<(), CliError> {
    let page = page::Page { session, plan };
    if args.yes {
        output::say(&page.warnings());
        return Ok(());
    }
    output::say(&page.text());
    let expected = page.expected();
    sending::ask(&page.question(), &expected, |answer| answer.trim() == expected)
}

/// Prints what came of it and turns it into an exit code.
fn told(outcome: &ReplyOutcome, args: &Reply) -> Result<Exit, CliError> {
    args.manner().document(&json::ReplyJson::of(outcome))?;
    let ending =
        Ending { outcome, doubt: "the reply was taken", look: "docket refresh shows where the case stands" };
    ending.check()?;
    let failed = outcome.fail_case_ids.len();
    if failed > 0 {
        let message = format!(
            "PayerMax took the reply for {} cases and not for {failed}: {}",
            outcome.success_case_ids.len(),
            outcome.fail_case_ids.join(" ")
        );
        return Err(CliError::new(Exit::Refused, message, "docket refresh shows where these cases stand"));
    }
    if !args.json {
        output::print(&accepted(outcome))?;
    }
    Ok(Exit::Done)
}

fn accepted(outcome: &ReplyOutcome) -> String {
    let cases = shown::line(&outcome.success_case_ids.join(" ")).into_owned();
    let id = outcome.action_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
    format!("accepted for {cases} ({id}); docket settle sees it received\n")
}
