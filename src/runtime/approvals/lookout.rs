//! Looks for the desk how many requests wait for whoever sits at it. On a thread that nobody waits for, after the first
//! picture: the directory may lie on a disk that does not answer.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::app::event::Event;
use crate::runtime::beside;
use crate::runtime::session::Session;

use super::Tray;

/// Where the desk's requests lie, where the policy has a directory for them and this person may send at all.
pub(in crate::runtime) struct Lookout {
    session: Option<Arc<Session>>,
    events: Sender<Event>,
}

impl Lookout {
    /// Nothing is read yet.
    pub(in crate::runtime) fn new(session: &Session, may_send: bool, events: Sender<Event>) -> Self {
        let looks = may_send && session.config.policy.refund_requests_dir.is_some();
        Self { session: looks.then(|| Arc::new(session.clone())), events }
    }

    /// Looks once; what there is comes as an event. A directory that cannot be read is told by `docket approve`.
    pub(in crate::runtime) fn look(&self) {
        let Some(session) = self.session.clone() else { return };
        let events = self.events.clone();
        beside::detach(move || match Tray::of(&session).and_then(|tray| tray.waiting(session.now())) {
            // Closed only when the desk is left.
            Ok(count) => _ = events.blocking_send(Event::Requests(count)),
            Err(error) => tracing::info!(code = %error, "the requests could not be looked at"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CaseId;
    use crate::domain::refund::Refund;
    use crate::runtime::approvals::tests::directory;
    use crate::runtime::session::{Place, system_clock};
    use std::path::Path;
    use tokio::sync::mpsc::channel;

    fn session(home: &Path, policy: &str) -> Session {
        let config = format!(
            "default_profile = \"t\"\n[profiles.t]\nenvironment = \"uat\"\napp_id = \"a\"\nmerchant_no = \"m\"\n\
             private_key_file = \"k\"\ngateway_public_key_file = \"p\"\n{policy}\n"
        );
        let path = home.join("config.toml");
        std::fs::write(&path, config).unwrap();
        let place = Place { config: Some(path), data_dir: Some(home.into()), ..Place::default() };
        Session::open(&place, system_clock()).unwrap()
    }

    /// Whether the files in it are another user's by now, and this process can tell that they are.
    fn given_away(dir: &Path) -> bool {
        let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        let daemon = uzers::get_user_by_name("daemon").map(|user| user.uid());
        map.split_whitespace().eq(["0", "0", "4294967295"])
            && std::fs::read_dir(dir)
                .unwrap()
                .all(|entry| std::os::unix::fs::chown(entry.unwrap().path(), daemon, None).is_ok())
    }

    #[tokio::test]
    async fn the_desk_hears_how_many_wait_for_whoever_sits_at_it() {
        let (home, dir) = (tempfile::tempdir().unwrap(), directory());
        let policy = format!("[policy]\nrefund_requests_dir = \"{}\"", dir.path().display());
        let session = session(home.path(), &policy);
        let asked = Tray::of(&session).unwrap().ask(
            Refund::plain("P1", "60", "USD"),
            CaseId::parse("O1").ok(),
            1,
            session.now(),
        );
        asked.unwrap();
        let (events, mut told) = channel(1);
        let lookout = Lookout::new(&session, true, events.clone());
        lookout.look();
        assert_eq!(told.recv().await, Some(Event::Requests(0)), "one's own wait for another");
        if given_away(dir.path()) {
            lookout.look();
            assert_eq!(told.recv().await, Some(Event::Requests(1)));
        }
        assert!(Lookout::new(&session, false, events).session.is_none(), "whoever may not send is not told");
    }

    #[test]
    fn nobody_looks_where_the_policy_has_no_directory() {
        let home = tempfile::tempdir().unwrap();
        assert!(Lookout::new(&session(home.path(), ""), true, channel(1).0).session.is_none());
    }
}
