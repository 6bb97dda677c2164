//! Somebody at one of the desks, who works at a human pace: each thing is waited for before the next is begun.

use std::sync::Mutex;
use std::time::Instant;

use super::Book;
use crate::pty::Pty;

/// The cases of an operator; the first two kinds are shared with the other one, who does the other thing there.
pub(super) struct Cases {
    pub(super) noted: Vec<String>,
    pub(super) tagged: Vec<String>,
    pub(super) drafted: Vec<String>,
    pub(super) answered: Vec<String>,
}

pub(super) struct Operator {
    pub(super) nth: usize,
    pub(super) pty: Pty,
    pub(super) cases: Cases,
    /// Notes written so far.
    pub(super) texts: usize,
}

impl Operator {
    /// Works until the time is over, and through everything once at least.
    pub(super) fn work(mut self, book: &Mutex<Book>, end: Instant) -> Self {
        self.pty.wait_for("1 Due");
        let mut turn = 0;
        while turn == 0 || Instant::now() < end {
            self.note(turn, book);
            self.tag(turn, book);
            self.draft(book);
            self.look(turn, book);
            self.answer(book);
            turn += 1;
        }
        self
    }

    /// Puts the cursor on a case.
    pub(super) fn go_to(&mut self, id: &str) {
        self.pty.type_in(&format!("5/\x15{id}\r"));
        self.pty.wait(&format!("the cursor on {id}"), |screen| {
            screen.contents().lines().any(|line| line.starts_with('▸') && line.contains(id))
        });
    }

    fn text(&mut self, what: &str) -> String {
        self.texts += 1;
        format!("{what}-{}-{:04}", self.nth, self.texts)
    }

    fn note(&mut self, turn: usize, book: &Mutex<Book>) {
        let (id, text) = (self.cases.noted[turn % self.cases.noted.len()].clone(), self.text("note"));
        self.go_to(&id);
        self.pty.type_in("n");
        self.pty.wait_for("Note on");
        self.pty.type_in(&format!("\x15{text}"));
        self.pty.wait_for(&text);
        self.pty.type_in("\r");
        self.pty.wait_for("note of 1 case saved");
        book.lock().unwrap().notes.insert(id, (self.nth, text));
    }

    fn tag(&mut self, turn: usize, book: &Mutex<Book>) {
        let (id, text) = (self.cases.tagged[turn % self.cases.tagged.len()].clone(), self.text("tag"));
        self.go_to(&id);
        self.pty.type_in("t");
        self.pty.wait_for("tags of");
        self.pty.type_in(&format!("\x15{text}"));
        self.pty.wait_for(&text);
        self.pty.type_in("\r");
        self.pty.wait_for("tags of 1 case saved");
        book.lock().unwrap().tags.insert(id, (self.nth, text));
    }

    fn draft(&mut self, book: &Mutex<Book>) {
        let Some(id) = self.cases.drafted.pop() else { return };
        let text = self.write(&id, "Draft");
        self.pty.type_in("\x03");
        self.pty.wait_for("kept as draft");
        book.lock().unwrap().drafts.insert(id, text);
    }

    fn write(&mut self, id: &str, what: &str) -> String {
        let text = self.text(what);
        self.go_to(id);
        self.pty.type_in("r");
        self.pty.wait_for("Reply to case");
        self.pty.type_in(&text);
        self.pty.wait_for(&format!(" {}/256", text.len()));
        text
    }

    fn answer(&mut self, book: &Mutex<Book>) {
        let Some(id) = self.cases.answered.pop() else { return };
        let text = self.write(&id, "Reply");
        self.pty.type_in(&format!("\t\x1b[200~http://ev.example/{id}.PDF\n\x1b[201~"));
        self.pty.wait_for("ready");
        self.pty.type_in("\x18");
        self.pty.wait_for("y sends");
        self.pty.confirm("y");
        self.pty.wait_for("1 accepted");
        book.lock().unwrap().replies.insert(id, text);
        self.pty.type_in("\x03");
        self.pty.wait_for("reply accepted");
    }

    /// Waits until this desk shows what the other operator wrote last on some case.
    fn look(&mut self, turn: usize, book: &Mutex<Book>) {
        let theirs = {
            let book = book.lock().unwrap();
            let kinds = [&book.notes, &book.tags];
            let theirs = kinds[turn % 2].iter().filter(|(_, (by, _))| *by != self.nth);
            theirs.max_by_key(|(_, (_, text))| text.clone()).map(|(id, _)| id.clone())
        };
        let Some(id) = theirs else { return };
        self.go_to(&id);
        let newest = || {
            let book = book.lock().unwrap();
            let kinds = [&book.notes, &book.tags];
            kinds[turn % 2][&id].1.clone()
        };
        self.pty.wait(&format!("the other's words on {id}"), |screen| screen.contents().contains(&newest()));
        book.lock().unwrap().looks += 1;
    }
}
