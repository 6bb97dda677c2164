//! The `docket` command.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

/// Answers on their way to the disk get this long when the program ends.
const LAST_WRITES: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    // A core file would hold the private key. It can only fail where the limit is lower already.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    // Whatever this process makes is its user's alone, from the first moment.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // A panic's own message may quote what must not be shown; where it happened is enough to report it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text =
            format!("error: docket ran into a defect of its own at {place}\nhint: please report that line\n");
        _ = std::io::stderr().write_all(text.as_bytes());
    }));
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
