//! Reads what the operator writes on cases, so that a text means the same in a prompt and in an imported file.

use super::tracked::WONT_CONTEST_TAG;

/// How operators name themselves as owners.
const ME: &str = "@me";

/// The tags of a text, each once, in order; blanks, commas and semicolons separate them. [`WONT_CONTEST_TAG`] is left
/// out: it stands for a decision that has a reason of its own, and `list --json` writes it among the tags.
pub fn tags_of(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in split(text).filter(|word| *word != WONT_CONTEST_TAG) {
        if !tags.iter().any(|tag| tag == word) {
            tags.push(word.to_owned());
        }
    }
    tags
}

/// Whether a text has [`WONT_CONTEST_TAG`] among its tags.
pub fn names_decision(text: &str) -> bool {
    split(text).any(|word| word == WONT_CONTEST_TAG)
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|word| !word.is_empty())
}

/// The owner a text names, without the sign before the name; empty for nobody. `@me` is `me`, and `None` where nobody
/// knows who that is.
pub fn owner_of(text: &str, me: &str) -> Option<String> {
    let text = text.trim();
    if text == ME {
        return Some(me.trim().to_owned()).filter(|me| !me.is_empty());
    }
    Some(text.strip_prefix('@').unwrap_or(text).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_and_the_decision_is_none_of_them() {
        assert_eq!(tags_of(" vip, late;vip\twont-contest\u{a0}urgent\n"), ["vip", "late", "urgent"]);
        assert_eq!(tags_of("wont-contest"), [""; 0]);
    }

    #[test]
    fn an_owner_loses_one_sign_and_me_is_somebody() {
        for (text, owner) in [
            (" @ana ", "ana"),
            ("ana@corp.com", "ana@corp.com"),
            ("@@x", "@x"),
            ("@", ""),
            ("me", "me"),
            ("@me", "li"),
        ] {
            assert_eq!(owner_of(text, "li").as_deref(), Some(owner), "{text}");
        }
        assert_eq!(owner_of("@me", " "), None);
    }
}
