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
            dim: on(246),
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
            dim: on(240),
            name: on(232).add_modifier(Modifier::BOLD),
            accent,
            rule: on(250),
            cursor: over(Color::Indexed(232), Color::Indexed(153)),
            hit: accent.add_modifier(Modifier::UNDERLINED),
            good: on(22),
            warn: on(94),
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

    /// The red, green and blue of one of the 240 colours that no palette changes.
    fn rgb(colour: Option<Color>) -> Option<[u8; 3]> {
        let Some(Color::Indexed(index @ 16..)) = colour else { return None };
        if index >= 232 {
            return Some([8 + (index - 232) * 10; 3]);
        }
        let step = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
        let cube = index - 16;
        Some([step(cube / 36), step(cube / 6 % 6), step(cube % 6)])
    }

    /// The contrast of two colours as WCAG 2 reckons it, from 1 to 21.
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let luminance = |colour: [u8; 3]| {
            let [r, g, b] = colour.map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_of_a_theme_with_colours_of_its_own_can_be_read_on_its_background() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
        let mut looked_at = 0;
        for name in Theme::names() {
            let theme = Theme::named(name).unwrap();
            let Some(background) = rgb(theme.text.bg) else { continue };
            let Theme { text, dim, name: names, accent, hit, good, warn, bad, cursor, .. } = theme;
            for style in [text, dim, names, accent, hit, good, warn, bad] {
                let found = contrast(rgb(style.fg).unwrap(), background);
                assert!(found >= 4.5, "{name}: {style:?} has {found:.2}");
            }
            let found = contrast(rgb(cursor.fg).unwrap(), rgb(cursor.bg).unwrap());
            assert!(found >= 4.5, "{name}: the cursor has {found:.2}");
            looked_at += 1;
        }
        // The others take the terminal's own colours, which are for the person to choose.
        assert_eq!(looked_at, 2);
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
