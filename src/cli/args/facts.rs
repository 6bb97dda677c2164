//! The flags of the commands that tell what lies on disk and send nothing.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::domain::order::SortBy;
use crate::domain::view::View;

/// How the pages are installed.
pub(super) const MAN_HELP: &str = "\
Examples:
  docket man | man -l -
  docket man --dir ~/.local/share/man/man1      then: man docket-refresh
  docket man --dir . && man ./docket-config.5";

/// Where each shell looks for a script.
pub(super) const COMPLETIONS_HELP: &str = "\
Commands, flags, and case ids: behind show, reply, untrack, refresh and --case, Tab offers the ids on the list of the \
profile that the line names.

Examples:
  docket completions bash > ~/.local/share/bash-completion/completions/docket
  docket completions zsh > ~/.zfunc/_docket          with fpath+=(~/.zfunc) before compinit
  docket completions fish > ~/.config/fish/completions/docket.fish
  docket completions powershell >> $PROFILE";

#[derive(Debug, Args)]
#[command(after_long_help = "\
Filter: words match any column. `status: due:today|overdue|<3d|2026-11-20 amt:>100 cur: order: user: result: tag: \
owner:@me stage: changed: snoozed:yes` match one; `!` negates; spaces mean and.

Examples:
  docket list
  docket list --view all --filter 'due:today !tag:wont-contest' --json
  docket list --view all --filter snoozed:yes           cases put off; they are back when due or changed
  docket list --view closed --sort changed --csv > closed.csv")]
pub(in super::super) struct List {
    /// Which cases
    #[arg(long, default_value = "due", value_parser = view_parser())]
    pub(in super::super) view: View,
    /// Only those that match
    #[arg(long, value_name = "EXPR")]
    pub(in super::super) filter: Option<String>,
    /// What to sort by; due date, then money at risk, then id unless told
    #[arg(long, value_name = "FIELD", default_value = "due", value_parser = sort_parser())]
    pub(in super::super) sort: SortBy,
    /// One JSON array on standard output
    #[arg(long, group = "shape")]
    pub(in super::super) json: bool,
    /// Comma-separated, with a heading; safe to open in a spreadsheet
    #[arg(long, group = "shape")]
    pub(in super::super) csv: bool,
    /// One case per line, words first; for screen readers and grep
    #[arg(long, group = "shape")]
    pub(in super::super) plain: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
The sixteen fields as PayerMax sent them, your own notes, and everything docket has seen change.

Examples:
  docket show O2023010306554591
  docket show O2023010306554591 --json | jq -r .expirationDate")]
pub(in super::super) struct Show {
    /// The case id
    pub(in super::super) id: String,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Every case on the list, not only those that are due, in the order of `docket list`: the sixteen fields of the gateway \
under its own names, then urgency, daysLeft, stage, refreshedAt, changedAt, lastError, note, tags, owner, reasonCode, \
reasonMessage and, in the CSV alone, cardScheme and snoozedUntil. No cell of the CSV can become a formula. A file is written whole or not at all, for its owner alone \
(mode 0600), and never over another one.

Examples:
  docket export --output cases.csv
  docket export --filter 'stage:closed changed:<31d' --output november.csv
  docket export --json | jq 'length'")]
pub(in super::super) struct Export {
    /// Only those that match; see docket list --help for the words
    #[arg(long, value_name = "EXPR")]
    pub(in super::super) filter: Option<String>,
    /// Write a new file; - is standard output, as without it
    #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
    pub(in super::super) output: Option<PathBuf>,
    /// A JSON array, as list --json prints it
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Open, due and at risk mean what they mean on the desk. Won and lost count the closed cases with a result. Days to reply \
run from the moment docket first saw a case ask for a reply to the sending of the first reply from here that PayerMax \
took; the median is of the cases on the list that have both. Currencies are never added up. Nothing is asked of the \
gateway.

Examples:
  docket stats
  docket stats --json | jq .atRisk")]
pub(in super::super) struct Stats {
    /// One JSON document on standard output
    #[arg(long, group = "shape")]
    pub(in super::super) json: bool,
    /// One figure per line, words first; for screen readers and grep
    #[arg(long, group = "shape")]
    pub(in super::super) plain: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Says nothing where there is nothing to say: for an empty list, and without a database. Where there is no config it says \
nothing either and ends with 5, so that the line may stand in everybody's login script.

Example, for ~/.profile or /etc/profile.d/docket.sh:
  command -v docket >/dev/null && docket motd")]
pub(in super::super) struct Motd {
    /// One JSON document on standard output, always
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
The copy is one database file with everything in it: cases, notes, history, drafts, journal. It is taken in one moment, \
checked (the database's own integrity check, every seal of the journal), private (mode 0600), and never written over \
another file. It holds no key.

To restore it: end every docket of the profile, remove PROFILE.db-wal and PROFILE.db-shm beside the database, and copy \
the file to PROFILE.db.

Example:
  docket backup /var/backups/docket-$(date +%F).db")]
pub(in super::super) struct Backup {
    /// The file to make
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in super::super) file: PathBuf,
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}

fn view_parser() -> impl clap::builder::TypedValueParser<Value = View> {
    words(View::ALL.map(|view| (view.word(), view)).to_vec())
}

fn sort_parser() -> impl clap::builder::TypedValueParser<Value = SortBy> {
    words(SortBy::ALL.map(|sort| (sort.word(), sort)).to_vec())
}

/// A parser that takes the words the domain uses, so that the words live in one place.
fn words<T: Copy + Send + Sync + 'static>(
    choices: Vec<(&'static str, T)>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(choices.iter().map(|(word, _)| *word)).try_map(move |typed| {
        choices.iter().find(|(word, _)| *word == typed).map(|(_, value)| *value).ok_or("not one of the words")
    })
}
