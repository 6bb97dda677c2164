//! The flags of the commands that send something, or that tell what became of what was sent.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};

use crate::cli::sending::Manner;
use crate::domain::marking::Found;
use crate::domain::record::{ActionId, Kind};

#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("target").required(true).args(["id", "batch"])),
    group(ArgGroup::new("text").required(true).args(["content", "content_file", "template"])),
    after_long_help = "\
The case must be on the list; it is asked for again just before sending, and if it has moved, nothing is sent. On a \
terminal one page says in words what will happen and asks: `y` for one case; for a batch, the number of its cases on \
the list. Without a terminal, --yes is needed, or nothing is sent. A reply is sent once and never repeated: when its \
outcome is unknown, the exit code is 6 and `docket settle` asks what became of it.

Text, template and files may hold {caseId} {outTradeNo} {amount} {currency} {outUserId}; at most 256 characters count, \
filled in. For a batch, only what all its cases have in common can be filled in.

Examples:
  docket reply O2023010306554591 --content 'Delivered, see the receipt.' --file https://example.com/{caseId}.pdf
  docket reply O2023010306554591 --template delivered --file https://example.com/{caseId}.zip --dry-run
  docket reply --batch P20230103065545 --content-file answer.txt --file https://example.com/P20230103.zip --yes --json"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(in super::super) struct Reply {
    /// The case to answer
    #[arg(value_name = "ID")]
    pub(in super::super) id: Option<String>,
    #[arg(
        long,
        value_name = "BATCH_ID",
        help = "Answer every case of this batch, also those not on the list"
    )]
    pub(in super::super) batch: Option<String>,
    /// The text of the reply
    #[arg(long, value_name = "TEXT")]
    pub(in super::super) content: Option<String>,
    /// Read the text from a file, or from standard input with -
    #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
    pub(in super::super) content_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = "Take the text from [templates] in the config")]
    pub(in super::super) template: Option<String>,
    /// The address of an evidence file; give it once for each file
    #[arg(long = "file", value_name = "URL", value_hint = ValueHint::Url)]
    pub(in super::super) files: Vec<String>,
    /// Ask each address from this host first and say what came; the reply is sent all the same
    #[arg(long)]
    pub(in super::super) check_links: bool,
    /// Print the exact request and send nothing
    #[arg(long)]
    pub(in super::super) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(in super::super) yes: bool,
    #[arg(long, help = "Reply although the status is not DISPUTE_INQUIRY; PayerMax may refuse it")]
    pub(in super::super) although_not_asked: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

impl Reply {
    /// How it is to go about it.
    pub(in super::super) fn manner(&self) -> Manner {
        Manner { dry_run: self.dry_run, yes: self.yes, json: self.json }
    }
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Sends nothing. A refund is asked for by its number until it is paid or has failed. One that PayerMax does not know is \
`not-received` after three signed answers, each at least 5 minutes after the send and after the one before; only then may \
the same refund be sent again. A case that is received or later settles its reply. One that still waits makes the reply \
`not-received` after three looks, at least 15 minutes from the first to the last; run it again until then, from cron if \
you like.

--mark takes the operator's word for what the merchant portal shows, where nobody else can tell: paid, not-paid or failed \
for a refund, received or not-received for a reply. The journal keeps who said so.

Exits with 6 while the outcome of an action is unknown, with 3 when one could not be asked about.

Examples:
  docket settle --json
  docket settle --mark A-0K3V7Q2M5X8RBT4NJ6WZC1HDGP=paid")]
pub(in super::super) struct Settle {
    #[arg(
        long = "mark",
        value_name = "ACTION=WORD",
        value_parser = Mark::parse,
        help = "Note what the merchant portal shows: paid, not-paid, failed, received or not-received; asks nobody"
    )]
    pub(in super::super) marks: Vec<Mark>,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

/// The operator's word for how an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Mark {
    /// Which action.
    pub(in super::super) id: ActionId,
    /// What the merchant portal shows, in a word for some kind of action.
    word: String,
}

impl Mark {
    /// What the word says of an action of this kind; `None` when it is one of another kind.
    pub(in super::super) fn found(&self, kind: Kind) -> Option<Found> {
        Found::from_word(kind, &self.word)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (id, word) = text.trim().split_once('=').ok_or("it has the form ACTION=WORD")?;
        if Kind::ALL.iter().all(|kind| Found::from_word(*kind, word).is_none()) {
            return Err("the word is paid, not-paid, failed, received or not-received".to_owned());
        }
        Ok(Self { id: ActionId(id.trim().to_owned()), word: word.to_owned() })
    }
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Oldest first. The states: intended, sending, accepted, refused, unknown, settled, not-received.

Examples:
  docket journal
  docket journal --case O2023010306554591 --json
  docket journal --verify")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(in super::super) struct Journal {
    /// Only what was sent for this case, and the refunds of its order
    #[arg(long = "case", value_name = "ID")]
    pub(in super::super) case: Option<String>,
    /// One JSON array on standard output
    #[arg(long, group = "shape")]
    pub(in super::super) json: bool,
    /// Comma-separated, with a heading; safe to open in a spreadsheet
    #[arg(long, group = "shape")]
    pub(in super::super) csv: bool,
    /// One action per line, words first; for screen readers and grep
    #[arg(long, group = "shape")]
    pub(in super::super) plain: bool,
    /// Check that no line was changed or taken out since it was written
    #[arg(long, conflicts_with_all = ["case", "csv", "plain"])]
    pub(in super::super) verify: bool,
}
