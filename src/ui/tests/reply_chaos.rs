//! Every page of a reply at any size, with texts as a hostile shopper, gateway or colleague would choose them.

use proptest::prelude::*;

use crate::app::field::TextField;
use crate::app::overlay::Overlay;
use crate::app::reading::Reading;
use crate::app::replying::{Answer, ReplyForm, Row, RowProgress, Sending, Step};
use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent, Kind};
use crate::domain::reply::{Reply, Target, Written};
use crate::domain::shown::has_hostile;

use super::chaos::{hostile, hostile_case};
use super::*;

/// Ways into every page of the reply form, the drafts and the journal.
const REPLY_PLACES: [&str; 15] = [
    "r",
    "r Tab",
    "r ctrl-t",
    "r ctrl-p",
    "r ctrl-p ctrl-k Tab j",
    "r ctrl-x",
    "r ctrl-x 3",
    "r ctrl-x y",
    "5 V r ctrl-p Tab Tab",
    "5 V r ctrl-x",
    "B",
    "B ctrl-x",
    "6 Tab j",
    "7 j j",
    "7 Tab j",
];

fn hostile_record(number: usize, texts: &[String]) -> ActionRecord {
    let pick = |at: usize| texts.get(at % texts.len().max(1)).cloned();
    let some = |at: usize| pick(at).unwrap_or_default();
    let kind = Kind::ALL[number % Kind::ALL.len()];
    let intent = Intent {
        id: ActionId(some(number)),
        kind,
        case_id: (kind == Kind::Reply).then(|| id(&format!("案{number}"))),
        batch_id: (kind == Kind::ReplyBatch).then(|| some(1)),
        order: pick(2),
        out_refund_no: pick(3),
        amount: pick(4),
        currency: pick(5),
        data: some(6).into_bytes(),
        operator: some(7),
    };
    let finding = Finding {
        code: pick(number),
        msg: pick(number + 1),
        status: pick(number + 2),
        success_case_ids: texts.to_vec(),
        fail_case_ids: texts.to_vec(),
    };
    let state = State::ALL[number % State::ALL.len()];
    ActionRecord {
        intent,
        state,
        finding,
        created_at: NOW,
        sent_at: Some(NOW),
        answered_at: None,
        settled_at: Some(NOW),
    }
}

/// A desk with cases, drafts and a journal of hostile texts, led to a page; whatever step it ends on gets its
/// hostile outcomes, too.
fn hostile_form(
    size: (u16, u16),
    texts: &[String],
    count: usize,
    place: &str,
    typed: &str,
    step: usize,
) -> Script {
    let session = crate::app::model::Session {
        templates: texts.iter().map(|text| (text.clone(), text.clone())).collect(),
        ..session()
    };
    let mut script = Script::of(session, (0..count).map(|number| hostile_case(number, texts)).collect());
    let targets = |number: usize| (0..=number).map(|n| Target::Case(id(&format!("案{n}")))).collect();
    let drafts = (0..count).map(|number| Draft {
        targets: targets(number),
        written: Written { content: typed.to_owned(), files: texts.to_vec() },
        changed_at: NOW,
    });
    script.event(Event::Drafts(drafts.collect()));
    script.event(Event::Resized(size.0, size.1)).keys("5").keys(place);
    script.event(Event::Paste(typed.to_owned()));
    script.event(Event::Previewed(texts.to_vec()));
    script.event(Event::LinksChecked(texts.iter().map(|text| (text.clone(), text.clone())).collect()));
    if let Overlay::Reply(form) = &mut script.model.overlay {
        enter(form, texts, typed, step);
    }
    script.event(Event::Journal((0..count).map(|number| hostile_record(number, texts)).collect()));
    script
}

/// Steps that keys reach only with a right reply are entered by hand: any text must be safe there, too.
fn enter(form: &mut ReplyForm, texts: &[String], typed: &str, step: usize) {
    let answer = |number: usize| Answer {
        state: State::ALL[number % State::ALL.len()],
        code: texts[number % texts.len()].clone(),
        msg: typed.to_owned(),
        success_case_ids: texts.to_vec(),
        fail_case_ids: texts.to_vec(),
        may_pass: number.is_multiple_of(2),
    };
    let row = |(number, target): (usize, Target)| Row {
        reply: Reply {
            target,
            out_user_id: typed.to_owned(),
            content: typed.to_owned(),
            files: texts.to_vec(),
        },
        seen: Vec::new(),
        progress: match number % 4 {
            0 => RowProgress::Waiting,
            1 => RowProgress::UnderWay,
            _ => RowProgress::Answered(answer(number)),
        },
    };
    match step {
        1 => form.step = Step::Confirm { typed: TextField::new(typed), page: Reading::at(usize::MAX / 2) },
        2 | 3 => {
            let batch = Target::Batch(typed.to_owned());
            let targets = form.targets.iter().cloned().chain([batch]).enumerate().skip(step);
            form.step = Step::Sending(Sending { rows: targets.map(row).collect(), stopping: step == 3 });
        }
        _ => {}
    }
}

/// Nothing on the screen steers a terminal, stands outside it, or needs what this look does not have.
pub(super) fn check(script: &Script, look: &Look, size: (u16, u16)) -> Result<(), TestCaseError> {
    let frame = frame(script, look);
    for row in frame.buffer.content.chunks(usize::from(size.0).max(1)) {
        for (x, cell) in row.iter().enumerate() {
            prop_assert!(!has_hostile(cell.symbol()), "{:?}", cell.symbol());
            prop_assert!(!cell.symbol().contains('\u{fffd}'), "something went around the road");
            prop_assert!(!look.ascii || cell.symbol().is_ascii());
            prop_assert!(look.colour || (cell.fg == Color::Reset && cell.bg == Color::Reset));
            let columns: usize = crate::ui::text::graphemes(cell.symbol()).map(|(_, width)| width).sum();
            prop_assert!(columns >= 1 && x + columns <= usize::from(size.0));
        }
    }
    if let Some((x, y)) = frame.cursor {
        prop_assert!(x < size.0 && y < size.1);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_page_of_a_reply_is_safe(
        size in (0u16..=200, 0u16..=80),
        texts in prop::collection::vec(hostile(), 1..8),
        count in 0usize..12,
        place in prop::sample::select(REPLY_PLACES.to_vec()),
        typed in hostile(),
        step in 0usize..5,
        ascii: bool,
        colour: bool,
    ) {
        let script = hostile_form(size, &texts, count, place, &typed, step);
        let look = Look { theme: Theme::dark(), ascii, colour, links: true };
        check(&script, &look, size)?;
    }
}
