//! The flags of `docket approve`.

use clap::Args;

use super::Refund;
use crate::cli::sending::Manner;
use crate::domain::refund::{Request, Road};

#[derive(Debug, Args)]
#[command(after_long_help = "\
A refund above refund_approval_above in [policy] is not sent by the one who asks for it. It waits as a file in \
refund_requests_dir until another Unix user approves it here, or for 24 hours. Without a number, those that wait are \
listed.

With a number, the same page as for a refund says in words what will happen, as the order stands now, and asks for the \
amount with its currency. The refund then goes the ordinary way, with your profile, policy, key and journal, which notes \
who asked. The case of the order must be on your list. Compare the code with the asker's: a request that was edited has \
another one, or is void.

Without a terminal, --yes and --expect are needed, and --although-open while a case of the order is open, or nothing is \
sent.

Examples:
  docket approve
  docket approve DKABCDEFGHIJKLMNOPQRSTUVWXYZ01
  docket approve DKABCDEFGHIJKLMNOPQRSTUVWXYZ01 --yes --expect '60.00 USD' --json
  docket approve --withdraw DKABCDEFGHIJKLMNOPQRSTUVWXYZ01")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(in super::super) struct Approve {
    /// The number of the request, as the list and the asker have it
    #[arg(value_name = "NUMBER")]
    pub(in super::super) number: Option<String>,
    /// Take a request of your own back
    #[arg(long, requires = "number", conflicts_with_all = ["yes", "expect", "although_open"])]
    pub(in super::super) withdraw: bool,
    /// Do not ask; needs --expect
    #[arg(long, requires = "number")]
    pub(in super::super) yes: bool,
    #[arg(
        long,
        value_name = "A C",
        requires = "number",
        help = "The amount and currency as you know them, such as '60.00 USD'; when they differ, nothing is sent"
    )]
    pub(in super::super) expect: Option<String>,
    /// With --yes: refund although a case of the order is open and its money is frozen already
    #[arg(long, requires = "number")]
    pub(in super::super) although_open: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

impl Approve {
    /// How it is to go about it.
    pub(in super::super) fn manner(&self) -> Manner {
        Manner { dry_run: false, yes: self.yes, json: self.json }
    }

    /// The refund command that says the same as a request.
    pub(in super::super) fn refund(&self, request: &Request) -> Refund {
        let refund = &request.refund;
        Refund {
            case: None,
            order: Some(refund.order.clone()),
            trade_token: refund.trade_token.clone(),
            amount: refund.amount.wire(),
            currency: refund.amount.currency().to_owned(),
            comments: refund.comment.clone(),
            notify_url: refund.notify_url.clone(),
            legacy: refund.road == Road::Legacy,
            email: refund.email.clone(),
            dry_run: false,
            yes: self.yes,
            expect: self.expect.clone(),
            although_open: self.although_open,
            json: self.json,
        }
    }
}
