//! The parts of the screen, each with a text where foreign text stands in it.

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::field::TextField;
use crate::app::overlay::Overlay;
use crate::app::reading::Reading;
use crate::app::tests::{NOW, Script, case, id, session};
use crate::app::{refunding, replying};
use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::change::{Change, HistoryEntry};
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::tracked::{Failure, Tracked};

/// A part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Widget {
    Table,
    DetailPane,
    CasePage,
    ConfirmReply,
    ConfirmRefund,
    Journal,
    Prompt,
    NoticeAndHeader,
}

impl Widget {
    pub(super) const ALL: [Self; 8] = [
        Self::Table,
        Self::DetailPane,
        Self::CasePage,
        Self::ConfirmReply,
        Self::ConfirmRefund,
        Self::Journal,
        Self::Prompt,
        Self::NoticeAndHeader,
    ];
}

/// A case with the text in every field that can hold it here.
pub(super) fn tracked(widget: Widget, text: &str) -> Tracked {
    let closed = widget == Widget::ConfirmRefund;
    let mut tracked =
        case("O9", if closed { "CASE_CLOSED" } else { "DISPUTE_INQUIRY" }, "2026-11-20", "5000.00", "IDR");
    let every = matches!(widget, Widget::DetailPane | Widget::CasePage);
    if let Some(case) = &mut tracked.case {
        case.set(Field::OutTradeNo, Some(text.to_owned()));
        case.set(Field::OutUserId, Some(text.to_owned()));
        case.set(Field::OriginTradeAmount, Some("5000.00".into()));
        case.set(Field::OriginTradeCurrency, Some("IDR".into()));
        case.set(Field::TradeCreateTime, Some("2026-06-01T00:00:00Z".into()));
        if every {
            for field in [Field::Status, Field::BatchId, Field::TradeToken, Field::CaseResult, Field::Fee] {
                case.set(field, Some(text.to_owned()));
            }
        }
    }
    tracked.local.owner = text.to_owned();
    tracked.local.tags = vec![text.to_owned()];
    tracked.local.note = text.to_owned();
    tracked.reason_message = Some(text.to_owned()).into();
    tracked.unseen = vec![Change { field: Field::Status, from: Some(text.into()), to: None, at: NOW }].into();
    tracked.failure = Some(Box::new(Failure { code: text.to_owned(), message: text.to_owned(), at: NOW }));
    tracked
}

/// A refund in the journal with the text wherever the gateway or a colleague chose it.
pub(super) fn record(text: &str) -> ActionRecord {
    ActionRecord {
        intent: Intent {
            id: ActionId("A-1".into()),
            kind: Kind::Refund,
            case_id: Some(id("O9")),
            batch_id: Some(text.to_owned()),
            order: Some(text.to_owned()),
            out_refund_no: Some(text.to_owned()),
            amount: Some("20".into()),
            currency: Some(text.to_owned()),
            data: text.as_bytes().to_vec(),
            operator: text.to_owned(),
        },
        state: State::Unknown,
        finding: Finding {
            code: Some(text.to_owned()),
            msg: Some(text.to_owned()),
            status: Some(text.to_owned()),
            success_case_ids: vec![text.to_owned()],
            fail_case_ids: vec![text.to_owned()],
        },
        created_at: NOW,
        sent_at: Some(NOW),
        answered_at: None,
        settled_at: None,
    }
}

/// The desk with that part of the screen open.
pub(super) fn scene(widget: Widget, text: &str) -> Script {
    let mut session = session();
    if widget == Widget::NoticeAndHeader {
        session.profile = text.to_owned();
        session.operator = text.to_owned();
    }
    let plain = matches!(widget, Widget::NoticeAndHeader | Widget::Prompt | Widget::Journal);
    let cases = if plain { crate::app::tests::six() } else { vec![tracked(widget, text)] };
    let mut script = Script::of(session, cases);
    script.event(Event::Resized(200, 60));
    match widget {
        Widget::Table => _ = script.keys("5"),
        Widget::DetailPane => _ = script.keys("5 Tab"),
        Widget::CasePage => _ = script.keys("5 Enter"),
        Widget::ConfirmReply => confirm_reply(&mut script),
        Widget::ConfirmRefund => confirm_refund(&mut script, text),
        Widget::Journal => _ = script.event(Event::Journal(vec![record(text)])).keys("7"),
        Widget::Prompt => _ = script.keys("5 n").event(Event::Paste(text.to_owned())),
        Widget::NoticeAndHeader => _ = script.event(Event::Failed(text.to_owned())),
    }
    let entries = vec![HistoryEntry::First { at: NOW, status: text.to_owned() }];
    script.event(Event::History(id("O9"), entries));
    script
}

fn confirm_reply(script: &mut Script) {
    script.keys("5 r").typed("delivered");
    let Overlay::Reply(form) = &mut script.model.overlay else { panic!("no form") };
    form.step = replying::Step::Confirm { typed: TextField::default(), page: Reading::default() };
}

fn confirm_refund(script: &mut Script, text: &str) {
    script.keys("5 Enter $").event(Event::RefundsSeen(text.to_owned(), Ok(Vec::new())));
    let Overlay::Refund(form) = &mut script.model.overlay else { panic!("{}", script.notice()) };
    form.amount = TextField::new("3000");
    form.comment = TextField::new("goodwill");
    form.step = refunding::Step::Confirm { typed: TextField::default(), page: Reading::default() };
}

/// What the keys for copying put on the clipboard; where they do not work, the text itself.
pub(super) fn copied(widget: Widget, text: &str) -> Vec<String> {
    if !matches!(widget, Widget::Table | Widget::DetailPane | Widget::CasePage) {
        return vec![text.to_owned()];
    }
    let mut script = scene(widget, text);
    script.effects.clear();
    script.keys("Y");
    let copies = script.effects.iter().filter_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    copies.chain([text.to_owned()]).collect()
}
