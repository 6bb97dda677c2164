//! The flags of the commands of the first day: what writes a set-up, and what says whether it works.

use clap::{Args, ValueEnum, ValueHint};

/// The gateway a profile talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum Environment {
    /// PayerMax's live gateway
    Production,
    /// PayerMax's test gateway
    Uat,
    /// The gateway at --base-url
    Custom,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
On a terminal it asks for what is missing. `--profile NAME` names the profile; `live`, `uat` or `custom` after the \
environment unless told. With a config that is there already, `--profile NAME` adds that profile at its end: what stands \
in it, comments too, and default_profile stay as they are (where it names none, a first line names the only profile so \
far). A profile or a key file that is there already is never \
touched; the exit code is 1 then.

Examples:
  docket init --environment uat --app-id 6666c8b036a24579974497c2f9a33333 --merchant-no P01010114267902
  docket --profile live init --environment production --app-id 7777d9c147b3568aa855a8d3fab44444 --merchant-no P01010114267902")]
pub(in super::super) struct Init {
    /// The gateway to talk to
    #[arg(long, value_name = "E")]
    pub(in super::super) environment: Option<Environment>,
    #[arg(
        long,
        value_name = "URL",
        value_hint = ValueHint::Url,
        help = "The gateway's address, for --environment custom; plain http for this machine alone"
    )]
    pub(in super::super) base_url: Option<String>,
    #[arg(long, value_name = "A", help = "The appId that PayerMax gave the merchant")]
    pub(in super::super) app_id: Option<String>,
    /// The merchant number
    #[arg(long, value_name = "M")]
    pub(in super::super) merchant_no: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
One line per check: ok, warning or error, what was found, and what to do about it. It looks at the config and the \
policy file, the private key and whether it signs, PayerMax's public key, the address of the gateway (name, connection, \
TLS, proxy), the clock against the gateway's, one signed caseSearch, the older refund interface where the profile has \
one, the list with its journal, the free space beside it, the terminal, the locale and the clipboard. It goes on after a \
failed check as far as it can, changes nothing, and prints no secret. The signed call asks for a case of the list, or \
for DOCKET-DOCTOR, which does not exist: PayerMax can only say so to a caller whose signature it knows.

Exit codes: 0 no error (there may be warnings); 5 an error in the config, the profile, a key, or the list and its \
directory; 3 none of these, but the gateway cannot be reached, refuses the call, is not to be believed, or the clock is \
off by more than 90 seconds.

Examples:
  docket doctor
  docket --profile live doctor --json")]
pub(in super::super) struct Doctor {
    /// One JSON document on standard output
    #[arg(long)]
    pub(in super::super) json: bool,
}
