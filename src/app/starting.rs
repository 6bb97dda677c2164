//! Starting a refresh from the desk.

use crate::domain::ids::CaseId;

use super::action::Action;
use super::effect::Effect;
use super::model::Model;
use super::targets;

/// Asks for these cases, unless a refresh runs already.
pub(super) fn refresh(model: &mut Model, ids: Vec<CaseId>) -> Vec<Effect> {
    if ids.is_empty() || model.refreshing.run.is_some() {
        return Vec::new();
    }
    let ticket = model.refreshing.start(ids.len());
    let back = model.key_of(Action::Back);
    model.say(format!("asking the gateway for {}; {back} stops", counted(ids.len(), "case")));
    vec![Effect::Refresh { ticket, ids }]
}

/// Asks for everything open, unless a refresh runs already.
pub(super) fn refresh_open(model: &mut Model) -> Vec<Effect> {
    let effects = refresh(model, targets::open(model));
    if !effects.is_empty() {
        model.refreshing.began = Some(model.scene.now);
    }
    effects
}

/// A number with its word in singular or plural: `1 case`, `3 cases`, `2 replies`, `2 keys`.
pub(super) fn counted(count: usize, word: &str) -> String {
    match (count, word.strip_suffix('y').filter(|stem| !stem.ends_with('e'))) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {word}s"),
    }
}
