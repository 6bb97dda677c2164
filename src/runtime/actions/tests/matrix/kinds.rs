//! The three kinds of action, as an operator comes to them.

use super::super::{ORDER, Seen};
use crate::domain::record::Draft;
use crate::domain::refund::{Next, Written as WrittenRefund};
use crate::domain::reply::{Target, Version, Written};
use crate::runtime::actions::{
    Bench, Outcome, RefundOrder, ReplyOrder, order_file, refund, refunds_elsewhere, reply,
};
use crate::runtime::simulated::{Process, World};

/// What the operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Refund,
    Reply,
    Batch,
}

impl Action {
    pub(super) const ALL: [Self; 3] = [Self::Refund, Self::Reply, Self::Batch];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Reply => "reply",
            Self::Batch => "batch reply",
        }
    }

    /// Puts what it is about into the sandbox, and says what the operator sees of it.
    pub(super) fn put(self, world: &World) -> Vec<Seen> {
        match self {
            Self::Refund => vec![world.put_order("O1", ORDER)],
            Self::Reply => vec![world.put("O1", "")],
            Self::Batch => vec![world.put("O1", "B1"), world.put("O2", "B1")],
        }
    }

    /// How often the gateway has executed it; of a batch, the case that was answered most often.
    pub(super) fn executed(self, world: &World) -> usize {
        match self {
            Self::Refund => world.refunded(ORDER) as usize,
            Self::Reply => world.replies("O1"),
            Self::Batch => world.replies("O1").max(world.replies("O2")),
        }
    }

    /// Confirms and sends it, from a screen that shows what was there at the beginning: the worst operator there can be.
    /// Only what the journal says of a refund is looked at, because the form begins with it.
    pub(super) async fn send(self, process: &Process, seen: &[Seen], amount: &str) -> Outcome {
        let bench = &process.bench;
        match (self, self.target(seen)) {
            (Self::Refund, _) | (_, None) => match as_on_screen(bench, seen, amount).await {
                Ok(order) => refund(bench, order).await,
                Err(outcome) => *outcome,
            },
            (_, Some(target)) => {
                let written = written("delivered, see the receipt");
                let reply_to = written.for_case(target, &seen[0].case, Version::V15).unwrap();
                reply(bench, ReplyOrder { reply: reply_to, seen: seen.to_vec(), although: false }).await
            }
        }
    }

    fn target(self, seen: &[Seen]) -> Option<Target> {
        match self {
            Self::Refund => None,
            Self::Reply => Some(Target::Case(seen[0].id.clone())),
            Self::Batch => Some(Target::Batch("B1".to_owned())),
        }
    }

    /// What is typed so far; refunds are not kept while they are typed.
    pub(super) fn draft(self, seen: &[Seen], text: &str, world: &World) -> Option<Draft> {
        let target = self.target(seen)?;
        Some(Draft { targets: vec![target], written: written(text), changed_at: world.now() })
    }
}

fn written(text: &str) -> Written {
    Written { content: text.into(), files: vec!["https://ev.example/O1.PDF".into()] }
}

/// A refund as it was on the screen before anything went wrong: no refund made elsewhere, and the first number unless this
/// host's own journal says otherwise.
async fn as_on_screen(bench: &Bench, seen: &[Seen], amount: &str) -> Result<RefundOrder, Box<Outcome>> {
    refunds_elsewhere(bench, ORDER).await?;
    let file = order_file(bench, ORDER, &[]).await.map_err(|error| Box::new(Outcome::not_stored(&error)))?;
    let (slot, again) = match file.next() {
        Next::Again(id) => (0, Some(id)),
        _ => (1, None),
    };
    let written = WrittenRefund {
        amount: amount.into(),
        currency: Some("IDR".into()),
        comment: "requested by customer".into(),
        ..Default::default()
    };
    Ok(RefundOrder {
        refund: written.for_order(&file).unwrap(),
        case: Some(seen[0].id.clone()),
        seen: seen.to_vec(),
        elsewhere: Vec::new(),
        slot,
        although_open: false,
        again,
        approved: None,
    })
}
