//! What the core asks the runtime to do. Plain values: a test compares them.

use time::OffsetDateTime;

use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::marking::Found;
use crate::domain::record::{ActionId, Draft};
use crate::domain::refund::Refund;
use crate::domain::reply::{Reply, Target};
use crate::domain::tracked::LocalChange;

use super::refunding::Confirmed;

/// Something to carry out; its outcome comes back as an [`super::event::Event`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the gateway for these cases and store what it says.
    Refresh {
        /// Names this refresh in its events.
        ticket: u32,
        /// Which cases, most urgent first.
        ids: Vec<CaseId>,
    },
    /// Stop the refresh that runs; what is answered is kept.
    CancelRefresh,
    /// Put cases on the list.
    Track(Vec<CaseId>),
    /// Take cases off the list.
    Untrack(Vec<CaseId>),
    /// Store one of the operator's words on each of these cases, all at once; the others stay as the store has them.
    SaveLocal(Vec<(CaseId, LocalChange)>),
    /// Mark the changes of these cases as seen, each up to the newest one on the desk, at this instant.
    MarkSeen(Vec<(CaseId, OffsetDateTime)>, OffsetDateTime),
    /// Take back the marking made at this instant.
    UnmarkSeen(OffsetDateTime),
    /// Read the whole list from the store.
    Reload,
    /// Read the history of a case; only the newest request matters.
    LoadHistory(CaseId),
    /// Store a draft; of several for the same targets only the newest matters.
    SaveDraft(Draft),
    /// Drop the draft of these targets.
    DeleteDraft(Vec<Target>),
    /// Drop this draft, unless other words stand in its place by now.
    DiscardDraft(Draft),
    /// Put a discarded draft back, unless another one stands in its place by now.
    RestoreDraft(Draft),
    /// Read drafts and journal.
    LoadRecords,
    /// Write the exact bodies of these replies, for the preview.
    PreviewReplies(Vec<Reply>),
    /// Ask each of these addresses whether it answers; advice only.
    CheckLinks(Vec<String>),
    /// Send one reply that the operator has confirmed.
    SendReply {
        /// What goes out.
        reply: Reply,
        /// The cases as the operator saw them; when one has moved since, nothing is sent.
        seen: Vec<(CaseId, Case)>,
        /// Whether the operator confirmed it although PayerMax has not asked for a reply.
        although: bool,
    },
    /// Ask PayerMax which refunds of this order it knows.
    LookAtRefunds(String),
    /// Write the exact body of this refund under this ordinal, for the preview.
    PreviewRefund(Box<Refund>, u8),
    /// Say in a second that it has passed.
    WaitASecond(u32),
    /// Send one refund that the operator has confirmed.
    SendRefund(Box<Confirmed>),
    /// Ask another person to send a refund that the operator has confirmed and must not send alone.
    AskForRefund(Box<Confirmed>),
    /// Write down what the operator found out about an action of unknown outcome in the merchant portal.
    Resolve {
        /// Which action.
        id: ActionId,
        /// What the portal shows.
        found: Found,
    },
    /// Ask how actions of unknown outcome ended.
    Settle,
    /// Write the whole list into a new file, as a spreadsheet.
    Export(String),
    /// Send a text to the terminal's clipboard.
    Copy(String),
    /// Open a text in the operator's editor.
    Edit(String),
    /// Give the terminal to the shell until the operator comes back.
    Suspend,
    /// Come back with [`super::event::Event::GoOn`] once nothing else is to be done; once is enough.
    GoOn,
    /// Forget what the terminal shows and draw everything.
    Redraw,
    /// End the program.
    Quit,
    /// End the desk and open that of another profile.
    GoTo(String),
}
