//! Looks by the part that a text plays, never by colour: a theme says what each part looks like.

use ratatui::style::{Color, Modifier, Style};

/// What each part of the screen looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// Context: what is there to be found, not to be read first.
    pub dim: Style,
    /// What names things.
    pub name: Style,
    /// The one accent: where you are, and the keys that lead on.
    pub accent: Style,
    /// Rules between parts.
    pub rule: Style,
    /// The row under the cursor; laid over what the row shows.
    pub cursor: Style,
    /// Letters that a filter has matched.
    pub hit: Style,
    /// What is well, or is added.
    pub good: Style,
    /// What wants a look.
    pub warn: Style,
    /// What failed, is forbidden, or is taken away.
    pub bad: Style,
}

type Make = fn() -> Theme;

/// The themes that are built in.
const BUILT_IN: [(&str, Make); 5] = [
    ("default", Theme::terminal),
    ("faint", Theme::faint),
    ("mono", Theme::mono),
    ("night", Theme::night),
    ("paper", Theme::paper),
];

impl Default for Theme {
    fn default() -> Self {
        Self::terminal()
    }
}

impl Theme {
    /// A built-in theme by its name.
    pub fn named(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, theme)| theme())
    }

    /// The names of the built-in themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The same theme without any colour, as `NO_COLOR` asks for: bold, underline and reverse remain.
    #[must_use]
    pub fn without_colour(self) -> Self {
        let plain = |style: Style| Style { fg: None, bg: None, ..style };
        Self {
            text: plain(self.text),
            dim: plain(self.dim).add_modifier(Modifier::DIM),
            name: plain(self.name),
            accent: plain(self.accent),
            rule: plain(self.rule).add_modifier(Modifier::DIM),
            cursor: plain(self.cursor).add_modifier(Modifier::REVERSED),
            hit: plain(self.hit),
            good: plain(self.good),
            warn: plain(self.warn),
            bad: plain(self.bad),
        }
    }

    /// The terminal's own 16 colours and background: it looks as the person has made the terminal look.
    fn terminal() -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self {
            text: Style::new(),
            dim: Style::new().fg(Color::DarkGray),
            name: bold,
            accent: bold.fg(Color::Cyan),
            rule: Style::new().fg(Color::DarkGray),
            // Black on cyan can be read in every palette; cyan turned round can't on a white background.
            cursor: over(Color::Black, Color::Cyan),
            hit: bold.fg(Color::Cyan).add_modifier(Modifier::UNDERLINED),
            good: Style::new().fg(Color::Green),
            warn: Style::new().fg(Color::Yellow),
            bad: Style::new().fg(Color::Red),
        }
    }

    /// For palettes whose bright black can't be told from the background: the terminal's own way to dim.
    fn faint() -> Self {
        let dim = Style::new().add_modifier(Modifier::DIM);
        Self { dim, rule: dim, ..Self::terminal() }
    }

    fn mono() -> Self {
        Self::terminal().without_colour()
    }

    fn night() -> Self {
        let on = |colour: u8| Style::new().fg(Color::Indexed(colour));
        let bold = on(255).add_modifier(Modifier::BOLD);
        let accent = on(110).add_modifier(Modifier::BOLD);
        Self {
            text: on(250).bg(Color::Indexed(234)),
            dim: on(243),
            name: bold,
            accent,
            rule: on(238),
            cursor: over(Color::Indexed(255), Color::Indexed(24)),
            hit: accent.add_modifier(Modifier::UNDERLINED),
            good: on(108),
            warn: on(179),
            bad: on(174),
        }
    }

    fn paper() -> Self {
        let on = |colour: u8| Style::new().fg(Color::Indexed(colour));
        let accent = on(25).add_modifier(Modifier::BOLD);
        Self {
            text: on(237).bg(Color::Indexed(255)),
            dim: on(245),
            name: on(232).add_modifier(Modifier::BOLD),
            accent,
            rule: on(250),
            cursor: over(Color::Indexed(232), Color::Indexed(153)),
            hit: accent.add_modifier(Modifier::UNDERLINED),
            good: on(28),
            warn: on(130),
            bad: on(124),
        }
    }
}

fn over(text: Color, background: Color) -> Style {
    Style::new().fg(text).bg(background).remove_modifier(Modifier::DIM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(theme: Theme) -> [Style; 10] {
        let Theme { text, dim, name, accent, rule, cursor, hit, good, warn, bad } = theme;
        [text, dim, name, accent, rule, cursor, hit, good, warn, bad]
    }

    #[test]
    fn every_built_in_theme_is_found_by_its_name_and_no_other() {
        assert!(Theme::names().all(|name| Theme::named(name).is_some()));
        assert_eq!(Theme::named("default"), Some(Theme::default()));
        assert_eq!(Theme::named("solarized"), None);
    }

    #[test]
    fn t8_without_colour_no_style_has_one_and_the_cursor_and_matches_still_show() {
        for name in Theme::names() {
            let theme = Theme::named(name).unwrap().without_colour();
            assert!(styles(theme).iter().all(|style| style.fg.is_none() && style.bg.is_none()));
            assert!(theme.cursor.add_modifier.contains(Modifier::REVERSED), "{name}");
            assert!(theme.hit.add_modifier.contains(Modifier::UNDERLINED), "{name}");
        }
    }

    #[test]
    fn t8_the_default_theme_uses_the_terminals_16_colours_and_paints_no_background() {
        let theme = Theme::default();
        assert_eq!(theme.text, Style::new());
        for style in styles(theme) {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour:?}");
            }
        }
    }
}
