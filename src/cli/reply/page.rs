//! The one page that says in words what a reply will do, before anybody is asked.

use std::fmt::Write as _;

use crate::domain::case::{Case, Field};
use crate::domain::deadline::Urgency;
use crate::domain::evidence;
use crate::domain::reply::{self, CONTENT_MAX_CHARS, Reply, Target};
use crate::domain::shown;
use crate::domain::stage::Stage;
use crate::runtime::session::Session;

use super::super::list::counted;
use super::super::table;
use super::Plan;

/// So many cases and files are named; the rest is counted.
const NAMED_MAX: usize = 20;

pub(super) struct Page<'a> {
    pub(super) session: &'a Session,
    pub(super) plan: &'a Plan,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn text(&self) -> String {
        let Self { session, plan } = self;
        let mut out = String::new();
        let (name, environment) = (shown::line(&session.name), session.profile.real_environment().word());
        // Writing to a String cannot fail, here and below.
        _ = writeln!(out, "Reply to {}, profile {name} ({environment})", plan.reply.target);
        for seen in plan.fresh.iter().take(NAMED_MAX) {
            _ = writeln!(out, "  case {}: {}", shown::id(seen.id.as_str()), facts(&seen.case));
        }
        more(&mut out, plan.fresh.len(), "cases");
        if let Target::Batch(_) = plan.reply.target {
            _ = writeln!(
                out,
                "  The batch has {} on this list; cases of it that are not on the list get the same answer.",
                counted(plan.fresh.len())
            );
        }
        _ = writeln!(out, "  user {}", shown::line(&plan.reply.out_user_id));
        let chars = reply::chars(&plan.reply.content);
        _ = writeln!(out, "  text ({chars}/{CONTENT_MAX_CHARS}):");
        for line in plan.reply.content.lines() {
            _ = writeln!(out, "    {}", shown::prose(line));
        }
        self.files(&mut out);
        out.push_str(&self.warnings());
        out.push_str("It is sent once and cannot be taken back.\n");
        out
    }

    fn files(&self, out: &mut String) {
        let files = &self.plan.reply.files;
        _ = writeln!(out, "  files ({}):", files.len());
        for file in files.iter().take(NAMED_MAX) {
            _ = writeln!(out, "    {}", shown::line(file));
        }
        more(out, files.len(), "files");
        let unnamed = reply::unnamed_files(&self.plan.reply).len();
        _ = match unnamed {
            0 => Ok(()),
            1 => writeln!(out, "  one file name does not carry the id, as PayerMax recommends"),
            many => writeln!(out, "  {many} file names do not carry the id, as PayerMax recommends"),
        };
    }

    /// What an operator must hear even when nobody asks.
    pub(super) fn warnings(&self) -> String {
        let calendar = self.session.calendar();
        let mut out = String::new();
        for seen in &self.plan.fresh {
            let id = shown::id(seen.id.as_str());
            let (due, stage) = (seen.case.due(), seen.case.stage());
            if stage == Stage::Due && due.is_some() && calendar.urgency(due) == Urgency::Overdue {
                let date = shown::line(seen.case.text(Field::ExpirationDate));
                _ = writeln!(
                    out,
                    "warning: case {id} was due on {date}; PayerMax may no longer take a reply"
                );
            }
            if stage != Stage::Due {
                let status = shown::line(seen.case.text(Field::Status));
                _ = writeln!(out, "warning: case {id} does not wait for a reply; its status is {status}");
            }
        }
        for tracked in &self.plan.scope.tracked {
            if let Some(told) = tracked.unusual_told() {
                _ = writeln!(out, "warning: case {}: {told}", shown::id(tracked.id.as_str()));
            }
        }
        for tracked in self.plan.scope.tracked.iter().filter(|case| case.local.wont_contest.is_some()) {
            let id = shown::id(tracked.id.as_str());
            _ = writeln!(out, "warning: case {id} is marked here as not to be contested");
        }
        let Reply { content, files, .. } = &self.plan.reply;
        if let Some(missing) = evidence::missing(content, files) {
            _ = writeln!(out, "warning: {missing}");
        }
        out
    }

    /// What has to be typed.
    pub(super) fn expected(&self) -> String {
        match self.plan.reply.target {
            Target::Case(_) => "y".to_owned(),
            Target::Batch(_) => self.plan.fresh.len().to_string(),
        }
    }

    pub(super) fn question(&self) -> String {
        match self.plan.reply.target {
            Target::Case(_) => "Send it? y sends: ".to_owned(),
            Target::Batch(_) => "Type the number of its cases on this list to send it: ".to_owned(),
        }
    }
}

fn facts(case: &Case) -> String {
    let amount = table::amount(case);
    let parts =
        [("", case.text(Field::Status)), ("due ", case.text(Field::ExpirationDate)), ("", amount.as_str())];
    let parts = parts.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let mut parts: Vec<String> =
        parts.map(|(name, text)| format!("{name}{}", shown::line(text.trim()))).collect();
    let order = case.text(Field::OutTradeNo);
    parts.extend((!order.is_empty()).then(|| format!("order {}", shown::id(order))));
    parts.join(", ")
}

fn more(out: &mut String, all: usize, what: &str) {
    if all > NAMED_MAX {
        _ = writeln!(out, "    and {} more {what}", all - NAMED_MAX);
    }
}
