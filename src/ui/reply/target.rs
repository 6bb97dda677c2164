//! What a reply is about, in words: its title and the facts that decide, on one line.

use std::collections::BTreeSet;

use crate::app::model::Model;
use crate::app::replying::{ReplyForm, tracked_in};
use crate::domain::case::{Case, Field};
use crate::domain::money::Sums;
use crate::domain::reply::{self, Target};
use crate::domain::tracked::Tracked;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::words;

/// `case O1`, `5 cases`, `batch P1 (3 tracked)`.
pub(in crate::ui) fn named(model: &Model, targets: &[Target]) -> String {
    match targets {
        [one @ Target::Case(_)] => one.to_string(),
        [batch] => format!("{batch} ({} tracked)", tracked_in(model, batch).len()),
        many => words::counted(many.len(), "case"),
    }
}

/// That the same cases can be answered in another way, and what that means; `None` when there is none.
pub(super) fn other_way(model: &Model, form: &ReplyForm) -> Option<String> {
    let count = words::counted(form.instead.len(), "case");
    Some(match form.instead.as_slice() {
        [] => return None,
        [batch @ Target::Batch(_)] => format!(
            "All of {batch} ({} tracked); ctrl-g answers the whole batch, others in it too.",
            tracked_in(model, batch).len(),
        ),
        _ => format!("ctrl-g answers the {count} one by one, and no other of the batch."),
    })
}

/// The tracked cases that the targets name.
pub(in crate::ui) fn cases<'m>(model: &'m Model, targets: &[Target]) -> Vec<&'m Tracked> {
    let ids = targets.iter().flat_map(|target| tracked_in(model, target));
    ids.filter_map(|id| model.book.get(id)).collect()
}

/// The case the first target is filled in from: itself, or of a batch what all its tracked cases have in common.
pub(super) fn first_case(model: &Model, targets: &[Target]) -> Option<Case> {
    let target = targets.first()?;
    let mut known = cases(model, std::slice::from_ref(target)).into_iter().filter_map(|t| t.case.clone());
    match target {
        Target::Case(_) => known.next(),
        Target::Batch(_) => {
            let known: Vec<Case> = known.collect();
            (!known.is_empty()).then(|| reply::batch_case(&known))
        }
    }
}

/// The one with the least time left among cases that need a reply.
pub(in crate::ui) fn soonest<'m>(model: &Model, cases: &[&'m Tracked]) -> Option<&'m Tracked> {
    let needing = cases.iter().filter(|tracked| tracked.needs_reply());
    needing.min_by_key(|tracked| tracked.days_left(&model.scene.calendar)).copied()
}

/// What is frozen, until when, and whose order it is, in at most so many columns where that can be.
pub(super) fn facts(canvas: &Canvas<'_>, model: &Model, targets: &[Target], width: usize) -> Row {
    let cases = cases(model, targets);
    let mut row = line(canvas, model, &cases, true);
    let users_width = users(canvas, &cases).width() + 3;
    if row.width() + users_width > width {
        row = line(canvas, model, &cases, false);
    }
    let users = users(canvas, &cases);
    let dot = Row::of(canvas.signs.dot, canvas.theme.dim);
    // How many users there are gives way; who it is does not, and it is cut rather than dropped.
    if cases.len() < 2 || row.width() + dot.width() + users.width() <= width {
        row.append(dot);
        row.append(users);
    }
    row
}

/// The money and the date in one line, with or without the words before them.
fn line(canvas: &Canvas<'_>, model: &Model, cases: &[&Tracked], labelled: bool) -> Row {
    let theme = canvas.theme;
    let label = |text: &'static str| if labelled { text } else { "" };
    let mut row = Row::of(label("frozen "), theme.label).and(&frozen(cases), theme.title);
    if let Some(tracked) = soonest(model, cases).or_else(|| cases.first().copied()) {
        let word = if cases.len() > 1 { label("first due ") } else { label("due ") };
        let due = tracked.case.as_ref().map(|case| case.text(Field::ExpirationDate)).unwrap_or_default();
        row = row.and(canvas.signs.dot, theme.dim).and(word, theme.label).and(due, theme.title);
        let urgency = words::urgency_words(tracked, &model.scene.calendar);
        if !urgency.is_empty() {
            row.push(&format!(" {urgency}"), theme.warning);
        }
    }
    row
}

fn frozen(cases: &[&Tracked]) -> String {
    if let [one] = cases {
        let case = one.case.as_ref();
        return case.map(|case| words::money(case, Field::Amount, Field::Currency)).unwrap_or_default();
    }
    let mut sums = Sums::default();
    for case in cases.iter().filter_map(|tracked| tracked.case.as_ref()) {
        if let Some(amount) = case.amount() {
            sums.add(case.currency(), amount);
        }
    }
    words::sums(&sums).join(" + ")
}

/// The user of the case, or how many there are.
fn users(canvas: &Canvas<'_>, cases: &[&Tracked]) -> Row {
    let theme = canvas.theme;
    let user = |tracked: &&Tracked| {
        tracked.case.as_ref().map(|case| case.text(Field::OutUserId).trim()).unwrap_or_default().to_owned()
    };
    let users: BTreeSet<String> = cases.iter().map(user).collect();
    match users.first().map(String::as_str) {
        Some("") => Row::of("no user in the answer of PayerMax", theme.alarm),
        Some(only) if users.len() == 1 => Row::of("user ", theme.label).and(only, theme.title),
        _ => Row::of(&words::counted(users.len(), "user"), theme.title),
    }
}
