//! Every secret is a canary, and every output a mine: whatever docket prints, draws, stores, logs or says of itself is
//! searched for pieces of each of them, in every spelling that a careless line of code would give them.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docket::domain::proxy::Proxy;
use docket::gateway::{
    Gateway, KeyText, LegacyGateway, LegacyScheme, LegacySettings, Network, PrivateKey, Settings, Signer,
};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::pty::Pty;
use crate::world::{MD5_SECRET, PASSPHRASE, PEMS, PROXY_PASSWORD, TOKEN, World, files};

/// A piece of a secret, with its name.
type Canary = (String, Vec<u8>);

/// Where something came out, and what.
type Output = (String, Vec<u8>);

/// Every piece of the secrets that do not change from call to call.
fn lasting() -> Vec<Canary> {
    let mut canaries = Vec::new();
    for (name, pem) in [("open key", &PEMS.own), ("locked key", &PEMS.locked)] {
        let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
        canaries.extend(lines.iter().filter(|line| line.len() == 64).map(|line| piece(name, line)));
        // Any half of a line, so that other widths are found too.
        canaries
            .extend(lines.concat().as_bytes().chunks_exact(32).map(|half| (name.to_owned(), half.to_vec())));
        let der = STANDARD.decode(lines.concat()).unwrap();
        canaries.extend(der.chunks_exact(24).skip(1).map(|bytes| (format!("{name}, DER"), bytes.to_vec())));
    }
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(&PEMS.own).unwrap();
    for (name, number) in [("d", key.d()), ("p", &key.primes()[0]), ("q", &key.primes()[1])] {
        let (big, little) = (number.to_bytes_be(), number.to_bytes_le());
        let hex = number.to_str_radix(16);
        canaries.push(piece(name, &number.to_string()[..40]));
        canaries.push(piece(name, &hex[..32]));
        canaries.push(piece(name, &hex.to_uppercase()[..32]));
        canaries.push((name.to_owned(), big[..16].to_vec()));
        canaries.push((name.to_owned(), little[..16].to_vec()));
        // As `rsa` prints it, and as a list of bytes would be printed.
        let debug = format!("{number:?}");
        canaries.push(piece(name, &debug[debug.len() / 2..][..40]));
        canaries.push(piece(name, &format!("{:?}", &big[..8])[1..20]));
    }
    assert!(key.n().bits() == 2048 && canaries.len() > 100, "{}", canaries.len());
    for (name, secret) in [
        ("passphrase", PASSPHRASE),
        ("md5 secret", MD5_SECRET),
        ("token", TOKEN),
        ("proxy password", PROXY_PASSWORD),
    ] {
        canaries.push(piece(name, secret));
        canaries.push(piece(name, &STANDARD.encode(secret)[..20]));
    }
    // The public half is in every DER of the private one, and may be shown.
    let public: String = PEMS.own_public.lines().filter(|line| !line.starts_with('-')).collect();
    let public = [STANDARD.decode(&public).unwrap(), public.into_bytes()].concat();
    canaries.retain(|(_, bytes)| !public.windows(bytes.len()).any(|window| window == bytes));
    canaries
}

fn piece(name: &str, text: &str) -> Canary {
    (name.to_owned(), text.as_bytes().to_vec())
}

/// Every piece that is found, with where.
fn found(canaries: &[Canary], outputs: &[Output]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, bytes) in outputs {
        let hits = canaries.iter().filter(|(_, canary)| contains(bytes, canary));
        found.extend(hits.map(|(name, _)| format!("{name} in {place}")));
    }
    found
}

fn contains(bytes: &[u8], canary: &[u8]) -> bool {
    let Some((first, _)) = canary.split_first() else { return false };
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| byte == first) {
        if bytes[from + at..].starts_with(canary) {
            return true;
        }
        from += at + 1;
    }
    false
}

/// The commands that touch a secret, or what one signed, in an order that makes sense; those that fail do so on purpose.
const LINES: [&str; 30] = [
    "track O1 O2 O3 O4",
    "doctor",
    "doctor --json",
    "refresh",
    "refresh --json",
    "list --json",
    "list --view all --csv",
    "show O1 --json",
    "reply O1 --content Delivered. --file http://ev.example/x.PDF --dry-run",
    "reply O1 --content Delivered. --file http://ev.example/x.PDF --dry-run --json",
    "reply O1 --content Delivered. --file http://ev.example/x.PDF --yes --json",
    "reply O1 --content Delivered. --file http://ev.example/x.PDF --yes",
    "refund --case O2 --amount 100 --currency IDR --dry-run --json",
    "refund --case O2 --amount 100 --currency IDR --yes --expect 100_IDR --json",
    "refund --case O3 --amount 5000 --currency IDR --comments x --legacy --dry-run --json",
    "refund --case O3 --amount 5000 --currency IDR --comments x --legacy --yes --expect 5000_IDR --json",
    "settle",
    "settle --json",
    "journal",
    "journal --json",
    "journal --csv",
    "journal --verify",
    "export --json",
    "export --output cases.csv",
    "stats --json",
    "motd",
    "backup copy.db",
    "refresh --no-such-flag",
    "completions bash",
    "man",
];

/// Runs every line, with the passphrase from a file.
fn run_all(world: &World, outputs: &mut Vec<Output>) {
    for line in LINES {
        let mut command = world.command(line.split_whitespace().map(|word| word.replace('_', " ")));
        command.env("DOCKET_PASSPHRASE_FILE", world.path("passphrase")).current_dir(world.home.path());
        let output = command.output().unwrap();
        if line.ends_with("--yes --json") || line.contains("--expect") {
            assert!(output.status.success(), "{line}: {output:?}");
        }
        outputs.push((format!("stdout of {line}"), output.stdout));
        outputs.push((format!("stderr of {line}"), output.stderr));
    }
}

/// The key as the portal shows it.
fn one_line() -> String {
    PEMS.own.lines().filter(|line| !line.starts_with('-')).collect()
}

/// Runs with secrets in the place of the name of the passphrase's file.
fn run_with_the_passphrase_in_its_place(world: &World, outputs: &mut Vec<Output>) {
    let one_line = one_line();
    for (what, value) in [
        ("the passphrase in the place of its file's name", PASSPHRASE),
        ("a key in the place of the passphrase's file", &one_line),
        ("a PEM in the place of the passphrase's file", &PEMS.own),
    ] {
        for line in ["refresh", "doctor --json"] {
            let ran = world.line_with(line, "DOCKET_PASSPHRASE_FILE", value);
            assert_eq!(ran.code, 5, "{what}: {ran:?}");
            outputs.push((what.to_owned(), [ran.out, ran.err].concat().into_bytes()));
        }
    }
}

/// Runs what fails: answers nobody signed, a wrong passphrase, keys in the wrong place and secrets in the wrong setting.
fn run_badly(world: &World, outputs: &mut Vec<Output>) {
    run_with_the_passphrase_in_its_place(world, outputs);
    let mut run = |what: &str, line: &str| {
        let ran = world.line_with(line, "DOCKET_PASSPHRASE_FILE", world.path("passphrase"));
        assert_ne!(ran.code, 0, "{what}: {ran:?}");
        outputs.push((what.to_owned(), [ran.out, ran.err].concat().into_bytes()));
    };
    for spec in ["wrong-sign", "missing-sign", "http-503", "drop-after", "foreign"] {
        world.sandbox().set_faults(docket::sandbox::Faults::parse(spec).unwrap());
        run(spec, "refresh");
    }
    world.sandbox().set_faults(docket::sandbox::Faults::none());
    let config = std::fs::read_to_string(world.path("config.toml")).unwrap();
    let one_line = one_line();
    let wrapped = PEMS.own.replace('\n', "\\n");
    for (what, from, to) in [
        ("a key in the place of its file's name", "\"own.pem\"", format!("\"{one_line}\"")),
        ("a key in PEM in the place of its file's name", "\"own.pem\"", format!("\"{wrapped}\"")),
        ("a key over several lines", "\"own.pem\"", format!("\"\"\"{}\"\"\"", PEMS.own)),
        ("a key without quotes", "\"own.pem\"", PEMS.own.clone()),
        (
            "a piece of a key in the place of its file's name",
            "\"own.pem\"",
            format!("\"{}\"", &one_line[300..390]),
        ),
        ("a key in the place of the token's file", "\"isv.token\"", format!("\"{one_line}\"")),
        ("a key in the place of the secret's file", "\"legacy.secret\"", format!("\"{one_line}\"")),
        ("a key in the place of PayerMax's", "\"payermax.pem\"", format!("\"{one_line}\"")),
        ("a token in the place of its file's name", "\"isv.token\"", format!("\"{TOKEN}\"")),
        ("a secret in the place of its file's name", "\"legacy.secret\"", format!("\"{MD5_SECRET}\"")),
        ("a token in the place of a number", "\"SP01\"", format!("\"{TOKEN}\"")),
        ("a secret in the place of a word", "\"md5-body\"", format!("\"{MD5_SECRET}\"")),
        (
            "a secret in the place of a number of seconds",
            "pause_s = 0",
            format!("pause_s = \"{MD5_SECRET}\""),
        ),
    ] {
        assert!(config.contains(from), "{from}");
        world.write("config.toml", &config.replace(from, &to));
        run(what, "doctor --json");
        run(what, "doctor");
        let legacy =
            "refund --case O4 --amount 5000 --currency IDR --comments x --legacy --although-open --dry-run";
        run(what, if what.contains("secret's") || what.contains("a secret in") { legacy } else { "refresh" });
    }
    world.write("config.toml", &config.replace("\"payermax.pem\"", "\"own.pem\""));
    run("the private key in the public slot", "doctor --json");
    world.write("config.toml", &config.replace("\"own.pem\"", "\"isv.token\""));
    run("the token in the place of a key", "refresh");
    world.write("config.toml", &config);
    world.write("passphrase", &format!("{PASSPHRASE}, but wrong"));
    run("a wrong passphrase", "refresh");
    world.write("passphrase", PASSPHRASE);
}

/// Works on the desk as an operator would, passphrase first; keeps what is on the terminal and what the system says.
fn at_the_desk(world: &World, outputs: &mut Vec<Output>) {
    let mut pty = Pty::run(world, "");
    pty.wait_for("own.pem: ");
    pty.wait_silent();
    pty.type_in(&format!("{PASSPHRASE}\r"));
    pty.wait_for("Waiting");
    for name in ["cmdline", "environ"] {
        outputs.push((format!("/proc {name} of the desk"), pty.proc(name)));
    }
    let limits = String::from_utf8(pty.proc("limits")).unwrap();
    let size = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(size.split_whitespace().filter(|word| *word == "0").count(), 2, "{size}");
    pty.type_in("5");
    pty.type_in("\x12");
    pty.wait_for("0 changed, 0 failed");
    // Back is ctrl-c here: what comes right behind an Esc could be taken for one key with it.
    pty.type_in("e\x03");
    pty.type_in("7\r");
    pty.wait_for("O1");
    pty.type_in("\x035\rL");
    pty.wait_for("What the gateway said");
    pty.type_in("\x03\x03?");
    pty.wait_for("Keys of the desk");
    pty.type_in("\x03");
    // The exact request of a reply, before it is sent.
    pty.type_in("1");
    pty.wait_for("[1 Due 1]");
    pty.type_in("rDelivered.\thttp://ev.example/x.PDF\x10");
    pty.wait_for("keyVersion");
    pty.type_in("\x03");
    pty.wait_for("ctrl-p");
    pty.type_in("\x03\x0c");
    pty.wait_for("[1 Due 1]");
    pty.type_in("qq");
    let (code, raw) = pty.end();
    assert_eq!(code, 0);
    outputs.push(("the desk".to_owned(), raw));
}

/// What public types say of themselves.
fn debugged() -> Vec<Output> {
    let key = || PrivateKey::parse(&PEMS.own).unwrap();
    let proxy = Proxy::parse(&format!("http://ana:{PROXY_PASSWORD}@127.0.0.1:9")).unwrap();
    let network = Network { proxy, ..Network::default() };
    let settings = Settings {
        base_url: "http://127.0.0.1:1".to_owned(),
        app_id: "app".to_owned(),
        merchant_no: "P01".to_owned(),
        sp_merchant_no: Some("SP01".to_owned()),
        auth_token: Some(SecretString::from(TOKEN)),
        auth_header: "merchant_auth_token".to_owned(),
        case_search_version: "1.5".to_owned(),
        connect_timeout: Duration::from_secs(1),
        timeout: Duration::from_secs(1),
        network: network.clone(),
    };
    let legacy = LegacySettings {
        url: "http://127.0.0.1:1".to_owned(),
        merchant_id: "SP1".to_owned(),
        sign: LegacyScheme::Md5Body(SecretString::from(MD5_SECRET)),
        connect_timeout: Duration::from_secs(1),
        timeout: Duration::from_secs(1),
        network: network.clone(),
    };
    let clock: docket::gateway::Clock = Arc::new(OffsetDateTime::now_utc);
    let mut said = vec![
        format!("{:?} {:#?}", key(), key()),
        format!("{:?} {:?}", Signer::from(key()), KeyText::read(&PEMS.own).unwrap()),
        format!("{:?} {settings:?} {legacy:?}", KeyText::read(&PEMS.locked).unwrap()),
    ];
    let gateway = Gateway::new(settings, key(), key().public(), Arc::clone(&clock)).unwrap();
    let legacy = LegacyGateway::new(legacy, key(), key().public(), clock).unwrap();
    said.push(format!("{gateway:?} {legacy:?}"));
    said.into_iter().map(|text| ("Debug".to_owned(), text.into_bytes())).collect()
}

#[test]
fn no_secret_comes_out_anywhere() {
    let world = World::new("");
    world.write("own.pem", &PEMS.locked);
    world.write("passphrase", &format!("{PASSPHRASE}\n"));
    world.put("O1", "DISPUTE_INQUIRY");
    world.put("O2", "CASE_CLOSED");
    world.put("O3", "CASE_CLOSED");
    world.put("O4", "DISPUTE_INQUIRY");
    let mut outputs = debugged();
    run_all(&world, &mut outputs);
    run_badly(&world, &mut outputs);
    at_the_desk(&world, &mut outputs);

    // The files that hold a secret because they are there for it.
    let own =
        ["own.pem", "passphrase", "legacy.secret", "isv.token", "config.toml"].map(|name| world.path(name));
    let stored = files(world.home.path()).into_iter().filter(|(path, _)| !own.contains(path));
    outputs.extend(stored.map(|(path, bytes)| (path.display().to_string(), bytes)));
    for needed in ["test.db", "docket.log", "cases.csv", "copy.db"] {
        assert!(
            outputs.iter().any(|(place, bytes)| place.ends_with(needed) && !bytes.is_empty()),
            "{needed}"
        );
    }

    let signs = world.wire.signs();
    assert!(signs.iter().any(|sign| sign.len() == 344), "no RSA signature went out");
    assert!(signs.iter().any(|sign| sign.len() == 32), "no MD5 signature went out");
    assert!(world.wire.carried(TOKEN) && !world.wire.carried(MD5_SECRET) && !world.wire.carried(PASSPHRASE));
    let mut canaries = lasting();
    for sign in signs {
        canaries.push(piece("sign", &sign[..sign.len().min(40)]));
        canaries.push(piece("sign", &sign[sign.len() / 2..]));
    }
    let found = found(&canaries, &outputs);
    assert!(found.is_empty(), "{} canaries in {} outputs: {found:#?}", canaries.len(), outputs.len());
    println!("{} pieces of secrets looked for in {} outputs, none found", canaries.len(), outputs.len());
}

#[test]
fn a_leak_would_be_found() {
    let canaries = lasting();
    let line = PEMS.own.lines().nth(12).unwrap();
    let d = rsa::RsaPrivateKey::from_pkcs8_pem(&PEMS.own).unwrap();
    for (leak, name) in [
        (format!("key: {line}"), "open key"),
        (format!("{d:?}"), "d"),
        (format!("x{PASSPHRASE}y"), "passphrase"),
        (STANDARD.encode(TOKEN), "token"),
        (PEMS.locked.replace('\n', ""), "locked key"),
    ] {
        let hits = found(&canaries, &[("here".to_owned(), leak.into_bytes())]);
        assert!(hits.iter().any(|hit| hit.starts_with(name)), "{name}: {hits:?}");
    }
    assert!(found(&canaries, &[("here".to_owned(), PEMS.own_public.clone().into_bytes())]).is_empty());
}
