//! Addresses that the terminal may open (OSC 8). A link can say one thing and lead to another, so only evidence addresses
//! become one, only those that pass the rules of evidence, and always to what was judged.

use std::fmt::Write as _;

use crate::app::layout::Area;
use crate::domain::evidence;

/// An address on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// First column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Where it leads: printable ASCII alone.
    pub target: String,
}

impl Link {
    /// Whether it stands in an area, in part at least.
    pub(super) fn meets(&self, area: Area) -> bool {
        let inside = (area.y..area.y.saturating_add(area.height)).contains(&self.y);
        inside && self.x < area.x.saturating_add(area.width) && area.x < self.x.saturating_add(self.width)
    }
}

/// Where an evidence address leads, with everything written out that is not plainly part of an address; `None` for one
/// that breaks a rule of evidence.
pub(super) fn target(address: &str) -> Option<String> {
    let web = ["https://", "http://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !web || evidence::judge(address).is_err() {
        return None;
    }
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,=%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            _ = write!(out, "%{byte:02X}");
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_passes_the_rules_of_evidence_becomes_a_link() {
        assert_eq!(target("https://ev.example/a.PDF").as_deref(), Some("https://ev.example/a.PDF"));
        assert_eq!(target("http://ev.example/a_b-1.png").as_deref(), Some("http://ev.example/a_b-1.png"));
        for other in [
            "javascript:alert(1)//a.pdf",
            "file:///etc/passwd.pdf",
            "ftp://ev.example/a.pdf",
            "https://ev.example/a.exe",
            "https://ev.example/凭证.pdf",
            "https://ev.example/a.pdf\u{1b}\\",
            "https://ev.example/a b.pdf",
            "see https://ev.example/a.pdf",
            "",
        ] {
            assert_eq!(target(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_target_can_end_its_sequence_or_hide(address in "https?://[ -~]{1,30}/[ -~\\PC]{0,20}\\.(pdf|PNG)") {
            if let Some(target) = target(&address) {
                prop_assert!(target.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b';' && byte != b'\\'));
            }
        }
    }
}
