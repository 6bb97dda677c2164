//! The agent protocol against an agent that can be told to misbehave.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::agent::Agent;
use super::fake::{Act, Fake, KEY, OTHER, blob, identities, message, raw_sign, signature, string, together};
use crate::gateway::{Signer, SignerError};

const BODY: &[u8] = br#"{"version":"1.5"}"#;
const SHORT: Duration = Duration::from_millis(150);

fn find(socket: &Path) -> Result<Signer, SignerError> {
    let (agent, public) = Agent::find(socket, &KEY.public().fingerprint())?;
    Ok(Signer::elsewhere(agent.within(SHORT * 40), public))
}

fn impatient(fake: &Fake) -> Signer {
    let (agent, public) = Agent::find(&fake.socket(), &KEY.public().fingerprint()).unwrap();
    Signer::elsewhere(agent.within(SHORT), public)
}

fn refused(fake: &Fake) -> SignerError {
    let error = find(&fake.socket()).unwrap().sign(BODY).unwrap_err();
    assert!(!error.hint.is_empty() && !error.what.contains('\u{1b}'), "{error:?}");
    error
}

fn unfound(fake: &Fake) -> SignerError {
    let error = find(&fake.socket()).unwrap_err();
    assert!(!error.hint.is_empty() && !error.what.contains('\u{1b}'), "{error:?}");
    error
}

#[test]
fn an_agent_signs_what_the_key_itself_would() {
    let fake = Fake::honest(|| {});
    let signer = find(&fake.socket()).unwrap();
    assert_eq!(signer.public(), KEY.public());
    for body in [BODY, b"", &vec![0xff; 20_000]] {
        assert_eq!(signer.sign(body).unwrap(), KEY.sign(body).unwrap());
    }
    assert_eq!(fake.calls(), 4, "one for the key, one for each signature");
}

#[test]
fn signatures_are_made_side_by_side() {
    let fake = Fake::honest(together(8));
    let signer = find(&fake.socket()).unwrap();
    std::thread::scope(|scope| {
        let signing: Vec<_> = (0..8_u8)
            .map(|n| {
                let signer = &signer;
                scope.spawn(move || signer.sign(&[n]))
            })
            .collect();
        for (n, signed) in (0..8_u8).zip(signing) {
            assert_eq!(signed.join().unwrap().unwrap(), KEY.sign(&[n]).unwrap());
        }
    });
}

#[test]
fn what_is_no_signature_of_the_key_is_never_used() {
    let wrong =
        |answer: fn(&[u8]) -> Vec<u8>| refused(&Fake::signing(move |body| Act::Say(answer(body)))).what;
    for answer in [
        (|body| signature(b"rsa-sha2-256", &raw_sign(&OTHER, body))) as fn(&[u8]) -> Vec<u8>,
        |_| signature(b"rsa-sha2-256", &raw_sign(&KEY, b"another body")),
        |_| signature(b"rsa-sha2-256", b""),
        |body| signature(b"rsa-sha2-256", &[&raw_sign(&KEY, body)[..], b"x"].concat()),
    ] {
        let what = wrong(answer);
        assert!(what.contains("the ssh agent gave is no signature of the configured key"), "{what}");
    }
    let sha1 = wrong(|body| signature(b"ssh-rsa", &raw_sign(&KEY, body)));
    assert!(sha1.contains("SHA-1"), "{sha1}");
}

#[test]
fn zeros_that_an_agent_leaves_out_are_put_back() {
    // One signature in 256 begins with a zero.
    let body = (0..100_000_u32).map(u32::to_be_bytes).find(|body| raw_sign(&KEY, body)[0] == 0).unwrap();
    let fake = Fake::signing(|body| Act::Say(signature(b"rsa-sha2-256", &raw_sign(&KEY, body)[1..])));
    assert_eq!(find(&fake.socket()).unwrap().sign(&body).unwrap(), KEY.sign(&body).unwrap());
}

#[test]
fn an_agent_that_refuses_is_asked_whether_it_still_has_the_key() {
    let shy = refused(&Fake::signing(|_| Act::Say(message(5, b""))));
    assert!(shy.what.contains("has the key and refused") && shy.hint.contains("ssh-add -c"), "{shy:?}");

    let asked = std::sync::atomic::AtomicUsize::new(0);
    let forgetful = Fake::start(move |kind, _| {
        let first = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        let keys = if first { vec![blob(&KEY.public())] } else { Vec::new() };
        Act::Say(if kind == 11 { identities(&keys) } else { message(5, b"") })
    });
    let gone = refused(&forgetful);
    assert!(gone.what.contains("has no key SHA256:") && gone.hint.contains("ssh-add FILE"), "{gone:?}");
}

#[test]
fn a_key_that_is_not_there_or_none_for_payermax_is_named() {
    let naming = |keys: Vec<Vec<u8>>| Fake::start(move |_, _| Act::Say(identities(&keys)));
    let none = unfound(&naming(Vec::new())).what;
    assert!(
        none.contains(&KEY.public().fingerprint()) && none.contains("none at all, or is locked"),
        "{none}"
    );
    assert!(unfound(&naming(vec![blob(&OTHER.public())])).what.ends_with("it has one other"));
    assert!(unfound(&naming(vec![blob(&OTHER.public()); 3])).what.ends_with("it has 3 others"));
    let shut = unfound(&Fake::start(|_, _| Act::Say(message(5, b""))));
    assert!(shut.what.contains("is locked"), "{shut:?}");

    let short = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let short = {
        use rsa::traits::PublicKeyParts as _;
        let n = [vec![0], short.n().to_bytes_be()].concat();
        [string(b"ssh-rsa"), string(&short.e().to_bytes_be()), string(&n)].concat()
    };
    let fingerprint = crate::gateway::ssh_fingerprint(&short);
    let fake = naming(vec![short]);
    let error = Agent::find(&fake.socket(), &fingerprint).err().unwrap();
    assert!(error.what.contains("1024 bits"), "{error:?}");
}

#[test]
fn what_is_no_agent_is_found_out() {
    let endless = [0xff; 64];
    for answer in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        endless.to_vec(),
        vec![0; 5],
        message(12, b""),
        message(12, &[0, 0, 0, 9]),
        message(12, &[0xff; 4]),
        message(14, b""),
    ] {
        let error = unfound(&Fake::start({
            let answer = answer.clone();
            move |_, _| Act::Say(answer.clone())
        }));
        assert!(error.what.contains("is no ssh agent"), "{answer:?}: {error:?}");
        let error = refused(&Fake::signing(move |_| Act::Say(answer.clone())));
        assert!(error.what.contains("is no ssh agent"), "{error:?}");
    }
    for hung_up in [unfound(&Fake::start(|_, _| Act::HangUp)), refused(&Fake::signing(|_| Act::HangUp))] {
        assert!(hung_up.what.ends_with("broke off: it hung up"), "{hung_up:?}");
    }
}

#[test]
fn an_agent_that_says_nothing_or_drips_is_given_up_in_time() {
    let whole = signature(b"rsa-sha2-256", &raw_sign(&KEY, BODY));
    let dripping = Fake::signing(move |_| Act::Drip(whole.clone()));
    for fake in [Fake::signing(|_| Act::Hold), dripping] {
        let signer = impatient(&fake);
        let started = Instant::now();
        let error = signer.sign(BODY).unwrap_err();
        assert!(error.what.contains("gave no answer within"), "{error:?}");
        assert!(started.elapsed() >= SHORT, "it gave up before its time");
    }
}

#[test]
fn one_slow_signature_holds_up_no_other() {
    let fake = Fake::signing(|body| match body {
        b"slow" => Act::Hold,
        body => Act::Say(signature(b"rsa-sha2-256", &raw_sign(&KEY, body))),
    });
    let signer = find(&fake.socket()).unwrap();
    let slow = {
        let signer = impatient(&fake);
        std::thread::spawn(move || signer.sign(b"slow"))
    };
    assert!(signer.sign(BODY).is_ok());
    assert!(slow.join().unwrap().is_err());
}

#[test]
fn a_socket_nobody_serves_is_an_error_and_no_wait() {
    let dir = tempfile::tempdir().unwrap();
    let missing = find(&dir.path().join("none")).unwrap_err();
    assert!(missing.what.ends_with("cannot be reached: there is no such file"), "{missing:?}");
    assert!(missing.hint.contains("ssh -A") && missing.hint.contains("tmux"), "{missing:?}");
    let stale = dir.path().join("stale");
    drop(UnixListener::bind(&stale).unwrap());
    assert!(find(&stale).unwrap_err().what.ends_with("nobody listens there"));
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(find(&file).unwrap_err().what.contains("cannot be reached"));
    let long = dir.path().join("x".repeat(200));
    assert!(find(&long).unwrap_err().what.contains("cannot be reached"));
}

#[test]
fn an_agent_that_takes_nobody_in_is_not_waited_for_without_end() {
    let fake = Fake::honest(|| {});
    let (agent, public) = Agent::find(&fake.socket(), &KEY.public().fingerprint()).unwrap();
    let signer = Signer::elsewhere(agent.within(SHORT), public);
    // Another listener takes its place, with a queue that is full before anybody is taken in.
    std::fs::remove_file(fake.socket()).unwrap();
    let full = short_listener(&fake.socket());
    let mut waiting = Vec::new();
    while let Ok(stream) = try_connect(&fake.socket()) {
        waiting.push(stream);
    }
    let error = signer.sign(BODY).unwrap_err();
    assert!(error.what.contains("gave no answer within"), "{error:?}");
    drop(full);
}

/// A listener with the shortest queue there is.
fn short_listener(path: &Path) -> std::os::fd::OwnedFd {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};
    let line = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    bind(&line, &SocketAddrUnix::new(path).unwrap()).unwrap();
    listen(&line, 0).unwrap();
    line
}

/// A caller who does not wait.
fn try_connect(path: &Path) -> rustix::io::Result<UnixStream> {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
    let line = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::NONBLOCK, None)?;
    connect(&line, &SocketAddrUnix::new(path)?)?;
    Ok(line.into())
}
