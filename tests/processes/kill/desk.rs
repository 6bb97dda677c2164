//! The desk, killed in the middle of whatever somebody does at it: random keys, notes, drafts, replies and refunds.

use std::time::{Duration, Instant};

use docket::domain::ids::CaseId;
use docket::domain::record::ActionRecord;
use docket::domain::reply::Target;
use docket::store::Store as _;
use fastrand::Rng;

use super::checks::{may_be_executed, says};
use super::victim::Victim;
use crate::host::{ASKING, CLOSED, order_of};
use crate::pty::{Pty, SECOND};

/// How old a draft or a note is that has to be on disk.
const OLD: Duration = SECOND;
/// The longest that somebody sits at a desk, in milliseconds.
const SITTING_MS: u64 = 4_500;
/// Keys that neither leave the desk nor write anything, each with what takes its page away again. There is no Esc among
/// them: where the line brings it together with the next key, terminals cannot tell the two from an alt key.
const HARMLESS: [&str; 26] = [
    "j",
    "k",
    "g",
    "G",
    "\x04",
    "\x15",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "\t\t",
    "o",
    "V",
    " ",
    "u",
    "e\x03",
    "L\x03",
    "?\x03",
    "\r\x03",
    ":\x03",
    "5/zzz\x03",
    "\x0c",
    "\x1b[200~xq\r$\x1b[201~",
];

/// Something that somebody saw on the screen of a desk.
enum Seen {
    /// So much of a draft, shown.
    Draft { id: String, text: String, at: Instant },
    /// A note that was said to be saved.
    Note { id: String, text: String, at: Instant },
    /// The outcome of a reply, or of a refund.
    Outcome { id: String, text: Option<String> },
}

/// Somebody at the desk until they are cut off.
struct Sitting {
    pty: Pty,
    rng: Rng,
    end: Instant,
    seen: Vec<Seen>,
}

/// The cases of a sitting, one for each thing that is done.
struct Plan {
    noted: String,
    drafted: String,
    answered: String,
    refunded: String,
    texts: [String; 3],
}

impl Victim<'_> {
    pub(super) fn kill_the_desk(&mut self) -> &'static str {
        let plan = Plan {
            noted: self.new_case(ASKING),
            drafted: self.new_case(ASKING),
            answered: self.new_case(ASKING),
            refunded: self.new_case(CLOSED),
            texts: [self.new_text(), self.new_text(), self.new_text()],
        };
        self.answered.extend([plan.drafted.clone(), plan.answered.clone()]);
        self.refunded.insert(plan.refunded.clone());
        let sits = Duration::from_millis(self.rng.u64(50..SITTING_MS));
        let pty = Pty::desk(&self.host.home, 40, 120);
        let mut sitting = Sitting { pty, rng: self.rng.fork(), end: Instant::now() + sits, seen: Vec::new() };
        sitting.work(&plan);
        let ended = sitting.pty.ended();
        assert_eq!(
            ended,
            None,
            "the desk has ended by itself:\n{}",
            sitting.pty.screen(vt100::Screen::contents)
        );
        let shown = sitting.pty.screen(vt100::Screen::contents);
        sitting.pty.signal("KILL");
        let killed = Instant::now();
        sitting.pty.exit_code();
        self.recover();
        self.shown = shown;
        let mut moment = "with nothing seen";
        for seen in &sitting.seen {
            moment = self.check_seen(seen, killed);
        }
        self.take_notes(&plan, &sitting.seen);
        for id in [&plan.drafted, &plan.answered] {
            self.check_case(id);
        }
        self.check_order(&order_of(&plan.refunded));
        self.check_list();
        moment
    }

    fn check_seen(&mut self, seen: &Seen, killed: Instant) -> &'static str {
        match seen {
            Seen::Draft { id, text, at } => {
                if killed - *at > OLD {
                    self.check_draft(id, text, killed - *at);
                }
                "over a draft"
            }
            Seen::Note { id, text, at } => {
                if killed - *at > OLD {
                    let found = self.host.store().find(&CaseId::parse(id).unwrap()).unwrap().unwrap();
                    assert_eq!(
                        &found.local.note,
                        text,
                        "the note on {id} after {:?}\n{}",
                        killed - *at,
                        self.shown
                    );
                    self.tally.holds("note");
                }
                "after a note"
            }
            Seen::Outcome { id, text } => {
                let order = order_of(id);
                let is_it = |one: &ActionRecord| match text {
                    Some(text) => says(one, text),
                    None => one.intent.order.as_deref() == Some(&order),
                };
                let actions = self.host.actions();
                let known = actions.iter().find(|one| is_it(one) && may_be_executed(one));
                assert!(
                    known.is_some(),
                    "an outcome for {id} was shown that the journal has not: {actions:?}"
                );
                self.tally.holds("outcome told");
                "after an outcome"
            }
        }
    }

    /// What was shown of a draft is in the draft, or in the reply that it became.
    fn check_draft(&mut self, id: &str, text: &str, age: Duration) {
        let store = self.host.store();
        let target = Target::Case(CaseId::parse(id).unwrap());
        let drafts = store.drafts().unwrap();
        let draft = drafts.iter().find(|draft| draft.targets.contains(&target));
        let kept = draft.is_some_and(|draft| draft.written.content.starts_with(text));
        let sent = store.actions().unwrap().iter().any(|one| says(one, text));
        assert!(
            kept || sent,
            "of the draft for {id} `{text}` was shown {age:?} before, and on disk is {draft:?}\n{}",
            self.shown
        );
        self.tally.holds("draft");
    }

    /// A note that was typed may have been on its way.
    fn take_notes(&mut self, plan: &Plan, seen: &[Seen]) {
        let found =
            self.host.store().find(&CaseId::parse(&plan.noted).unwrap()).unwrap().unwrap().local.note.clone();
        let said = seen.iter().any(|seen| matches!(seen, Seen::Note { .. }));
        let before = &self.notes[&plan.noted];
        assert!(
            &found == before || found == plan.texts[0],
            "the note became `{found}` (saved was said: {said})"
        );
        self.notes.insert(plan.noted.clone(), found);
    }
}

impl Sitting {
    /// Does everything that is planned, in any order, until the time is over.
    fn work(&mut self, plan: &Plan) {
        if self.sees("1 Due").is_none() {
            return;
        }
        let mut steps = [Self::note, Self::draft, Self::answer, Self::refund, Self::refresh];
        self.rng.shuffle(&mut steps);
        for step in steps {
            if self.browse().is_none() || step(self, plan).is_none() {
                return;
            }
        }
        self.pause(SITTING_MS);
    }

    /// Waits for a text; `None` once the time is over.
    fn sees(&self, text: &str) -> Option<()> {
        self.pty.shows_by(self.end, |screen| screen.contents().contains(text)).then_some(())
    }

    /// Thinks; `None` once the time is over.
    fn pause(&mut self, at_most_ms: u64) -> Option<()> {
        let till = Instant::now() + Duration::from_millis(self.rng.u64(..at_most_ms));
        std::thread::sleep(till.min(self.end).saturating_duration_since(Instant::now()));
        (Instant::now() < self.end).then_some(())
    }

    /// Presses keys at random.
    fn browse(&mut self) -> Option<()> {
        for _ in 0..self.rng.u8(..8) {
            let key = HARMLESS[self.rng.usize(..HARMLESS.len())];
            self.pty.type_in(key);
            self.pause(20)?;
        }
        // No marks and no page are left over.
        self.pty.type_in("\x03u");
        Some(())
    }

    /// Puts the cursor on a case.
    fn find(&self, id: &str) -> Option<()> {
        self.pty
            .shows_by(self.end, |screen| {
                screen.contents().lines().any(|line| line.starts_with('▸') && line.contains(id))
            })
            .then_some(())
    }

    fn go_to(&mut self, id: &str) -> Option<()> {
        self.pty.type_in(&format!("5/\x15{id}\r"));
        self.find(id)
    }

    fn note(&mut self, plan: &Plan) -> Option<()> {
        self.go_to(&plan.noted)?;
        self.pty.type_in("n");
        self.sees("Note on")?;
        self.pty.type_in(&format!("\x15{}", plan.texts[0]));
        self.sees(&plan.texts[0])?;
        self.pause(100)?;
        self.pty.type_in("\r");
        self.sees("note of 1 case saved")?;
        let (id, text) = (plan.noted.clone(), plan.texts[0].clone());
        self.seen.push(Seen::Note { id, text, at: Instant::now() });
        Some(())
    }

    fn draft(&mut self, plan: &Plan) -> Option<()> {
        self.write(&plan.drafted, &plan.texts[1])?;
        self.pty.type_in("\x03");
        self.sees("kept as draft")
    }

    /// Writes a reply, not too fast.
    fn write(&mut self, id: &str, text: &str) -> Option<()> {
        self.go_to(id)?;
        self.pty.type_in("r");
        self.sees("Reply to case")?;
        let mut typed = 0;
        while typed < text.len() {
            let upto = text.len().min(typed + self.rng.usize(1..5));
            self.pty.type_in(&text[typed..upto]);
            typed = upto;
            self.sees(&format!(" {typed}/256"))?;
            let (id, text) = (id.to_owned(), text[..typed].to_owned());
            self.seen.push(Seen::Draft { id, text, at: Instant::now() });
            self.pause(80)?;
        }
        Some(())
    }

    fn answer(&mut self, plan: &Plan) -> Option<()> {
        let (id, text) = (&plan.answered, &plan.texts[2]);
        self.write(id, text)?;
        self.pty.type_in(&format!("\t\x1b[200~http://ev.example/{id}.PDF\n\x1b[201~"));
        self.sees("ready")?;
        self.pty.type_in("\x18");
        self.sees("y sends")?;
        self.pause(50)?;
        self.pty.confirm("y");
        self.sees("Sending: reply")?;
        self.sees("Outcome: reply")?;
        self.sees("1 accepted")?;
        self.seen.push(Seen::Outcome { id: id.clone(), text: Some(text.clone()) });
        self.pty.type_in("\x03");
        self.sees("reply accepted")
    }

    fn refund(&mut self, plan: &Plan) -> Option<()> {
        let id = &plan.refunded;
        self.go_to(id)?;
        self.pty.type_in("\r");
        self.sees("As received")?;
        self.pty.type_in("$");
        self.sees("elsewhere: none found")?;
        self.pty.type_in("7\t3\t\x18");
        self.sees("type 7.00 IDR")?;
        self.pty.type_in("7.00 IDR\r");
        self.sees("on its way")?;
        self.sees("Outcome: refund")?;
        self.sees("accepted, not yet paid")?;
        self.seen.push(Seen::Outcome { id: id.clone(), text: None });
        self.pty.type_in("\x03");
        self.sees("As received")?;
        self.pty.type_in("q");
        self.find(id)
    }

    fn refresh(&mut self, plan: &Plan) -> Option<()> {
        self.go_to(&plan.noted)?;
        self.pty.type_in("5/\x15K\rR");
        self.pause(400)
    }
}
