//! The router: one event in, the part that knows about it, effects out. Anything longer than a line lives elsewhere.

use time::OffsetDateTime;

use crate::domain::deadline::Calendar;

use super::effect::Effect;
use super::event::Event;
use super::key::Key;
use super::model::Model;
use super::stock::Stock;
use super::{
    forms, hand, keys, mouse, movement, outcomes, plain, refunding, relist, reloading, replying, requests,
    unseen, widths,
};

/// Takes one event at an instant and answers with what is to be done outside.
pub fn update(model: &mut Model, event: Event, now: OffsetDateTime) -> Vec<Effect> {
    let day_turned = advance(model, now);
    let mut effects = route(model, event);
    if day_turned {
        relist::relist(model);
    }
    effects.extend(relist::want_history(model));
    if !model.desk.listing.is_complete() {
        effects.push(Effect::GoOn);
    }
    effects
}

/// Gives an event to the part that knows about it, and looks at what that has opened.
pub(super) fn route(model: &mut Model, event: Event) -> Vec<Effect> {
    // What is said to a key is an answer; the rest was not asked for, and waits until it is read.
    let before = model.answers;
    model.answers |=
        matches!(event, Event::Key(_) | Event::Paste(_) | Event::Clicked(..) | Event::ClickedTab(_));
    let effects = deliver(model, event);
    hand::look(model);
    widths::renew(model);
    model.answers = before;
    effects
}

/// The table of who knows about what.
fn deliver(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => pressed(model, key),
        Event::KeysRead(keys) => {
            model.hand.read_at_once(keys);
            Vec::new()
        }
        Event::Paste(text) => unseen::refused_paste(model).unwrap_or_else(|| forms::paste(model, &text)),
        Event::Wheel { down } => mouse::wheel(model, down),
        Event::Clicked(column, row) => mouse::click(model, column, row),
        Event::ClickedTab(number) => mouse::click_tab(model, number),
        Event::Resized(width, height) => outcomes::resized(model, width, height),
        Event::PageEnd(line) => movement::page_end(model, line),
        Event::Tick => outcomes::tick(model),
        Event::Opened { tally, as_of, due } => {
            relist::begin(model, &tally, as_of, due);
            Vec::new()
        }
        Event::Loaded(cases) => outcomes::loaded(model, Stock::of(cases)),
        Event::Stocked(stock) => outcomes::loaded(model, *stock),
        Event::GoOn => {
            relist::go_on(model);
            Vec::new()
        }
        Event::Rows(rows) => outcomes::rows(model, rows),
        Event::Moved { rows, gone } => outcomes::moved(model, rows, &gone),
        Event::History(id, entries) => outcomes::history(model, id, entries),
        Event::Progress { ticket, done, failed } => outcomes::progress(model, ticket, done, failed),
        Event::RefreshEnded { ticket, report } => outcomes::refresh_ended(model, ticket, report),
        Event::Called(news) => outcomes::called(model, news),
        Event::Reached(subject, phase) => outcomes::reached(model, &subject, phase),
        Event::Waited => Vec::new(),
        Event::Drafts(drafts) => outcomes::drafts(model, drafts),
        Event::DraftNotDiscarded(draft) => replying::not_discarded(model, draft),
        Event::DraftNotRestored(draft) => replying::not_restored(model, draft),
        Event::Journal(journal) => outcomes::journal(model, journal),
        Event::Replied(target, answer) => replying::replied(model, &target, answer),
        Event::Previewed(bodies) => replying::previewed(model, bodies),
        Event::LinksChecked(links) => replying::links_checked(model, links),
        Event::RefundsSeen(order, seen) => refunding::refunds_seen(model, &order, seen),
        Event::RefundPreviewed(body) => refunding::previewed(model, body),
        Event::SecondPassed(ticket) => refunding::second_passed(model, ticket),
        Event::Refunded(order, answer) => refunding::refunded(model, &order, answer),
        Event::RefundAsked(order, asked) => refunding::refund_asked(model, &order, asked),
        Event::Requests(count) => requests::waiting(model, count),
        Event::Settled { told, alarm } => outcomes::settled(model, told, alarm),
        Event::NotSettled(why) => outcomes::not_settled(model, why),
        Event::Edited(result) => forms::edited(model, result),
        Event::Reloaded(settings) => reloading::reloaded(model, settings),
        Event::Exported(count, file) => outcomes::exported(model, count, &file),
        Event::Copied(text) => plain::copied(model, text),
        Event::NotCopied { text, why } => plain::not_copied(model, text, &why),
        Event::Failed(why) => outcomes::failed(model, why),
        Event::Resumed => forms::resumed(model),
        Event::Interrupted => forms::interrupted(model),
    }
}

fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
    let refused = unseen::refused(model, key).or_else(|| hand::refused(model, key));
    refused.unwrap_or_else(|| keys::press(model, key))
}

/// Moves the clock of the scene; `true` when another day has begun in the due zone.
fn advance(model: &mut Model, now: OffsetDateTime) -> bool {
    let before = model.scene.calendar.today;
    model.scene.now = now;
    model.scene.calendar = Calendar::at(now, model.session.due_zone, model.session.soon_days);
    model.scene.calendar.today != before
}
