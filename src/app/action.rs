//! The one table that binds keys to actions. Dispatch, footer, help page, README and remapping all read it.

use crate::domain::view::View;

/// A tab of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tab {
    /// One of the five views of cases.
    Cases(View),
    /// Replies begun and not sent.
    Drafts,
    /// Every reply and refund ever attempted.
    Journal,
    /// A view from `[[views]]`, by its place in the config.
    Saved(usize),
}

/// Everything a key or the palette can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// Half a screen down.
    HalfDown,
    /// Half a screen up.
    HalfUp,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// The tab with this number, from 1.
    View(u8),
    /// The tab to the right, behind the last the first.
    NextView,
    /// The tab to the left.
    PreviousView,
    /// Between table and detail pane.
    NextPane,
    /// The case page.
    Open,
    /// Mark or unmark the case under the cursor.
    Mark,
    /// Mark all shown.
    MarkAll,
    /// Drop every mark.
    UnmarkAll,
    /// The filter prompt.
    Filter,
    /// The order of the table.
    Sort,
    /// The widths of the table's columns.
    Widths,
    /// The view as docket makes it.
    ResetView,
    /// What runs out on one day.
    Day,
    /// Ask the gateway for what is marked, else for what is shown.
    RefreshShown,
    /// Ask the gateway for everything that is not settled.
    RefreshOpen,
    /// Add cases by typing or pasting ids.
    Add,
    /// Take cases off the list.
    Untrack,
    /// Answer a case.
    Reply,
    /// Answer a whole batch.
    ReplyBatch,
    /// Refund the order of a case.
    Refund,
    /// Unlock refunds for some minutes.
    Unlock,
    /// Lock them again.
    Lock,
    /// The note of a case.
    Note,
    /// The tags of a case.
    Tags,
    /// Who looks after a case.
    Owner,
    /// Decide not to contest a case, or take that back.
    WontContest,
    /// Put a case off until a day, or wake it.
    Snooze,
    /// Copy the case id.
    CopyId,
    /// Copy the whole row.
    CopyRow,
    /// What happened to a case.
    Journal,
    /// Ask how unknown actions ended.
    Settle,
    /// Mark changes as seen.
    MarkSeen,
    /// What the last refresh found and what failed.
    Report,
    /// The calls of this session.
    Calls,
    /// What went wrong, in full.
    Notice,
    /// The money at risk in every currency.
    Money,
    /// The whole list into a file.
    Export,
    /// The command that shows the same in a shell.
    CopyCommand,
    /// Show what was copied, to select by hand.
    Plain,
    /// Undo the last local change.
    Undo,
    /// All actions by name.
    Palette,
    /// The keys that work here.
    Help,
    /// Back, or quit on the desk.
    Quit,
    /// Go on in another profile.
    Profile,
    /// Back; stops a refresh.
    Back,
    /// Leave the terminal to the shell.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The desk: table and detail pane.
    Desk,
    /// The page of one case.
    CasePage,
    /// A page of text: help, report, journal.
    Pager,
    /// A field that takes text; only its own keys work there.
    Form,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// Its name in `[desk].keys` and in the palette.
    pub name: &'static str,
    /// The default keys.
    pub keys: &'static [&'static str],
    /// Where it works.
    pub places: &'static [Place],
    /// One or two words for the footer.
    pub label: &'static str,
    /// One sentence for help, palette and README.
    pub help: &'static str,
    /// Rank in the footer, 1 first; 0 never stands there.
    pub footer: u8,
}

impl Binding {
    /// Its label and its rank in the footer on a tab of the desk, where it is about something else there.
    pub fn on(&self, tab: Tab) -> (&'static str, u8) {
        match (self.action, tab) {
            (Action::Untrack, Tab::Drafts) => ("discard", DISCARD),
            (Action::MarkSeen, Tab::Journal) => ("mark outcome", self.footer),
            _ => (self.label, self.footer),
        }
    }
}

/// How soon the footer of the drafts names the key that discards one: behind opening it.
const DISCARD: u8 = 3;

const DESK: &[Place] = &[Place::Desk];
const CASE: &[Place] = &[Place::CasePage];
const DESK_CASE: &[Place] = &[Place::Desk, Place::CasePage];
const PAGER: &[Place] = &[Place::Pager];
const READ: &[Place] = &[Place::Desk, Place::CasePage, Place::Pager];

macro_rules! bindings {
    ($($action:expr, $name:literal, [$($key:literal),*], $places:ident, $footer:literal, $label:literal, $help:literal;)*) => {
        /// Every binding, in the order of the help page.
        pub const BINDINGS: &[Binding] = &[$(Binding {
            action: $action, name: $name, keys: &[$($key),*], places: $places, label: $label, help: $help, footer: $footer,
        },)*];
    };
}

bindings! {
    Action::Down, "down", ["j", "Down"], READ, 0, "down", "one row down";
    Action::Up, "up", ["k", "Up"], READ, 0, "up", "one row up";
    Action::Top, "top", ["g", "Home"], READ, 0, "top", "to the first row";
    Action::Bottom, "bottom", ["G", "End"], READ, 0, "bottom", "to the last row";
    Action::HalfDown, "half-down", ["ctrl-d"], READ, 0, "half down", "half a screen down";
    Action::HalfUp, "half-up", ["ctrl-u"], READ, 0, "half up", "half a screen up";
    Action::PageDown, "page-down", ["PgDn"], READ, 0, "page down", "a screen down";
    Action::PageUp, "page-up", ["PgUp"], READ, 0, "page up", "a screen up";
    Action::View(1), "view-due", ["1"], DESK, 0, "Due", "cases that need a reply, soonest first";
    Action::View(2), "view-changed", ["2"], DESK, 0, "Changed", "cases that moved since you last looked";
    Action::View(3), "view-waiting", ["3"], DESK, 0, "Waiting", "cases the issuer is deciding";
    Action::View(4), "view-closed", ["4"], DESK, 0, "Closed", "settled cases";
    Action::View(5), "view-all", ["5"], DESK, 0, "All", "every case on the list";
    Action::View(6), "view-drafts", ["6"], DESK, 0, "Drafts", "replies begun and not sent";
    Action::View(7), "view-journal", ["7"], DESK, 0, "Journal", "every reply and refund ever attempted";
    Action::View(8), "view-saved-1", ["8"], DESK, 0, "saved 1", "the first view of [[views]] in the config";
    Action::View(9), "view-saved-2", ["9"], DESK, 0, "saved 2", "the second view of [[views]] in the config";
    Action::NextView, "next-view", ["]"], DESK, 0, "next view", "the view to the right, also one of [[views]] beyond the keys of a digit";
    Action::PreviousView, "previous-view", ["["], DESK, 0, "previous view", "the view to the left";
    Action::Open, "open", ["Enter"], DESK, 2, "open", "open the case page: all fields, raw, and the history";
    Action::NextPane, "next-pane", ["Tab"], DESK, 0, "pane", "move between the list and the detail pane";
    Action::Filter, "filter", ["/"], DESK, 1, "filter", "show only what matches: words, status: due: amt: cur: and more";
    Action::RefreshShown, "refresh", ["R"], DESK_CASE, 4, "refresh", "ask the gateway for the marked cases, or for all shown";
    Action::RefreshOpen, "refresh-open", ["ctrl-r"], DESK, 11, "refresh open", "ask the gateway for every case that is not settled";
    Action::Add, "add", ["a"], DESK, 5, "add", "add cases: type or paste ids, many at once";
    Action::Mark, "mark", ["Space"], DESK, 6, "mark", "mark the case, or take its mark away";
    Action::MarkAll, "mark-all", ["V"], DESK, 0, "mark all", "mark all shown";
    Action::UnmarkAll, "unmark-all", ["u"], DESK, 0, "unmark", "take all marks away";
    Action::Sort, "sort", ["o"], DESK, 9, "sort", "the order of this view, `:sort amount`: due, amount, id, status, order, changed or refreshed";
    Action::Widths, "widths", ["W"], DESK, 0, "widths", "make the columns of this view wider or narrower, one cell at a time";
    Action::ResetView, "reset-view", [], DESK, 0, "reset view", "this view as docket makes it: no filter, in order of due date, docket's own widths, the first row";
    Action::Day, "day", ["d"], DESK, 0, "day", "jump to a day of the strip, `:day 26`: of what is shown, what is due then";
    Action::Reply, "reply", ["r"], DESK_CASE, 3, "reply", "answer the case, or the marked ones";
    Action::ReplyBatch, "reply-batch", ["B"], DESK_CASE, 0, "batch", "answer every case of the batch with one reply";
    Action::Refund, "refund", ["$"], CASE, 0, "refund", "refund the order of this case";
    Action::Note, "note", ["n"], DESK_CASE, 7, "note", "write a note on the case; it stays on this host";
    Action::Tags, "tags", ["t"], DESK_CASE, 0, "tags", "set the tags of the case, or of the marked ones";
    Action::Owner, "owner", [], DESK_CASE, 0, "owner", "say who looks after the case, or the marked ones";
    Action::WontContest, "wont-contest", ["w"], DESK_CASE, 0, "won't contest", "take the case out of Due with a reason, or put it back";
    Action::Snooze, "snooze", ["S"], DESK_CASE, 0, "snooze", "put the case, or the marked ones, off until a day: `:snooze 3d`; it is back when due or changed";
    Action::Untrack, "untrack", ["x"], DESK_CASE, 0, "untrack", "take the case, or the marked ones, off the list; in Drafts: discard the draft; z brings it back";
    Action::MarkSeen, "mark-seen", ["m"], DESK_CASE, 8, "seen", "mark the changes of the marked cases, or of all shown, as seen; in the journal: say how an unknown action ended";
    Action::CopyId, "copy-id", ["y"], DESK_CASE, 0, "copy id", "copy the case id to your terminal's clipboard";
    Action::CopyRow, "copy-row", ["Y"], DESK_CASE, 0, "copy row", "copy the case's row, tab-separated";
    Action::Journal, "journal", ["L"], DESK_CASE, 0, "journal", "what happened to this case, newest first";
    Action::Settle, "settle", ["s"], DESK_CASE, 0, "settle", "ask how replies and refunds of unknown outcome ended";
    Action::Report, "report", ["e"], DESK, 10, "report", "what the last refresh changed and what failed, with the reasons";
    Action::Calls, "calls", ["L", "Tab"], PAGER, 1, "calls", "every call of this session: result and duration; from the desk `:calls`, or twice the key of the journal";
    Action::Money, "money", ["C"], DESK, 0, "money", "the money at risk in every currency, with the number of cases";
    Action::Notice, "notice", ["!"], READ, 0, "read errors", "what went wrong and was not dismissed, in full, and what was dismissed before";
    Action::Export, "export", [], DESK_CASE, 0, "export", "write the whole list into a new CSV file: `:export today.csv`";
    Action::CopyCommand, "copy-cli", [], DESK_CASE, 0, "copy command", "copy the docket command that shows the same in a shell";
    Action::Plain, "plain", [], DESK_CASE, 0, "plain", "show what was just copied, or else the case, with nothing beside it, to select by hand";
    Action::Undo, "undo", ["z"], DESK_CASE, 8, "undo", "undo the last local change, also of marks; what was sent cannot be undone";
    Action::Palette, "palette", [":"], DESK_CASE, 0, "palette", "every action by name";
    Action::Help, "help", ["?"], READ, 12, "help", "the keys that work here";
    Action::Back, "back", ["Esc", "ctrl-c"], READ, 0, "back", "back; on the desk: stop a refresh, clear the filter";
    Action::Profile, "profile", [], DESK, 0, "profile", "leave this list and open that of another profile: `:profile uat`";
    Action::Quit, "quit", ["q"], READ, 13, "quit", "back, or quit on the desk";
    Action::Suspend, "suspend", ["ctrl-z"], READ, 0, "suspend", "leave docket in the background; fg brings it back";
    Action::Redraw, "redraw", ["ctrl-l"], READ, 0, "redraw", "draw the whole screen anew";
    Action::Lock, "lock", [], DESK, 0, "lock", "lock refunds again at once";
    Action::Unlock, "unlock", [], DESK, 0, "unlock", "unlock refunds for some minutes, where the policy locks them";
}

/// What can be typed behind the name of an action in the palette: `snooze 3d`. The phrase that unlocks refunds cannot: what
/// stands in the palette may have been pasted.
pub const fn words_of(action: Action) -> Option<&'static str> {
    match action {
        Action::Add => Some("ids"),
        Action::Day | Action::Snooze => Some("day"),
        Action::Export => Some("file"),
        Action::Filter => Some("word"),
        Action::Note => Some("text"),
        Action::Owner | Action::Profile => Some("name"),
        Action::Sort => Some("order"),
        Action::Tags => Some("tags"),
        _ => None,
    }
}

/// The row of a name, or of the beginning that no other name has.
pub fn named(text: &str) -> Option<&'static Binding> {
    let text = text.to_lowercase();
    let mut begun = BINDINGS.iter().filter(|row| row.name.starts_with(&text));
    let only = begun.next().filter(|_| begun.next().is_none() && text.len() >= BEGINNING);
    BINDINGS.iter().find(|row| row.name == text).or(only)
}

/// Letters of a name that can stand for it.
const BEGINNING: usize = 2;

/// The row of an action.
pub fn binding(action: Action) -> Option<&'static Binding> {
    BINDINGS.iter().find(|binding| binding.action == action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::Key;
    use std::collections::HashSet;

    #[test]
    fn every_name_is_used_once_and_every_key_can_be_read() {
        let mut names = HashSet::new();
        for row in BINDINGS {
            assert!(names.insert(row.name), "{} twice", row.name);
            assert!(row.keys.iter().all(|key| key.parse::<Key>().is_ok()), "{}", row.name);
            assert!(!row.help.ends_with('.') && !row.label.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn the_beginning_that_no_other_name_has_stands_for_a_name() {
        let name = |text: &str| named(text).map(|row| row.name);
        assert_eq!([name("sort"), name("so"), name("Day")], [Some("sort"), Some("sort"), Some("day")]);
        assert_eq!([name("s"), name("no"), name("a"), name("")], [None; 4], "several names, or one letter");
        assert_eq!(name("reply"), Some("reply"), "a whole name, though others begin with it");
    }

    #[test]
    fn no_default_uses_a_key_that_tmux_screen_or_flow_control_take() {
        for row in BINDINGS {
            for taken in ["ctrl-a", "ctrl-b", "ctrl-s", "ctrl-q"] {
                assert!(!row.keys.contains(&taken), "{} on {taken}", row.name);
            }
        }
    }
}
