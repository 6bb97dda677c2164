//! The link check against a small host of its own, and what it refuses to ask.

use std::sync::Mutex;

use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A host that answers a request line with a text, and remembers what it was asked.
async fn host(answer: fn(&str) -> &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let mut bytes = vec![0; 4096];
                let read = line.read(&mut bytes).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
                let first = request.lines().next().unwrap_or_default().to_owned();
                seen.lock().unwrap().push(request);
                _ = line.write_all(answer(&first).as_bytes()).await;
            });
        }
    });
    (format!("http://{address}"), asked)
}

/// Calls nobody looks at.
fn calls() -> Calls {
    Calls::new(crate::runtime::session::system_clock())
}

async fn one(url: &str, reach: Reach) -> Found {
    check(&[url.to_owned()], reach, &calls()).await.remove(0)
}

#[tokio::test]
async fn an_answer_tells_status_type_and_size() {
    let (base, asked) = host(|first| match first {
        head if head.starts_with("HEAD /a.pdf") => {
            "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 1234567\r\n\r\n"
        }
        head if head.starts_with("HEAD") => "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n",
        _ => "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-0/42\r\nContent-Length: 1\r\n\r\nx",
    })
    .await;
    let found = check(&[format!("{base}/a.pdf"), format!("{base}/b.pdf")], Reach::Anywhere, &calls()).await;
    assert_eq!(
        found[0].to_string(),
        "answered 200, 1234567 bytes, application/pdf; http:// lets anyone on the way read and change it"
    );
    assert_eq!(
        found[1].to_string(),
        "answered 206, 42 bytes; http:// lets anyone on the way read and change it"
    );
    assert!(found.iter().all(Found::is_good));
    let asked = asked.lock().unwrap();
    assert!(asked.iter().filter(|request| request.starts_with("GET")).all(|get| get.contains("bytes=0-0")));
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed() {
    let (base, asked) = host(
        |_| "HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\u{202e}elsewhere?sig=s3cret\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let found = one(&format!("{base}/a.pdf"), Reach::Anywhere).await;
    assert!(!found.is_good());
    assert_eq!(
        found.to_string(),
        "answered 302, 0 bytes, points to http://127.0.0.1:1/<U+202E>elsewhere?... (not followed); http:// lets \
         anyone on the way read and change it"
    );
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_must_not_be_asked_is_not_asked() {
    let (base, asked) = host(|_| "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for (url, why) in [
        (format!("{base}/a.pdf"), "is unusual"),
        ("http://127.0.0.1/a.pdf".to_owned(), "127.0.0.1 is no public address"),
        ("http://2130706433/a.pdf".to_owned(), "127.0.0.1 is no public address"),
        ("http://localhost/a.pdf".to_owned(), "is no public address"),
        ("http://[::ffff:10.0.0.1]/a.pdf".to_owned(), "is no public address"),
        ("http://169.254.169.254/a.pdf".to_owned(), "is no public address"),
        ("http://me:secret@127.0.0.1/a.pdf".to_owned(), "carries a user name"),
        ("http://me@127.0.0.1/a.pdf".to_owned(), "carries a user name"),
        ("ftp://127.0.0.1/a.pdf".to_owned(), "neither http nor https"),
        ("file:///etc/passwd".to_owned(), "neither http nor https"),
        ("https://127.0.0.1:80/a.pdf".to_owned(), "port 80 is unusual"),
        ("https://127.0.0.1:22/a.pdf".to_owned(), "port 22 is unusual"),
        ("https://0x7f.1/a.pdf".to_owned(), "127.0.0.1 is no public address"),
        ("https://[64:ff9b::7f00:1]/a.pdf".to_owned(), "is no public address"),
        ("https://[fd00::1]/a.pdf".to_owned(), "is no public address"),
        ("https://100.64.0.1/a.pdf".to_owned(), "is no public address"),
        ("https://0.0.0.0/a.pdf".to_owned(), "is no public address"),
        ("nonsense".to_owned(), "no web address"),
    ] {
        let Found::Failed(said) = one(&url, Reach::Public).await else { panic!("{url} was asked") };
        assert!(said.contains(why), "{url}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
    assert_eq!(asked.lock().unwrap().len(), 0);
}

#[test]
fn inside_is_everything_that_is_not_public() {
    for inside in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.8.8.8",
        "169.254.1.1",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "::ffff:0:127.0.0.1",
        "::10.0.0.1",
        "100::1",
        "192.0.0.8",
        "192.88.99.1",
        "192.0.2.1",
        "203.0.113.9",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fec0::1",
        "::ffff:169.254.169.254",
        "2002:a00:1::",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "ff02::1",
    ] {
        assert!(is_inside(inside.parse().unwrap()), "{inside}");
    }
    for public in [
        "8.8.8.8",
        "100.128.0.1",
        "172.32.0.1",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::",
        "2001:4860:4860::8888",
    ] {
        assert!(!is_inside(public.parse().unwrap()), "{public}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_so() {
    let found = one("http://127.0.0.1:1/a.pdf", Reach::Anywhere).await;
    assert_eq!(found, Found::Failed("no connection".to_owned()));
}

/// Between the look-up and the call a name may come to point elsewhere: only the addresses that were looked at are called.
#[tokio::test]
async fn the_address_that_was_looked_at_is_the_one_that_is_called() {
    let (base, asked) = host(|_| "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let address: SocketAddr = base.strip_prefix("http://").unwrap().parse().unwrap();
    let url = Url::parse(&format!("http://name.invalid:{}/a.pdf", address.port())).unwrap();
    let client = pinned(&url, &[address]).unwrap();
    assert_eq!(
        send(&client, Method::HEAD, &url).await.unwrap().status(),
        200,
        "no name server knows this host"
    );
    let asked = asked.lock().unwrap();
    assert!(asked[0].to_ascii_lowercase().contains("host: name.invalid:"), "{asked:?}");
}

#[tokio::test]
async fn nothing_of_ours_is_told() {
    let (base, asked) = host(|_| "HTTP/1.1 405 No\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n").await;
    one(&format!("{base}/a.pdf"), Reach::Anywhere).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for request in asked.iter().map(|request| request.to_ascii_lowercase()) {
        let names: Vec<&str> =
            request.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
        let known = ["accept", "host", "range", "user-agent"];
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_left_after_its_head() {
    let (base, _) = host(|first| match first {
        head if head.starts_with("HEAD") => "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n",
        // The host would go on for ever; nobody reads on.
        _ => "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 99999999999\r\n\r\nPK",
    })
    .await;
    let found = one(&format!("{base}/a.zip"), Reach::Anywhere).await;
    assert!(found.to_string().starts_with("answered 200, 99999999999 bytes, application/zip"), "{found}");

    let (base, _) = host(|_| MANY_LINES.as_str()).await;
    assert_eq!(one(&base, Reach::Anywhere).await, Found::Failed("the connection broke off".to_owned()));
}

static MANY_LINES: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(65)));

#[tokio::test]
async fn a_host_that_says_nothing_is_given_five_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a.pdf", listener.local_addr().unwrap());
    let started = tokio::time::Instant::now();
    let found = one(&url, Reach::Anywhere).await;
    let (said, took) = (found.to_string(), started.elapsed());
    assert!(said.starts_with("no answer"), "{said}");
    assert!(took >= Duration::from_secs(5) && took < Duration::from_secs(12), "{took:?}");
}
