//! Confirming and sending: one reply at a time, each with its own answer, and never one twice by itself.

use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply, Target};
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::{Answer, ReplyForm, Row, RowProgress, Sending, Step, draft, open};
use crate::app::action::Tab;
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::reading::{self, Reading};
use crate::app::underway::Subject;
use crate::app::{marks, relist, starting};

/// Goes to the confirm page, or says what stands in the way.
pub(super) fn open_confirm(model: &mut Model, mut form: Box<ReplyForm>) -> Vec<Effect> {
    match why_not(model, &form) {
        Some(why) => model.warn(format!("cannot be sent yet: {why}")),
        None => form.step = Step::Confirm { typed: TextField::default(), page: Reading::default() },
    }
    super::write::keep(model, form)
}

/// What keeps a form from being sent; `None` when all is right.
pub fn why_not(model: &Model, form: &ReplyForm) -> Option<String> {
    if let Some(reason) = &model.session.read_only {
        return Some(format!("read-only: {reason}"));
    }
    let busy =
        form.targets.iter().find_map(|target| model.book.open_action(target).map(|state| (target, state)));
    if let Some((target, state)) = busy {
        return Some(format!("a reply to {target} is {state}; settle it first"));
    }
    if let [Target::Case(id)] = form.targets.as_slice()
        && let Some(over) = open::over(model, id)
    {
        return Some(over);
    }
    if let [batch @ Target::Batch(_)] = form.targets.as_slice() {
        let tracked = super::tracked_in(model, batch);
        if !tracked.is_empty() && !tracked.iter().any(|id| open::waits(model, id)) {
            return Some(format!("none of the {} tracked cases of {batch} waits for a reply", tracked.len()));
        }
    }
    let (target, problems) = form
        .replies(model)
        .into_iter()
        .find_map(|(target, reply)| reply.err().map(|problems| (target, problems)))?;
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    Some(if form.targets.len() > 1 { format!("{target}: {first}") } else { first })
}

/// What must be typed to send: `y` for one case, the number of cases for several or a batch.
pub fn asked(model: &Model, form: &ReplyForm) -> String {
    match form.targets.as_slice() {
        [Target::Case(_)] => "y".to_owned(),
        _ => form.tracked(model).to_string(),
    }
}

/// Keys on the confirm page. Enter counts only behind the whole number; for one case it never does.
pub(super) fn confirm(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    let asked = asked(model, &form);
    let Step::Confirm { typed, page } = &mut form.step else { return super::write::keep(model, form) };
    let lines = usize::from(model.scene.height.saturating_sub(6)).max(1);
    let is_behind_the_number = asked != "y" && typed.value() == asked;
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => form.step = Step::Write,
        (false, Code::Char('y')) if asked == "y" && page.is_over() => return begin(model, form),
        (false, Code::Enter) if is_behind_the_number && page.is_over() => return begin(model, form),
        (false, Code::Char('y')) if asked == "y" => model.warn(reading::UNREAD),
        (false, Code::Enter) if is_behind_the_number => model.warn(reading::UNREAD),
        (false, Code::Enter) => model.warn(not_yet(&asked)),
        (false, Code::Down | Code::Up | Code::PageDown | Code::PageUp) => page.press(key, lines),
        // A number is asked for; a habitual y must not spoil it, and is answered like an Enter alone.
        (false, Code::Char(c)) if asked != "y" && !c.is_ascii_digit() => model.warn(not_yet(&asked)),
        _ if asked != "y" => _ = typed.press(key),
        _ => {}
    }
    model.overlay = Overlay::Reply(form);
    Vec::new()
}

fn not_yet(asked: &str) -> String {
    format!("nothing was sent; type {asked} to send")
}

fn begin(model: &mut Model, mut form: Box<ReplyForm>) -> Vec<Effect> {
    // Checked again: something may have come in since the page was opened.
    if let Some(why) = why_not(model, &form) {
        model.warn(format!("nothing was sent: {why}"));
        form.step = Step::Write;
        model.overlay = Overlay::Reply(form);
        return Vec::new();
    }
    let row = |reply: Reply| {
        let seen = super::seen(model, &reply.target);
        Row { reply, seen, progress: RowProgress::Waiting }
    };
    let rows = form
        .replies(model)
        .into_iter()
        .filter_map(|(_, reply)| reply.ok().map(|(reply, _)| reply))
        .map(row)
        .collect();
    form.step = Step::Sending(Sending { rows, stopping: false });
    model.overlay = Overlay::Reply(form);
    send_next(model)
}

/// Begins the next waiting reply, unless one is on its way or the operator has stopped.
fn send_next(model: &mut Model) -> Vec<Effect> {
    let Overlay::Reply(form) = &mut model.overlay else { return Vec::new() };
    let single = matches!(form.targets.as_slice(), [Target::Case(_)]);
    let Step::Sending(sending) = &mut form.step else { return Vec::new() };
    // A config saved meanwhile may forbid the rest.
    sending.stopping |= model.session.read_only.is_some();
    if sending.stopping || sending.rows.iter().any(|row| row.progress == RowProgress::UnderWay) {
        return Vec::new();
    }
    let next = sending.rows.iter_mut().find(|row| row.progress == RowProgress::Waiting);
    let Some(row) = next else { return Vec::new() };
    row.progress = RowProgress::UnderWay;
    model.under_way.begin(Subject::Reply(row.reply.target.clone()), model.scene.now);
    // Only the form of a single case names a case that was not asked for, in words, before it is confirmed.
    let although = single && row.seen.iter().any(|(_, case)| case.stage() != Stage::Due);
    vec![Effect::SendReply { reply: row.reply.clone(), seen: row.seen.clone(), although }]
}

/// A reply has ended. Its row takes the answer and the next one begins.
pub(in crate::app) fn replied(model: &mut Model, target: &Target, answer: Answer) -> Vec<Effect> {
    model.under_way.end(&Subject::Reply(target.clone()));
    let state = answer.state;
    let accepted = state == State::Accepted;
    let cases = if matches!(target, Target::Batch(_)) { answer.success_case_ids.len().max(1) } else { 1 };
    model.visit.replied(target, state, cases);
    if state != State::Refused {
        model.undo.note_sent(format!("the reply to {target}"));
    }
    let mut effects = Vec::new();
    if accepted {
        effects.extend(draft::forget_draft(model, std::slice::from_ref(target)));
        unmark(model, target, &answer);
    }
    let found = take_answer(model, target, answer);
    if found {
        effects.extend(send_next(model));
        effects.extend(finished(model));
    } else {
        model.warn(format!("the reply to {target} ended while you were away: {state}"));
    }
    // Read behind what is written here: a draft that has just gone must not come back.
    effects.push(Effect::LoadRecords);
    effects
}

/// What was taken need not be marked any longer; of a batch PayerMax says which cases were.
fn unmark(model: &mut Model, target: &Target, answer: &Answer) {
    match target {
        Target::Case(id) => marks::answered(model, id),
        Target::Batch(_) => {
            let taken = answer.success_case_ids.iter().filter_map(|id| CaseId::parse(id).ok());
            taken.for_each(|id| marks::answered(model, &id));
        }
    }
    relist::count_marks(model);
}

/// Writes the answer into the row that waits for it; `false` when no such row is on the screen.
fn take_answer(model: &mut Model, target: &Target, answer: Answer) -> bool {
    let Overlay::Reply(form) = &mut model.overlay else { return false };
    let Step::Sending(sending) = &mut form.step else { return false };
    let under_way = |row: &&mut Row| row.progress == RowProgress::UnderWay && row.reply.target == *target;
    let row = sending.rows.iter_mut().find(under_way);
    row.map(|row| row.progress = RowProgress::Answered(answer)).is_some()
}

/// When the last answer is in, PayerMax is asked what it made of the accepted ones; and when all were taken, the draft
/// they came from goes.
fn finished(model: &mut Model) -> Vec<Effect> {
    let Overlay::Reply(form) = &model.overlay else { return Vec::new() };
    let Step::Sending(sending) = &form.step else { return Vec::new() };
    let accepted =
        |row: &Row| matches!(&row.progress, RowProgress::Answered(a) if a.state == State::Accepted);
    if !sending.is_over() || !sending.rows.iter().any(accepted) {
        return Vec::new();
    }
    let all = sending.rows.iter().all(accepted);
    let targets = form.targets.clone();
    let mut effects = if all { draft::forget_draft(model, &targets) } else { Vec::new() };
    effects.push(Effect::Settle);
    effects
}

/// Keys on the sending page: Esc stops before the next one; afterwards `f` sends the refused ones once more, and
/// Esc, q or Enter closes.
pub(super) fn press(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    let Step::Sending(sending) = &mut form.step else { return super::write::keep(model, form) };
    let over = sending.is_over();
    match (key.ctrl, key.code) {
        (false, Code::Char('f')) if over && model.session.read_only.is_some() => {
            let why = model.session.read_only.clone().unwrap_or_default();
            model.warn(why);
        }
        (false, Code::Char('f')) if over => {
            let again: Vec<usize> = sending.retryable().collect();
            for index in again {
                if let Some(row) = sending.rows.get_mut(index) {
                    row.progress = RowProgress::Waiting;
                }
            }
            sending.stopping = false;
            model.overlay = Overlay::Reply(form);
            return send_next(model);
        }
        (false, Code::Esc | Code::Enter | Code::Char('q')) | (true, Code::Char('c')) if over => {
            return close(model, &form);
        }
        (false, Code::Esc) | (true, Code::Char('c')) => sending.stopping = true,
        _ => {}
    }
    model.overlay = Overlay::Reply(form);
    Vec::new()
}

/// Leaves the form; the cursor goes to the next case that needs a reply, from the drafts to the first of the Due view, unless
/// nothing was taken.
fn close(model: &mut Model, form: &ReplyForm) -> Vec<Effect> {
    let answered: Vec<CaseId> =
        form.targets.iter().flat_map(|target| super::tracked_in(model, target)).cloned().collect();
    model.overlay = Overlay::None;
    let refused = |row: &Row| {
        matches!(&row.progress, RowProgress::Waiting)
            || matches!(&row.progress, RowProgress::Answered(answer) if answer.state == State::Refused)
    };
    let is_refused = matches!(&form.step, Step::Sending(sending) if sending.rows.iter().all(refused));
    if model.desk.tab == Tab::Drafts && !is_refused {
        model.desk.tab = Tab::Cases(View::Due);
        relist::relist(model);
        go_to_next(model, &answered, None);
    } else if model.desk.cursor.id.as_ref().is_some_and(|id| answered.contains(id)) {
        go_to_next(model, &answered, Some(model.desk.cursor.line));
    }
    say_how_it_went(model, form);
    Vec::new()
}

/// Puts the cursor on the next case that needs a reply and is not among these: below a line first, else from the top.
fn go_to_next(model: &mut Model, answered: &[CaseId], line: Option<usize>) {
    relist::finish(model);
    let slots = model.desk.listing.cases().collect::<Vec<_>>();
    let calendar = model.scene.calendar;
    let waits = |t: &Tracked| View::Due.holds(t, &calendar) && !answered.contains(&t.id);
    let is_next = |slot: usize| model.book.at(slot).is_some_and(waits);
    let below = slots.iter().find(|(at, slot)| line.is_some_and(|line| *at > line) && is_next(*slot));
    if let Some((line, _)) = below.or_else(|| slots.iter().find(|(_, slot)| is_next(*slot))) {
        relist::put_cursor(model, *line);
    }
}

fn say_how_it_went(model: &mut Model, form: &ReplyForm) {
    let Step::Sending(sending) = &form.step else { return };
    let count = |state| {
        let of = |row: &&Row| matches!(&row.progress, RowProgress::Answered(answer) if answer.state == state);
        sending.rows.iter().filter(of).count()
    };
    let mut parts = vec![format!("{} accepted", starting::counted(count(State::Accepted), "reply"))];
    for (state, word) in
        [(State::Refused, "refused"), (State::Unknown, "unknown: settle before anything else")]
    {
        if count(state) > 0 {
            parts.push(format!("{} {word}", count(state)));
        }
    }
    let due: Vec<usize> = model.desk.listing.cases().map(|(line, _)| line).collect();
    if let Some(at) = due.iter().position(|line| *line == model.desk.cursor.line) {
        parts.push(format!("next: {} of {}", at + 1, due.len()));
    }
    let sentence = parts.join(" · ");
    if count(State::Unknown) > 0 { model.warn(sentence) } else { model.say(sentence) }
}

/// The exact bodies for the preview.
pub(in crate::app) fn previewed(model: &mut Model, bodies: Vec<String>) -> Vec<Effect> {
    if let Overlay::Reply(form) = &mut model.overlay
        && let Step::Preview(page) = &mut form.step
    {
        page.bodies = bodies;
    }
    Vec::new()
}

/// What the evidence addresses answered.
pub(in crate::app) fn links_checked(model: &mut Model, links: Vec<(String, String)>) -> Vec<Effect> {
    if let Overlay::Reply(form) = &mut model.overlay
        && let Step::Preview(page) = &mut form.step
    {
        page.checking = false;
        page.links = links;
    }
    Vec::new()
}

/// Cases of the form that PayerMax has not asked about, for the confirm page.
pub fn not_asked<'m>(model: &'m Model, form: &ReplyForm) -> Vec<&'m CaseId> {
    open::not_asked(model, &form.targets)
}
