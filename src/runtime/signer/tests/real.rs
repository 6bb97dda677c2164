//! OpenSSH's own agent, where it is installed: what it signs is what PayerMax takes.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::super::agent::Agent;
use super::fake::{KEY, OTHER};
use crate::gateway::Signer;

/// An agent of the system's, ended with the test.
struct Real {
    dir: TempDir,
    agent: Child,
}

impl Real {
    /// `None` where OpenSSH is not installed.
    fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let agent = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(dir.path().join("agent"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let real = Self { dir, agent };
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !real.socket().exists() {
            assert!(std::time::Instant::now() < deadline, "ssh-agent does not listen");
            std::thread::park_timeout(std::time::Duration::from_millis(5));
        }
        Some(real)
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("agent")
    }

    /// Runs `ssh-add`; `None` where there is none.
    fn add(&self, args: &[&str]) -> Option<String> {
        let output = Command::new("ssh-add")
            .args(args)
            .env("SSH_AUTH_SOCK", self.socket())
            .stdin(Stdio::null())
            .output()
            .ok()?;
        Some(String::from_utf8(output.stdout).unwrap())
    }

    fn key(&self, name: &str, pem: &str) -> String {
        let path = self.dir.path().join(name);
        crate::store::keyfile::write_new(&path, pem.as_bytes(), 0o600).unwrap();
        path.display().to_string()
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        _ = self.agent.kill();
        _ = self.agent.wait();
    }
}

/// Says, past the test harness, that nothing was tried. `tests::agent` tries the same against an agent of its own.
fn skipped() {
    use std::io::Write as _;
    _ = std::io::stderr().write_all(b"SKIPPED: there is no ssh-agent on this host\n");
    let allowed = std::env::var_os("DOCKET_TEST_NO_OPENSSH").is_some();
    assert!(allowed, "install OpenSSH, or set DOCKET_TEST_NO_OPENSSH");
}

#[test]
fn openssh_signs_exactly_what_the_key_itself_would() {
    let Some(real) = Real::start() else { return skipped() };
    let (other, own) = (real.key("other", &OTHER.to_pem().unwrap()), real.key("own", &KEY.to_pem().unwrap()));
    let Some(_) = real.add(&[&other, &own]) else { return skipped() };
    let fingerprint = KEY.public().fingerprint();
    let listed = real.add(&["-l"]).unwrap();
    assert!(listed.contains(&fingerprint), "the fingerprint is ssh's own: {fingerprint} in {listed}");

    let (agent, public) = Agent::find(&real.socket(), &fingerprint).unwrap();
    let signer = Signer::elsewhere(agent, public);
    let bodies: Vec<Vec<u8>> =
        (0..64_u32).map(|n| format!("{n}").repeat(1 + n as usize * 9).into_bytes()).collect();
    std::thread::scope(|scope| {
        let signing: Vec<_> = bodies.iter().map(|body| scope.spawn(|| signer.sign(body))).collect();
        for (body, signed) in bodies.iter().zip(signing) {
            assert_eq!(signed.join().unwrap().unwrap(), KEY.sign(body).unwrap());
        }
    });

    real.add(&["-D"]).unwrap();
    let gone = signer.sign(b"body").unwrap_err();
    assert!(gone.what.contains("has no key") && gone.what.contains("none at all"), "{gone:?}");
}
