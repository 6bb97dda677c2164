//! The tabs of the desk: which cases belong to which.

use super::deadline::Calendar;
use super::stage::Stage;
use super::tracked::Tracked;

/// A view of cases, as `list --view` and the first five tabs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Needs a reply and does not sleep, soonest first.
    Due,
    /// Something moved since the operator last looked.
    Changed,
    /// The issuer decides.
    Waiting,
    /// Settled, though it may come back.
    Closed,
    /// Everything on the list.
    All,
}

impl View {
    /// The views in tab order.
    pub const ALL: [View; 5] = [View::Due, View::Changed, View::Waiting, View::Closed, View::All];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Changed => "changed",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }

    /// The title of the tab.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Due => "Due",
            Self::Changed => "Changed",
            Self::Waiting => "Waiting",
            Self::Closed => "Closed",
            Self::All => "All",
        }
    }

    /// Whether a case belongs here today.
    pub fn holds(self, tracked: &Tracked, calendar: &Calendar) -> bool {
        self.awaits(tracked) && !(self == Self::Due && tracked.is_asleep(calendar))
    }

    /// Whether it belongs here, or will once it is awake: that holds whichever day it is.
    pub fn awaits(self, tracked: &Tracked) -> bool {
        match self {
            Self::Due => tracked.needs_reply(),
            Self::Changed => !tracked.unseen.is_empty(),
            Self::Waiting => tracked.stage() == Stage::Waiting,
            Self::Closed => tracked.stage() == Stage::Closed,
            Self::All => true,
        }
    }
}
