//! Each evidence address judged while it is typed: what is wrong with it, or what could be better.

use crate::app::model::Model;
use crate::app::replying::ReplyForm;
use crate::domain::evidence;
use crate::domain::reply::{self, Reply, Target};

use crate::ui::field::{Grade, OK};

use super::target;

/// What is said of one field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Its place among the files, from 1: empty fields are no files.
    pub(super) place: usize,
    pub(super) grade: Grade,
    /// The reason in words.
    pub(super) says: String,
    /// The address as filled in.
    pub(super) file: String,
}

/// One verdict per field, `None` for an empty one; judged as filled in for the first target.
pub(super) fn of_fields(model: &Model, form: &ReplyForm) -> Vec<Option<Verdict>> {
    let mut verdicts = of_files(model, form).into_iter();
    let fields = form.files.iter().map(|field| field.value().trim());
    fields.map(|text| if text.is_empty() { None } else { verdicts.next() }).collect()
}

fn of_files(model: &Model, form: &ReplyForm) -> Vec<Verdict> {
    let patterns = form.written().files;
    let case = target::first_case(model, &form.targets);
    let (mut files, mut unfilled) = (Vec::new(), Vec::new());
    for pattern in &patterns {
        let filled = case.as_ref().map_or_else(|| Ok(pattern.clone()), |case| reply::fill(pattern, case));
        unfilled.push(filled.as_ref().err().map(ToString::to_string));
        files.push(filled.unwrap_or_else(|_| pattern.clone()));
    }
    let judged = evidence::judge_all(files.iter().map(String::as_str));
    let faults = unfilled.into_iter().zip(judged);
    let faults: Vec<_> = faults.map(|(why, judged)| why.or(judged.err().map(|f| f.to_string()))).collect();
    let unnamed = unnamed(&form.targets, &files);
    let several = form.targets.len() > 1;
    let verdict = |(index, why): (usize, Option<String>)| {
        let place = index + 1;
        let (pattern, file) = (patterns.get(index), files.get(index));
        let same = several && pattern.is_some_and(|pattern| !pattern.contains('{'));
        let open = file.is_some_and(|file| is_open(file));
        let advice = advice(same, unnamed.contains(&place), open);
        let (grade, says) = match (why, advice) {
            (Some(why), _) => (Grade::Bad, why),
            (None, Some(says)) => (Grade::Advice, says.into()),
            (None, None) => (Grade::Good, OK.into()),
        };
        Verdict { place, grade, says, file: file.cloned().unwrap_or_default() }
    };
    faults.into_iter().enumerate().map(verdict).collect()
}

/// Whether anybody on the way could read or change the file.
pub(super) fn is_open(file: &str) -> bool {
    file.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}

fn unnamed(targets: &[Target], files: &[String]) -> Vec<usize> {
    let Some(target) = targets.first().cloned() else { return Vec::new() };
    let reply = Reply { target, out_user_id: String::new(), content: String::new(), files: files.to_vec() };
    reply::unnamed_files(&reply)
}

/// What would make an address better; the weightiest advice alone.
fn advice(same: bool, unnamed: bool, open: bool) -> Option<&'static str> {
    if same {
        Some("ok, but the same for every case; {caseId} tells them apart")
    } else if unnamed {
        Some("ok; PayerMax advises the case id in the file name")
    } else if open {
        Some("ok; https:// would keep it private on the way")
    } else {
        None
    }
}
