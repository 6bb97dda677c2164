//! The `docket` command.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

/// Answers on their way to the disk get this long when the program ends.
const LAST_WRITES: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    if let Some(exit) = docket::runtime::apart::line(&std::env::args_os().collect::<Vec<_>>()) {
        return exit;
    }
    docket::runtime::seclusion::seclude();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let text = format!("error: the system gives no threads: {error}\nhint: close other programs\n");
            _ = std::io::stderr().write_all(text.as_bytes());
            return ExitCode::FAILURE;
        }
    };
    let exit = runtime.block_on(docket::cli::run(std::env::args_os()));
    runtime.shutdown_timeout(LAST_WRITES);
    exit
}
