//! The commands and flags as a person types them. Names here are the contract with scripts: they never change meaning.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

mod approving;
mod facts;
mod refunding;
mod sending;
mod setup;

pub(super) use approving::Approve;
pub(super) use facts::{Backup, Export, List, Motd, Show, Stats};
pub(super) use refunding::Refund;
pub(super) use sending::{Journal, Mark, Reply, Settle};
pub(super) use setup::{Doctor, Environment, Init};

const LONG_ABOUT: &str = "\
docket keeps a local list of PayerMax chargeback cases, asks the gateway how they stand, and puts the ones \
that run out of time on top.

Without a command it opens the desk, the full-screen console.";

const AFTER_LONG_HELP: &str = "\
Examples:
  docket demo                                 try everything; nothing leaves this machine
  docket init                                 set up a profile and its key pair
  docket track O2023010306554591 O2023010307  put cases on the list
  docket refresh --quiet --fail-on-due 1      for cron: ends with 4 when something is due
  docket list --filter 'due:<3d amt:>100'     what is due within three days and above 100
  docket reply O2023010306554591 --content 'Delivered, see the receipt.' --file https://example.com/O2023010306554591.pdf
  docket refund --case O2023010306554591 --amount 3000 --currency IDR --dry-run

Exit codes:
  0  done
  1  failed, nothing was done
  2  usage, or a request that breaks a rule known here; nothing was sent
  3  refused by the gateway or by policy, or some of several failed (good ones are kept)
  4  something is due within --fail-on-due days; overdue counts
  5  config, profile or key
  6  the outcome of a reply or refund is unknown; docket journal has it, docket settle asks

Files:
  $XDG_CONFIG_HOME/docket/config.toml   settings and profiles (--config, DOCKET_CONFIG)
  $XDG_DATA_HOME/docket/<profile>.db    the list and the journal (--data-dir, DOCKET_DATA_DIR)
  $XDG_STATE_HOME/docket/docket.log     the log; it never holds a key, a token or a signature
  $DOCKET_PASSPHRASE_FILE               the private key's passphrase, where nobody can be asked (cron)
  $DOCKET_LOG                           debug: the log has a line for each call that went well, too";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "docket",
    version,
    about = "Which PayerMax chargebacks run out of time today, and what to do about them",
    long_about = LONG_ABOUT,
    after_long_help = AFTER_LONG_HELP,
    max_term_width = 100
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Flags that mean the same before and after every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    #[arg(
        long,
        value_name = "NAME",
        global = true,
        help = "The profile to work in (or DOCKET_PROFILE); the config's default_profile unless told"
    )]
    pub(super) profile: Option<String>,
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        value_hint = ValueHint::FilePath,
        help = "The config file (or DOCKET_CONFIG)"
    )]
    pub(super) config: Option<PathBuf>,
    #[arg(
        long,
        value_name = "DIR",
        global = true,
        value_hint = ValueHint::DirPath,
        help = "The directory that holds the list of each profile (or DOCKET_DATA_DIR)"
    )]
    pub(super) data_dir: Option<PathBuf>,
    /// Send no reply and no refund, whatever the config allows; the local list stays usable
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Draw with plain ASCII characters only
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    #[arg(long, global = true, help = "No colours (or set NO_COLOR)")]
    pub(super) no_color: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open the desk on an embedded sandbox with lifelike cases; nothing leaves this machine
    Demo(Demo),
    /// Run the sandbox alone: a stand-in gateway on this machine
    Sandbox(Sandbox),
    /// Write a config and key pair, or add a profile to the config; never overwrites anything
    Init(Init),
    /// Check config, keys, clock, connection, terminal and list, with advice
    Doctor(Doctor),
    /// Put cases on the list
    Track(Track),
    /// Take cases off the list; their notes and history come back with them
    Untrack(Untrack),
    /// Ask the gateway how cases stand
    Refresh(Refresh),
    /// Print the cases of a view
    List(List),
    /// Print everything known about one case
    Show(Show),
    /// Answer a case, or every case of a batch
    Reply(Reply),
    /// Give money of an order back
    Refund(Refund),
    /// Look at a refund that another person asks for, and send it
    Approve(Approve),
    /// Ask the gateway how replies and refunds of unknown or open end stand
    Settle(Settle),
    /// Print every reply and refund ever attempted
    Journal(Journal),
    /// Write every case on the list to a file, for a spreadsheet or a program
    Export(Export),
    /// Print the figures: due, at risk, won and lost, days to reply
    Stats(Stats),
    /// Print one line for the login message, from disk alone
    Motd(Motd),
    /// Copy the list and the journal into one file, also while others work on it
    Backup(Backup),
    /// Print a completion script for a shell
    #[command(after_long_help = facts::COMPLETIONS_HELP)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write the pages of all commands and of the config
    #[command(after_long_help = facts::MAN_HELP)]
    Man {
        /// Write docket.1, a page for each command, and docket-config.5 into this directory
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
}

/// How many cases the sandbox makes at most.
const CASES_MAX: u64 = 1_000_000;

#[derive(Debug, Args)]
#[command(after_long_help = "\
Everything is written to a directory that is gone afterwards. No config and no key are needed.

Example:
  docket demo --cases 1000")]
pub(super) struct Demo {
    /// How many cases to make
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u64).range(1..=CASES_MAX))]
    pub(super) cases: u64,
    /// The same number makes the same cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
The first line on standard output is `listening on http://ADDRESS`; each call is logged to standard error. Ctrl-c ends it.

Examples:
  docket sandbox --dir sandbox --cases 200
  docket --config sandbox/config.toml track --file sandbox/ids.txt
  docket --config sandbox/config.toml refresh

Faults for --faults, separated by commas, each as NAME[(ARGUMENT)][@ENDPOINT][=WHEN]:
  latency(50) or latency(50+20)   answer no sooner than this many ms, plus up to 20 by chance
  drop-before, drop-after         close the connection before or after the call is executed
  http-503, http-503-after        answer with this status, before or after executing; http-429(30) with Retry-After
  truncated, foreign, oversized(4)  half a body, a page of HTML, a body of so many MiB
  missing-sign, wrong-sign        leave the signature out, or sign something else
  skew(200)                       run the gateway's clock this many seconds off
  redirect(http://…)              answer 307 with this address
  hostile(escapes|bidi|long|cjk|all)  fill text fields with hostile text
WHEN is always (if left out), N (the next N calls), every-N, or a share like 0.1.
ENDPOINT is caseSearch, caseReplay, refund, refundQuery or one of the older interface.")]
pub(super) struct Sandbox {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// How many cases to make
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u64).range(1..=CASES_MAX))]
    pub(super) cases: u64,
    /// The same number makes the same cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
    /// Wait this long before every answer, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub(super) latency_ms: u64,
    #[arg(
        long,
        value_name = "SPEC",
        help = "Misbehave on purpose, for example http-500=0.1,drop-before=0.05"
    )]
    pub(super) faults: Option<String>,
    /// Where config.toml, the keys and ids.txt are written; a fresh directory unless told
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) dir: Option<PathBuf>,
}

/// How an import file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Look at the text
    #[default]
    Auto,
    /// An id per line
    Plain,
    /// A caseId column; optional note, tags, owner
    Csv,
    /// Ids, objects with a caseId, or saved chargeback notifications
    Json,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Good lines are kept; bad ones are listed with their line numbers and make the exit code 3.

A saved chargeback notification keeps its reason code, reason message and card scheme. It may be the body alone, the HTTP \
request as it came (request line, headers, empty line, body), or JSON with `headers` and the raw text as `body`, one of \
them or many. Where its `sign` header is given, in the file or with --sign, it is taken only if PayerMax signed exactly \
these bytes: a body that was reformatted is no longer what was signed. Without the header nothing is checked.

Examples:
  docket track O2023010306554591 O2023010307
  docket track --file payu.csv --dry-run
  docket track --file notice.json --sign \"$SIGN\"
  grep -o 'O[0-9]*' mail.txt | docket track --file -")]
pub(super) struct Track {
    /// Case ids; commas separate ids too
    #[arg(value_name = "IDS", required_unless_present = "file", conflicts_with = "file")]
    pub(super) ids: Vec<String>,
    /// Read them from a file, or from standard input with -
    #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
    pub(super) file: Option<PathBuf>,
    /// How the file is written
    #[arg(long, value_enum, default_value_t, requires = "file")]
    pub(super) format: Format,
    /// The file is one notification, byte for byte, and this is its `sign` header
    #[arg(long, value_name = "BASE64", requires = "file", conflicts_with = "ids")]
    pub(super) sign: Option<String>,
    /// Say what would happen and store nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  docket untrack O2023010306554591 O2023010307")]
pub(super) struct Untrack {
    /// Case ids; commas separate ids too
    #[arg(value_name = "IDS", required = true)]
    pub(super) ids: Vec<String>,
    /// One JSON document on standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Without ids: every case that is not settled, plus those settled recently (`closed_refresh_days` in the config), \
because a closed case can come back. A case that could not be refreshed keeps its data.

Examples:
  docket refresh
  docket refresh --quiet --fail-on-due 1 --json")]
pub(super) struct Refresh {
    /// Only these cases; they must be on the list
    #[arg(value_name = "IDS", conflicts_with = "all")]
    pub(super) ids: Vec<String>,
    /// Every case on the list, however long it is settled
    #[arg(long)]
    pub(super) all: bool,
    /// Print nothing but errors (and the document of --json)
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Exit with 4 when a case that needs a reply is due within this many days; overdue counts
    #[arg(long, value_name = "DAYS")]
    pub(super) fail_on_due: Option<u16>,
    /// One JSON document on standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[cfg(test)]
mod tests;
