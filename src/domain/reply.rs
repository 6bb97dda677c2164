//! A reply: the text and the evidence that answer one case or one batch (caseReplay pages, versions 1.5 and 1.4).
//!
//! A [`Reply`] that exists can be sent: everything the page forbids was refused on the way to it.

use std::fmt;

use super::case::{Case, Field};
use super::evidence::{self, FILES_MAX, UrlFault};
use super::ids::CaseId;

/// The longest reply text, in characters of the filled-in text (`responseContent`, `maxLength: 256`).
pub const CONTENT_MAX_CHARS: usize = 256;

/// The words a template or a file pattern may hold, with the field that fills each.
pub const PLACEHOLDERS: [(&str, Field); 5] = [
    ("{caseId}", Field::CaseId),
    ("{outTradeNo}", Field::OutTradeNo),
    ("{amount}", Field::Amount),
    ("{currency}", Field::Currency),
    ("{outUserId}", Field::OutUserId),
];

/// The material PayerMax usually asks for; a checklist for the operator, advisory only (protocol.md section 8).
pub const CHECKLIST: [&str; 6] = [
    "user profile: name, user id, phone, email, IP",
    "order receipt",
    "consumption or usage records, earlier undisputed ones too",
    "delivery records",
    "communication with the user",
    "anything else that shows goods or service were supplied",
];

/// The version of the call, which decides whether evidence is required.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// Evidence optional.
    V14,
    /// Evidence required.
    #[default]
    V15,
}

impl Version {
    /// Reads the config's spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "1.4" => Some(Self::V14),
            "1.5" => Some(Self::V15),
            _ => None,
        }
    }

    /// The spelling on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::V14 => "1.4",
            Self::V15 => "1.5",
        }
    }
}

/// What a reply answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One case.
    Case(CaseId),
    /// Every case of a batch (`batchId`), tracked here or not.
    Batch(String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(id) => write!(f, "case {}", super::shown::id(id.as_str())),
            Self::Batch(batch) => write!(f, "batch {}", super::shown::id(batch)),
        }
    }
}

/// What the operator wrote, before it is filled in for a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The text, with placeholders.
    pub content: String,
    /// The files, with placeholders.
    pub files: Vec<String>,
}

/// A reply that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What it answers.
    pub target: Target,
    /// `outUserId`, as caseSearch gave it.
    pub out_user_id: String,
    /// `responseContent`, filled in.
    pub content: String,
    /// `representmentFile`, filled in.
    pub files: Vec<String>,
}

/// Why a reply cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is empty or blank.
    NoContent,
    /// The filled-in text is too long; carries its characters.
    ContentTooLong(usize),
    /// A placeholder nobody knows.
    UnknownPlaceholder(String),
    /// A placeholder whose field is empty in this case.
    EmptyPlaceholder(&'static str),
    /// A control character in the text.
    ContentUnprintable(char),
    /// Version 1.5 wants at least one file.
    NoFile,
    /// More files than the call takes; carries their number.
    TooManyFiles(usize),
    /// A file that cannot go out: its place from 1, and why.
    File(usize, UrlFault),
    /// The cases of the batch belong to several users, and a reply names one.
    SeveralUsers,
    /// The case has no `outUserId`, without which PayerMax takes no reply.
    NoUser,
}

/// More characters of a placeholder nobody knows are not repeated.
const WORD_SHOWN_MAX: usize = 40;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoContent => f.write_str("the text is empty"),
            Self::ContentTooLong(chars) => {
                write!(
                    f,
                    "the text has {chars} characters, {} too many",
                    chars.saturating_sub(CONTENT_MAX_CHARS)
                )
            }
            Self::UnknownPlaceholder(word) => {
                write!(
                    f,
                    "{} is no placeholder; known are {}",
                    super::shown::line(&super::shown::clipped(word, WORD_SHOWN_MAX)),
                    PLACEHOLDERS.map(|(w, _)| w).join(" ")
                )
            }
            Self::EmptyPlaceholder(word) => {
                write!(f, "{word} has no value here; a batch has only what all its cases share")
            }
            Self::ContentUnprintable(c) => write!(f, "the text contains U+{:04X}", u32::from(*c)),
            Self::NoFile => f.write_str("at least one evidence file is needed"),
            Self::TooManyFiles(files) => write!(f, "{files} files; at most {FILES_MAX} are taken"),
            Self::File(place, fault) => write!(f, "file {place} {fault}"),
            Self::SeveralUsers => f.write_str("its cases belong to several users; answer them one by one"),
            Self::NoUser => f.write_str("the case names no user (outUserId); refresh it first"),
        }
    }
}

/// A text with its placeholders filled from a case. Braces that hold no known word are left and reported.
///
/// # Errors
/// The first placeholder that is unknown or empty.
pub fn fill(text: &str, case: &Case) -> Result<String, Problem> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        out.push_str(before);
        let Some(close) = from_open.find('}') else {
            rest = from_open;
            break;
        };
        let (word, after) = from_open.split_at(close + 1);
        let known = PLACEHOLDERS.into_iter().find(|(known, _)| *known == word);
        let (name, field) = known.ok_or_else(|| Problem::UnknownPlaceholder(word.to_owned()))?;
        match value(case, field) {
            "" => return Err(Problem::EmptyPlaceholder(name)),
            value => out.push_str(value),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// A field's value; the currency falls back to the order's.
fn value(case: &Case, field: Field) -> &str {
    if field == Field::Currency { case.currency() } else { case.text(field).trim() }
}

/// The case that a batch's text is filled in from: what all its cases have in common. What belongs to one case alone is
/// left empty, because the one text goes to every case of the batch, also to those nobody tracks here.
pub fn batch_case(cases: &[Case]) -> Case {
    let mut common = cases.first().cloned().unwrap_or_default();
    for field in Field::ALL {
        let own = matches!(field, Field::CaseId | Field::OutTradeNo | Field::TradeToken | Field::Amount);
        if own || cases.iter().any(|case| case.text(field) != common.text(field)) {
            common.set(field, None);
        }
    }
    common
}

/// Characters of a text as PayerMax counts them, as far as its page says.
pub fn chars(text: &str) -> usize {
    text.chars().count()
}

impl Written {
    /// Fills the text and the files in for a case and checks everything the page asks for.
    ///
    /// # Errors
    /// Every [`Problem`], in the order of the form.
    pub fn for_case(&self, target: Target, case: &Case, version: Version) -> Result<Reply, Vec<Problem>> {
        let mut problems = Vec::new();
        let content = fill(&self.content, case).unwrap_or_else(|problem| {
            problems.push(problem);
            self.content.clone()
        });
        problems.extend(content_problem(&content));
        let files = self.filled_files(case, &mut problems);
        match files.len() {
            0 if version == Version::V15 => problems.push(Problem::NoFile),
            many if many > FILES_MAX => problems.push(Problem::TooManyFiles(many)),
            _ => {}
        }
        let out_user_id = case.text(Field::OutUserId).to_owned();
        if out_user_id.trim().is_empty() {
            let batch = matches!(target, Target::Batch(_));
            problems.push(if batch { Problem::SeveralUsers } else { Problem::NoUser });
        }
        if problems.is_empty() { Ok(Reply { target, out_user_id, content, files }) } else { Err(problems) }
    }

    fn filled_files(&self, case: &Case, problems: &mut Vec<Problem>) -> Vec<String> {
        let mut files = Vec::with_capacity(self.files.len());
        for pattern in &self.files {
            files.push(fill(pattern, case).unwrap_or_else(|problem| {
                problems.push(problem);
                pattern.clone()
            }));
        }
        if problems.is_empty() || !files.iter().any(|file| file.contains('{')) {
            let judged = evidence::judge_all(files.iter().map(String::as_str));
            let faults =
                judged.into_iter().enumerate().filter_map(|(at, one)| one.err().map(|fault| (at + 1, fault)));
            problems.extend(faults.map(|(place, fault)| Problem::File(place, fault)));
        }
        files
    }
}

fn content_problem(content: &str) -> Option<Problem> {
    if content.trim().is_empty() {
        return Some(Problem::NoContent);
    }
    let unprintable = content.chars().find(|&c| c != '\n' && super::shown::is_hostile(c) && !is_joiner(c));
    if let Some(c) = unprintable {
        return Some(Problem::ContentUnprintable(c));
    }
    match chars(content) {
        count if count > CONTENT_MAX_CHARS => Some(Problem::ContentTooLong(count)),
        _ => None,
    }
}

/// Joiners and variation selectors belong to emoji and some scripts, and a reply may be written in them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// The files whose names do not carry the case id, though PayerMax recommends it; places from 1.
pub fn unnamed_files(reply: &Reply) -> Vec<usize> {
    let wanted = match &reply.target {
        Target::Case(id) => id.as_str(),
        Target::Batch(batch) => batch,
    };
    let named = |file: &str| evidence::file_name(file).contains(wanted);
    reply.files.iter().enumerate().filter(|(_, file)| !named(file)).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case() -> Case {
        Case::from_fields(
            [
                (Field::CaseId, "O1"),
                (Field::OutTradeNo, "P16"),
                (Field::Amount, "5000.00"),
                (Field::Currency, "IDR"),
                (Field::OutUserId, "10042"),
            ]
            .map(|(field, value)| (field, Some(value.to_owned()))),
        )
    }

    fn target() -> Target {
        Target::Case(CaseId::parse("O1").unwrap())
    }

    fn written(content: &str, files: &[&str]) -> Written {
        Written { content: content.into(), files: files.iter().map(|f| (*f).to_owned()).collect() }
    }

    #[test]
    fn a_reply_is_filled_in_for_its_case() {
        let written = written("{amount} {currency} for {outTradeNo}", &["https://ev.example/{caseId}.PDF"]);
        let reply = written.for_case(target(), &case(), Version::V15).unwrap();
        assert_eq!(reply.content, "5000.00 IDR for P16");
        assert_eq!(reply.files, ["https://ev.example/O1.PDF"]);
        assert_eq!(reply.out_user_id, "10042");
        assert!(unnamed_files(&reply).is_empty());
    }

    #[test]
    fn the_length_is_that_of_the_filled_text_in_characters() {
        let exactly = "字".repeat(CONTENT_MAX_CHARS);
        assert!(written(&exactly, &["http://x/O1.ZIP"]).for_case(target(), &case(), Version::V15).is_ok());
        let over = format!("{exactly}😀");
        let problems =
            written(&over, &["http://x/O1.ZIP"]).for_case(target(), &case(), Version::V15).unwrap_err();
        assert_eq!(problems, [Problem::ContentTooLong(257)]);
        let filled_over = format!("{}{{caseId}}", "x".repeat(255));
        let problems = written(&filled_over, &["http://x/O1.ZIP"]).for_case(target(), &case(), Version::V15);
        assert_eq!(problems.unwrap_err(), [Problem::ContentTooLong(257)]);
    }

    #[test]
    fn every_problem_is_named() {
        let problems = written(" ", &[]).for_case(target(), &Case::default(), Version::V15).unwrap_err();
        assert_eq!(problems, [Problem::NoContent, Problem::NoFile, Problem::NoUser]);
        assert!(
            written("ok", &[]).for_case(target(), &case(), Version::V14).is_ok(),
            "1.4 takes a reply without files"
        );
        let problems = written("{colour} x", &["http://x/凭.pdf"])
            .for_case(target(), &case(), Version::V15)
            .unwrap_err();
        assert_eq!(problems[0], Problem::UnknownPlaceholder("{colour}".into()));
        assert_eq!(problems[1], Problem::File(1, UrlFault::Character('凭')));
        let problems =
            written("a\u{202e}b", &["http://x/a.pdf"]).for_case(target(), &case(), Version::V15).unwrap_err();
        assert_eq!(problems, [Problem::ContentUnprintable('\u{202e}')]);
        let empty =
            written("{outTradeNo}", &["http://x/a.pdf"]).for_case(target(), &Case::default(), Version::V14);
        assert!(empty.unwrap_err().contains(&Problem::EmptyPlaceholder("{outTradeNo}")));
    }

    #[test]
    fn files_have_a_limit_and_a_recommended_name() {
        let many: Vec<String> = (0..=FILES_MAX).map(|n| format!("http://x/{n}.pdf")).collect();
        let mut all = Written { content: "ok".into(), files: many };
        let problems = all.for_case(target(), &case(), Version::V15).unwrap_err();
        assert_eq!(problems, [Problem::TooManyFiles(FILES_MAX + 1)]);
        all.files.pop();
        let reply = all.for_case(target(), &case(), Version::V15).unwrap();
        assert_eq!(unnamed_files(&reply).len(), FILES_MAX);
    }

    proptest! {
        #[test]
        fn what_can_be_sent_keeps_the_rules(content in "\\PC{0,300}", file in "[a-z{}I./:]{0,30}") {
            let written = Written { content, files: vec![file] };
            if let Ok(reply) = written.for_case(target(), &case(), Version::V15) {
                prop_assert!(chars(&reply.content) <= CONTENT_MAX_CHARS && !reply.content.trim().is_empty());
                prop_assert!(reply.files.iter().all(|file| evidence::judge(file).is_ok()));
            }
        }
    }
}
