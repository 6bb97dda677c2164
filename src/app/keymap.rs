//! Which key does what in this run: the table of [`super::action`], with the operator's own keys on top.

use std::collections::{BTreeMap, HashMap};

use super::action::{Action, BINDINGS, Binding, Place};
use super::key::{Code, Key};

/// Keys to actions, per place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    keys: HashMap<Action, Vec<Key>>,
}

/// What is there for the terminal also while a text is typed.
const IN_TEXTS: [Action; 2] = [Action::Suspend, Action::Redraw];

/// The keys that texts and forms have with Control.
const OF_FORMS: [Code; 11] = [
    Code::Char('c'),
    Code::Char('e'),
    Code::Char('g'),
    Code::Char('h'),
    Code::Char('k'),
    Code::Char('n'),
    Code::Char('p'),
    Code::Char('t'),
    Code::Char('u'),
    Code::Char('w'),
    Code::Char('x'),
];

/// A mistake in `[desk].keys`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No action of that name.
    #[error("[desk] keys: there is no action `{0}`; `docket man` and the README list them")]
    UnknownAction(String),
    /// A text that names no key.
    #[error("[desk] keys.{action}: {why}")]
    BadKey {
        /// The action it was meant for.
        action: String,
        /// What is wrong.
        why: String,
    },
    /// Two actions on one key in one place.
    #[error("[desk] keys: `{key}` is bound to both `{first}` and `{second}`")]
    Clash {
        /// The key.
        key: String,
        /// The action that has it.
        first: &'static str,
        /// The action that wants it too.
        second: &'static str,
    },
}

impl KeymapError {
    /// The actions as the config spells them, by which its lines can be found.
    pub fn actions(&self) -> Vec<&str> {
        match self {
            Self::UnknownAction(action) | Self::BadKey { action, .. } => vec![action],
            Self::Clash { first, second, .. } => vec![first, second],
        }
    }
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = BINDINGS.iter().map(|row| (row.action, defaults(row))).collect();
        Self { keys }
    }
}

fn defaults(row: &Binding) -> Vec<Key> {
    row.keys.iter().filter_map(|key| key.parse().ok()).collect()
}

impl Keymap {
    /// The defaults with the operator's own keys in their stead, action name to keys.
    ///
    /// # Errors
    /// [`KeymapError`] names the action or the key that does not work.
    pub fn with_own(own: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        let mut keymap = Self::default();
        for (name, texts) in own {
            let row = BINDINGS
                .iter()
                .find(|row| row.name == name)
                .ok_or_else(|| KeymapError::UnknownAction(name.clone()))?;
            let keys = texts
                .iter()
                .map(|text| text.parse::<Key>().map_err(|e| (text, e)))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|(_, why)| KeymapError::BadKey { action: name.clone(), why: why.to_string() })?;
            if let Some(why) = keys.iter().find_map(|key| taken(row.action, *key)) {
                return Err(KeymapError::BadKey { action: name.clone(), why });
            }
            keymap.keys.insert(row.action, keys);
        }
        keymap.refuse_clashes()?;
        Ok(keymap)
    }

    fn refuse_clashes(&self) -> Result<(), KeymapError> {
        for (index, first) in BINDINGS.iter().enumerate() {
            for second in BINDINGS.iter().skip(index + 1) {
                let together = first.places.iter().any(|place| second.places.contains(place));
                let shared =
                    self.keys(first.action).iter().find(|key| self.keys(second.action).contains(key));
                if let (true, Some(key)) = (together, shared) {
                    return Err(KeymapError::Clash {
                        key: key.to_string(),
                        first: first.name,
                        second: second.name,
                    });
                }
            }
        }
        Ok(())
    }

    /// The keys of an action, the most usual first.
    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }

    /// What a key does in a place.
    pub fn action(&self, key: Key, place: Place) -> Option<Action> {
        BINDINGS
            .iter()
            .find(|row| row.places.contains(&place) && self.keys(row.action).contains(&key))
            .map(|row| row.action)
    }

    /// What a key does to the terminal alone, also while a text is typed: it has to be a key that types nothing.
    pub fn of_the_terminal(&self, key: Key) -> Option<Action> {
        let meant = |action: &Action| key.ctrl && self.keys(*action).contains(&key);
        IN_TEXTS.into_iter().find(meant)
    }

    /// The keys of an action as text: `j, Down`. They are either one's, not one after the other.
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).iter().map(Key::to_string).collect::<Vec<_>>().join(", ")
    }

    /// The table of all keys in Markdown, as README carries it.
    pub fn markdown(&self) -> String {
        let row_of = |row: &Binding| {
            let keys: Vec<_> = self.keys(row.action).iter().map(|key| format!("`{key}`")).collect();
            let keys = if keys.is_empty() { "–".to_owned() } else { keys.join(" or ") };
            format!("| {keys} | {} | {} |\n", row.name, row.help)
        };
        std::iter::once("| keys | action | what it does |\n| --- | --- | --- |\n".to_owned())
            .chain(BINDINGS.iter().map(row_of))
            .collect()
    }
}

/// Why a key cannot be an action's: terminals send it as another one, or, of an action that works while a text is typed,
/// the forms need it.
fn taken(action: Action, key: Key) -> Option<String> {
    let other = match key {
        Key { code: Code::Char('i'), ctrl: true } => "Tab",
        Key { code: Code::Char('m'), ctrl: true } => "Enter",
        _ if IN_TEXTS.contains(&action) && key.ctrl && OF_FORMS.contains(&key.code) => {
            return Some(format!("`{key}` belongs to the forms, where this action works, too"));
        }
        _ => return None,
    };
    Some(format!("terminals send `{key}` as {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&str, &str)]) -> Result<Keymap, KeymapError> {
        Keymap::with_own(
            &pairs.iter().map(|(name, key)| ((*name).to_owned(), vec![(*key).to_owned()])).collect(),
        )
    }

    #[test]
    fn the_default_table_has_no_clash() {
        assert!(own(&[]).is_ok());
    }

    #[test]
    fn an_own_key_replaces_the_default() {
        let keymap = own(&[("untrack", "D")]).unwrap();
        assert_eq!(keymap.action(Key::char('D'), Place::Desk), Some(Action::Untrack));
        assert_eq!(keymap.action(Key::char('x'), Place::Desk), None);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(own(&[("fly", "x")]).unwrap_err(), KeymapError::UnknownAction("fly".into()));
        assert_eq!(own(&[("fly", "x")]).unwrap_err().actions(), ["fly"]);
        assert!(own(&[("untrack", "F99")]).unwrap_err().to_string().contains("keys.untrack"));
        let forms = own(&[("redraw", "ctrl-x")]).unwrap_err().to_string();
        assert!(forms.contains("`ctrl-x` belongs to the forms"), "{forms}");
        assert!(own(&[("untrack", "ctrl-x")]).is_ok(), "no form is open where it works");
        assert!(own(&[("tags", "ctrl-i")]).unwrap_err().to_string().contains("as Tab"));
        let clash = own(&[("untrack", "a")]).unwrap_err().to_string();
        assert!(clash.contains("`a`") && clash.contains("add") && clash.contains("untrack"), "{clash}");
    }

    #[test]
    fn the_refund_key_works_on_the_case_page_only() {
        let keymap = Keymap::default();
        assert_eq!(keymap.action(Key::char('$'), Place::Desk), None);
        assert_eq!(keymap.action(Key::char('$'), Place::CasePage), Some(Action::Refund));
    }
}
