//! A key under a passphrase: asked for once, never shown, never in the way of those who only read the list.

use crate::pty::Pty;
use crate::world::{PASSPHRASE, PEMS, World, locked};

const QUESTION: &str = "passphrase of ";
const VARIABLE: &str = "DOCKET_PASSPHRASE_FILE";

fn world() -> World {
    let world = World::new("");
    world.write("own.pem", &PEMS.locked);
    world.put("O1", "DISPUTE_INQUIRY");
    world.line("track O1").good();
    world
}

fn text(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

#[test]
fn it_is_asked_for_once_on_the_terminal_and_not_shown() {
    let world = world();
    let mut pty = Pty::run(&world, "refresh");
    pty.wait_for("own.pem: ");
    pty.type_in(&format!("{PASSPHRASE}\r"));
    let (code, raw) = pty.end();
    let said = text(&raw);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 of 1 case refreshed"), "{said}");
    assert!(!said.contains(PASSPHRASE) && !said.contains("canary"), "{said}");

    // The road of a refund needs both interfaces of the gateway, and the key for each.
    let words =
        "refund --case O1 --amount 5000 --currency IDR --comments x --dry-run --legacy --although-open";
    let mut pty = Pty::run(&world, words);
    pty.wait_for("own.pem: ");
    pty.type_in(&format!("{PASSPHRASE}\r"));
    let (code, raw) = pty.end();
    assert_eq!((code, text(&raw).matches(QUESTION).count()), (0, 1), "{}", text(&raw));
}

#[test]
fn three_wrong_ones_end_it_and_ctrl_c_gives_the_line_back() {
    let world = world();
    let mut pty = Pty::run(&world, "refresh");
    for n in 1..=3 {
        pty.wait_times(QUESTION, n);
        pty.wait_silent();
        pty.type_in("canary, but wrong\r");
    }
    let (code, raw) = pty.end();
    let said = text(&raw);
    assert_eq!(code, 5, "{said}");
    assert!(
        said.contains("error: ") && said.contains("the passphrase does not open the private key"),
        "{said}"
    );
    assert!(!said.contains("canary"), "{said}");

    for key in ["half a canary\x03", "\x04", "\r"] {
        let mut pty = Pty::run(&world, "refresh");
        pty.wait_for("own.pem: ");
        pty.wait_silent();
        pty.type_in(key);
        let (code, raw) = pty.end();
        let said = text(&raw);
        assert_eq!(code, 5, "{key:?}: {said}");
        assert!(said.contains("error: no passphrase was given for "), "{said}");
        assert!(said.contains("hint: ") && !said.contains("canary"), "{said}");
    }
}

#[test]
fn the_desk_asks_before_it_takes_the_terminal() {
    let world = world();
    let mut pty = Pty::run(&world, "");
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in(&format!("{PASSPHRASE}\r"));
    pty.wait_for("All 1");
    pty.type_in("\x12");
    pty.wait_for("Due 1");
    pty.type_in("q");
    let (code, raw) = pty.end();
    let said = text(&raw);
    assert_eq!(code, 0, "{said}");
    let (question, screen) = (said.find(QUESTION).unwrap(), said.find("\x1b[?1049h").unwrap());
    assert!(question < screen, "asked on the desk");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn enter_alone_opens_the_desk_with_the_key_locked() {
    let world = world();
    let mut pty = Pty::run(&world, "");
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in("\r");
    pty.wait_for("All 1");
    pty.type_in("\x12");
    pty.wait_for("passphrase that was not given");
    pty.type_in("q");
    assert_eq!(pty.end().0, 0);
    let mut pty = Pty::run(&world, "");
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in("\x03");
    let (code, raw) = pty.end();
    assert_eq!(code, 5);
    assert!(!text(&raw).contains("\x1b[?1049h"), "the desk was opened");
}

#[test]
fn a_weak_lock_is_told_after_it_was_opened() {
    let world = world();
    world.write("own.pem", &locked(&PEMS.own, 9));
    let mut pty = Pty::run(&world, "refresh");
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in(&format!("{PASSPHRASE}\r"));
    let (code, raw) = pty.end();
    assert_eq!(code, 0);
    assert!(text(&raw).contains("warning: the key is protected by a weak scrypt"), "{}", text(&raw));
}

#[test]
fn without_a_terminal_a_file_gives_it_or_nobody_does() {
    let world = world();
    let alone = world.line("refresh");
    alone.failed(5, "own.pem is protected by a passphrase, and there is no terminal", VARIABLE);
    for words in ["list --json", "stats", "motd", "journal", "show O1"] {
        world.line(words).good();
    }

    world.write("passphrase", &format!("{PASSPHRASE}\n"));
    let with = |words: &str| world.line_with(words, VARIABLE, world.path("passphrase"));
    with("refresh").good();
    let doctor = with("doctor --json");
    let (result, found, remedy) = doctor.check("private key");
    assert_eq!(result, "warning", "{doctor:?}");
    assert!(
        found.contains("whoever can read both files has the key") && remedy.contains("ssh agent"),
        "{found}"
    );
    assert_eq!(doctor.check("key pair").0, "ok", "{doctor:?}");
    assert_eq!(doctor.check("signed call").0, "ok", "{doctor:?}");

    world.write("passphrase", "canary, but wrong");
    let wrong = with("refresh");
    wrong.failed(5, "does not open", "correct that file");
    assert!(!wrong.err.contains("canary"), "{wrong:?}");
    std::os::unix::fs::symlink(world.path("passphrase"), world.path("link")).unwrap();
    world.line_with("refresh", VARIABLE, world.path("link")).failed(5, "symbolic link", "name the file");
    world.line_with("refresh", VARIABLE, world.path("none")).failed(5, "there is no file", "");
}

#[test]
fn older_locks_are_answered_with_the_command_that_converts_them() {
    let world = world();
    let fixture = |name: &str| {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/locked");
        std::fs::read_to_string(dir.join(name)).unwrap()
    };
    let mut converted = 0;
    for name in [
        "traditional-3des.pem",
        "pbes1-md5-des.pem",
        "pkcs12-sha1-3des.pem",
        "pbes2-3des.pem",
        "pbes2-hmac-sha1.pem",
    ] {
        world.write("own.pem", &fixture(name));
        let ran = world.line("refresh");
        ran.failed(5, "which docket does not open", "run `openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt");
        let command = ran.err.split('`').nth(1).unwrap().to_owned();
        assert_eq!(
            world.line("doctor --json").check("private key").2.split('`').nth(1),
            Some(command.as_str())
        );
        // The very command, with the passphrase from somewhere else than a terminal.
        let old = world.path("own.pem.new");
        let line = format!("{command} -passin pass:canary-passphrase -passout pass:canary-passphrase");
        let ran = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
        if ran.status.success() {
            std::fs::rename(old, world.path("own.pem")).unwrap();
            world.write("passphrase", "canary-passphrase");
            let doctor = world.line_with("doctor --json", VARIABLE, world.path("passphrase"));
            assert_eq!(doctor.check("key pair").0, "ok", "{name}: {doctor:?}");
            converted += 1;
        } else {
            // Without OpenSSL, or without its legacy algorithms, there is nothing to convert with.
            _ = std::fs::remove_file(old);
        }
    }
    let has_openssl = std::process::Command::new("openssl").arg("version").output().is_ok();
    assert!(converted >= 2 || !has_openssl, "only {converted} keys were converted");
}

#[test]
fn a_signal_at_the_question_leaves_a_terminal_that_shows_what_is_typed() {
    let world = world();
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("KILL", 137)] {
        // A shell is there before docket and after it, as at a login; what it starts beside itself may not be heeding INT.
        let script = format!("\"$0\" refresh; echo ended $?; read line # {signal}");
        let mut pty = Pty::script(&world, &script);
        pty.wait_for("own.pem: ");
        pty.wait_silent();
        let pid = pty.child_of_shell();
        let kill = std::process::Command::new("kill").args([format!("-{signal}"), pid]).status();
        assert!(kill.unwrap().success());
        pty.wait_for(&format!("ended {code}"));
        pty.wait_as_found();
        pty.type_in("\r");
        assert_eq!(pty.end().0, 0, "{signal}");
    }
}

#[test]
fn it_is_asked_for_on_the_terminal_whatever_the_pipes_are() {
    let world = world();
    let script =
        "echo Delivered. | \"$0\" reply O1 --content-file - --file http://ev.example/x.PDF --yes 2>&1 | cat";
    let mut pty = Pty::script(&world, script);
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in(&format!("{PASSPHRASE}\r"));
    pty.wait_for("accepted for O1");
    let (_, raw) = pty.end();
    assert!(!text(&raw).contains("canary"), "{}", text(&raw));
    assert_eq!(world.sandbox().state().replies("O1").len(), 1);
}
