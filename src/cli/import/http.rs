//! A notification as a web server or a proxy saves it: request line, headers, an empty line, and the body byte for byte.

use super::json;
use super::signed::{self, Seals};
use super::{Import, text_of};

/// A saved request in its parts.
struct Request<'a> {
    headers: Vec<(&'a str, &'a str)>,
    body: &'a [u8],
    /// The line of the file, from 1, on which the body begins.
    line: usize,
}

/// Whether a file begins with a request line: `POST /notify HTTP/1.1`.
pub(super) fn is_request(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    let mut words = line.unwrap_or_default().split_whitespace();
    let method = words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_uppercase()));
    method && words.nth(1).is_some_and(|word| word.starts_with("HTTP/")) && words.next().is_none()
}

/// Reads the one notification of a saved request; `sign` is a header that was saved apart from it.
pub(super) fn read(bytes: &[u8], sign: Option<&str>, seals: &Seals<'_>) -> Import {
    let mut import = Import::default();
    match parts(bytes) {
        Ok(request) => {
            let apart = sign.map(|sign| (signed::HEADER, sign));
            let entry = signed::one_of(request.headers.into_iter().chain(apart))
                .and_then(|sign| json::notification(request.body, sign, seals));
            import.take(request.line, entry);
        }
        Err(why) => import.refuse(1, why),
    }
    import
}

fn parts(bytes: &[u8]) -> Result<Request<'_>, String> {
    let mut rest = bytes;
    let mut headers = Vec::new();
    let mut line = 0;
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or("the request has no body")?;
        let (head, tail) = rest.split_at(end);
        rest = tail.strip_prefix(b"\n").unwrap_or(tail);
        line += 1;
        let head = text_of(head.strip_suffix(b"\r").unwrap_or(head))?;
        if head.is_empty() {
            return Ok(Request { headers, body: rest, line: line + 1 });
        }
        // The request line has no name of a header before its first colon, if it has one at all.
        if let Some(header) = head.split_once(':').filter(|_| line > 1) {
            headers.push(header);
        }
    }
}
