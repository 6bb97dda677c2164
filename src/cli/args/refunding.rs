//! The flags of `docket refund`.

use clap::{ArgGroup, Args, ValueHint};

use crate::cli::sending::Manner;
use crate::domain::refund::{Road, Written};

#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("of").required(true).args(["case", "order", "trade_token"])),
    after_long_help = "\
The money leaves the merchant's balance once. Its number is made from the order's, so two hosts that refund the same \
order at the same moment ask for one refund. Just before, its cases are asked for again, and so are refunds made \
elsewhere; when one has moved, nothing is sent. On a terminal one page says in words what will happen and asks for the \
amount with its currency. Without a terminal, --yes and --expect are needed, and --although-open while a case of the \
order is open, or nothing is sent.

The amount has a point and no grouping: 1234.50. When the outcome is unknown the exit code is 6: do not refund the order \
again; `docket settle` asks what became of it. A refund that was never received is sent again by the same command, under \
the same number and with the same contents.

Examples:
  docket refund --case O2023010306554591 --amount 3000 --currency IDR --dry-run
  docket refund --case O2023010306554591 --amount 3000 --currency IDR --comments 'duplicate order'
  docket refund --order P1642410680681 --amount 10.10 --currency USD --yes --expect '10.10 USD' --json"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(in super::super) struct Refund {
    /// The order of this case, which must be on the list
    #[arg(long = "case", value_name = "ID")]
    pub(in super::super) case: Option<String>,
    #[arg(
        long,
        value_name = "OUT_TRADE_NO",
        help = "This order; without a case of it on the list, neither its amount nor a dispute is known here"
    )]
    pub(in super::super) order: Option<String>,
    /// The order of this token, as a case on the list gives it
    #[arg(long, value_name = "TOKEN")]
    pub(in super::super) trade_token: Option<String>,
    /// How much, in major units: 3000 or 10.10
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    pub(in super::super) amount: String,
    /// The currency of the order: three capital letters
    #[arg(long, value_name = "C")]
    pub(in super::super) currency: String,
    /// Why, at most 512 characters (legacy: 256)
    #[arg(long, value_name = "T")]
    pub(in super::super) comments: Option<String>,
    #[arg(
        long,
        value_name = "U",
        value_hint = ValueHint::Url,
        help = "Where PayerMax reports the end of it, instead of the address in the merchant portal"
    )]
    pub(in super::super) notify_url: Option<String>,
    /// Take the legacy interface (v2.1), which gives back the whole order and needs --comments
    #[arg(long)]
    pub(in super::super) legacy: bool,
    /// Where the customer is asked for bank details (legacy, Brazil: Lottery and Boleto)
    #[arg(long, value_name = "E", value_hint = ValueHint::EmailAddress, requires = "legacy")]
    pub(in super::super) email: Option<String>,
    /// Print the exact request with its number and send nothing
    #[arg(long)]
    pub(in super::super) dry_run: bool,
    /// Do not ask; needs --expect
    #[arg(long)]
    pub(in super::super) yes: bool,
    #[arg(
        long,
        value_name = "A C",
        help = "The amount and currency once more, such as '5000.00 IDR'; when they differ, nothing is sent"
    )]
    pub(in super::super) expect: Option<String>,
    /// With --yes: refund although a case of the order is open and its money is frozen already
    #[arg(long)]
    pub(in super::super) although_open: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

impl Refund {
    /// How it is to go about it.
    pub(in super::super) fn manner(&self) -> Manner {
        Manner { dry_run: self.dry_run, yes: self.yes, json: self.json }
    }

    /// What is to go out on this road.
    pub(in super::super) fn written(&self, road: Road) -> Written {
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        Written {
            amount: self.amount.clone(),
            currency: Some(self.currency.trim().to_owned()),
            comment: text(&self.comments),
            notify_url: text(&self.notify_url),
            road,
            email: text(&self.email),
            trade_token: self.trade_token.as_ref().map(|token| token.trim().to_owned()),
        }
    }
}
