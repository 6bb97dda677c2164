//! One operator's process: the model, and around it everything the event loop has, driven by hand. Killing it drops it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::world::World;
use crate::app::effect::Effect;
use crate::app::event::{Event, Report};
use crate::app::model::{Environment, Model, Session};
use crate::app::{self, keymap::Keymap};
use crate::domain::ids::CaseId;
use crate::domain::reply::Version;
use crate::domain::tracked::Failure;
use crate::gateway::{Clock, Gateway};
use crate::runtime::actions::tests::bench_of;
use crate::runtime::keeper::{Clerk, Kept, Order};
use crate::runtime::refresh::SharedStore;
use crate::runtime::replier::Replier;
use crate::store::{Observation, SqliteStore};

/// Who sits where.
pub(super) const OPERATORS: [&str; 2] = ["alice", "bob"];

/// A running desk.
pub(super) struct Desk {
    pub(super) who: usize,
    pub(super) life: u32,
    pub(super) store: usize,
    pub(super) model: Model,
    pub(super) size: (u16, u16),
    /// What the keeper has yet to do.
    pub(super) orders: Vec<Order>,
    /// What came back and was not taken yet.
    pub(super) inbox: VecDeque<Event>,
    clock: Clock,
    clerk: Clerk,
    replier: Replier,
    gateway: Gateway,
    shared: SharedStore,
    events: Sender<Event>,
    outcomes: Receiver<Event>,
    stop: Arc<AtomicBool>,
    // Last: with it, every task of this process ends where it is.
    runtime: Runtime,
}

fn session(who: usize, pause_s: u8) -> Session {
    Session {
        proxy: None,
        profile: "sandbox".into(),
        environment: Environment::Sandbox,
        read_only: None,
        operator: OPERATORS[who].into(),
        due_zone: time::UtcOffset::UTC,
        soon_days: 2,
        closed_refresh_days: 30,
        every_minutes: 0,
        reply_version: Version::V15,
        refunds: app::refunding::Settings {
            reasons: vec!["duplicate".into(), "fraudulent".into()],
            pause_s,
            ..Default::default()
        },
        templates: vec![("delivered".into(), "goods for {outTradeNo} delivered".into())],
        columns: Vec::new(),
        saved_views: Vec::new(),
        keymap: Keymap::default(),
        others: Vec::new(),
        flags: Vec::new(),
    }
}

impl Desk {
    /// Opens a desk as the program does: the list, the first picture, then what that asks for, and recovery before it.
    pub(super) fn open(
        world: &World,
        who: usize,
        store: usize,
        life: u32,
        pause_s: u8,
    ) -> (Self, Vec<Effect>) {
        world.table.lock().lives[who] = (life, store);
        let (events, outcomes) = channel(10_000);
        let clock = world.clocks.of(who);
        let mut kept = Kept::new(Box::new(SqliteStore::open(&world.path(store)).unwrap()), events.clone());
        let loaded = kept.load().unwrap();
        let kept = Arc::new(Mutex::new(kept));
        let shared = Arc::clone(&kept) as SharedStore;
        let gateway = world.gateway(who);
        let mut bench =
            bench_of(gateway.clone(), Err("none".into()), Arc::clone(&shared), Arc::clone(&clock));
        bench.operator = OPERATORS[who].to_owned();
        let replier = Replier::with_bench(world.connection.clone(), events.clone(), bench);
        let size = (100, 30);
        let mut model = Model::new(session(who, pause_s), size.0, size.1, clock());
        let wanted = app::update(&mut model, loaded, clock());
        let clerk = Clerk::new(kept, events.clone(), Arc::clone(&clock));
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let desk = Self {
            who,
            life,
            store,
            model,
            size,
            orders: vec![Order::Recover],
            inbox: VecDeque::new(),
            clock,
            clerk,
            replier,
            gateway,
            shared,
            events,
            outcomes,
            stop: Arc::default(),
            runtime,
        };
        (desk, wanted)
    }

    /// Gives an event to the core.
    pub(super) fn update(&mut self, event: Event) -> Vec<Effect> {
        app::update(&mut self.model, event, (self.clock)())
    }

    /// Carries out what the core asks for; `true` when that is to end. What needs no other part of the world is answered
    /// here, as a loop would.
    pub(super) fn carry_out(&mut self, effect: Effect) -> bool {
        let _here = self.runtime.enter();
        match effect {
            Effect::Refresh { ticket, ids } => self.refresh(ticket, ids),
            Effect::CancelRefresh => self.stop.store(true, Ordering::SeqCst),
            Effect::Track(ids) => self.orders.push(Order::Track(ids)),
            Effect::Untrack(ids) => self.orders.push(Order::Untrack(ids)),
            Effect::SaveLocal(changes) => self.orders.push(Order::SaveLocal(changes)),
            Effect::MarkSeen(shown, at) => self.orders.push(Order::MarkSeen(shown, at)),
            Effect::UnmarkSeen(at) => self.orders.push(Order::UnmarkSeen(at)),
            Effect::Reload => self.orders.push(Order::Reload),
            Effect::LoadHistory(id) => self.orders.push(Order::History(id)),
            Effect::SaveDraft(draft) => self.orders.push(Order::SaveDraft(draft)),
            Effect::DeleteDraft(targets) => self.orders.push(Order::DeleteDraft(targets)),
            Effect::DiscardDraft(draft) => self.orders.push(Order::DiscardDraft(draft)),
            Effect::RestoreDraft(draft) => self.orders.push(Order::RestoreDraft(draft)),
            Effect::LoadRecords => self.orders.extend([Order::Drafts, Order::Journal]),
            Effect::GoOn if self.inbox.contains(&Event::GoOn) => {}
            Effect::GoOn => self.inbox.push_back(Event::GoOn),
            // Files are of no consequence here.
            Effect::Export(file) => self.inbox.push_back(Event::Exported(0, file)),
            Effect::Copy(text) => self.inbox.push_back(Event::Copied(text)),
            Effect::Edit(text) => self.inbox.push_back(Event::Edited(Ok(format!("{text} edited")))),
            Effect::Suspend if self.replier.is_sending() => {
                self.inbox.push_back(Event::Failed("on its way".to_owned()));
            }
            Effect::Suspend => self.inbox.push_back(Event::Resumed),
            Effect::CheckLinks(urls) => {
                let links = urls.into_iter().map(|url| (url, "answered 200".to_owned())).collect();
                self.inbox.push_back(Event::LinksChecked(links));
            }
            Effect::PreviewReplies(replies) => self.replier.preview(replies),
            Effect::SendReply { reply, seen, although } => self.replier.send(reply, seen, although),
            Effect::LookAtRefunds(order) => self.replier.look_at_refunds(order),
            Effect::PreviewRefund(refund, slot) => self.replier.preview_refund(*refund, slot),
            Effect::WaitASecond(ticket) => self.replier.wait_a_second(ticket),
            Effect::SendRefund(confirmed) => self.replier.send_refund(*confirmed),
            Effect::AskForRefund(confirmed) => self.replier.ask_for_refund(*confirmed),
            Effect::Resolve { id, found } => self.replier.resolve(id, found),
            Effect::Settle => self.replier.settle(),
            Effect::Redraw => {}
            Effect::Quit | Effect::GoTo(_) => return true,
        }
        false
    }

    /// One case after the other: in which order calls are on the line is the history's to say.
    fn refresh(&mut self, ticket: u32, ids: Vec<CaseId>) {
        self.stop.store(true, Ordering::SeqCst);
        let stop = Arc::new(AtomicBool::new(false));
        self.stop = Arc::clone(&stop);
        let (gateway, store, clock) =
            (self.gateway.clone(), Arc::clone(&self.shared), Arc::clone(&self.clock));
        let events = self.events.clone();
        tokio::spawn(async move {
            let mut report = Report { requested: ids.len(), ..Report::default() };
            for id in ids {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let answer = gateway.case_search(&id).await.map(|answer| answer.value);
                let outcome = answer.map_err(|fault| Failure::of(&fault, clock()));
                match &outcome {
                    Ok(_) => report.succeeded += 1,
                    Err(failure) => report.failures.push((id.clone(), failure.clone())),
                }
                let seen = Observation { id: id.clone(), at: clock(), outcome };
                let store = Arc::clone(&store);
                let writing =
                    move || store.lock().unwrap_or_else(PoisonError::into_inner).record(&[seen]).unwrap();
                let observed = tokio::task::spawn_blocking(writing).await.unwrap();
                let changes = observed.into_iter().flat_map(|one| one.changes);
                report.changed.extend(changes.map(|change| (id.clone(), change)));
                let (done, failed) = (report.succeeded + report.failures.len(), report.failures.len());
                _ = events.send(Event::Progress { ticket, done, failed }).await;
            }
            _ = events.send(Event::RefreshEnded { ticket, report }).await;
        });
    }

    /// Lets everything in this process go on until it waits for the line, for a second to pass, or for nothing.
    pub(super) fn go_on(&mut self) {
        self.pass(Duration::from_millis(1));
    }

    /// The same while time passes.
    pub(super) fn pass(&mut self, time: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(time).await });
        self.hear();
    }

    fn hear(&mut self) {
        while let Ok(event) = self.outcomes.try_recv() {
            self.inbox.push_back(event);
        }
    }

    /// The keeper does what has piled up.
    pub(super) fn keep(&mut self) -> Vec<Order> {
        let orders = std::mem::take(&mut self.orders);
        if !orders.is_empty() {
            self.clerk.work(orders.clone());
            self.hear();
        }
        orders
    }

    /// The keeper looks whether another process has written.
    pub(super) fn look(&mut self) {
        self.clerk.look();
        self.hear();
    }

    /// Whether an action is under way.
    pub(super) fn is_sending(&self) -> bool {
        self.replier.is_sending()
    }
}
