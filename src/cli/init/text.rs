//! What `docket init` writes and says: the commented config, one more profile for it, and the steps that are left.

use std::path::Path;

use crate::domain::shown;
use crate::store::keyfile;

use super::super::args::Environment;

/// What a profile is made of.
pub(super) struct Answers {
    pub(super) profile: String,
    pub(super) environment: Environment,
    /// For a custom environment alone.
    pub(super) base_url: Option<String>,
    pub(super) app_id: String,
    pub(super) merchant_no: String,
    /// Where PayerMax's public key will be, beside the config.
    pub(super) gateway_key_file: String,
}

/// A text as TOML writes it.
pub(in super::super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A whole config.
pub(super) fn first(answers: &Answers) -> String {
    format!(
        r"# docket's settings. config.example.toml lists every one of them.

default_profile = {default}

{profile}
[desk]
soon_days = 2                         # due in 1 to this many days counts as soon
closed_refresh_days = 30              # settled cases are asked for this long, because they can come back

[refresh]
concurrency = 16                      # calls at the same time
per_second = 50                       # calls begun per second
timeout_s = 15                        # give up on an answer after this many seconds
",
        default = quoted(&answers.profile),
        profile = profile(answers),
    )
}

/// A config with one more profile behind its last line. What stands in it stays byte for byte. Where it names no
/// default, because it had only one profile, that one is named on a line before everything: it stays the default.
pub(super) fn with_one_more(old: &str, default: &str, answers: &Answers) -> String {
    let names_default = old.parse::<toml::Table>().is_ok_and(|table| table.contains_key("default_profile"));
    let before =
        if names_default { String::new() } else { format!("default_profile = {}\n", quoted(default)) };
    let gap = if old.ends_with('\n') || old.is_empty() { "\n" } else { "\n\n" };
    [&before, old, gap, &profile(answers)].concat()
}

fn profile(answers: &Answers) -> String {
    let Answers { profile, environment, base_url, app_id, merchant_no, gateway_key_file } = answers;
    // A dot in a bare name would make a table inside a table.
    let table = if profile.contains('.') { quoted(profile) } else { profile.clone() };
    let environment = match environment {
        Environment::Production => "production",
        Environment::Uat => "uat",
        Environment::Custom => "custom",
    };
    let base_url = base_url.as_ref().map(|url| format!("base_url = {}\n", quoted(url))).unwrap_or_default();
    format!(
        r#"[profiles.{table}]
environment = "{environment}"            # production | uat | custom (with base_url)
{base_url}app_id = {app_id}
merchant_no = {merchant_no}
private_key_file = {key}     # relative to this file; keep it to yourself (mode 0600)
gateway_public_key_file = {gateway_key}   # PayerMax's public key, from the merchant portal
due_zone = "+08:00"                   # the zone in which a due date ends; PayerMax states none
"#,
        app_id = quoted(app_id),
        merchant_no = quoted(merchant_no),
        key = quoted(&format!("{profile}.key.pem")),
        gateway_key = quoted(gateway_key_file),
    )
}

/// What the steps after `init` are about.
pub(super) struct Steps<'a> {
    pub(super) config: &'a Path,
    /// `--config`, as given.
    pub(super) config_flag: Option<&'a Path>,
    pub(super) key_file: &'a Path,
    pub(super) gateway_key: &'a Path,
    /// The default profile of a config that was there already.
    pub(super) default: Option<&'a str>,
    /// In the portal's form.
    pub(super) public: &'a str,
}

impl Steps<'_> {
    /// What was written, the public key, and what is left to do.
    pub(super) fn text(&self, answers: &Answers) -> String {
        let path = |path: &Path| shown::line(&path.display().to_string()).into_owned();
        let (config, key_file, gateway_key) =
            (path(self.config), path(self.key_file), path(self.gateway_key));
        let wrote = match self.default {
            None => format!("wrote {config}"),
            Some(default) => format!(
                "added profile {name} to {config}; the default is still {default}",
                name = answers.profile
            ),
        };
        let (upload, fetch) = match answers.environment {
            Environment::Production => uploads("", answers),
            Environment::Uat => uploads("UAT ", answers),
            Environment::Custom => (
                "give that line to whoever runs the gateway, as the public key of this app".to_owned(),
                "save the gateway's public key as",
            ),
        };
        format!(
            "{wrote}\nwrote {key_file}\n\n\
             Your public key, as the merchant portal takes it:\n{public}\n\n\
             Next:\n\
             1. {upload}\n\
             2. {fetch} {gateway_key}\n\
             3. {command} doctor\n",
            public = self.public,
            command = self.command(answers),
        )
    }

    /// How docket is called in the new profile.
    fn command(&self, answers: &Answers) -> String {
        let config = self.config_flag.map(|file| format!(" --config {}", keyfile::shell_word(file)));
        let profile = self.default.map(|_| format!(" --profile {}", answers.profile));
        let words = ["docket".to_owned(), config.unwrap_or_default(), profile.unwrap_or_default()];
        shown::line(&words.concat()).into_owned()
    }
}

/// The two steps in a portal of PayerMax's.
fn uploads(which: &str, answers: &Answers) -> (String, &'static str) {
    let upload = format!(
        "in PayerMax's {which}merchant portal (Settings > Config, or the Developer Center) paste that line as the public \
         key of app {}",
        shown::line(&answers.app_id)
    );
    (upload, "save PayerMax's public key, from the same page, as")
}
