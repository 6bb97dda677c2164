//! Typing a reply: text, files, templates, and the ways to the preview and the confirm page.

use crate::domain::evidence;

use super::{Focus, Preview, ReplyForm, Step, draft, open, send};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;

/// Takes a key while the form is open.
pub(in crate::app) fn press(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    match &mut form.step {
        Step::Write => write(model, form, key),
        Step::Templates(_) => templates(model, form, key),
        Step::Preview(_) => preview(model, form, key),
        Step::Confirm { .. } => send::confirm(model, form, key),
        Step::Sending(_) => send::press(model, form, key),
    }
}

fn write(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => return leave(model, form),
        (true, Code::Char('e')) => return edit(model, form),
        (true, Code::Char('t')) => return open_templates(model, form),
        (true, Code::Char('p')) => return open_preview(model, form),
        (true, Code::Char('x')) => return send::open_confirm(model, form),
        (true, Code::Char('g')) => return open::turn(model, form),
        (false, Code::Tab | Code::Enter | Code::Down) => form.focus = next(&form),
        (false, Code::BackTab | Code::Up) => form.focus = previous(&form),
        (false, Code::PageUp) => reorder(&mut form, true),
        (false, Code::PageDown) => reorder(&mut form, false),
        (false, Code::Backspace) if is_empty_file(&form) => remove_file(&mut form),
        _ => type_key(&mut form, key),
    }
    keep(model, form)
}

/// Puts the form back on the screen and its words on disk.
pub(super) fn keep(model: &mut Model, form: Box<ReplyForm>) -> Vec<Effect> {
    let effects = draft::drafted(model, &form);
    model.overlay = Overlay::Reply(form);
    effects
}

fn leave(model: &mut Model, form: Box<ReplyForm>) -> Vec<Effect> {
    let effects = draft::drafted(model, &form);
    if model.book.drafts().iter().any(|draft| draft.targets == form.targets) {
        model.say(format!("kept as draft (Drafts {})", model.book.drafts().len()));
    }
    model.overlay = *form.back;
    effects
}

fn edit(model: &mut Model, form: Box<ReplyForm>) -> Vec<Effect> {
    let text = form.content.value().to_owned();
    let mut effects = keep(model, form);
    effects.push(Effect::Edit(text));
    effects
}

/// The editor's text takes the place of the reply's; line ends become spaces, as in a paste.
pub(in crate::app) fn edited(model: &mut Model, mut form: Box<ReplyForm>, text: &str) -> Vec<Effect> {
    form.content = TextField::default();
    form.content.paste(text.trim_end(), false);
    keep(model, form)
}

fn type_key(form: &mut ReplyForm, key: Key) {
    match form.focus {
        Focus::Content => _ = form.content.press(key),
        Focus::File(at) => {
            if let Some(field) = form.files.get_mut(at) {
                field.press(key);
            }
        }
    }
    one_empty_at_the_end(form);
}

/// There is always one empty field for the next file.
fn one_empty_at_the_end(form: &mut ReplyForm) {
    if form.files.last().is_none_or(|field| !field.value().is_empty()) {
        form.files.push(TextField::default());
    }
}

fn next(form: &ReplyForm) -> Focus {
    match form.focus {
        Focus::Content => Focus::File(0),
        Focus::File(at) if at + 1 < form.files.len() => Focus::File(at + 1),
        Focus::File(_) => Focus::Content,
    }
}

fn previous(form: &ReplyForm) -> Focus {
    match form.focus {
        Focus::Content => Focus::File(form.files.len().saturating_sub(1)),
        Focus::File(0) => Focus::Content,
        Focus::File(at) => Focus::File(at - 1),
    }
}

/// Moves the file under the cursor one place up or down; the empty field at the end stays last.
fn reorder(form: &mut ReplyForm, up: bool) {
    let Focus::File(at) = form.focus else { return };
    let filled = form.files.len().saturating_sub(1);
    let to = if up { at.checked_sub(1) } else { Some(at + 1) };
    if let Some(to) = to.filter(|&to| at < filled && to < filled) {
        form.files.swap(at, to);
        form.focus = Focus::File(to);
    }
}

fn is_empty_file(form: &ReplyForm) -> bool {
    matches!(form.focus, Focus::File(at) if form.files.get(at).is_some_and(|field| field.value().is_empty()))
}

/// Removes the empty file under the cursor; the one at the end stays.
fn remove_file(form: &mut ReplyForm) {
    let Focus::File(at) = form.focus else { return };
    if at + 1 < form.files.len() {
        form.files.remove(at);
    }
    form.focus = previous(form);
}

/// A paste: into the text as text; into a file field, one address a line, each in a field of its own.
pub(in crate::app) fn paste(model: &mut Model, mut form: Box<ReplyForm>, text: &str) -> Vec<Effect> {
    match (&mut form.step, form.focus) {
        (Step::Write, Focus::Content) => _ = form.content.paste(text.trim_end(), false),
        (Step::Write, Focus::File(at)) => paste_files(&mut form, at, text),
        // What confirms a send is typed, never pasted.
        _ => model.say("paste ignored: this page takes typed keys only"),
    }
    keep(model, form)
}

fn paste_files(form: &mut ReplyForm, at: usize, text: &str) {
    let mut addresses = evidence::parse_pasted(text).into_iter();
    if let (Some(first), Some(field)) = (addresses.next(), form.files.get_mut(at)) {
        field.paste(&first, false);
    }
    let mut place = at;
    for address in addresses {
        place += 1;
        form.files.insert(place.min(form.files.len()), TextField::new(address));
    }
    form.focus = Focus::File(place);
    one_empty_at_the_end(form);
}

fn open_templates(model: &mut Model, mut form: Box<ReplyForm>) -> Vec<Effect> {
    if model.session.templates.is_empty() {
        model.warn("there are no templates; [templates] in the config adds some");
    } else {
        form.step = Step::Templates(0);
    }
    model.overlay = Overlay::Reply(form);
    Vec::new()
}

fn templates(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    let last = model.session.templates.len().saturating_sub(1);
    let Step::Templates(chosen) = &mut form.step else { return keep(model, form) };
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => form.step = Step::Write,
        (false, Code::Down | Code::Char('j')) => *chosen = (*chosen + 1).min(last),
        (false, Code::Up | Code::Char('k')) => *chosen = chosen.saturating_sub(1),
        (false, Code::Char(c @ '1'..='9')) => {
            *chosen = (c as usize - '1' as usize).min(last);
        }
        (false, Code::Enter) => {
            let text = model.session.templates.get(*chosen).map(|(_, text)| text.clone());
            form.content.paste(&text.unwrap_or_default(), false);
            form.focus = Focus::Content;
            form.step = Step::Write;
        }
        _ => {}
    }
    keep(model, form)
}

fn open_preview(model: &mut Model, mut form: Box<ReplyForm>) -> Vec<Effect> {
    let replies: Vec<_> =
        form.replies(model).into_iter().filter_map(|(_, reply)| reply.ok().map(|(reply, _)| reply)).collect();
    let effect = Effect::PreviewReplies(replies);
    form.step = Step::Preview(Preview::default());
    let mut effects = keep(model, form);
    effects.push(effect);
    effects
}

fn preview(model: &mut Model, mut form: Box<ReplyForm>, key: Key) -> Vec<Effect> {
    let last = form.targets.len().saturating_sub(1);
    let replies: Vec<_> =
        form.replies(model).into_iter().filter_map(|(_, reply)| reply.ok().map(|(reply, _)| reply)).collect();
    let Step::Preview(page) = &mut form.step else { return keep(model, form) };
    let rows = usize::from(model.scene.height.saturating_sub(6)).max(1);
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => form.step = Step::Write,
        (false, Code::Down | Code::Char('j')) => page.scroll = page.scroll.saturating_add(1),
        (false, Code::Up | Code::Char('k')) => page.scroll = page.scroll.saturating_sub(1),
        (false, Code::PageDown) => page.scroll = page.scroll.saturating_add(rows),
        (false, Code::PageUp) => page.scroll = page.scroll.saturating_sub(rows),
        (false, Code::Tab | Code::Right) => (page.chosen, page.scroll) = ((page.chosen + 1).min(last), 0),
        (false, Code::BackTab | Code::Left) => {
            (page.chosen, page.scroll) = (page.chosen.saturating_sub(1), 0);
        }
        (true, Code::Char('k')) if !page.checking => {
            page.checking = true;
            page.links.clear();
            let mut urls: Vec<String> = replies.into_iter().flat_map(|reply| reply.files).collect();
            urls.sort();
            urls.dedup();
            model.overlay = Overlay::Reply(form);
            return vec![Effect::CheckLinks(urls)];
        }
        (true, Code::Char('x')) => return send::open_confirm(model, form),
        _ => {}
    }
    model.overlay = Overlay::Reply(form);
    Vec::new()
}
