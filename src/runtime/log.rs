//! The log of a run, for the day something has to be explained. One JSON object per line, in a file of the user's own.
//!
//! What may be written is a list, not a filter: a field that is not named here is left out, and so is everything other
//! crates say. A key, a token or a signature therefore has no way in, not even by mistake.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::domain::shown;
use crate::gateway::Clock;

/// The fields that may be written.
const FIELDS: [&str; 24] = [
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

/// A larger file is set aside as `docket.log.1` before it is written to again, also by a desk that stays open for weeks.
const FILE_BYTES_MAX: u64 = 5 * 1024 * 1024;

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
    let subscriber = tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(writer).finish();
    // Only a second call in one process fails here, and the first log goes on.
    let first = tracing::subscriber::set_global_default(subscriber).is_ok();
    if first {
        *WRITER.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    }
    Ok(LogGuard(first))
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    if fs::symlink_metadata(path).is_ok_and(|file| file.len() > FILE_BYTES_MAX) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// The file of the log. Every call leaves a line, and a refresh may be a hundred thousand of them.
struct Growing {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Growing {
    fn open(path: &Path) -> io::Result<Self> {
        let file = open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, bytes })
    }
}

impl io::Write for Growing {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes > FILE_BYTES_MAX {
            // Another process may have set it aside meanwhile; then its new file is gone on with.
            *self = Self::open(&self.path)?;
        }
        let written = self.file.write(line)?;
        self.bytes += u64::try_from(written).unwrap_or_default();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
    let subscriber =
        tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(move || into.clone()).finish();
    tracing::subscriber::with_default(subscriber, says);
    let bytes = memory.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::{Command, Stdio};
    use std::sync::Arc;
    use time::macros::datetime;

    #[test]
    fn only_named_fields_of_docket_are_written_and_only_for_the_user() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/docket.log");
        let (writer, guard) = tracing_appender::non_blocking(open(&path).unwrap());
        let clock: Clock = Arc::new(|| datetime!(2026-11-20 08:00 UTC));
        let subscriber =
            tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(writer).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(case_id = "O1\u{1b}", sign = "c2VjcmV0", token = ?"secret", failed = 2, "case not refreshed");
            tracing::info!(target: "hyper::client", code = "noise", "from elsewhere");
        });
        drop(guard);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        let expected = serde_json::json!({
            "at": "2026-11-20T08:00:00Z", "level": "INFO", "where": "docket::runtime::log::tests",
            "case_id": "O1␛", "failed": 2, "message": "case not refreshed"
        });
        assert_eq!(lines[0], expected);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    /// Not a test: what [`a_process_that_exits_keeps_its_last_line`] runs in a process of its own.
    #[test]
    #[ignore = "ends its process"]
    fn exits_with_much_to_say() {
        let path = std::env::var_os("DOCKET_TEST_LOG").unwrap();
        let _guard = start(Path::new(&path), Arc::new(|| datetime!(2026-11-20 08:00 UTC))).unwrap();
        // More than the pipe takes, so that the writer hangs until the test reads.
        (0..3_000).for_each(|_| tracing::info!("one of many"));
        tracing::warn!(exit = 143, "the last line");
        println!("all is said");
        finish();
        std::process::exit(0);
    }

    #[test]
    fn a_process_that_exits_keeps_its_last_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docket.log");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "runtime::log::tests::exits_with_much_to_say", "--ignored", "--nocapture"])
            .env("DOCKET_TEST_LOG", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = File::open(&path).unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().ends_with("all is said")));
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success());
        assert!(text.lines().last().unwrap().contains("the last line"), "{} lines", text.lines().count());
    }

    #[test]
    fn nothing_hostile_reaches_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docket.log");
        let (writer, guard) = tracing_appender::non_blocking(open(&path).unwrap());
        let clock: Clock = Arc::new(|| datetime!(2026-11-20 08:00 UTC));
        let subscriber =
            tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(writer).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(code = "A\u{9b}2J\u{202e}\u{7f}", command = %"\u{2066}x", "case \u{feff}not refreshed");
        });
        drop(guard);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("A<U+009B>2J<U+202E>␡"), "{text:?}");
        assert!(!text.trim_end().chars().any(shown::is_hostile), "{text:?}");
    }

    #[test]
    fn a_log_that_grows_while_it_is_written_is_set_aside_too() {
        use std::io::Write as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docket.log");
        let mut log = Growing::open(&path).unwrap();
        let line = vec![b'x'; 64 * 1024];
        for _ in 0..=FILE_BYTES_MAX / 65_536 {
            log.write_all(&line).unwrap();
        }
        log.write_all(b"the next\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "the next\n");
        assert!(fs::metadata(path.with_extension("log.1")).unwrap().len() > FILE_BYTES_MAX);
    }

    #[test]
    fn a_large_log_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docket.log");
        File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        assert!(dir.path().join("docket.log.1").exists());
    }
}
