//! Completes the word of a filter that is being typed: the names the language knows, and behind a name the values it
//! takes or that stand in the list.

use std::collections::BTreeSet;

use crate::domain::case::Field;
use crate::domain::filter::NAMES;
use crate::domain::tracked::Tracked;

use super::model::Model;

/// Values that are offered of one name.
const OFFERED_MAX: usize = 40;

/// A word that is completed: what can stand for it, one of which does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text before the word.
    before: String,
    /// What can stand there, in order.
    pub options: Vec<String>,
    /// The one that does.
    pub chosen: usize,
}

impl Completion {
    /// What the last word of a text could become; `None` where nothing begins like it.
    fn of(model: &Model, text: &str) -> Option<Self> {
        let start = text.rfind(' ').map_or(0, |at| at + 1);
        let (before, word) = text.split_at_checked(start)?;
        // Within quotes a blank begins no word.
        if before.matches('"').count() % 2 == 1 {
            return None;
        }
        let bare = word.trim_start_matches('!');
        let negation = word.strip_suffix(bare).unwrap_or_default();
        let options = match bare.split_once(':') {
            Some((name, begun)) => values(model, name, begun),
            None => names(bare),
        };
        let before = format!("{before}{negation}");
        (!options.is_empty()).then_some(Self { before, options, chosen: 0 })
    }

    /// The text with its last word completed, or with the next thing that the word could become. Of one thing alone
    /// nothing is left to choose: what is behind the word can be completed next.
    pub(super) fn next(
        begun: Option<Self>,
        model: &Model,
        text: &str,
        forward: bool,
    ) -> Option<(String, Option<Self>)> {
        let completion = match begun {
            Some(mut begun) => {
                begun.step(forward);
                begun
            }
            None => Self::of(model, text)?,
        };
        let text = completion.text();
        Some((text, Some(completion).filter(|completion| completion.options.len() > 1)))
    }

    /// The whole text with the chosen word.
    fn text(&self) -> String {
        format!("{}{}", self.before, self.options.get(self.chosen).map(String::as_str).unwrap_or_default())
    }

    /// The name that all of them begin with, where values are offered: `cur:`.
    pub fn name(&self) -> &str {
        let first = self.options.first().map(String::as_str).unwrap_or_default();
        let end = first.find(':').map_or(0, |at| at + 1);
        first.get(..end).filter(|name| first.len() > name.len()).unwrap_or_default()
    }

    /// Chooses the next one, or the one before.
    fn step(&mut self, forward: bool) {
        let count = self.options.len().max(1);
        self.chosen = if forward { (self.chosen + 1) % count } else { (self.chosen + count - 1) % count };
    }
}

/// What could stand behind the name at the end of a text, in the words of the language: `yes|no|today|<3d`.
pub fn begun(text: &str) -> Option<&'static str> {
    let last = text.rsplit(' ').next().unwrap_or_default();
    let name = last.trim_start_matches('!').strip_suffix(':')?.to_lowercase();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, example)| *example)
}

fn names(begun: &str) -> Vec<String> {
    let begun = begun.to_lowercase();
    NAMES.iter().filter(|(name, _)| name.starts_with(&begun)).map(|(name, _)| format!("{name}:")).collect()
}

/// The values of a name: those of the language, or else those in the list.
fn values(model: &Model, name: &str, begun: &str) -> Vec<String> {
    let begun = begun.trim_start_matches('"').to_lowercase();
    let fits = |value: &str| value.to_lowercase().starts_with(&begun);
    let field = |field: Field| in_list(model, fits, move |t| t.case.as_ref().map(|case| case.text(field)));
    let found = match name.to_lowercase().as_str() {
        "status" => field(Field::Status),
        "cur" => field(Field::Currency),
        "result" => field(Field::CaseResult),
        "owner" => in_list(model, fits, |tracked| Some(&tracked.local.owner)),
        "tag" => tags(model, fits),
        other => of_the_language(other, fits),
    };
    found.into_iter().take(OFFERED_MAX).map(|value| format!("{name}:{}", quoted(&value))).collect()
}

/// Values that the language itself names; `<3d` and a date stand for many.
fn of_the_language(name: &str, fits: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let known = NAMES.iter().find(|(known, _)| *known == name).filter(|(_, example)| example.contains('|'));
    let words = known.map(|(_, example)| example.split('|')).into_iter().flatten();
    words.filter(|word| word.chars().all(char::is_alphabetic) && fits(word)).map(str::to_owned).collect()
}

fn in_list(
    model: &Model,
    fits: impl Fn(&str) -> bool,
    value_of: impl Fn(&Tracked) -> Option<&str>,
) -> BTreeSet<String> {
    let values = model.book.iter().filter_map(value_of);
    distinct(values.filter(|value| !value.is_empty() && fits(value)))
}

fn tags(model: &Model, fits: impl Fn(&str) -> bool) -> BTreeSet<String> {
    distinct(model.book.iter().flat_map(Tracked::tags).filter(|tag| fits(tag)))
}

/// Most values stand there many times.
fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for value in values {
        if !found.contains(value) && !value.contains('"') {
            found.insert(value.to_owned());
        }
    }
    found
}

fn quoted(value: &str) -> String {
    if value.contains(' ') { format!("\"{value}\"") } else { value.to_owned() }
}
