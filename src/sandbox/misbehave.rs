//! Carrying faults out: which of them hit this call, and what they do to its answer.

use std::time::Duration;

use super::{
    Endpoint, Fault, Faults, Hostile, When,
    answer::{Answer, Out},
    faults::Rule,
};

/// The faults in force, with their counters and their dice.
pub(super) struct Plan {
    rules: Vec<(Rule, u32)>,
    dice: fastrand::Rng,
}

impl Plan {
    pub(super) fn new(faults: Faults, seed: u64) -> Self {
        let rules = faults.rules.into_iter().map(|rule| (rule, 0)).collect();
        Self { rules, dice: fastrand::Rng::with_seed(seed) }
    }

    /// Replaces the faults; the dice roll on.
    pub(super) fn replace(&mut self, faults: Faults) {
        self.rules = faults.rules.into_iter().map(|rule| (rule, 0)).collect();
    }

    /// Counts a call and says which faults hit it.
    pub(super) fn pick(&mut self, endpoint: Endpoint) -> Hits {
        let mut hits = Hits::default();
        for (rule, calls) in &mut self.rules {
            if rule.endpoint.is_some_and(|only| only != endpoint) {
                continue;
            }
            *calls = calls.saturating_add(1);
            let hit = match rule.when {
                When::Always => true,
                When::Next(count) => *calls <= count,
                When::Every(nth) => nth > 0 && *calls % nth == 0,
                When::PerMillion(share) => self.dice.u32(0..1_000_000) < share,
            };
            match &rule.fault {
                _ if !hit => {}
                Fault::Latency { ms, jitter_ms } => {
                    hits.latency += Duration::from_millis(ms.saturating_add(self.dice.u64(0..=*jitter_ms)));
                }
                fault => hits.faults.push(fault.clone()),
            }
        }
        hits
    }
}

/// The faults that hit one call.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub(super) latency: Duration,
    pub(super) faults: Vec<Fault>,
}

impl Hits {
    /// How far the sandbox clock is off for this call.
    pub(super) fn skew(&self) -> time::Duration {
        self.faults.iter().fold(time::Duration::ZERO, |sum, fault| match fault {
            Fault::Skew { seconds } => sum + time::Duration::seconds(*seconds),
            _ => sum,
        })
    }

    /// The fault that keeps the call from being executed.
    pub(super) fn before(&self) -> Option<&Fault> {
        self.faults.iter().find(|fault| {
            matches!(
                fault,
                Fault::DropBefore
                    | Fault::Status { after: false, .. }
                    | Fault::RateLimit { .. }
                    | Fault::Redirect { .. }
            )
        })
    }

    /// Their names for the log.
    pub(super) fn names(&self) -> Option<String> {
        let names: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| names.join("+"))
    }
}

/// Text fields that no rule of the protocol ties to the request: a gateway could fill them with anything.
const FREE: &[&str] = &[
    "outUserId",
    "outTradeNo",
    "batchId",
    "tradeToken",
    "tradeOrderNo",
    "resultMsg",
    "tradeNo",
    "orderId",
    "errorMsg",
];

/// Fills an answer's message and free text fields with hostile text; ids, dates and amounts stay readable.
pub(super) fn make_hostile(answer: &mut Answer, kind: Hostile) {
    answer.msg = hostile_text(kind, 0);
    let fields = answer.data.iter_mut().flatten().filter(|(name, _)| FREE.contains(name));
    for (turn, (_, value)) in fields.enumerate() {
        *value = Out::Text(hostile_text(kind, turn + 1));
    }
}

fn hostile_text(kind: Hostile, turn: usize) -> String {
    match (kind, turn % 4) {
        (Hostile::Escapes, _) | (Hostile::All, 0) => {
            "\u{1b}[2J\u{1b}[31mPAID\u{1b}]0;owned\u{7}\u{9b}8m\u{1b}]52;c;ZXZpbA==\u{7}\r\n\u{8}\u{0}".into()
        }
        (Hostile::Bidi, _) | (Hostile::All, 1) => {
            "user\u{202e}00.0005\u{2066}x\u{2069}\u{200b}\u{200f}\u{61c}\u{feff}\u{ad}\u{2028}end\u{e0041}"
                .into()
        }
        (Hostile::Long, _) | (Hostile::All, 2) => "long ".repeat(2_000),
        (Hostile::Cjk | Hostile::All, _) => {
            "争议案件处理中，请稍候。ผู้ใช้e\u{301}\u{302}\u{303}\u{304}👩‍👩‍👧漢".into()
        }
    }
}
