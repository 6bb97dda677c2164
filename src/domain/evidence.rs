//! Evidence: the file URLs of a reply, judged while they are typed (caseReplay page, `representmentFile`).
//!
//! PayerMax fetches the files itself, later and unseen; a URL it cannot use loses the case. So every rule of the
//! page is checked here, with the reason in words.

use std::collections::HashSet;
use std::fmt;

/// The most files one reply may carry (v1.4 page: `<= 1024 items`).
pub const FILES_MAX: usize = 1024;

/// The file types PayerMax takes, any case.
pub const TYPES: [&str; 6] = ["PNG", "JPG", "ZIP", "DOC", "XLS", "PDF"];

/// Why a URL cannot go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// Nothing there.
    Empty,
    /// Neither `http://` nor `https://`.
    Scheme,
    /// No host behind the scheme.
    Host,
    /// A character that PayerMax does not take: anything but letters, digits and `-._~:/`.
    Character(char),
    /// The last part is no `name.ext`.
    NoFileName,
    /// A file type PayerMax does not take.
    Type(String),
    /// The same URL stands further up, at this place (from 1).
    Twice(usize),
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the address is empty"),
            Self::Scheme => f.write_str("must begin with https:// or http://"),
            Self::Host => f.write_str("names no host that can be"),
            Self::Character(c) if c.is_ascii() && !c.is_ascii_control() => {
                write!(f, "contains {c:?}; only letters, digits and - . _ ~ : / are taken")
            }
            Self::Character(c) => write!(f, "contains U+{:04X}; only plain letters are taken", u32::from(*c)),
            Self::NoFileName => f.write_str("must end with a file name like CASE.PDF"),
            Self::Type(found) => write!(f, "ends in .{found}; PayerMax takes {}", TYPES.join(" ")),
            Self::Twice(place) => write!(f, "is the same as file {place}"),
        }
    }
}

/// Judges one URL by itself.
///
/// # Errors
/// [`UrlFault`] says what PayerMax would not take.
pub fn judge(url: &str) -> Result<(), UrlFault> {
    if url.is_empty() {
        return Err(UrlFault::Empty);
    }
    let taken = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
    if let Some(bad) = url.chars().find(|&c| !taken(c)) {
        return Err(UrlFault::Character(bad));
    }
    let lower = url.to_ascii_lowercase();
    let rest =
        lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or(UrlFault::Scheme)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !is_host(host) {
        return Err(UrlFault::Host);
    }
    let file = path.rsplit('/').next().unwrap_or_default();
    let (name, extension) = file.rsplit_once('.').ok_or(UrlFault::NoFileName)?;
    if name.is_empty() || extension.is_empty() {
        return Err(UrlFault::NoFileName);
    }
    if TYPES.iter().any(|known| known.eq_ignore_ascii_case(extension)) {
        Ok(())
    } else {
        Err(UrlFault::Type(extension.to_owned()))
    }
}

/// Whether a text names a host, perhaps with a port: no empty label, and a port that exists.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    name.split('.').all(|label| !label.is_empty())
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|p| p > 0))
}

/// Judges a list, each URL by itself and against those before it.
pub fn judge_all<'a>(urls: impl IntoIterator<Item = &'a str>) -> Vec<Result<(), UrlFault>> {
    let mut seen: Vec<&str> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let mut judged = Vec::new();
    for url in urls {
        let twice = || seen.iter().position(|earlier| *earlier == url).unwrap_or_default() + 1;
        judged.push(if known.insert(url) { judge(url) } else { Err(UrlFault::Twice(twice())) });
        seen.push(url);
    }
    judged
}

/// The file name of a URL, for the advice to name files after the case.
pub fn file_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The addresses in a pasted text: one a line, or with white space between.
pub fn parse_pasted(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Word stems by which a text speaks of a file that goes with it: English, Chinese, Indonesian.
const ATTACHED: [&str; 5] = ["attach", "enclos", "附件", "附上", "lampir"];

/// What to say of a reply without a file whose text speaks of one; `None` when all is well.
pub fn missing(text: &str, files: &[String]) -> Option<&'static str> {
    let text = text.to_lowercase();
    let speaks = ATTACHED.iter().any(|stem| text.contains(stem));
    (files.is_empty() && speaks).then_some("the text speaks of something attached, and no file goes with it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_speaks_of_a_file_wants_one() {
        for text in ["The receipt is ATTACHED.", "see enclosure", "详见附件。", "Bukti terlampir"] {
            assert!(missing(text, &[]).is_some(), "{text}");
            assert_eq!(missing(text, &["https://ev.example/O1.PDF".to_owned()]), None, "{text}");
        }
        assert_eq!(missing("The goods were delivered.", &[]), None);
    }

    #[test]
    fn the_pages_own_examples_are_taken() {
        for url in [
            "http://xxx/O20211118090801.ZIP",
            "http://xxx/O202111118090802.PDF",
            "https://img6.bdstatic.com/img/image/public/imgcopyright_index1.jpg",
            "https://ev.example:8443/a_b~c-d/x.y.Png",
        ] {
            assert_eq!(judge(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_payermax_does_not_take_is_named() {
        for (url, fault) in [
            ("", UrlFault::Empty),
            ("ftp://x/a.pdf", UrlFault::Scheme),
            ("x/a.pdf", UrlFault::Scheme),
            ("https:///a.pdf", UrlFault::Host),
            ("https://ex..com/a.pdf", UrlFault::Host),
            ("https://ex.com:99999/a.pdf", UrlFault::Host),
            ("http://x/凭证.pdf", UrlFault::Character('凭')),
            ("http://x/a b.pdf", UrlFault::Character(' ')),
            ("http://x/a.pdf?sig=1", UrlFault::Character('?')),
            ("http://x/a%20b.pdf", UrlFault::Character('%')),
            ("http://x", UrlFault::NoFileName),
            ("http://x/dir/", UrlFault::NoFileName),
            ("http://x/pdf", UrlFault::NoFileName),
            ("http://x/.pdf", UrlFault::NoFileName),
            ("http://x/a.jpeg", UrlFault::Type("jpeg".into())),
            ("http://x/a.docx", UrlFault::Type("docx".into())),
            ("http://host.pdf", UrlFault::NoFileName),
        ] {
            assert_eq!(judge(url), Err(fault), "{url}");
        }
    }

    #[test]
    fn a_repeated_address_points_at_the_first() {
        let judged = judge_all(["http://x/a.pdf", "http://x/b.pdf", "http://x/a.pdf"]);
        assert_eq!(judged, [Ok(()), Ok(()), Err(UrlFault::Twice(1))]);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_passes_is_plain(url in "\\PC{0,60}") {
            if judge(&url).is_ok() {
                prop_assert!(url.is_ascii() && url.starts_with("http"));
            }
        }
    }
}
