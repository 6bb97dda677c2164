//! Notices that the config was saved. By its path, once in a while: editors put a new file in the place of the old one,
//! and a notification on the file would follow the old one into oblivion.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the file is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Looks at a file.
#[derive(Debug)]
pub(super) struct Watch {
    file: PathBuf,
    /// As it was when it was last read.
    read: Option<Stamp>,
    /// As it was at the last look: a file that still changes is being written.
    seen: Option<Stamp>,
    tick: Interval,
}

/// What tells two states of a file apart: device, inode, length, and the second and nanosecond of the last change.
type Stamp = (u64, u64, u64, i64, i64);

impl Watch {
    /// Takes the file to have been read just now.
    pub(super) fn of(file: PathBuf) -> Self {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let read = stamp(&file);
        Self { file, read, seen: read, tick }
    }

    /// Waits until the file is another one than was read, and the same at two looks. A file that is gone is no change: it
    /// is about to come back.
    pub(super) async fn changed(&mut self) {
        loop {
            self.tick.tick().await;
            if self.look() {
                return;
            }
        }
    }

    fn look(&mut self) -> bool {
        let now = stamp(&self.file);
        let settled = now.is_some() && now == self.seen && now != self.read;
        self.seen = now;
        if settled {
            self.read = now;
        }
        settled
    }
}

fn stamp(file: &std::path::Path) -> Option<Stamp> {
    let found = std::fs::metadata(file).ok()?;
    Some((found.dev(), found.ino(), found.size(), found.ctime(), found.ctime_nsec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_was_written_or_replaced_is_noticed_once_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, "a").unwrap();
        let mut watch = Watch::of(file.clone());
        assert!(!watch.look(), "nothing has changed");
        std::fs::write(&file, "ab").unwrap();
        assert!(!watch.look(), "it may still be being written");
        std::fs::write(&file, "abc").unwrap();
        assert!(!watch.look(), "it was");
        assert!(watch.look());
        assert!(!watch.look(), "once");
        // As vim and helix save.
        std::fs::write(dir.path().join("new"), "abc").unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(!watch.look(), "gone for a moment");
        std::fs::rename(dir.path().join("new"), &file).unwrap();
        assert!(!watch.look());
        assert!(watch.look());
    }
}
