//! Keeps what this process holds to itself. It has a private key in its memory, so nobody may read that memory: not from
//! a core file, not as another process of the same user, and not from the words of a panic.

use std::io::Write as _;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// Shuts the doors, as the first thing a process does. Programs it starts (an editor, a `sign_command`) keep the umask and
/// the limit on core files, and are open to debuggers again.
pub fn seclude() {
    // It can only fail where the limit is lower already.
    _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // As ssh-agent does: no debugger of this user, no core file through a pipe, and its files in /proc are root's. Every
    // Linux has it.
    _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // Whatever this process makes is its user's alone, from the first moment.
    umask(Mode::from_raw_mode(0o077));
    // A panic's own message may quote what must not be shown; where it happened is enough to report it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text =
            format!("error: docket ran into a defect of its own at {place}\nhint: please report that line\n");
        _ = std::io::stderr().write_all(text.as_bytes());
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{dumpable_behavior, getrlimit};

    /// Not a test: what [`a_process_shuts_itself_off_and_its_panics_say_where_and_not_what`] runs in a process of its own.
    #[test]
    #[ignore = "changes its process"]
    fn shuts_itself_off() {
        seclude();
        let core = getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("new"), "").unwrap();
        let made = std::fs::metadata(dir.path().join("new")).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&made) & 0o777, 0o600);
        panic!("all of it holds, says canary");
    }

    #[test]
    fn a_process_shuts_itself_off_and_its_panics_say_where_and_not_what() {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "runtime::seclusion::tests::shuts_itself_off", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        // The last line of the child, and no other, is where it falls.
        let here = include_str!("seclusion.rs");
        let line = here.lines().position(|line| line.contains("panic!(\"all of it")).unwrap() + 1;
        assert!(said.contains(&format!("defect of its own at src/runtime/seclusion.rs:{line}:")), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
}
