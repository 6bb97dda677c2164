//! Settings that count at once when the config is saved: how the desk looks at cases, never what may be sent or where to.

use crate::domain::column::Column;

use super::desk::Desk;
use super::effect::Effect;
use super::keymap::Keymap;
use super::model::{Model, SavedView, Tone};
use super::standing::Topic;
use super::{choosing, outlook, relist};

/// The settings that an open desk takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Due in 1 to this many days is "soon".
    pub soon_days: u16,
    /// Closed cases younger than this many days are refreshed too.
    pub closed_refresh_days: u16,
    /// Reasons for refunds.
    pub reasons: Vec<String>,
    /// Seconds between the confirmation of a refund and its send.
    pub pause_s: u8,
    /// Texts for replies, by name.
    pub templates: Vec<(String, String)>,
    /// The columns of the table.
    pub columns: Vec<Column>,
    /// Views from the config.
    pub saved_views: Vec<SavedView>,
    /// The keys.
    pub keymap: Keymap,
    /// Why nothing may be sent from now on, where the new config says so. What it allows counts from the next start on.
    pub read_only: Option<String>,
    /// What has changed and counts from the next start on only, by its names in the config.
    pub waits: Vec<&'static str>,
}

/// The config was saved: its settings count from now on, or, where something in it is wrong, the old ones stay.
pub(super) fn reloaded(model: &mut Model, settings: Result<Box<Settings>, String>) -> Vec<Effect> {
    match settings {
        Ok(settings) => {
            let waits = settings.waits.join(", ");
            take_over(model, *settings);
            model.standing.is_well(Topic::Config);
            if waits.is_empty() {
                model.say("the config was read again");
            } else {
                let text =
                    format!("the config was read again; what is new in {waits} counts from the next start");
                model.say_of(Topic::Config, Tone::Warning, text);
            }
        }
        Err(why) => {
            let text = format!("{why}; the settings stay as they were");
            model.say_of(Topic::Config, Tone::Error, text);
        }
    }
    Vec::new()
}

fn take_over(model: &mut Model, settings: Settings) {
    // Another tab may be open afterwards, or one with other columns.
    choosing::leave_table(model);
    let open = outlook::name(model, model.desk.tab);
    let arranged: Vec<_> = model.desk.arranged().map(|(tab, how)| (outlook::name(model, tab), how)).collect();
    let session = &mut model.session;
    session.soon_days = settings.soon_days;
    session.closed_refresh_days = settings.closed_refresh_days;
    session.refunds.reasons = settings.reasons;
    session.refunds.pause_s = settings.pause_s;
    session.templates = settings.templates;
    session.columns = settings.columns;
    session.saved_views = settings.saved_views;
    session.keymap = settings.keymap;
    session.read_only = session.read_only.take().or(settings.read_only);
    model.desk.tabs = Desk::tabs(model.session.saved_views.len());
    model.desk.tab = outlook::tab(model, &open).unwrap_or(Desk::FIRST);
    let arranged: Vec<_> =
        arranged.into_iter().filter_map(|(view, how)| Some((outlook::tab(model, &view)?, how))).collect();
    model.desk.arrange_all(arranged.into_iter());
    let scene = &mut model.scene;
    scene.calendar =
        crate::domain::deadline::Calendar::at(scene.now, model.session.due_zone, model.session.soon_days);
    relist::relist(model);
}
