//! What people type, paste and read: nothing hostile gets through, and what is printed means what was read.

use crate::app::key::Key;
use crate::domain::case::{Case, Field};
use crate::domain::deadline::Calendar;
use crate::domain::filter::{Filter, Lens};
use crate::domain::ids::{self, CASE_ID_MAX_CHARS, CaseId};
use crate::domain::tracked::Tracked;
use crate::domain::{evidence, reply, shown};

use super::{sentence, text};

/// The sanitiser, by all its roads.
pub(super) fn shown(data: &[u8]) {
    let raw = text(data);
    for (name, road) in [
        ("line", shown::line as fn(&str) -> std::borrow::Cow<'_, str>),
        ("prose", shown::prose),
        ("id", shown::id),
        ("cell", shown::cell),
    ] {
        let once = road(&raw);
        assert!(!shown::has_hostile(&once), "{name} lets {once:?} through");
        assert!(!once.contains(['\n', '\r', '\t']), "{name} keeps a line end in {once:?}");
        assert_eq!(road(&once), once, "{name} is another one the second time");
        assert!(once.len() <= raw.len() * 12 + 1, "{name} makes {} bytes of {}", once.len(), raw.len());
        assert!(raw.is_empty() || !once.is_empty(), "{name} drops {raw:?}");
    }
    let line = shown::line(&raw);
    let formats = |c: char| matches!(u32::from(c), 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0001..=0xe007f);
    assert!(!line.chars().any(|c| c.is_control() || formats(c)), "{line:?}");
    assert!(shown::id(&raw).bytes().all(|byte| byte.is_ascii_graphic()), "{raw:?}");
    let plain = raw.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    assert!(!plain || line == raw, "{raw:?} was plain");
    let cell = shown::cell(&raw);
    let number = cell.trim().strip_prefix('-').is_some_and(|digits| {
        digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.len() > digits.matches('.').count()
    });
    assert!(
        number || !cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']),
        "{cell:?}"
    );
    let clipped = shown::clipped(&raw, 9);
    assert!(clipped.chars().count() <= 9);
}

/// Ids: one that is read prints itself, and a pasted list loses none.
pub(super) fn ids(data: &[u8]) {
    let raw = text(data);
    match CaseId::parse(&raw) {
        Ok(id) => {
            assert_eq!(id.to_string(), raw.trim(), "an id prints itself");
            assert_eq!(CaseId::parse(id.as_str()).as_ref(), Ok(&id));
            assert!(id.as_str().chars().count() <= CASE_ID_MAX_CHARS && !shown::has_hostile(id.as_str()));
        }
        Err(error) => sentence(&error.to_string()),
    }
    let pasted = ids::parse_pasted(&raw);
    for id in &pasted.ids {
        assert!(raw.contains(id.as_str()), "{id} is not in the paste");
    }
    let lines = raw.lines().count();
    for bad in &pasted.bad {
        sentence(&bad.why);
        assert!(bad.line >= 1 && bad.line <= lines, "line {} of {lines}", bad.line);
    }
    let list: Vec<&str> = pasted.ids.iter().map(CaseId::as_str).filter(|id| !id.starts_with('#')).collect();
    let again = ids::parse_pasted(&list.join("\n"));
    assert_eq!(
        again.ids.iter().map(CaseId::as_str).collect::<Vec<_>>(),
        list,
        "the list is not itself again"
    );
}

/// Filters: spaces and quotes may be put otherwise, and a filter narrows itself.
pub(super) fn filter(data: &[u8]) {
    let raw = text(data);
    let mut case = Tracked::new(match CaseId::parse("O1") {
        Ok(id) => id,
        Err(_) => return,
    });
    case.case = Some(Case::from_fields(Field::ALL.map(|field| (field, Some(field.wire().to_owned())))));
    let calendar = Calendar::at(time::OffsetDateTime::UNIX_EPOCH, time::UtcOffset::UTC, 2);
    let lens = Lens { calendar, me: "ana" };
    let (half, first) = Filter::parse_while_typed(&raw);
    let _passes = half.matches(&case, &lens);
    match Filter::parse(&raw) {
        Ok(filter) => {
            assert!(first.is_none() && filter.narrows(&filter));
            let printed = printed(&raw);
            assert_eq!(Filter::parse(&printed).as_ref(), Ok(&filter), "{raw:?} printed as {printed:?}");
        }
        Err(error) => sentence(&error.to_string()),
    }
}

/// The same filter, every term in quotes of its own: a word from its beginning, what a name may stand before from its
/// second character on.
fn printed(raw: &str) -> String {
    let mut terms = vec![(String::new(), false)];
    let mut quoted = false;
    for c in raw.chars() {
        match (c, terms.last_mut()) {
            ('"', Some((term, is_word))) => {
                *is_word |= matches!(term.as_str(), "" | "!");
                quoted = !quoted;
            }
            (c, _) if c.is_whitespace() && !quoted => terms.push((String::new(), false)),
            (c, Some((term, _))) => term.push(c),
            _ => {}
        }
    }
    terms.retain(|(term, _)| !term.is_empty());
    let printed = |(term, is_word): &(String, bool)| {
        let (negated, body) = term.strip_prefix('!').map_or(("", term.as_str()), |body| ("!", body));
        let first = body.chars().next().filter(|_| !is_word).map_or(0, char::len_utf8);
        let (first, rest) = body.split_at(first);
        format!("  {negated}{first}\"{rest}\"")
    };
    terms.iter().map(printed).collect()
}

/// Evidence addresses and reply texts.
pub(super) fn evidence(data: &[u8]) {
    let raw = text(data);
    if let Err(fault) = evidence::judge(&raw) {
        sentence(&fault.to_string());
    }
    let _name = evidence::file_name(&raw);
    for address in evidence::parse_pasted(&raw) {
        assert!(!address.trim().is_empty() && !address.contains('\n'), "{address:?}");
    }
    match reply::fill(&raw, &Case::default()) {
        Ok(filled) => assert!(filled.len() <= raw.len() + 64, "{filled:?}"),
        Err(problem) => sentence(&problem.to_string()),
    }
}

/// Names of keys in the config.
pub(super) fn keystrokes(data: &[u8]) {
    let raw = text(data);
    match raw.parse::<Key>() {
        Ok(key) => assert_eq!(key.to_string().parse::<Key>(), Ok(key), "{raw:?}"),
        Err(error) => sentence(&error.to_string()),
    }
}
