//! Who works here. The journal says who sent what, so the name is the system's and not a variable's: anybody can set
//! `USER`, and under cron nobody does.

use crate::domain::refund::Person;
use crate::domain::shown;

/// The longest name of a `SUDO_USER` that is written down.
const NAME_MAX: usize = 64;

/// The user of this process by number, with who stands behind it as sudo says.
pub(super) fn person() -> Person {
    let behind = std::env::var("SUDO_UID").ok().and_then(|uid| uid.trim().parse().ok());
    Person { uid: rustix::process::geteuid().as_raw(), behind }
}

/// The system's name for a user id; `uid 1001` where it has none.
pub(super) fn name_of(uid: u32) -> String {
    known_name(uid).unwrap_or_else(|| format!("uid {uid}"))
}

fn known_name(uid: u32) -> Option<String> {
    let name = uzers::get_user_by_uid(uid)?.name().to_string_lossy().into_owned();
    Some(name).filter(|name| !name.trim().is_empty())
}

/// Whether a user id is somebody. One person may have thousands of others (`/etc/subuid`): those of their containers have
/// no name, and in a container they have names, but not the host's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    /// Whether one has a name on this host.
    pub(super) is_named: fn(u32) -> bool,
    /// Whether this process is in a user namespace, where they are others than the host's.
    pub(super) are_mapped: bool,
}

/// How a name is looked up makes no difference between two of them.
impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.are_mapped == other.are_mapped
    }
}

impl Eq for Ids {}

impl Ids {
    /// Asks the system.
    pub(super) fn of_the_system() -> Self {
        let map = std::fs::read_to_string("/proc/self/uid_map");
        let are_mapped = map.map_or(cfg!(target_os = "linux"), |map| !is_of_the_host(&map));
        Self { is_named: |uid| known_name(uid).is_some(), are_mapped }
    }
}

/// Whether a map of user ids gives every one of them as it is, `user_namespaces(7)`.
fn is_of_the_host(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// The user of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    /// The name, for `owner:@me`; never empty.
    pub(super) name: String,
    /// The name with who stands behind it, for the journal: `root (sudo by ana)`.
    pub(super) signature: String,
}

impl Operator {
    /// Asks the system and the environment.
    pub(super) fn of_this_process() -> Self {
        let name_of = |uid| Some(uzers::get_user_by_uid(uid)?.name().to_string_lossy().into_owned());
        let uid_of = |name: &str| Some(uzers::get_user_by_name(name)?.uid());
        let var = |name: &str| std::env::var(name).ok();
        Self::of(rustix::process::getuid().as_raw(), name_of, uid_of, var)
    }

    /// Several names may belong to one user id, as those of a team do; which of them it is only `USER` or `LOGNAME` can
    /// tell. They are believed for that alone. An id without a name stands for itself.
    fn of(
        uid: u32,
        name_of: impl Fn(u32) -> Option<String>,
        uid_of: impl Fn(&str) -> Option<u32>,
        var: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let said = |name| var(name).filter(|name| !name.trim().is_empty());
        let own = ["USER", "LOGNAME"].into_iter().filter_map(said).find(|name| uid_of(name) == Some(uid));
        let name = own.or_else(|| name_of(uid)).filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| format!("uid {uid}"));
        let behind = said("SUDO_USER").map(|name| name.trim().to_owned()).filter(|behind| *behind != name);
        let signature = match behind {
            Some(behind) => {
                format!("{name} (sudo by {})", shown::clipped(&shown::line(&behind), NAME_MAX))
            }
            None => name.clone(),
        };
        Self { name, signature }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// The system knows ana (1001), and root and toor, which are one. Gives the name and the signature.
    fn of(uid: u32, vars: &[(&str, &str)]) -> (String, String) {
        let users = [("ana", 1001), ("root", 0), ("toor", 0), ("", 7)];
        let name_of = |uid| users.iter().find(|user| user.1 == uid).map(|user| user.0.to_owned());
        let uid_of = |name: &str| users.iter().find(|user| user.0 == name).map(|user| user.1);
        let var = |name: &str| vars.iter().find(|var| var.0 == name).map(|var| var.1.to_owned());
        let Operator { name, signature } = Operator::of(uid, name_of, uid_of, var);
        (name, signature)
    }

    #[test]
    fn a_variable_only_chooses_among_the_names_of_the_user_id() {
        for (uid, vars, name) in [
            (1001, &[][..], "ana"),
            (1001, &[("USER", ""), ("LOGNAME", " ")], "ana"),
            (1001, &[("USER", "ceo"), ("LOGNAME", "root")], "ana"),
            (0, &[("USER", "ana")], "root"),
            (0, &[("USER", "toor")], "toor"),
            (0, &[("USER", "ana"), ("LOGNAME", "toor")], "toor"),
            (4242, &[("USER", "ana")], "uid 4242"),
            (7, &[], "uid 7"),
        ] {
            assert_eq!(of(uid, vars), (name.to_owned(), name.to_owned()), "{uid} {vars:?}");
        }
    }

    #[test]
    fn who_became_another_by_sudo_is_named_in_the_journal() {
        for (uid, behind, signature) in [
            (0, "ana", "root (sudo by ana)"),
            (0, "root", "root"),
            (0, " ", "root"),
            (4242, "ana", "uid 4242 (sudo by ana)"),
            (0, "a\u{202e}na\n", "root (sudo by a<U+202E>na)"),
        ] {
            let (name, signed) = of(uid, &[("SUDO_USER", behind)]);
            assert_eq!(signed, signature);
            assert!(!name.contains("sudo"), "an owner is a name alone: {name}");
        }
        assert!(of(0, &[("SUDO_USER", &"x".repeat(9000))]).1.len() < 100);
    }

    #[test]
    fn a_map_of_anything_but_every_id_as_it_is_is_a_namespace() {
        assert!(is_of_the_host("         0          0 4294967295\n"));
        for mapped in [
            "0 1001 1\n1 100000 65536\n",
            "0 0 65536",
            "1001 1001 1",
            "0 0 1\n1 1 4294967294",
            "0 100000 4294967295",
            "",
        ] {
            assert!(!is_of_the_host(mapped), "{mapped:?}");
        }
    }

    #[test]
    fn an_id_that_nobody_has_is_named_by_its_number_alone() {
        let ids = Ids::of_the_system();
        assert!((ids.is_named)(0), "root has a name everywhere");
        let nobodys =
            (3_000_000_000..3_000_000_100).find(|uid| uzers::get_user_by_uid(*uid).is_none()).unwrap();
        assert!(!(ids.is_named)(nobodys) && name_of(nobodys) == format!("uid {nobodys}"));
    }

    #[test]
    fn this_process_has_a_name() {
        let Operator { name, signature } = Operator::of_this_process();
        assert!(!name.trim().is_empty() && signature.starts_with(&name));
    }
}
