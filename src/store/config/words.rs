//! How single values are read: each reader carries the sentence that says what it takes, so that a refusal and the rule
//! cannot drift apart.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use time::UtcOffset;
use time::macros::format_description;

use crate::domain::column::Column;
use crate::domain::proxy::Proxy;
use crate::domain::refund::ANY_CURRENCY;
use crate::domain::{money, shown};

/// A value written as a text: what it must be, and how it is read.
struct Text<F> {
    shape: String,
    read: F,
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::invalid_value(Unexpected::Other("this text"), &self))
    }
}

/// Reads a text through a function; `shape` completes the sentence "it must be …".
pub(super) fn text<'de, D: Deserializer<'de>, T>(
    source: D,
    shape: impl Into<String>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    source.deserialize_str(Text { shape: shape.into(), read })
}

/// A whole number between two bounds, both allowed.
struct Whole<const MIN: u16, const MAX: u16>;

impl<const MIN: u16, const MAX: u16> Visitor<'_> for Whole<MIN, MAX> {
    type Value = u16;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u16, E> {
        u16::try_from(number)
            .ok()
            .filter(|number| (MIN..=MAX).contains(number))
            .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u16, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

pub(super) fn whole<'de, D: Deserializer<'de>, const MIN: u16, const MAX: u16>(
    source: D,
) -> Result<u16, D::Error> {
    source.deserialize_i64(Whole::<MIN, MAX>)
}

/// A text of 1 to `MAX` visible characters without blanks at its ends.
pub(super) fn short<'de, D: Deserializer<'de>, const MAX: usize>(source: D) -> Result<String, D::Error> {
    text(source, format!("a text of 1 to {MAX} characters, with no blanks around it"), |text| {
        let fits = (1..=MAX).contains(&text.chars().count())
            && text.trim() == text
            && !text.chars().any(shown::is_hostile);
        fits.then(|| text.to_owned())
    })
}

/// As [`short`], for a setting that may be left out.
pub(super) fn maybe_short<'de, D: Deserializer<'de>, const MAX: usize>(
    source: D,
) -> Result<Option<String>, D::Error> {
    short::<D, MAX>(source).map(Some)
}

/// Several of them, as a list.
pub(super) fn shorts<'de, D: Deserializer<'de>, const MAX: usize>(
    source: D,
) -> Result<Vec<String>, D::Error> {
    let list = Vec::<Short<MAX>>::deserialize(source)?;
    Ok(list.into_iter().map(|one| one.0).collect())
}

struct Short<const MAX: usize>(String);

impl<'de, const MAX: usize> Deserialize<'de> for Short<MAX> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        short::<D, MAX>(source).map(Self)
    }
}

pub(super) fn file<'de, D: Deserializer<'de>>(source: D) -> Result<PathBuf, D::Error> {
    text(source, "the name of a file, in double quotes, and not what belongs in the file", |text| {
        is_file_name(text).then(|| PathBuf::from(text))
    })
}

/// Whether a text may be the name of a file. What is rather a key or a token is none: as a name it would be repeated
/// wherever docket says which file is missing.
fn is_file_name(text: &str) -> bool {
    let parts_fit = text.split('/').all(|part| part.len() <= NAME_MAX);
    !text.trim().is_empty()
        && !text.chars().any(char::is_control)
        && !text.contains("-----BEGIN")
        && parts_fit
        && longest_base64(text) < KEY_LIKE
}

/// The longest part of a file's name that Linux takes, in bytes.
const NAME_MAX: usize = 255;

/// So many characters of base64 in a row are no name. The smallest key that PayerMax takes has 392.
const KEY_LIKE: usize = 100;

/// The length of the longest run of base64, wrapped over blanks or not.
fn longest_base64(text: &str) -> usize {
    let packed = text.split_whitespace().collect::<String>();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    packed.split(|c| !is_base64(c)).map(str::len).max().unwrap_or(0)
}

/// A directory by its whole path: what is relative would be another one for everybody.
pub(super) fn maybe_absolute<'de, D: Deserializer<'de>>(source: D) -> Result<Option<PathBuf>, D::Error> {
    let read = |text: &str| Some(PathBuf::from(text)).filter(|path| is_file_name(text) && path.is_absolute());
    text(source, "the whole path of a directory, in double quotes, beginning with /", read).map(Some)
}

pub(super) fn maybe_file<'de, D: Deserializer<'de>>(source: D) -> Result<Option<PathBuf>, D::Error> {
    file(source).map(Some)
}

/// A proxy. Its address may hold a password, which no refusal repeats.
pub(super) fn proxy<'de, D: Deserializer<'de>>(source: D) -> Result<Proxy, D::Error> {
    text(source, "\"system\", \"none\", or the http:// address of a proxy, with no path", Proxy::parse)
}

pub(super) fn header_name<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    text(source, "a header name of letters, digits, - and _", |text| {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| text.to_owned())
    })
}

/// A zone as a distance from UTC. Names like `Asia/Shanghai` are not read: their rules change with the host.
pub(super) fn zone<'de, D: Deserializer<'de>>(source: D) -> Result<UtcOffset, D::Error> {
    text(source, "a distance from UTC such as \"+08:00\"", |text| match text {
        "UTC" | "Z" => Some(UtcOffset::UTC),
        _ => UtcOffset::parse(text, format_description!("[offset_hour sign:mandatory]:[offset_minute]")).ok(),
    })
}

/// An address of a gateway.
pub(super) fn maybe_address<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    address(source).map(Some)
}

pub(super) fn address<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    text(source, "an https:// address without query, or an http:// one of this host alone", |text| {
        is_address(text).then(|| text.trim_end_matches('/').to_owned())
    })
}

/// Plain http never leaves the host: only a loopback address written as such counts, never one that a name server or an
/// odd spelling could turn into another.
fn is_address(text: &str) -> bool {
    let safe_path = |rest: &str| rest.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\@\"<>`{}".contains(&b));
    let (rest, plain) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (_, Some(rest)) => (rest, true),
        _ => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let Some(host) = host_of(authority) else { return false };
    let name = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
    let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let named = host.parse::<IpAddr>().is_ok() || (!host.is_empty() && host.bytes().all(name));
    safe_path(rest) && if plain { loopback } else { named }
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let sound =
        port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
    sound.then_some(host)
}

/// A currency code, as a key; [`ANY_CURRENCY`] too where `ANY` says so.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Currency<const ANY: bool>(String);

impl<'de, const ANY: bool> Deserialize<'de> for Currency<ANY> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let other = if ANY { ", or \"*\" for every other one" } else { "" };
        text(source, format!("a currency of three capital letters{other}"), |text| {
            let fits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
            (fits || ANY && text == ANY_CURRENCY).then(|| Self(text.to_owned()))
        })
    }
}

/// An amount above zero, in major units.
struct Amount(Decimal);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        text(source, "an amount in double quotes such as \"50.00\"", |text| {
            money::parse_received(text).filter(|amount| !amount.is_sign_negative()).map(Self)
        })
    }
}

/// Amounts by currency, [`ANY_CURRENCY`] among them where `ANY` says so.
pub(super) fn amounts<'de, D: Deserializer<'de>, const ANY: bool>(
    source: D,
) -> Result<BTreeMap<String, Decimal>, D::Error> {
    let written = BTreeMap::<Currency<ANY>, Amount>::deserialize(source)?;
    Ok(written.into_iter().map(|(currency, amount)| (currency.0, amount.0)).collect())
}

/// Columns of the table, none of them twice.
pub(super) fn columns<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Column>, D::Error> {
    source.deserialize_seq(Columns)
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Vec<Column>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of columns in square brackets")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Column>, A::Error> {
        let mut columns: Vec<Column> = Vec::new();
        while let Some(Named(column)) = list.next_element()? {
            if columns.contains(&column) {
                return Err(A::Error::custom(format!("names the column {} twice", column.word())));
            }
            columns.push(column);
        }
        Ok(columns)
    }
}

/// A column by its word.
struct Named(Column);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_str(ColumnWord)
    }
}

struct ColumnWord;

impl Visitor<'_> for ColumnWord {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the word of a column in double quotes: {}", Column::ALL.map(Column::word).join(", "))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Named, E> {
        Column::from_word(text).map(Named).ok_or_else(|| {
            // A short word is no secret, and is found sooner than a place in the list.
            let is_word = (1..=WORD_MAX).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_');
            let named = if is_word { format!("`{text}`, which") } else { "something that".to_owned() };
            let known = Column::ALL.map(Column::word).join(", ");
            E::custom(format!("names {named} is no column; there are {known}"))
        })
    }
}

/// So many letters are a word that somebody mistyped, and no token.
const WORD_MAX: usize = 16;

/// One key or several, by action.
pub(super) fn keys<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let written = BTreeMap::<String, OneOrMany>::deserialize(source)?;
    Ok(written.into_iter().map(|(action, keys)| (action, keys.0)).collect())
}

struct OneOrMany(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key in double quotes, or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany(vec![text.to_owned()]))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = list.next_element()? {
            keys.push(key);
        }
        Ok(OneOrMany(keys))
    }
}
