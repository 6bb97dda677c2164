//! Whether the terminal can be sent more than ASCII, and whether it wants colour: decided once, from what the
//! operator said and what the environment says.

/// Whether borders and signs may go beyond ASCII: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set decides,
/// as in every program that follows POSIX.
pub(crate) fn is_utf8(var: impl Fn(&str) -> Option<String>) -> bool {
    deciding(var).is_some_and(|(_, value)| names_utf8(&value))
}

/// The variable that decides about the characters, with its value; `None` when none is set.
pub(crate) fn deciding(var: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| Some((name, var(name)?)));
    set.into_iter().find(|(_, value)| !value.is_empty())
}

/// Whether a locale of this name is one of UTF-8.
pub(crate) fn names_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Whether colour is wanted: not with `--no-color`, and not with a `NO_COLOR` that is set to anything but nothing
/// (no-color.org).
pub(crate) fn wants_colour(flag_off: bool, var: impl Fn(&str) -> Option<String>) -> bool {
    !flag_off && var("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert!(is_utf8(env(&[("LANG", "en_GB.UTF-8")])));
        assert!(is_utf8(env(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")])));
        assert!(!is_utf8(env(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")])));
        assert!(!is_utf8(env(&[("LC_CTYPE", "POSIX"), ("LANG", "en_GB.UTF-8")])));
        assert!(!is_utf8(env(&[])));
    }

    #[test]
    fn colour_is_off_by_flag_or_by_a_filled_variable() {
        assert!(wants_colour(false, env(&[])));
        assert!(wants_colour(false, env(&[("NO_COLOR", "")])));
        assert!(!wants_colour(false, env(&[("NO_COLOR", "0")])));
        assert!(!wants_colour(true, env(&[])));
    }
}
