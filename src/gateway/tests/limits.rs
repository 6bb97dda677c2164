//! Answers that are too much: endless, slow, packed, deep, or not what their head says. Each is played to both clients, the
//! one that asks and the one that replies; neither may hang, take more than its share of memory, or be sure of anything.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::exchange::{asked, page};
use super::stub::{Act, Stub, answer, gateway, settings, sign_line};
use crate::domain::fault::Fault;
use crate::domain::reply::Version;
use crate::gateway::Settings;
use crate::gateway::one_off::ANSWER_KEPT_MAX;

/// The limit on a whole call where an answer would go on for ever.
const SHORT: Duration = Duration::from_millis(500);
/// What an answer without an end is worth to a client that reads one mebibyte: that, and what waits in the buffers of two
/// sockets on one machine.
const TAKEN_MAX: usize = 24 * 1024 * 1024;
/// Longer than any of these may take, on a busy machine.
const HANGS: Duration = Duration::from_secs(20);
const MIB: usize = 1024 * 1024;

/// Writes an answer until the client has had enough; it is told how many bytes were taken.
type Play = fn(&mut TcpStream, &AtomicUsize) -> std::io::Result<()>;

struct Trouble {
    name: &'static str,
    play: Play,
    /// The fault's word, and a part of its sentence.
    told: (&'static str, &'static str),
    /// Whether it ends by the limit on the whole call alone.
    endless: bool,
}

const fn at_once(name: &'static str, play: Play, told: (&'static str, &'static str)) -> Trouble {
    Trouble { name, play, told, endless: false }
}

const fn endless(name: &'static str, play: Play) -> Trouble {
    Trouble { name, play, told: ("TIMED_OUT", "no answer in time"), endless: true }
}

const GARBLED: &str = "GARBLED";
const DROPPED: &str = "DROPPED";

const TABLE: &[Trouble] = &[
    at_once("64 MiB, announced", announced, (GARBLED, "larger than 1 MiB")),
    at_once("64 MiB in chunks", in_chunks, (GARBLED, "larger than 1 MiB")),
    at_once("64 MiB up to the end of the line", unannounced, (GARBLED, "larger than 1 MiB")),
    at_once(
        "a length beyond every number",
        |line, _| head(line, "Content-Length: 99999999999999999999999"),
        (DROPPED, ""),
    ),
    at_once("a length below zero", |line, _| head(line, "Content-Length: -1"), (DROPPED, "")),
    at_once("two lengths", |line, _| head(line, "Content-Length: 5\r\nContent-Length: 6"), (DROPPED, "")),
    at_once("less than announced", |line, _| body(line, "Content-Length: 500", b"{}"), (DROPPED, "")),
    at_once(
        "a chunk without a length",
        |line, _| body(line, CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
        (DROPPED, ""),
    ),
    at_once("chunks without an end", |line, _| body(line, CHUNKED, b"2\r\n{}\r\n"), (DROPPED, "")),
    at_once(
        "a chunk longer than every number",
        |line, _| body(line, CHUNKED, b"fffffffffffffffffff\r\n"),
        (DROPPED, ""),
    ),
    at_once(
        "chunks with endless remarks",
        |line, taken| {
            body(line, CHUNKED, b"2;")?;
            pour(line, taken, &[b'x'; 4096])
        },
        (DROPPED, ""),
    ),
    at_once(
        "a header line of 64 MiB",
        |line, taken| {
            line.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            pour(line, taken, &[b'x'; 4096])
        },
        (DROPPED, ""),
    ),
    at_once(
        "header lines without an end",
        |line, taken| {
            line.write_all(b"HTTP/1.1 200 OK\r\n")?;
            pour(line, taken, b"X-More: and more\r\n".repeat(100).as_slice())
        },
        (DROPPED, ""),
    ),
    at_once("a thousand header lines", |line, _| head(line, &"X: y\r\n".repeat(1000)), (DROPPED, "")),
    at_once(
        "a line of status that never ends",
        |line, taken| {
            line.write_all(b"HTTP/1.1 200 ")?;
            pour(line, taken, &[b'x'; 4096])
        },
        (DROPPED, ""),
    ),
    at_once("no HTTP at all", |line, _| line.write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n"), (DROPPED, "")),
    at_once("HTTP of another age", |line, _| line.write_all(b"<html>hello</html>"), (DROPPED, "")),
    at_once("nothing but a head", |line, _| body(line, "Content-Length: 0", b""), (GARBLED, "it is empty")),
    at_once(
        "a success without contents",
        |line, _| line.write_all(b"HTTP/1.1 204 No Content\r\n\r\n"),
        (GARBLED, "it is empty"),
    ),
    at_once(
        "a switch to another protocol",
        |line, _| {
            line.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        },
        ("HTTP_101", "HTTP status 101"),
    ),
    at_once(
        "a status nobody knows",
        |line, _| line.write_all(b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"),
        ("HTTP_999", "HTTP status 999"),
    ),
    at_once("a packed answer", packed, (GARBLED, "it is packed with gzip")),
    at_once("a gzip bomb", bomb, (GARBLED, "it is packed with gzip")),
    at_once("a million brackets", |line, _| json(line, &"[".repeat(MIB - 1)), (GARBLED, "no JSON object")),
    at_once(
        "a million braces",
        |line, _| json(line, &r#"{"a":"#.repeat(150_000)),
        (GARBLED, "ends in the middle"),
    ),
    at_once("a million brackets for a word", |line, _| json(line, &nested("msg")), (GARBLED, "")),
    at_once("a million brackets for the contents", |line, _| json(line, &nested("data")), (GARBLED, "")),
    at_once(
        "a number of a million digits",
        |line, _| {
            json(line, &format!(r#"{{"code":"APPLY_SUCCESS","msg":"","data":{}}}"#, "9".repeat(900_000)))
        },
        (GARBLED, ""),
    ),
    at_once(
        "half a letter",
        |line, _| json_bytes(line, b"{\"code\":\"APPLY_SUCCESS\",\"msg\":\"\xe9\"}"),
        (GARBLED, "no UTF-8"),
    ),
    at_once(
        "letters of two bytes",
        |line, _| {
            let wide: Vec<u8> = page().encode_utf16().flat_map(u16::to_le_bytes).collect();
            json_bytes(line, &wide)
        },
        (GARBLED, ""),
    ),
    endless("a byte now and then", |line, taken| {
        head(line, "Content-Length: 1000")?;
        drip(line, taken)
    }),
    endless("a head, byte by byte", |line, taken| {
        line.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
        drip(line, taken)
    }),
    endless("chunks of one byte", |line, taken| {
        head(line, CHUNKED)?;
        keep_on(line, taken, b"1\r\n \r\n", Duration::from_millis(5))
    }),
    endless("hints that something will come", |line, taken| {
        keep_on(line, taken, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", Duration::from_millis(1))
    }),
    endless("leave to go on, again and again", |line, taken| {
        keep_on(line, taken, b"HTTP/1.1 100 Continue\r\n\r\n", Duration::from_millis(1))
    }),
    endless("silence after the head", |line, taken| {
        head(line, "Content-Length: 1000")?;
        keep_on(line, taken, b"", Duration::from_millis(5))
    }),
];

const CHUNKED: &str = "Transfer-Encoding: chunked";

fn head(line: &mut TcpStream, header: &str) -> std::io::Result<()> {
    line.write_all(format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", header.trim_end()).as_bytes())
}

fn body(line: &mut TcpStream, header: &str, bytes: &[u8]) -> std::io::Result<()> {
    head(line, header)?;
    line.write_all(bytes)
}

/// A body that PayerMax signed, so that nothing but its shape speaks against it.
fn json(line: &mut TcpStream, text: &str) -> std::io::Result<()> {
    json_bytes(line, text.as_bytes())
}

fn json_bytes(line: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    line.write_all(&answer("200 OK", &[sign_line(bytes)], bytes))
}

fn nested(key: &str) -> String {
    let (open, close) = ("[".repeat(450_000), "]".repeat(450_000));
    format!(r#"{{"code":"APPLY_SUCCESS","{key}":{open}{close}}}"#)
}

/// Writes for as long as somebody reads, at most 64 MiB.
fn pour(line: &mut TcpStream, taken: &AtomicUsize, piece: &[u8]) -> std::io::Result<()> {
    for _ in 0..64 * MIB / piece.len() {
        line.write_all(piece)?;
        taken.fetch_add(piece.len(), Ordering::SeqCst);
    }
    Ok(())
}

fn announced(line: &mut TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    head(line, &format!("Content-Length: {}", 64 * MIB))?;
    pour(line, taken, &vec![b' '; 64 * 1024])
}

fn in_chunks(line: &mut TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    head(line, CHUNKED)?;
    pour(line, taken, &[b"10000\r\n".as_slice(), &vec![b' '; 64 * 1024], b"\r\n"].concat())
}

fn unannounced(line: &mut TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    head(line, "Connection: close")?;
    pour(line, taken, &vec![b' '; 64 * 1024])
}

/// A little of something, until the client hangs up. The pause is the trouble itself: it has to be slow.
fn keep_on(line: &mut TcpStream, taken: &AtomicUsize, piece: &[u8], pause: Duration) -> std::io::Result<()> {
    line.set_nonblocking(true)?;
    let hung_up = |line: &mut TcpStream| matches!(line.peek(&mut [0]), Ok(0));
    while !hung_up(line) {
        match line.write(piece) {
            Ok(written) => _ = taken.fetch_add(written, Ordering::SeqCst),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        std::thread::sleep(pause);
    }
    Ok(())
}

fn drip(line: &mut TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    keep_on(line, taken, b" ", Duration::from_millis(20))
}

/// The page in gzip, as a proxy would pack it: one stored block. Its signature is that of the page.
fn packed(line: &mut TcpStream, _: &AtomicUsize) -> std::io::Result<()> {
    let page = page().as_bytes();
    let length = u16::try_from(page.len()).unwrap();
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    gzip.extend(length.to_le_bytes());
    gzip.extend((!length).to_le_bytes());
    gzip.extend(page);
    let lines = [sign_line(page), "Content-Encoding: gzip".to_owned()];
    line.write_all(&answer("200 OK", &lines, &gzip))
}

/// A mebibyte that would unpack to a gibibyte of blanks: a fixed code, one blank, and repetitions of it.
fn bomb(line: &mut TcpStream, _: &AtomicUsize) -> std::io::Result<()> {
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    gzip.resize(MIB - 100, 0xa5);
    line.write_all(&answer("200 OK", &["Content-Encoding: gzip".to_owned()], &gzip))
}

/// What one client made of it: its fault, the bytes it took, and how long it needed.
struct Heard {
    fault: Fault,
    taken: usize,
    took: Duration,
}

fn stub(play: Play) -> (Stub, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let act = Act::play(move |line| _ = play(line, &counted));
    (Stub::start(act), taken)
}

async fn ask(trouble: &Trouble) -> Heard {
    let (stub, taken) = stub(trouble.play);
    let usual = settings(&format!("http://{}", stub.address));
    let timeout = if trouble.endless { SHORT } else { usual.timeout };
    let client = gateway(Settings { timeout, ..usual });
    let (started, asked) = (Instant::now(), asked());
    let outcome = tokio::time::timeout(HANGS, client.case_search(&asked)).await;
    let fault = outcome.unwrap_or_else(|_| panic!("{} hangs", trouble.name)).unwrap_err();
    assert_eq!(stub.requests().len(), 1, "{}: asked once", trouble.name);
    Heard { fault, taken: taken.load(Ordering::SeqCst), took: started.elapsed() }
}

async fn reply(trouble: &Trouble) -> Heard {
    let (stub, taken) = stub(trouble.play);
    let usual = gateway(settings(&format!("http://{}", stub.address)));
    let client = if trouble.endless { usual.with_reply_limit(SHORT) } else { usual };
    let started = Instant::now();
    let sent = tokio::time::timeout(HANGS, client.case_reply(br#"{"caseId":"O1"}"#, Version::V15)).await;
    let sent = sent.unwrap_or_else(|_| panic!("{} hangs", trouble.name));
    assert_eq!((stub.requests().len(), stub.connections()), (1, 1), "{}: sent once", trouble.name);
    let kept = sent.exchange.answer.map_or(0, |kept| kept.len());
    assert!(kept <= ANSWER_KEPT_MAX, "{}: {kept} bytes are kept", trouble.name);
    Heard { fault: sent.outcome.unwrap_err(), taken: taken.load(Ordering::SeqCst), took: started.elapsed() }
}

#[tokio::test]
async fn an_answer_that_is_too_much_is_a_fault_and_never_a_hang() {
    let mut cells = 0;
    for trouble in TABLE {
        for (client, heard) in [("asking", ask(trouble).await), ("replying", reply(trouble).await)] {
            let Heard { fault, taken, took } = heard;
            let (code, words) = trouble.told;
            let name = trouble.name;
            assert_eq!(fault.code(), code, "{name}, {client}: {fault:?}");
            assert!(fault.to_string().contains(words), "{name}, {client}: {fault}");
            assert!(taken < TAKEN_MAX, "{name}, {client}: took {taken} bytes");
            assert!(took < HANGS && (!trouble.endless || took >= SHORT), "{name}, {client}: {took:?}");
            cells += 1;
        }
    }
    println!("{cells} cells: {} answers that are too much, two clients", TABLE.len());
    assert_eq!(cells, 2 * TABLE.len());
}

/// What stands behind an answer on the same line must never be taken for the answer to the next question.
#[tokio::test]
async fn what_follows_an_answer_unasked_is_not_the_next_one() {
    let whole = answer("200 OK", &[sign_line(page().as_bytes())], page().as_bytes());
    let later = page().replace("DISPUTE_INQUIRY", "CASE_CLOSED");
    let unasked = answer("200 OK", &[sign_line(later.as_bytes())], later.as_bytes());
    let stub = Stub::start(Act::Write([whole, unasked].concat()));
    let client = stub.gateway();
    for _ in 0..10 {
        let case = client.case_search(&asked()).await.unwrap().value;
        assert_eq!(case.text(crate::domain::case::Field::Status), "DISPUTE_INQUIRY");
    }
    assert_eq!((stub.requests().len(), stub.connections()), (10, 10), "such a line is not used again");
}

#[tokio::test]
async fn hints_before_an_answer_and_unknown_depths_inside_it_do_no_harm() {
    let deep = format!("{}1{}", r#"{"x":["#.repeat(60_000), "]}".repeat(60_000));
    let text = page().replace(r#"{"deep": [1, 2]}"#, &deep);
    assert!(text.len() > 480_000, "the page has changed");
    let mut bytes = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(50);
    bytes.extend(answer("200 OK", &[sign_line(text.as_bytes())], text.as_bytes()));
    let case = super::exchange::ask(Act::Write(bytes)).await.unwrap().value;
    assert_eq!(case.text(crate::domain::case::Field::Status), "DISPUTE_INQUIRY");
}
