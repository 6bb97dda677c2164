//! Keys that docket does not hold: an ssh agent and a command, from the config to the gateway and back.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use docket::gateway::PrivateKey;

use crate::world::{PEMS, World};

const AGENT: &str = "SSH_AUTH_SOCK";

fn fingerprint() -> String {
    PrivateKey::parse(&PEMS.own).unwrap().public().fingerprint()
}

/// OpenSSH's agent with the key in it, ended with the test.
struct Agent {
    dir: tempfile::TempDir,
    child: Child,
}

impl Agent {
    /// `None` where OpenSSH is not installed.
    fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(dir.path().join("agent"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let agent = Self { dir, child };
        let deadline = Instant::now() + Duration::from_secs(20);
        while !agent.socket().exists() {
            assert!(Instant::now() < deadline, "ssh-agent does not listen");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        Some(agent)
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("agent")
    }

    fn add(&self, world: &World, args: &[&str]) {
        let mut add = Command::new("ssh-add");
        add.args(args).current_dir(world.home.path()).env(AGENT, self.socket()).stdin(Stdio::null());
        assert!(add.output().unwrap().status.success(), "ssh-add {args:?}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn with_agent() -> World {
    let world = World::new(&format!("signer = \"ssh-agent\"\nagent_key = \"{}\"", fingerprint()));
    for n in 1..=30 {
        world.put(&format!("O{n}"), "DISPUTE_INQUIRY");
        world.line(&format!("track O{n}")).good();
    }
    world
}

#[test]
fn an_agent_signs_for_every_command_and_the_key_leaves_the_host() {
    let Some(agent) = Agent::start() else { return };
    let world = with_agent();
    let run = |words: &str| world.line_with(words, AGENT, agent.socket());
    let empty = run("refresh");
    empty.failed(
        5,
        &format!("the ssh agent has no key {}; it has none at all", fingerprint()),
        "ssh-add FILE",
    );

    agent.add(&world, &["own.pem"]);
    std::fs::remove_file(world.path("own.pem")).unwrap();
    let refreshed = run("refresh").good();
    assert!(refreshed.out.contains("30 of 30 cases refreshed"), "{refreshed:?}");
    let reply = "reply O1 --content Delivered. --file http://ev.example/x.PDF --yes --json";
    assert!(run(reply).good().out.contains("\"accepted\""));
    let doctor = run("doctor --json");
    for check in ["private key", "key pair", "signed call"] {
        assert_eq!(doctor.check(check).0, "ok", "{check}: {doctor:?}");
    }
    let found = doctor.check("private key").1;
    assert!(found.starts_with("in the ssh agent at ") && found.ends_with(&fingerprint()), "{found}");

    agent.add(&world, &["-D"]);
    run("reply O2 --content Delivered. --file http://ev.example/x.PDF --yes").failed(
        5,
        "has no key",
        "ssh-add",
    );
    assert!(world.sandbox().state().replies("O2").is_empty());
}

#[test]
fn without_an_agent_it_says_where_one_would_be() {
    let world = with_agent();
    world.line("refresh").failed(5, "no ssh agent is known: SSH_AUTH_SOCK is not set", "ssh -A");
    let stale = world.path("gone/agent.1");
    let ran = world.line_with("refresh", AGENT, &stale);
    ran.failed(5, "cannot be reached: there is no such file", "agent of an old login");
    let doctor = world.line_with("doctor --json", AGENT, &stale);
    assert_eq!(doctor.code, 5, "{doctor:?}");
    assert_eq!(doctor.check("private key").0, "error", "{doctor:?}");
    assert_eq!(doctor.check("signed call").1, "skipped: there is no usable private key");
    world.line("list").good();
}

/// Not a test: the program behind a `sign_command`. It signs what it is given with the key it is told, and says so on a
/// line of its own among what a test says.
#[test]
#[ignore = "is the program of another test"]
fn signs_what_it_is_given() {
    let pem = std::fs::read_to_string(std::env::var("DOCKET_TEST_KEY").unwrap()).unwrap();
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).unwrap();
    println!("\nsign: {}", PrivateKey::parse(&pem).unwrap().sign(&body).unwrap());
}

/// A host where a program signs; the key lies where docket does not look.
fn with_command() -> World {
    let this = std::env::current_exe().unwrap();
    let script = "DOCKET_TEST_KEY=safe/key.pem \"$0\" --exact signers::signs_what_it_is_given --ignored --nocapture \
                  | sed -n 's/^sign: //p'";
    let words = serde_json::to_string(&["sh", "-c", script, this.to_str().unwrap()]).unwrap();
    let signer = format!("signer = \"command\"\nsign_command = {words}\npublic_key_file = \"own.pub.pem\"");
    let world = World::new(&signer);
    std::fs::create_dir(world.path("safe")).unwrap();
    std::fs::rename(world.path("own.pem"), world.path("safe/key.pem")).unwrap();
    world.write("own.pub.pem", &PEMS.own_public);
    for n in 1..=5 {
        world.put(&format!("O{n}"), "DISPUTE_INQUIRY");
        world.line(&format!("track O{n}")).good();
    }
    world
}

#[test]
fn a_command_signs_and_what_it_gives_is_checked() {
    let world = with_command();
    let refreshed = world.line("refresh").good();
    assert!(refreshed.out.contains("5 of 5 cases refreshed"), "{refreshed:?}");
    let reply = "reply O1 --content Delivered. --file http://ev.example/x.PDF --yes --json";
    assert!(world.line(reply).good().out.contains("\"accepted\""));
    let doctor = world.line("doctor --json");
    for check in ["private key", "key pair", "signed call"] {
        assert_eq!(doctor.check(check).0, "ok", "{check}: {doctor:?}");
    }
    assert!(doctor.check("private key").1.starts_with("behind sh, checked with "), "{doctor:?}");

    // Another key behind the command: its signatures fit nothing here, and nothing leaves.
    let stranger = PrivateKey::generate().unwrap();
    world.write("safe/key.pem", &stranger.to_pem().unwrap());
    let signs = world.wire.signs().len();
    let ran = world.line("reply O2 --content Delivered. --file http://ev.example/x.PDF --yes");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("what sh gave is no signature of the configured key"), "{ran:?}");
    assert_eq!((world.wire.signs().len(), world.sandbox().state().replies("O2").len()), (signs, 0));
    let doctor = world.line("doctor --json");
    let (result, found, _) = doctor.check("key pair");
    assert!(result == "error" && found.contains("is no signature of the configured key"), "{doctor:?}");
}

#[test]
fn a_config_that_others_may_write_runs_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = with_command();
    let open = std::fs::Permissions::from_mode(0o646);
    std::fs::set_permissions(world.path("config.toml"), open).unwrap();
    world.line("refresh").failed(5, "config.toml can be changed by others: its mode is 0646", "chmod go-w");
    world.line("list").good();
}
