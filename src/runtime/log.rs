//! The log of a run, for the day something has to be explained. One JSON object per line, in a file of the user's own.
//!
//! What may be written is a list, not a filter: a field that is not named here is left out, and so is everything other
//! crates say. A key, a token or a signature therefore has no way in, not even by mistake.

mod growing;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::domain::shown;
use crate::gateway::Clock;

use growing::Growing;

/// The fields that may be written.
const FIELDS: [&str; 25] = [
    "message",
    "case_id",
    "code",
    "command",
    "profile",
    "environment",
    "version",
    "requested",
    "succeeded",
    "failed",
    "cancelled",
    "changed",
    "per_second",
    "elapsed_ms",
    "exit",
    // Of a call, and of the way of an action.
    "call",
    "about",
    "outcome",
    "http_status",
    "signature",
    "bytes",
    "action",
    "kind",
    "attempt",
    "state",
];

/// Says how much is written: `debug` adds a line for each successful call of `caseSearch`, of which a refresh may make a
/// hundred thousand. Anything else means the usual.
const LEVEL: &str = "DOCKET_LOG";

/// The writer of the log of this process. Whoever ends the process must be able to wait for it: a process that exits
/// runs nobody's Drop.
static WRITER: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Keeps the log open; what is still on its way is written when this is dropped.
#[derive(Debug)]
pub struct LogGuard(bool);

impl Drop for LogGuard {
    fn drop(&mut self) {
        if self.0 {
            finish();
        }
    }
}

/// Writes what is still on its way, for about a second at most, and ends the log.
pub(super) fn finish() {
    let writer = WRITER.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(writer);
}

/// Starts the log of this process. A second call changes nothing.
///
/// # Errors
/// When the file or its directory cannot be made; docket works without a log then.
pub fn start(path: &Path, clock: Clock) -> io::Result<LogGuard> {
    let (writer, guard) = tracing_appender::non_blocking(Growing::open(path)?);
    let asked = std::env::var(LEVEL).ok();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level(asked.as_deref()))
        .event_format(Allowed { clock })
        .with_writer(writer)
        .finish();
    // Only a second call in one process fails here, and the first log goes on.
    let first = tracing::subscriber::set_global_default(subscriber).is_ok();
    if first {
        *WRITER.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    }
    Ok(LogGuard(first))
}

/// How much to write, by what the environment asks for.
fn level(asked: Option<&str>) -> Level {
    match asked {
        Some(word) if word.trim().eq_ignore_ascii_case("debug") => Level::DEBUG,
        _ => Level::INFO,
    }
}

/// Writes an event with the fields of the list and nothing else.
struct Allowed {
    clock: Clock,
}

impl<S, N> FormatEvent<S, N> for Allowed
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        if metadata.target().split("::").next() != Some("docket") {
            return Ok(());
        }
        let mut fields = Fields(Map::new());
        let at = (self.clock)();
        let text = at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
        fields.0.insert("at".to_owned(), text.into());
        fields.0.insert("level".to_owned(), metadata.level().as_str().into());
        fields.0.insert("where".to_owned(), metadata.target().into());
        event.record(&mut fields);
        writeln!(out, "{}", Value::Object(fields.0))
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        if FIELDS.contains(&field.name()) {
            self.0.insert(field.name().to_owned(), value);
        }
    }

    /// A log is read with `tail` and `less`, so foreign text goes into it as it goes to any other screen.
    fn put_text(&mut self, field: &Field, text: &str) {
        self.put(field, shown::line(text).into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
}

/// What the log would have of what a closure says.
#[cfg(test)]
pub(super) fn written(clock: Clock, says: impl FnOnce()) -> String {
    written_at(Level::INFO, clock, says)
}

/// The same of a log that is to have more.
#[cfg(test)]
pub(super) fn written_at(level: Level, clock: Clock, says: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Memory(std::sync::Arc<Mutex<Vec<u8>>>);
    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let memory = Memory::default();
    let into = memory.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .event_format(Allowed { clock })
        .with_writer(move || into.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, says);
    let bytes = memory.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8_lossy(&bytes).into_owned()
}
