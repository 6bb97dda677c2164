//! Keeping what is typed: every change of a form is asked to be stored, and the store writes the newest at each pause.

use crate::domain::record::Draft;
use crate::domain::reply::Target;

use super::ReplyForm;
use crate::app::effect::Effect;
use crate::app::model::Model;

/// Keeps the form's words as a draft, in the book at once and on disk soon; an emptied form keeps none.
pub(in crate::app) fn drafted(model: &mut Model, form: &ReplyForm) -> Vec<Effect> {
    let written = form.written();
    let old =
        model.book.drafts().iter().find(|draft| draft.targets == form.targets).map(|draft| &draft.written);
    if old.map_or_else(|| is_empty(&written), |old| *old == written) {
        return Vec::new();
    }
    if is_empty(&written) {
        return forget_draft(model, &form.targets);
    }
    let draft = Draft { targets: form.targets.clone(), written, changed_at: model.scene.now };
    model.book.keep_draft(draft.clone());
    vec![Effect::SaveDraft(draft)]
}

fn is_empty(written: &crate::domain::reply::Written) -> bool {
    written.content.trim().is_empty() && written.files.is_empty()
}

/// Drops the draft of these targets: it was sent, or emptied.
pub(in crate::app) fn forget_draft(model: &mut Model, targets: &[Target]) -> Vec<Effect> {
    if model.book.drop_draft(targets) { vec![Effect::DeleteDraft(targets.to_vec())] } else { Vec::new() }
}
