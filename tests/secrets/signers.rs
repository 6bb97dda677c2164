//! Keys that docket does not hold: an ssh agent and a command, from the config to the gateway and back.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use docket::gateway::PrivateKey;

use crate::pty::Pty;
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
    let Some(agent) = Agent::start() else {
        // Past the test harness, which keeps what a good test prints to itself.
        _ = std::io::stderr().write_all(b"SKIPPED: there is no ssh-agent on this host\n");
        assert!(
            std::env::var_os("DOCKET_TEST_NO_OPENSSH").is_some(),
            "install OpenSSH, or set DOCKET_TEST_NO_OPENSSH"
        );
        return;
    };
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
    with_script("", 5)
}

/// The same, after the script has done something else.
fn with_script(before: &str, cases: usize) -> World {
    let this = std::env::current_exe().unwrap();
    let script = format!(
        "{before}\nDOCKET_TEST_KEY=safe/key.pem \"$0\" --exact signers::signs_what_it_is_given --ignored --nocapture \
         | sed -n 's/^sign: //p'"
    );
    let words = serde_json::to_string(&["sh", "sign", this.to_str().unwrap()]).unwrap();
    let script = script.replace("$0", "$1");
    let signer = format!("signer = \"command\"\nsign_command = {words}\npublic_key_file = \"own.pub.pem\"");
    let world = World::new(&signer);
    std::fs::create_dir(world.path("safe")).unwrap();
    std::fs::rename(world.path("own.pem"), world.path("safe/key.pem")).unwrap();
    world.write("own.pub.pem", &PEMS.own_public);
    world.write("sign", &script);
    for n in 1..=cases {
        world.put(&format!("O{n}"), "DISPUTE_INQUIRY");
        world.line(&format!("track O{n}")).good();
    }
    world
}

#[test]
fn a_command_has_no_way_to_the_terminal() {
    let world = with_script("if (echo canary-on-the-screen > /dev/tty) 2>&-; then touch reached; fi", 1);
    let pty = Pty::run(&world, "refresh");
    let (code, raw) = pty.end();
    let said = String::from_utf8_lossy(&raw).into_owned();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 of 1 case refreshed") && !said.contains("canary"), "{said}");
    assert!(!world.path("reached").exists());
    // The same line from a program that has the terminal: otherwise this would prove nothing.
    let (_, raw) = Pty::script(&world, "echo canary-on-the-screen > /dev/tty").end();
    assert!(String::from_utf8_lossy(&raw).contains("canary-on-the-screen"));
}

#[test]
fn docket_ends_at_once_and_takes_a_command_along_with_its_children() {
    for (signal, code) in [("TERM", None), ("KILL", Some(9))] {
        let world = with_script("sleep 1000 & echo $! > child.new; mv child.new child; wait", 1);
        let mut docket =
            world.command(["refresh"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !world.path("child").exists() {
            assert!(Instant::now() < deadline, "it was never run");
            std::thread::park_timeout(Duration::from_millis(2));
        }
        let told = Instant::now();
        let kill = Command::new("kill").args([format!("-{signal}"), docket.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let status = docket.wait().unwrap();
        // It may take ten seconds to sign, and nobody has to wait for that.
        assert!(told.elapsed() < Duration::from_secs(6), "{signal}: {:?}", told.elapsed());
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), code, "{signal}: {status:?}");
        let child = std::fs::read_to_string(world.path("child")).unwrap();
        let stat = std::path::Path::new("/proc").join(child.trim()).join("stat");
        let deadline = Instant::now() + Duration::from_secs(30);
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(Instant::now() < deadline, "{signal}: it lives on");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

#[test]
fn whoever_does_not_sign_is_not_asked_again() {
    let world = with_script("echo >> asked; exit 1", 20);
    let config = std::fs::read_to_string(world.path("config.toml")).unwrap();
    world.write("config.toml", &config.replace("[refresh]", "[refresh]\nconcurrency = 1"));
    let ran = world.line("refresh");
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!(std::fs::read_to_string(world.path("asked")).unwrap().lines().count(), 1, "{ran:?}");
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("ended with code 1") && said.contains("so docket stopped asking"), "{said}");
}

#[test]
fn a_config_behind_a_link_is_as_open_as_every_directory_on_the_way() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = with_command();
    std::fs::create_dir(world.path("elsewhere")).unwrap();
    std::fs::rename(world.path("config.toml"), world.path("elsewhere/config.toml")).unwrap();
    std::os::unix::fs::symlink("elsewhere/config.toml", world.path("config.toml")).unwrap();
    world.line("refresh").good();
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(world.path("elsewhere"), open).unwrap();
    world.line("refresh").failed(5, "lies where others may change it", "chmod go-w");
    world.line("list").good();
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
    assert_eq!(ran.code, 5, "{ran:?}");
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
    // It also says where requests go and whose answers are believed, whoever signs.
    let world = World::new("");
    world.put("O1", "DISPUTE_INQUIRY");
    world.line("track O1").good();
    let open = std::fs::Permissions::from_mode(0o646);
    std::fs::set_permissions(world.path("config.toml"), open).unwrap();
    world.line("refresh").failed(5, "config.toml can be changed by others: its mode is 0646", "chmod go-w");
}
