//! Says what is well and what is not with a set-up, one line each. What is looked at and how it is judged is
//! [`crate::runtime::doctor`]'s.

use serde::Serialize;

use crate::domain::shown;
use crate::runtime::doctor::{Area, Check, Grade, examine};
use crate::runtime::session::{Place, system_clock};

use super::args::Doctor;
use super::error::{CliError, Exit};
use super::json;
use super::output::{self, Output};

/// Columns of the first two cells, blanks behind them included.
const GRADE_COLUMNS: usize = 9;
const NAME_COLUMNS: usize = 16;
/// With fewer columns than this for the text, the terminal may wrap it as it likes.
const TEXT_COLUMNS_MIN: usize = 24;

/// `docket doctor`.
pub(super) async fn doctor(place: &Place, args: &Doctor, output: Output) -> Result<Exit, CliError> {
    let mut checks = Vec::new();
    let mut printed = Ok(());
    examine(place, system_clock(), |check| {
        if !args.json && printed.is_ok() {
            printed = output::print(&line(&check, output));
        }
        checks.push(check);
    })
    .await;
    printed?;
    if args.json {
        output::print(&json::document(&Document::new(&checks)))?;
    }
    verdict(&checks)
}

/// What is wrong here comes first: it may be the reason for what is wrong at the gateway.
fn verdict(checks: &[Check]) -> Result<Exit, CliError> {
    let errors: Vec<&Check> = checks.iter().filter(|check| check.grade == Grade::Error).collect();
    let here = errors.iter().find(|check| check.area == Area::Host);
    let Some(first) = here.or(errors.first()) else { return Ok(Exit::Done) };
    let exit = match first.area {
        Area::Host => Exit::Config,
        Area::Gateway => Exit::Refused,
    };
    let names = errors.iter().map(|check| check.name).collect::<Vec<_>>().join(", ");
    let what = if errors.len() == 1 { "1 check".to_owned() } else { format!("{} checks", errors.len()) };
    let message = format!("{what} failed: {names}");
    Err(CliError::new(exit, message, format!("begin with {}: {}", first.name, first.remedy)))
}

/// One check for a person: on one line, or on a terminal wrapped under itself.
fn line(check: &Check, output: Output) -> String {
    let grade = format!("{:<GRADE_COLUMNS$}", check.grade.word());
    let grade = match (output.colour, style(check.grade)) {
        (true, Some(style)) => format!("{style}{grade}\u{1b}[0m"),
        _ => grade,
    };
    let remedy = if check.remedy.is_empty() { String::new() } else { format!("; hint: {}", check.remedy) };
    let text = shown::line(&format!("{}{remedy}", check.found)).into_owned();
    let indent = GRADE_COLUMNS + NAME_COLUMNS;
    let room = output.columns.map(|columns| usize::from(columns).saturating_sub(indent));
    let lines = match room {
        Some(room) if room >= TEXT_COLUMNS_MIN => output::wrapped(&text, room),
        _ => vec![text],
    };
    let text = lines.join(&format!("\n{:indent$}", ""));
    format!("{grade}{:<NAME_COLUMNS$}{text}\n", check.name)
}

const fn style(grade: Grade) -> Option<&'static str> {
    match grade {
        Grade::Ok => None,
        Grade::Warning => Some("\u{1b}[33m"),
        Grade::Error => Some("\u{1b}[1;31m"),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    result: &'static str,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    check: &'a str,
    result: &'static str,
    found: &'a str,
    /// `null` where all is well.
    remedy: Option<&'a str>,
}

impl<'a> Document<'a> {
    fn new(checks: &'a [Check]) -> Self {
        let worst = checks.iter().map(|check| check.grade).max().unwrap_or(Grade::Ok);
        let checks = checks.iter().map(|check| CheckJson {
            check: check.name,
            result: check.grade.word(),
            found: &check.found,
            remedy: Some(check.remedy.as_str()).filter(|remedy| !remedy.is_empty()),
        });
        Self { result: worst.word(), checks: checks.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, area: Area, grade: Grade) -> Check {
        let remedy = if grade == Grade::Ok { "" } else { "mend it\u{1b}" };
        Check { name, area, grade, found: "one two three four five".into(), remedy: remedy.into() }
    }

    fn to(columns: Option<u16>, colour: bool) -> Output {
        Output { colour, columns, progress: false, can_ask: false }
    }

    #[test]
    fn a_check_is_one_line_and_wraps_under_itself_on_a_terminal() {
        let bad = check("clock", Area::Gateway, Grade::Error);
        assert_eq!(
            line(&bad, to(None, false)),
            "error    clock           one two three four five; hint: mend it␛\n"
        );
        let narrow = line(&bad, to(Some(49), true));
        assert_eq!(
            narrow,
            format!(
                "\u{1b}[1;31merror    \u{1b}[0mclock           one two three four five;\n{:25}hint: mend it␛\n",
                ""
            )
        );
        assert_eq!(line(&bad, to(Some(30), false)).lines().count(), 1, "too narrow to help");
        assert_eq!(output::wrapped("averylongpath x", 5), ["averylongpath", "x"]);
    }

    #[test]
    fn the_exit_code_says_where_to_begin() {
        let (key, clock) =
            (check("private key", Area::Host, Grade::Error), check("clock", Area::Gateway, Grade::Error));
        let warning = check("locale", Area::Host, Grade::Warning);
        assert_eq!(verdict(std::slice::from_ref(&warning)), Ok(Exit::Done));
        assert_eq!(verdict(&[clock.clone(), warning]).unwrap_err().exit, Exit::Refused);
        let both = verdict(&[clock, key]).unwrap_err();
        assert_eq!((both.exit, both.message.as_str()), (Exit::Config, "2 checks failed: clock, private key"));
        assert!(both.hint.starts_with("begin with private key: "));
    }
}
