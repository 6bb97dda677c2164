//! What each part of the screen looks like: sixteen ANSI colours, so that the terminal's own palette rules, and
//! never a background of our own, except behind the word of the environment.
//!
//! Colour is never the only carrier: every state has a word or a sign as well, so `mono` loses nothing.

use ratatui::style::{Color, Modifier, Style};

use crate::app::model::Environment;

/// A style for every role on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What stands back: column titles, empty days, reasons.
    pub(super) dim: Style,
    /// Headings and titles.
    pub(super) title: Style,
    /// Labels of fields.
    pub(super) label: Style,
    /// Keys in footer, help and palette.
    pub(super) key: Style,
    /// Rules and borders.
    pub(super) rule: Style,
    /// The chosen row, the open tab, the pane with the keys.
    pub(super) chosen: Style,
    /// Marks.
    pub(super) mark: Style,
    /// Past its due date; errors.
    pub(super) alarm: Style,
    /// Due today; warnings.
    pub(super) warning: Style,
    /// Due soon; changes.
    pub(super) soon: Style,
    /// Won, done, on.
    pub(super) good: Style,
    /// The word LIVE.
    pub(super) live: Style,
    /// Rules and borders where LIVE stands.
    pub(super) live_rule: Style,
    /// The word UAT.
    pub(super) uat: Style,
    /// Rules and borders where UAT stands.
    pub(super) uat_rule: Style,
    /// The words SANDBOX and CUSTOM.
    pub(super) other: Style,
}

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const REVERSED: Style = Style::new().add_modifier(Modifier::BOLD.union(Modifier::REVERSED));
const UNDERLINED: Style = Style::new().add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED));

impl Theme {
    /// The names a config may use.
    pub const NAMES: [&'static str; 4] = ["dark", "light", "high-contrast", "mono"];

    /// The theme of a name; `high_contrast` is read like `high-contrast`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "dark" => Self::dark(),
            "light" => Self::light(),
            "high-contrast" | "high_contrast" => Self::high_contrast(),
            "mono" => Self::mono(),
            _ => return None,
        })
    }

    /// The same on an environment: its rules and borders have a colour of their own.
    #[must_use]
    pub(super) const fn on(self, environment: Environment) -> Self {
        match environment {
            Environment::Live => Self { rule: self.live_rule, ..self },
            Environment::Uat => Self { rule: self.uat_rule, ..self },
            Environment::Sandbox | Environment::Custom => self,
        }
    }

    /// For light text on a dark ground.
    pub const fn dark() -> Self {
        Self {
            dim: DIM,
            title: BOLD,
            label: Style::new().fg(Color::Cyan),
            key: BOLD.fg(Color::Cyan),
            rule: DIM,
            chosen: REVERSED,
            mark: BOLD.fg(Color::Magenta),
            alarm: BOLD.fg(Color::LightRed),
            warning: BOLD.fg(Color::Yellow),
            soon: Style::new().fg(Color::Yellow),
            good: Style::new().fg(Color::Green),
            live: BOLD.fg(Color::White).bg(Color::Red),
            live_rule: Style::new().fg(Color::Red),
            uat: BOLD.fg(Color::Black).bg(Color::Yellow),
            uat_rule: Style::new().fg(Color::Yellow),
            other: BOLD.fg(Color::Black).bg(Color::Cyan),
        }
    }

    /// For dark text on a light ground: no yellow and no cyan, which vanish on white.
    pub const fn light() -> Self {
        Self {
            label: Style::new().fg(Color::Blue),
            key: BOLD.fg(Color::Blue),
            alarm: BOLD.fg(Color::Red),
            warning: BOLD.fg(Color::Magenta),
            soon: Style::new().fg(Color::Magenta),
            mark: BOLD.fg(Color::Blue),
            uat_rule: Style::new().fg(Color::Magenta),
            ..Self::dark()
        }
    }

    /// Bright and bold throughout, nothing dim.
    pub const fn high_contrast() -> Self {
        Self {
            dim: PLAIN,
            rule: PLAIN,
            label: BOLD,
            key: UNDERLINED,
            soon: BOLD,
            good: BOLD,
            warning: REVERSED,
            live_rule: BOLD.fg(Color::LightRed),
            uat_rule: BOLD,
            alarm: REVERSED.fg(Color::LightRed),
            ..Self::dark()
        }
    }

    /// No colour at all: bold, dim, underline and reverse only. What `NO_COLOR` selects, whatever the theme.
    pub const fn mono() -> Self {
        Self {
            dim: DIM,
            title: BOLD,
            label: PLAIN,
            key: BOLD,
            rule: DIM,
            chosen: REVERSED,
            mark: BOLD,
            alarm: BOLD,
            warning: BOLD,
            soon: PLAIN,
            good: PLAIN,
            live: REVERSED,
            live_rule: BOLD,
            uat: UNDERLINED,
            uat_rule: PLAIN,
            other: BOLD,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_theme_and_mono_has_no_colour() {
        assert!(Theme::NAMES.iter().all(|name| Theme::named(name).is_some()));
        assert_eq!(Theme::named("neon"), None);
        let mono = Theme::mono();
        for style in [mono.live, mono.uat, mono.other, mono.alarm, mono.key, mono.chosen, mono.label] {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn the_three_environments_never_look_alike() {
        for name in Theme::NAMES {
            let theme = Theme::named(name).unwrap();
            assert!(theme.live != theme.uat && theme.uat != theme.other && theme.live != theme.other);
        }
    }
}
