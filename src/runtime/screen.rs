//! The screen writer, on a thread of its own: a terminal that is slow, stuck or gone may block it for ever, and
//! nothing else waits for it (reliability.md section 6).
//!
//! Frames reach it through a slot that holds one: the newest replaces the one not yet drawn, so a slow line skips
//! pictures instead of falling behind.

#[cfg(test)]
mod tests;

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::ui::{Frame, Link};

use super::paint::Painter;
use super::terminal::{self, Answer, Extras};

/// A write that takes longer is worth a line in the log.
const STALL: Duration = Duration::from_secs(2);

/// What the writer is to do besides drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Enter the alternate screen and draw from now on.
    Enter,
    /// Leave it and draw nothing.
    Leave,
    /// Leave it and end.
    Stop,
}

#[derive(Default)]
struct Slot {
    frame: Option<Frame>,
    links: Vec<Link>,
    forget: bool,
    passage: Option<Vec<u8>>,
    title: Option<String>,
    bell: bool,
    mouse: Option<bool>,
    order: Option<(Order, oneshot::Sender<()>)>,
    gone: bool,
}

#[derive(Default)]
struct Mailbox {
    slot: Mutex<Slot>,
    filled: Condvar,
}

impl Mailbox {
    /// The slot; a writer that panicked leaves nothing half done in it.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, change: impl FnOnce(&mut Slot)) {
        change(&mut self.slot());
        self.filled.notify_one();
    }

    /// Waits for something to do. While the terminal is not ours, only orders count.
    fn take(&self, ours: bool) -> Slot {
        let idle = |slot: &mut Slot| {
            let between = slot.passage.is_some() || slot.title.is_some() || slot.bell || slot.mouse.is_some();
            slot.order.is_none() && !(ours && (between || slot.frame.is_some()))
        };
        let mut slot = self.filled.wait_while(self.slot(), idle).unwrap_or_else(PoisonError::into_inner);
        if slot.order.is_some() && !ours {
            // What was posted for a terminal that is not ours waits until it is.
            let order = slot.order.take();
            return Slot { order, ..Slot::default() };
        }
        std::mem::take(&mut *slot)
    }
}

/// The desk's end: everything here returns at once, or within the time it is given.
#[derive(Clone)]
pub(crate) struct Screen {
    mailbox: Arc<Mailbox>,
    /// How the terminal is entered, with what is taken besides its screen.
    enter: Arc<[u8]>,
}

impl Screen {
    /// Starts the writer, which asks what `answer` is to; `gone` is called once when the terminal takes no more bytes.
    ///
    /// # Errors
    /// Fails when the system has no thread to give.
    pub(crate) fn start<W, G>(writer: W, extras: Extras, answer: Answer, gone: G) -> std::io::Result<Self>
    where
        W: Write + Send + 'static,
        G: FnOnce() + Send + 'static,
    {
        let screen = Self { mailbox: Arc::default(), enter: terminal::enter_sequence(extras).into() };
        let (mailbox, enter) = (Arc::clone(&screen.mailbox), Arc::clone(&screen.enter));
        std::thread::Builder::new().name("screen".to_owned()).spawn(move || {
            let mut hand = Hand {
                writer,
                painter: Painter::new(),
                enter,
                answer,
                title: None,
                ours: false,
                mouse: true,
            };
            if let Err(error) = hand.work(&mailbox) {
                mailbox.put(|slot| {
                    slot.gone = true;
                    slot.order = None;
                });
                tracing::warn!(code = %error.kind(), "the terminal takes no more output");
                gone();
            }
        })?;
        Ok(screen)
    }

    /// Shows a frame as soon as the terminal is ready for it, unless a newer one comes first.
    pub(crate) fn show(&self, frame: Frame) {
        self.show_linked(frame, Vec::new());
    }

    /// The same for a frame with addresses that the terminal may open.
    pub(crate) fn show_linked(&self, frame: Frame, links: Vec<Link>) {
        self.mailbox.put(|slot| (slot.frame, slot.links) = (Some(frame), links));
    }

    /// Draws everything anew with the next frame.
    pub(crate) fn forget(&self) {
        self.mailbox.put(|slot| slot.forget = true);
    }

    /// Sends a sequence to the terminal between two frames; the newest wins.
    pub(crate) fn pass(&self, bytes: Vec<u8>) {
        self.mailbox.put(|slot| slot.passage = Some(bytes));
    }

    /// Writes the title of the window; harmless text of our own alone.
    pub(crate) fn title(&self, text: String) {
        self.mailbox.put(|slot| slot.title = Some(text));
    }

    /// Takes the mouse, or leaves it to the terminal for a while.
    pub(crate) fn mouse(&self, ours: bool) {
        self.mailbox.put(|slot| slot.mouse = Some(ours));
    }

    /// Rings the bell of the terminal.
    pub(crate) fn bell(&self) {
        self.mailbox.put(|slot| slot.bell = true);
    }

    /// Enters the alternate screen as soon as the terminal is ready for it.
    pub(crate) fn begin(&self) {
        let (done, _nobody_waits) = oneshot::channel();
        self.post(Order::Enter, done);
    }

    /// Enters the alternate screen; `false` when the terminal did not take it in time.
    pub(crate) async fn enter(&self, within: Duration) -> bool {
        self.order(Order::Enter, within).await
    }

    /// Leaves the alternate screen and draws nothing until [`Screen::enter`].
    pub(crate) async fn leave(&self, within: Duration) -> bool {
        self.order(Order::Leave, within).await
    }

    /// Leaves the alternate screen for good.
    pub(crate) async fn stop(&self, within: Duration) -> bool {
        self.order(Order::Stop, within).await
    }

    async fn order(&self, order: Order, within: Duration) -> bool {
        let (done, wait) = oneshot::channel();
        self.post(order, done);
        matches!(tokio::time::timeout(within, wait).await, Ok(Ok(())))
    }

    fn post(&self, order: Order, done: oneshot::Sender<()>) {
        self.mailbox.put(|slot| {
            // A sender dropped at once tells the asker that nobody is left to do it.
            slot.order = (!slot.gone).then_some((order, done));
        });
    }
}

/// The writer's end.
struct Hand<W> {
    writer: W,
    painter: Painter,
    enter: Arc<[u8]>,
    answer: Answer,
    /// The title that the window has while the terminal is ours.
    title: Option<String>,
    ours: bool,
    /// Whether the mouse is not left to the terminal just now, where it was taken at all.
    mouse: bool,
}

fn title_sequence(title: &str) -> Vec<u8> {
    format!("\x1b]2;{title}\x1b\\").into_bytes()
}

impl<W: Write> Hand<W> {
    fn work(&mut self, mailbox: &Mailbox) -> std::io::Result<()> {
        loop {
            let mut work = mailbox.take(self.ours);
            if let Some((order, done)) = work.order.take() {
                self.obey(order)?;
                // The asker may have stopped waiting.
                _ = done.send(());
                if order == Order::Stop {
                    return Ok(());
                }
            }
            if self.ours {
                self.draw(work)?;
            } else {
                // Said once, and true when the terminal is ours again.
                self.mouse = work.mouse.unwrap_or(self.mouse);
                self.title = work.title.or_else(|| self.title.take());
            }
        }
    }

    fn obey(&mut self, order: Order) -> std::io::Result<()> {
        self.painter.forget();
        self.ours = order == Order::Enter;
        if self.ours {
            // What is kept twice and given back once would stay with the terminal.
            let keep = if terminal::mark_entered() { terminal::keep_title() } else { &[] };
            let title = self.title.as_deref().map(title_sequence).unwrap_or_default();
            let mouse: &[u8] = if self.mouse { &[] } else { terminal::mouse_sequence(false) };
            let enter = [&self.enter, mouse, keep, &title, self.answer.question()].concat();
            self.write(&enter)
        } else if terminal::mark_left() {
            self.write(&terminal::leave_sequence())
        } else {
            Ok(())
        }
    }

    fn draw(&mut self, work: Slot) -> std::io::Result<()> {
        if work.forget {
            self.painter.forget();
        }
        let mut out = work.passage.unwrap_or_default();
        if let Some(ours) = work.mouse {
            self.mouse = ours;
            out.extend_from_slice(terminal::mouse_sequence(ours));
        }
        if let Some(title) = work.title {
            out.extend(title_sequence(&title));
            self.title = Some(title);
        }
        if work.bell {
            out.push(0x07);
        }
        if let Some(frame) = work.frame {
            if !work.links.is_empty() {
                terminal::mark_linked();
            }
            self.painter.link(work.links);
            self.painter.paint(frame, self.answer.synchronises(), &mut out);
        }
        if out.is_empty() { Ok(()) } else { terminal::unless_over(|| self.write(&out)) }
    }

    /// One write for everything, so that a frame is never cut by what another thread writes.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let started = Instant::now();
        self.writer.write_all(bytes)?;
        self.writer.flush()?;
        if started.elapsed() > STALL {
            let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(elapsed_ms, "the terminal was slow to take a frame");
        }
        Ok(())
    }
}
