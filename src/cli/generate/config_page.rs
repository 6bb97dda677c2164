//! The manual page of the config, docket-config(5), made from `config.example.toml`: the file that is loaded by a test
//! and that every refusal points to. Whoever explains a setting there has explained it here.

use std::fmt::Write as _;

use super::roff;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

/// A part of the example, in its order.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// `[table]` or `[[table]]`.
    Table(String),
    /// What is said of what follows.
    Prose(String),
    /// A setting with its value; one that is off keeps its `#`.
    Setting(String),
    /// An empty line: what was said before is not about what comes after.
    Gap,
}

/// The whole page.
pub(super) fn page() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut out = format!(".TH docket-config 5 \"\" \"docket {version}\"\n.SH NAME\n");
    out.push_str(".nh\ndocket\\-config \\- the settings of docket\n.SH DESCRIPTION\n");
    let parts = parts(EXAMPLE);
    let mut parts = parts.as_slice();
    while let Some((part, rest)) = parts.split_first() {
        parts = match part {
            Part::Table(name) => {
                // Writing to a String cannot fail, here and below.
                _ = writeln!(out, ".SH \"{}\"", roff(name));
                rest
            }
            Part::Prose(text) if matches!(rest.first(), Some(Part::Setting(_))) => {
                settings(&mut out, Some(text), rest)
            }
            Part::Prose(text) => {
                let prose = format!(".PP\n{}\n", roff(text));
                // What introduces a table stands under its heading.
                if let [Part::Table(name), rest @ ..] = rest {
                    _ = write!(out, ".SH \"{}\"\n{prose}", roff(name));
                    rest
                } else {
                    out.push_str(&prose);
                    rest
                }
            }
            Part::Setting(_) => settings(&mut out, None, parts),
            Part::Gap => rest,
        };
    }
    out.push_str(&behind());
    out
}

/// The settings at the head of some parts, under one explanation; returns what comes after them.
fn settings<'a>(out: &mut String, prose: Option<&str>, parts: &'a [Part]) -> &'a [Part] {
    let mut rest = parts;
    let mut tag = ".TP";
    while let Some((Part::Setting(setting), after)) = rest.split_first() {
        _ = writeln!(out, "{tag}\n\\fB{}\\fR", roff(setting));
        (tag, rest) = (".TQ", after);
    }
    _ = writeln!(out, "{}", prose.map_or_else(|| "\\&".to_owned(), roff));
    rest
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start_matches(['#', ' ']);
        let part = if bare.trim_matches('-').is_empty() {
            Part::Gap
        } else if bare.starts_with('[') && bare.ends_with(']') {
            Part::Table(bare.to_owned())
        } else if is_setting(bare) {
            Part::Setting(line.to_owned())
        } else {
            Part::Prose(bare.to_owned())
        };
        match (parts.last_mut(), part) {
            (Some(Part::Prose(said)), Part::Prose(more)) => _ = write!(said, " {more}"),
            // Prose is kept for the table right after it, however the lines between are drawn.
            (_, part) => parts.push(part),
        }
    }
    parts
}

/// Whether a line without its `#` reads `name = value`.
fn is_setting(line: &str) -> bool {
    let name = line.split_once(" = ").map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

fn behind() -> String {
    let file = |path: &str, text: &str| format!(".TP\n\\fI{}\\fR\n{}\n", roff(path), roff(text));
    [
        ".SH FILES\n".to_owned(),
        file(
            "$XDG_CONFIG_HOME/docket/config.toml",
            "The settings; --config FILE or DOCKET_CONFIG names another file.",
        ),
        file(
            "/etc/docket/policy.toml",
            "A [policy] table that may tighten the one above and never loosen it.",
        ),
        ".SH \"SEE ALSO\"\n\\fBdocket\\fR(1)\n".to_owned(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::store::config::Config;

    /// The settings that the program itself says it knows in a table: it lists them when it meets one that it does not.
    fn known(file: &Path, text: &str) -> Vec<String> {
        fs::write(file, text).unwrap();
        let hint = Config::load(file, None).unwrap_err().hint().to_owned();
        let listed = hint.strip_prefix("the settings here are ").unwrap_or_else(|| panic!("{hint}: {text}"));
        listed.split(", ").map(str::to_owned).collect()
    }

    #[test]
    fn every_setting_the_program_knows_is_on_the_page() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let page = page();
        let items: Vec<String> = parts(EXAMPLE)
            .into_iter()
            .filter_map(|part| match part {
                Part::Setting(line) => {
                    line.trim_start_matches(['#', ' ']).split_once(" = ").map(|(name, _)| name.to_owned())
                }
                Part::Table(name) => {
                    name.rsplit('.').next().map(|last| last.trim_matches(['[', ']']).to_owned())
                }
                Part::Prose(_) | Part::Gap => None,
            })
            .collect();
        let profile = "environment = \"uat\"\napp_id = \"a\"\nmerchant_no = \"m\"\nprivate_key_file = \"k\"\n\
                       gateway_public_key_file = \"g\"\n";
        let odd = "qqqqqqqqqqqqqqqqqqqq = 1\n";
        let live = format!("[profiles.live]\n{profile}");
        let tables = [
            odd.to_owned(),
            format!("{live}{odd}"),
            format!("{live}[profiles.live.versions]\n{odd}"),
            format!("{live}[profiles.live.legacy]\n{odd}"),
            format!("{live}[desk]\n{odd}"),
            format!("{live}[refresh]\n{odd}"),
            format!("{live}[policy]\n{odd}"),
            format!("{live}[[views]]\n{odd}"),
        ];
        let mut count = 0;
        for name in tables.iter().flat_map(|text| known(&file, text)) {
            // `profiles` has a table for each profile, and nothing else.
            let is_there = items.contains(&name) || (name == "profiles" && page.contains("[profiles.live]"));
            assert!(is_there, "config.example.toml does not explain {name}");
            count += 1;
        }
        assert!(count > 30, "only {count} settings were found");
    }

    #[test]
    fn the_page_reads_as_the_file_does() {
        let text = "# About it.\n# More.\n\nfirst = \"a\"\n\n# ---\n# A table.\n[one]\n\n# Two settings.\na = 1\n# b = 2\n";
        let shown = parts(text);
        assert_eq!(shown[0], Part::Prose("About it. More.".into()));
        assert!(shown.contains(&Part::Setting("# b = 2".into())));
        assert!(shown.contains(&Part::Table("[one]".into())));

        let page = page();
        assert!(page.starts_with(".TH docket-config 5"), "{page}");
        let soon = "A case counts as soon when it is due in 1 to this many days (0 to 365).";
        assert!(page.contains(&format!(".TP\n\\fBsoon_days = 2\\fR\n{soon}\n")), "{page}");
        let mut heads = page.lines().skip_while(|line| *line != ".SH \"[refresh]\"");
        assert!(heads.next().is_some());
        assert_eq!(heads.next(), Some(".TP"), "each table has its own heading");
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let is_request =
                [".TH", ".SH", ".TP", ".TQ", ".PP", ".nh"].iter().any(|name| line.starts_with(name));
            assert!(is_request, "{line}");
        }
    }
}
