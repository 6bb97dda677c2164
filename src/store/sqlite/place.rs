//! Whether a directory can hold the list. SQLite's write-ahead log lives in memory that processes share, and file systems
//! behind a network or a helper process share neither it nor the locks: two desks would damage the file without a word.

use std::path::Path;

use crate::store::StoreError;

/// The file systems that do not keep a database whole, by the number that statfs(2) tells them by.
const UNSAFE: [(u64, &str); 8] = [
    (0x6969, "NFS"),
    (0x517b, "a Windows share"),
    (0xff53_4d42, "a Windows share"),
    (0xfe53_4d42, "a Windows share"),
    (0x6573_5546, "a FUSE file system"),
    (0x0102_1997, "a 9p file system"),
    (0x5346_414f, "AFS"),
    (0x00c3_6400, "Ceph"),
];

/// Refuses a directory on such a file system.
///
/// # Errors
/// [`StoreError::Remote`] names the directory and what it lies on.
pub(super) fn check(directory: &Path) -> Result<(), StoreError> {
    // What cannot be asked about will be told by SQLite.
    kind_of(directory).map_or(Ok(()), |number| judge(directory, number))
}

fn judge(directory: &Path, number: u64) -> Result<(), StoreError> {
    match remote(number) {
        Some(what) => Err(StoreError::Remote { path: directory.to_owned(), what }),
        None => Ok(()),
    }
}

/// The name of such a file system, with its article.
pub(super) fn remote(number: u64) -> Option<&'static str> {
    UNSAFE.into_iter().find(|(known, _)| *known == number).map(|(_, what)| what)
}

/// The number of the file system under a path; `None` where it cannot be asked for.
#[cfg(target_os = "linux")]
pub(super) fn kind_of(directory: &Path) -> Option<u64> {
    u64::try_from(rustix::fs::statfs(directory).ok()?.f_type).ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kind_of(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_that_shares_no_memory_is_refused_by_name() {
        let refused = |number| judge(Path::new("/mnt/list"), number).unwrap_err();
        assert_eq!(
            refused(0x6969).to_string(),
            "/mnt/list lies on NFS, where several processes cannot share a database"
        );
        for number in [0xff53_4d42, 0x6573_5546, 0x0102_1997] {
            assert!(refused(number).hint().contains("--data-dir"));
        }
    }

    #[test]
    fn local_disks_and_what_cannot_be_asked_pass() {
        for number in [0xef53, 0x0102_1994, 0x5846_5342, 0x9123_683e, 0] {
            assert!(judge(Path::new("/home"), number).is_ok(), "{number:#x}");
        }
        assert!(check(Path::new("/no/such/place")).is_ok());
        #[cfg(target_os = "linux")]
        assert_eq!(kind_of(Path::new("/proc")), Some(0x9fa0));
    }
}
