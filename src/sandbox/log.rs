//! One line per call, for the person who watches the sandbox. It never carries a signature, a token or a body.

use std::{fmt, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::format_description};

use super::Endpoint;

/// What happened to one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When the call came in, by the sandbox clock.
    pub at: OffsetDateTime,
    /// The HTTP method.
    pub method: String,
    /// The call.
    pub endpoint: Endpoint,
    /// The HTTP status sent; 0 where the connection was dropped without an answer.
    pub http_status: u16,
    /// The return code sent, or the one the dropped answer had; empty where none was made.
    pub code: String,
    /// The rule that the call broke, such as `caseId.max-length`.
    pub rule: Option<String>,
    /// The misbehaviour that was applied, such as `drop-after`.
    pub fault: Option<String>,
    /// From the call to its answer, by the sandbox clock.
    pub elapsed: Duration,
}

/// Takes the log lines; it is called from the server's tasks and should return at once.
pub type LogSink = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// A sink that keeps nothing.
pub fn silent() -> LogSink {
    Arc::new(|_| {})
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = format_description!("[hour]:[minute]:[second].[subsecond digits:3]");
        let at = self.at.format(&stamp).unwrap_or_default();
        write!(f, "{at} {} {} {}", self.method, self.endpoint.name(), self.http_status)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        write!(f, " {}ms", self.elapsed.as_millis())?;
        if let Some(rule) = &self.rule {
            write!(f, " rule={rule}")?;
        }
        if let Some(fault) = &self.fault {
            write!(f, " fault={fault}")?;
        }
        Ok(())
    }
}
