//! The file of the log. Several processes write into it, some for weeks; whichever finds it too large sets it aside, and
//! all others follow: each looks before every line whether its file still has the name.
//!
//! Whoever writes holds a share in the file for as long as that takes, and whoever sets it aside holds it alone. So no line
//! goes into a file that has been set aside, the older one that is overwritten is nobody's any more, and of two that find
//! it too large at once only one acts.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A larger file is set aside as `docket.log.1` before it is written to again.
const FILE_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// So often a process follows when others set the file aside while it does so.
const FOLLOWS_MAX: usize = 3;

/// The log as one process writes it.
pub(super) struct Growing {
    path: PathBuf,
    file: File,
}

impl Growing {
    /// Opens the log, and makes it and its directory where they are missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        Ok(Self { path: path.to_owned(), file: named(path)? })
    }

    /// Takes a share in the file that has the name now. Where that cannot be had, the line goes where the last one went:
    /// it is worth more than the order of the files.
    fn follow(&mut self) {
        for _ in 0..FOLLOWS_MAX {
            // Nobody waits for another process here. Whoever holds the file alone is about to take its name away.
            _ = self.file.try_lock_shared();
            match self.bytes() {
                Some(bytes) if bytes <= FILE_BYTES_MAX || !self.set_aside() => return,
                Some(_) | None => {}
            }
            let Ok(file) = named(&self.path) else { return };
            self.file = file;
        }
    }

    /// The size of the file, if it still has the name.
    fn bytes(&self) -> Option<u64> {
        let (own, there) = (self.file.metadata().ok()?, fs::metadata(&self.path).ok()?);
        ((own.dev(), own.ino()) == (there.dev(), there.ino())).then_some(there.len())
    }

    /// Gives the file another name, unless somebody is writing to it or has done so meanwhile; `false` when it keeps its
    /// name. A link that somebody has put in its place is left alone, and so is what it leads to.
    fn set_aside(&self) -> bool {
        let is_link = fs::symlink_metadata(&self.path).is_ok_and(|there| there.is_symlink());
        !is_link
            && self.file.try_lock().is_ok()
            && self.bytes().is_some()
            && fs::rename(&self.path, self.path.with_extension("log.1")).is_ok()
    }
}

impl io::Write for Growing {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.follow();
        let written = self.file.write(line);
        _ = self.file.unlock();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn named(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// A directory, the log in it, and the one that was set aside.
    fn place() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docket.log");
        let aside = dir.path().join("docket.log.1");
        (dir, path, aside)
    }

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    /// Makes what is there too large.
    fn fill(log: &mut Growing) {
        let bytes = fs::metadata(&log.path).unwrap().len();
        log.write_all(&vec![b'x'; usize::try_from(FILE_BYTES_MAX - bytes).unwrap() + 1]).unwrap();
    }

    #[test]
    fn a_log_that_grows_while_it_is_written_is_set_aside() {
        let (_dir, path, aside) = place();
        let mut log = Growing::open(&path).unwrap();
        log.write_all(b"the first\n").unwrap();
        fill(&mut log);
        assert!(!aside.exists());
        log.write_all(b"the next\n").unwrap();
        assert_eq!(read(&path), "the next\n");
        assert!(read(&aside).starts_with("the first\nx"));
    }

    #[test]
    fn a_large_log_is_set_aside_by_the_next_process() {
        let (_dir, path, aside) = place();
        File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        Growing::open(&path).unwrap().write_all(b"the next\n").unwrap();
        assert_eq!((read(&path).as_str(), aside.exists()), ("the next\n", true));
    }

    #[test]
    fn a_desk_that_says_little_follows_a_log_that_others_turn_over() {
        let (_dir, path, aside) = place();
        let (mut desk, mut cron) = (Growing::open(&path).unwrap(), Growing::open(&path).unwrap());
        desk.write_all(b"desk opened\n").unwrap();
        for _ in 0..2 {
            fill(&mut cron);
            cron.write_all(b"cron\n").unwrap();
        }
        desk.write_all(b"desk left\n").unwrap();
        assert_eq!(read(&path), "cron\ndesk left\n", "and into no file without a name");
        cron.write_all(b"cron\n").unwrap();
        assert_eq!(read(&path), "cron\ndesk left\ncron\n");
        fs::remove_file(&path).unwrap();
        desk.write_all(b"anew\n").unwrap();
        assert_eq!(read(&path), "anew\n", "somebody has deleted it");
        assert!(aside.exists());
    }

    #[test]
    fn a_log_into_which_another_process_is_writing_keeps_its_name() {
        let (_dir, path, aside) = place();
        let (mut desk, mut cron) = (Growing::open(&path).unwrap(), Growing::open(&path).unwrap());
        fill(&mut cron);
        // As in the middle of its line.
        desk.follow();
        let was_set_aside = aside.exists();
        assert!(was_set_aside, "nobody else was writing");
        fill(&mut desk);
        desk.file.lock_shared().unwrap();
        cron.write_all(b"cron\n").unwrap();
        assert!(read(&path).ends_with("xcron\n"), "not set aside under the desk's hands");
        desk.file.unlock().unwrap();
        cron.write_all(b"cron again\n").unwrap();
        assert_eq!(read(&path), "cron again\n");
        assert!(read(&aside).ends_with("xcron\n"));
    }

    #[test]
    fn a_link_is_written_through_and_left_alone() {
        let (dir, path, aside) = place();
        let elsewhere = dir.path().join("elsewhere");
        File::create(&elsewhere).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        let mut log = Growing::open(&path).unwrap();
        log.write_all(b"the next\n").unwrap();
        assert!(read(&elsewhere).ends_with("the next\n") && !aside.exists());
    }
}
