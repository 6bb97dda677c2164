//! The desk's event loop: one place where events meet the core, and where what the core asks for is carried out.
//!
//! The loop itself never waits for the terminal, the disk or the network; each has a thread or task of its own and
//! answers with events. The first picture comes from disk, before a key is read (but for a passphrase, which is asked for
//! while the terminal is still the shell's) or a socket opened.

mod around;
mod effects;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ratatui::layout::Rect;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app;
use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::model::Model;
use crate::app::visit;
use crate::domain::shown;
use crate::gateway::Clock;
use crate::ui::{self, Look};

use around::Around;

use super::approvals::Lookout;
use super::calls::Calls;
use super::clipboard::Between;
use super::connection::Connection;
use super::input::{self, Input};
use super::keeper::{Backlog, Keeper, Kept, Order};
use super::refresher::Refresher;
use super::replier::Replier;
use super::screen::Screen;
use super::session::Session;
use super::signals::{self, Notice};
use super::start::{OpenError, desk_settings, unfit};
use super::watchdog::{self, Alarm};
use super::{ending, terminal};

/// Outcomes that may wait for the loop; whoever has more waits with them.
const OUTCOMES: usize = 256;
/// Events taken together before the screen is drawn once.
const BATCH: usize = 256;
/// How often time alone changes the screen.
const TICK: Duration = Duration::from_secs(60);
/// The same while something is being sent.
const SECOND: Duration = Duration::from_secs(1);
/// How long the terminal may take to be given back.
const LEAVE_WITHIN: Duration = Duration::from_secs(1);
/// How long the thread of the list may take to end, once it has nothing left to do.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// What the command line says about the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskOptions {
    /// `--ascii`.
    pub ascii: bool,
    /// `--no-color`.
    pub no_color: bool,
}

/// How the desk was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The operator left it.
    Left,
    /// The operator goes on in another profile; carries its name.
    Elsewhere(String),
    /// A signal or the loss of the terminal ended it; carries the exit code (128 and the number of the signal).
    Told(u8),
}

/// Opens the desk and stays until it is left.
///
/// # Errors
/// [`OpenError`] when there is no terminal, a setting is wrong, the list cannot be read or the system refuses.
pub async fn open(session: Session, options: DeskOptions) -> Result<Ending, OpenError> {
    terminal::check()?;
    // On the heap: a future that carries all of a desk would be copied about.
    let mut desk = Box::new(Desk::open(session, options)?);
    let ending = desk.work().await;
    Box::pin(desk.close(ending.clone())).await;
    Ok(ending)
}

/// The running desk.
struct Desk {
    model: Model,
    look: Look,
    clock: Clock,
    size: (u16, u16),
    screen: Screen,
    input: Input,
    answer: terminal::Answer,
    keeper: Keeper,
    refresher: Refresher,
    replier: Replier,
    lookout: Lookout,
    backlog: Backlog,
    between: Between,
    /// Set while another program has the terminal.
    lent: Arc<AtomicBool>,
    keys: Receiver<Vec<Event>>,
    outcomes: Receiver<Event>,
    /// What the first picture asked for, carried out once it stands.
    wanted: Vec<Effect>,
    /// Outcomes of the loop's own.
    pending: VecDeque<Event>,
    /// Whether the core has more to do, once nothing else is to be done.
    more: bool,
    /// The profile to go on in, once that was chosen.
    elsewhere: Option<String>,
    /// The exit code, once the end was heard of while another program had the terminal.
    ended: Option<u8>,
    notices: UnboundedReceiver<Notice>,
    tick: Interval,
    /// Comes while something is on its way.
    seconds: Interval,
    calls: Calls,
    around: Around,
    // Last, so that the line is given back after everything else of the desk is gone.
    guard: terminal::Guard,
}

/// What the desk starts from: its settings, the list, and what is seen of it first. A list that cannot be written is shown
/// all the same, with the reason.
fn read(session: &Session, own: &Sender<Event>) -> Result<(app::model::Session, Kept, Event), OpenError> {
    let (mut settings, wrong) = desk_settings(session);
    for error in wrong {
        // The loop reads these first; there is room for them.
        _ = own.try_send(Event::Failed(format!("{error}{}", error.instead())));
    }
    let store = session.store()?;
    if let Some(why) = unfit(&store) {
        _ = own.try_send(Event::Failed(why.clone()));
        settings.read_only.get_or_insert(why);
    }
    let mut kept = Kept::new(Box::new(store), own.clone());
    let opened = kept.open(session.calendar().today)?;
    Ok((settings, kept, opened))
}

impl Desk {
    fn open(session: Session, options: DeskOptions) -> Result<Self, OpenError> {
        let (own, outcomes) = channel(OUTCOMES);
        let (settings, kept, opened) = read(&session, &own)?;
        session.unlock()?;
        let (clock, size) = (session.clock(), terminal::size());
        let mut model = Model::new(settings, size.0, size.1, clock());
        let around = Around::of(&session, options);
        around.recall(&mut model);
        let wanted = app::update(&mut model, opened, clock());

        let lent = Arc::new(AtomicBool::new(false));
        let backlog = Backlog::default();
        let (alarm, notices) = keep_watch(&lent, &backlog)?;
        let guard = terminal::Guard::take()?;
        let answer = terminal::Answer::default();
        let screen = Screen::start(terminal::Output, around.extras(), answer.clone(), hung_up(&alarm))?;
        let look = around.look();
        screen.begin();
        screen.show(ui::draw(&model, &look, area(size)));

        let (keystrokes, keys) = channel(input::QUEUE);
        let input = Input::start(keystrokes, answer.clone(), hung_up(&alarm))?;
        let keeper = Keeper::start(kept, own.clone(), session.clock(), backlog.clone())?;
        let between = Between::detect(|name| std::env::var(name).ok());
        let calls = session.calls().clone();
        let lookout = Lookout::new(&session, model.session.read_only.is_none(), own.clone());
        let connection = Connection::new(session);
        let refresher = Refresher::new(connection.clone(), own.clone(), keeper.store());
        let replier = Replier::new(connection, own, keeper.store(), backlog.clone());
        Ok(Self {
            model,
            look,
            clock,
            size,
            screen,
            input,
            answer,
            keeper,
            refresher,
            replier,
            lookout,
            backlog,
            between,
            lent,
            keys,
            outcomes,
            wanted,
            pending: VecDeque::new(),
            more: false,
            elsewhere: None,
            ended: None,
            notices,
            tick: ticks(TICK),
            seconds: ticks(SECOND),
            calls,
            around,
            guard,
        })
    }

    /// Takes events until the desk is left.
    async fn work(&mut self) -> Ending {
        if self.model.book.missing() > 0 {
            self.keeper.ask(Order::Reload);
        }
        self.keeper.ask(Order::Recover);
        self.lookout.look();
        for effect in std::mem::take(&mut self.wanted) {
            self.carry_out(effect).await;
        }
        loop {
            let events = match self.next().await {
                Wake::Events(events) => events,
                Wake::Notice(Notice::End(code)) => {
                    self.take(Event::Interrupted).await;
                    return Ending::Told(code);
                }
                Wake::Notice(Notice::Stop) => {
                    // As the key does, and with the same reason not to.
                    self.carry_out(Effect::Suspend).await;
                    self.pending.drain(..).collect()
                }
                Wake::Notice(Notice::Continued) => {
                    self.take_back().await;
                    vec![self.resized(), Event::Resumed, Event::Tick]
                }
                Wake::Notice(Notice::Window) => vec![self.resized()],
            };
            let keys = events.iter().filter(|event| matches!(event, Event::Key(_))).count();
            let read = (keys > 0).then_some(Event::KeysRead(keys));
            for event in read.into_iter().chain(events) {
                if self.take(event).await {
                    return self.elsewhere.take().map_or(Ending::Left, Ending::Elsewhere);
                }
                if self.ended.is_some() {
                    break;
                }
            }
            self.show();
        }
    }

    /// Waits for something to happen, and takes what has piled up along with it.
    async fn next(&mut self) -> Wake {
        if let Some(code) = self.ended {
            return Wake::Notice(Notice::End(code));
        }
        let mut events = tokio::select! {
            biased;
            Some(notice) = self.notices.recv() => return Wake::Notice(notice),
            Some(keys) = self.keys.recv() => keys,
            Some(outcome) = self.outcomes.recv() => vec![outcome],
            _ = self.tick.tick() => vec![Event::Tick],
            _ = self.seconds.tick(), if self.model.under_way.any() => vec![Event::Waited],
            () = self.around.config_saved() => vec![self.around.read_config(&mut self.look)],
            () = std::future::ready(()), if self.more => vec![Event::GoOn],
        };
        while events.len() < BATCH {
            match self.keys.try_recv() {
                Ok(keys) => events.extend(keys),
                Err(_) => break,
            }
        }
        while events.len() < BATCH {
            match self.outcomes.try_recv() {
                Ok(outcome) => events.push(outcome),
                Err(_) => break,
            }
        }
        events.extend(self.calls.take().map(Event::Called));
        Wake::Events(events)
    }

    /// Gives an event to the core and carries out what it asks for; `true` when that is to end. What the loop itself
    /// has to say about that comes next, before any key that was read ahead: the editor's text is taken first.
    async fn take(&mut self, event: Event) -> bool {
        #[cfg(debug_assertions)]
        super::provoke::fall_if_told();
        self.pending.push_back(self.around.clicked(event));
        while let Some(event) = self.pending.pop_front() {
            self.more &= !matches!(event, Event::GoOn);
            if matches!(event, Event::RefreshEnded { .. }) {
                self.lookout.look();
            }
            for effect in app::update(&mut self.model, event, (self.clock)()) {
                if self.carry_out(effect).await {
                    return true;
                }
            }
        }
        false
    }

    fn show(&mut self) {
        let (frame, marks) = ui::draw_marked(&self.model, &self.look, area(self.size));
        // Known before the next key is taken, whatever that is.
        self.pending.extend(frame.page_end.map(Event::PageEnd));
        self.around.attract(&self.model, &self.screen);
        self.screen.show_linked(frame, self.around.marked(marks));
    }

    /// The size of the terminal as it is now; what it shows is no longer certain.
    fn resized(&mut self) -> Event {
        self.size = terminal::size();
        self.screen.forget();
        Event::Resized(self.size.0, self.size.1)
    }

    /// Gives the terminal back, then sees to it that everything said is on disk.
    async fn close(self, ending: Ending) {
        let is_told = matches!(ending, Ending::Told(_));
        let farewell = (!is_told).then(|| visit::farewell(&self.model));
        self.around.keep(&self.model);
        let Self { screen, input, answer, keeper, refresher, backlog, outcomes, guard, .. } = self;
        refresher.cancel();
        if !is_told {
            answer.hear_out().await;
        }
        drop(input);
        // A writer that waits for a dead line is left behind; the guard does what can still be done.
        screen.stop(LEAVE_WITHIN).await;
        drop(guard);
        for line in farewell.into_iter().flatten() {
            terminal::say(&shown::line(&line));
        }
        // Nobody reads outcomes any more, and nobody may wait for that.
        drop(outcomes);
        let waiting = tokio::task::spawn_blocking(move || ending::wait(&backlog));
        if waiting.await.unwrap_or(false) {
            keeper.stop(STOP_WITHIN).await;
        }
        tracing::info!(exit = if let Ending::Told(code) = ending { code } else { 0 }, "left the desk");
    }
}

/// Why the loop goes round.
enum Wake {
    Notice(Notice),
    Events(Vec<Event>),
}

fn ticks(every: Duration) -> Interval {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.reset();
    tick
}

fn area((width, height): (u16, u16)) -> Rect {
    Rect::new(0, 0, width, height)
}

/// What to do when a thread finds the terminal gone.
fn hung_up(alarm: &Alarm) -> impl FnOnce() + Send + 'static {
    let alarm = alarm.clone();
    move || alarm.pull(watchdog::HUNG_UP)
}

/// Sets those who look out for the end: signals, a lost line, a fault in docket itself.
fn keep_watch(
    lent: &Arc<AtomicBool>,
    backlog: &Backlog,
) -> std::io::Result<(Alarm, UnboundedReceiver<Notice>)> {
    let (notice, notices) = unbounded_channel();
    let unwritten = backlog.clone();
    let end = move |code| ending::at_once(code, &unwritten);
    let alarm = watchdog::start(rustix::stdio::stdin(), notice.clone(), end)?;
    signals::start(alarm.clone(), notice.clone(), Arc::clone(lent))?;
    terminal::install_panic_hook(backlog.clone());
    #[cfg(debug_assertions)]
    super::provoke::start(notice)?;
    Ok((alarm, notices))
}
