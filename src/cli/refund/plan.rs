//! Everything there is to find out before the operator is asked. First what the disk knows, so that a rule which needs no
//! network never touches it; then the cases of the order and its refunds as PayerMax has them now.

use std::sync::PoisonError;

use crate::domain::case::Field;
use crate::domain::record::{ActionId, ActionRecord};
use crate::domain::refund::{
    Against, Amount, Earlier, Limits, Next, OrderFile, Problem, Refund as Filled, Road, Turn, Written,
};
use crate::domain::shown;
use crate::gateway::road_of;
use crate::runtime::actions::{self, Bench, RefundOrder, RefundOutcome, Seen, Stop, codes};
use crate::store::StoreError;

use super::super::args::Refund;
use super::super::error::CliError;
use super::super::json;
use super::RULES;
use super::page;
use super::scope::{self, Scope};

/// A refund that only waits for the operator's word.
pub(super) struct Plan {
    pub(super) order: RefundOrder,
    /// The number it takes.
    pub(super) number: String,
    pub(super) file: OrderFile,
}

/// What stops a refund before it is sent: a rule known here, or an outcome.
pub(super) enum Halt {
    Rule(CliError),
    Outcome(Box<RefundOutcome>),
}

impl<E: Into<CliError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Rule(error.into())
    }
}

/// Stopped here; nothing was sent.
fn stopped(code: &'static str, msg: String) -> Halt {
    Halt::Outcome(Box::new(RefundOutcome::stopped(Stop { code, msg })))
}

impl Plan {
    /// Looks at everything; what speaks against the refund comes back as the reason why there is no plan.
    pub(super) async fn make(
        bench: &Bench,
        limits: &Limits,
        scope: Scope,
        (args, road): (&Refund, Road),
    ) -> Result<Self, Halt> {
        let written = args.written(road);
        let fetched = !scope.order.is_empty();
        let stored =
            if fetched { actions::order_file(bench, &scope.order, &[]).await? } else { OrderFile::default() };
        early(&written, &stored, fetched)?;
        expected(args)?;
        let (scope, seen) = look(bench, scope).await?;
        let elsewhere =
            actions::refunds_elsewhere_by(bench, &scope.order, road).await.map_err(Halt::Outcome)?;
        let file = actions::order_file(bench, &scope.order, &elsewhere).await?;
        let refund = filled(&written, &file)?;
        allowed(limits, &file, &refund.amount, args)?;
        let (slot, again) = next(bench, &file, &refund)?;
        let number = bench.number(&refund.order, slot);
        let although_open = args.although_open || !args.yes;
        let (case, approved) = (scope.case, None);
        let order = RefundOrder { refund, case, seen, elsewhere, slot, although_open, again, approved };
        Ok(Self { order, number, file })
    }

    /// The refund that is sent again.
    pub(super) fn again(&self) -> Option<&Earlier> {
        let id = self.order.again.as_ref()?;
        self.file.earlier.iter().find(|one| one.action.as_ref() == Some(id))
    }

    /// The exact body that would leave now, safe to print.
    pub(super) async fn body(&self, bench: &Bench) -> Result<String, CliError> {
        let body = actions::preview_refund(bench, &self.order.refund, self.order.slot).await;
        let body = body.map_err(|why| CliError::failed(why, RULES))?;
        Ok(json::escaped(&String::from_utf8_lossy(&body)))
    }
}

/// What can be said from disk alone. While nothing was ever fetched of the order, what only it could tell is no rule yet.
fn early(written: &Written, stored: &OrderFile, fetched: bool) -> Result<(), Halt> {
    let order_tells = |problem: &Problem| matches!(problem, Problem::Order(0) | Problem::NotWhole(None));
    let mut problems = written.for_order(stored).err().unwrap_or_default();
    problems.retain(|problem| fetched || !order_tells(problem));
    // Of a sum in another currency only that is said so far; its digits may be wrong as well.
    if let [Problem::OtherCurrency { order, .. }, ..] = problems.as_slice()
        && let Err(fault) = Amount::parse(&written.amount, order)
    {
        problems.insert(1, Problem::Amount(fault));
    }
    hold(&problems, stored)
}

/// The refund, once everything is known of its order.
fn filled(written: &Written, file: &OrderFile) -> Result<Filled, Halt> {
    let filled = written.for_order(file);
    hold(filled.as_ref().err().map_or(&[], Vec::as_slice), file)?;
    filled.map_err(|problems| broken(&problems).into())
}

fn broken(problems: &[Problem]) -> CliError {
    CliError::broken("the refund", problems, RULES)
}

/// An earlier refund that is not over comes before the question how much is left of the order.
fn hold(problems: &[Problem], file: &OrderFile) -> Result<(), Halt> {
    match file.against_turn(Turn::Next) {
        Some(busy @ Against::Busy(_))
            if problems.iter().all(|problem| matches!(problem, Problem::Over { .. })) =>
        {
            Err(stopped(codes::OCCUPIED, busy.to_string()))
        }
        _ if problems.is_empty() => Ok(()),
        _ => Err(broken(problems).into()),
    }
}

/// What `--expect` says must be the same sum, by its value.
fn expected(args: &Refund) -> Result<(), CliError> {
    let amount = Amount::parse(&args.amount, args.currency.trim());
    match (&args.expect, amount) {
        (Some(expect), Ok(amount)) if !amount.is_confirmed_by(expect) => Err(CliError::usage(
            format!(
                "nothing was sent: --expect says {expect:?}, and the refund is {}",
                amount.confirmation()
            ),
            "find out which of the two is meant",
        )),
        _ => Ok(()),
    }
}

/// Asks for the cases as they are now. A case that was never fetched says only then which order it belongs to, and that
/// order may have more cases on the list.
async fn look(bench: &Bench, mut scope: Scope) -> Result<(Scope, Vec<Seen>), Halt> {
    let mut seen = actions::see(bench, &scope.cases).await.map_err(Halt::Outcome)?;
    if scope.cases.is_empty() {
        seen = look_for(bench, &scope.order).await?;
    }
    if let (true, Some(first)) = (scope.order.is_empty(), seen.first()) {
        scope.order = first.case.text(Field::OutTradeNo).to_owned();
        let mut more = {
            let store = bench.store.lock().unwrap_or_else(PoisonError::into_inner);
            scope::cases_of(&*store, &scope.order)?
        };
        more.retain(|id| seen.iter().all(|seen| seen.id != *id));
        seen.extend(actions::see(bench, &more).await.map_err(Halt::Outcome)?);
    }
    Ok((scope, seen))
}

/// The cases of an order among those that were never fetched. One that cannot be fetched says nothing.
async fn look_for(bench: &Bench, order: &str) -> Result<Vec<Seen>, Halt> {
    let unfetched = {
        let store = bench.store.lock().unwrap_or_else(PoisonError::into_inner);
        scope::unfetched(&*store)?
    };
    let mut seen = Vec::new();
    for id in unfetched {
        seen.extend(actions::see(bench, &[id]).await.unwrap_or_default());
    }
    seen.retain(|seen| seen.case.text(Field::OutTradeNo) == order);
    Ok(seen)
}

/// What forbids the refund although its words are in order: the policy, or an open case that nobody has spoken of.
fn allowed(limits: &Limits, file: &OrderFile, amount: &Amount, args: &Refund) -> Result<(), Halt> {
    if let Some(forbidden) = limits.forbid(file, amount) {
        return Err(stopped(codes::POLICY, forbidden.to_string()));
    }
    match page::dispute(file, amount) {
        Some(dispute) if args.yes && !args.although_open && !args.dry_run => Err(CliError::usage(
            format!("nothing was sent: {dispute}"),
            "answer the case instead, or give --although-open to refund it all the same",
        )
        .into()),
        _ => Ok(()),
    }
}

/// The ordinal it takes, and the action that is sent again if it is one.
fn next(bench: &Bench, file: &OrderFile, refund: &Filled) -> Result<(u8, Option<ActionId>), Halt> {
    let against = file.against_turn(Turn::Next).map(|against| against.to_string()).unwrap_or_default();
    match file.next() {
        Next::Slot(slot) => Ok((slot, None)),
        Next::Busy(_) => Err(stopped(codes::OCCUPIED, against)),
        Next::Exhausted => Err(CliError::usage(against, "look there which refunds the order has").into()),
        Next::Again(id) => {
            let store = bench.store.lock().unwrap_or_else(PoisonError::into_inner);
            let record = store.action(&id)?.ok_or_else(|| StoreError::NoSuchAction { id: id.clone() })?;
            again(&record, refund)?;
            Ok((Earlier::of(&record).map_or(1, |one| one.slot()), Some(id)))
        }
    }
}

/// A refund that was never received may only be sent again as it was: same sum, same interface.
fn again(record: &ActionRecord, refund: &Filled) -> Result<(), CliError> {
    let intent = &record.intent;
    let (amount, currency) =
        (intent.amount.as_deref().unwrap_or_default(), intent.currency.as_deref().unwrap_or_default());
    let number = shown::line(intent.out_refund_no.as_deref().unwrap_or_default()).into_owned();
    let refused = |why: String, hint: String| {
        let message = format!("nothing was sent: refund {number} of this order was never received, {why}");
        Err(CliError::usage(message, hint))
    };
    let own = Amount::parse(amount, currency).ok();
    if own.as_ref() != Some(&refund.amount) {
        let sum = own.map_or_else(|| format!("{amount} {currency}"), |own| own.shown());
        return refused(
            format!("and only that one, of {sum}, may be sent again"),
            format!("give --amount {amount} --currency {currency}, or refund another sum once it is settled"),
        );
    }
    match (road_of(&intent.data), refund.road) {
        (Road::Legacy, Road::Current) => {
            refused("by the legacy interface".to_owned(), "give --legacy to send it again".to_owned())
        }
        (Road::Current, Road::Legacy) => {
            refused("by the present interface".to_owned(), "leave --legacy out to send it again".to_owned())
        }
        _ => Ok(()),
    }
}
