//! Colours and signs: one accent, dim labels, series that a colour-blind reader and a screen without colour tell apart.

use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None: `NO_COLOR` is set, or the terminal is dumb.
    None,
    /// The sixteen of old.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

impl Depth {
    /// What the environment says of the terminal.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let term = var("TERM").unwrap_or_default();
        let colorterm = var("COLORTERM").unwrap_or_default();
        if var("NO_COLOR").is_some_and(|v| !v.is_empty()) || term == "dumb" {
            Self::None
        } else if matches!(colorterm.as_str(), "truecolor" | "24bit") || term.contains("direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }
}

/// One colour at each depth.
struct Shade(u8, u8, u8, u8, Color);

/// Okabe and Ito's colours, told apart by every kind of colour vision; the first is also the accent.
const SERIES: [Shade; 6] = [
    Shade(86, 180, 233, 74, Color::Cyan),
    Shade(230, 159, 0, 178, Color::Yellow),
    Shade(0, 170, 125, 36, Color::Green),
    Shade(204, 121, 167, 175, Color::Magenta),
    Shade(213, 94, 0, 166, Color::Red),
    Shade(120, 130, 230, 104, Color::Blue),
];
const DIM: Shade = Shade(124, 130, 146, 245, Color::DarkGray);
const FAINT: Shade = Shade(84, 90, 106, 240, Color::DarkGray);
const GOOD: Shade = Shade(0, 170, 125, 36, Color::Green);
const WARN: Shade = Shade(230, 159, 0, 178, Color::Yellow);
const BAD: Shade = Shade(224, 96, 80, 167, Color::Red);

/// Every style that the screens use.
#[derive(Clone, Debug)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
    /// Plain text.
    pub text: Style,
    /// What matters: values and names.
    pub bright: Style,
    /// Labels and units.
    pub dim: Style,
    /// Borders, rails and guides.
    pub faint: Style,
    /// The one accent: what is chosen and what can be pressed.
    pub accent: Style,
    /// The row under the cursor.
    pub selected: Style,
    /// All went well.
    pub good: Style,
    /// Worth a look.
    pub warn: Style,
    /// Went wrong.
    pub bad: Style,
    series: [Style; 6],
}

impl Theme {
    /// The theme for a terminal of this depth.
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        let style = |shade: &Shade| depth.style(shade);
        let plain = Style::new();
        let colourless = depth == Depth::None;
        let bold = Modifier::BOLD;
        Self {
            depth,
            text: plain,
            // Said outright, so that titles don't take the colour of their border.
            bright: plain
                .fg(Color::Reset)
                .add_modifier(bold)
                .remove_modifier(Modifier::DIM),
            dim: if colourless { plain } else { style(&DIM) },
            faint: if colourless {
                plain.add_modifier(Modifier::DIM)
            } else {
                style(&FAINT)
            },
            accent: style(&SERIES[0]).add_modifier(bold),
            selected: if colourless {
                plain.add_modifier(Modifier::REVERSED)
            } else {
                style(&SERIES[0]).add_modifier(bold)
            },
            good: style(&GOOD),
            warn: style(&WARN).add_modifier(bold),
            bad: style(&BAD).add_modifier(bold),
            series: std::array::from_fn(|i| style(&SERIES[i])),
        }
    }

    /// The style of the n-th of several curves; repeats after six.
    #[must_use]
    pub fn series(&self, index: usize) -> Style {
        self.series[index % self.series.len()]
    }

    /// The letter of the n-th of several curves, so that colour is never all that tells them apart.
    #[must_use]
    pub fn letter(index: usize) -> char {
        char::from(b'A' + (index % 26) as u8)
    }

    /// Whether curves need their letters along the line.
    #[must_use]
    pub fn colourless(&self) -> bool {
        self.depth == Depth::None
    }
}

impl Depth {
    fn style(self, shade: &Shade) -> Style {
        match self {
            Self::None => Style::new(),
            Self::Sixteen => Style::new().fg(shade.4),
            Self::Indexed => Style::new().fg(Color::Indexed(shade.3)),
            Self::True => Style::new().fg(Color::Rgb(shade.0, shade.1, shade.2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(pairs: &[(&str, &str)]) -> Depth {
        Depth::detect(|name| {
            let pair = pairs.iter().find(|(n, _)| *n == name);
            pair.map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_environment_says_how_many_colours() {
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(
            depth(&[("TERM", "tmux-256color"), ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(
            depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]),
            Depth::None
        );
        assert_eq!(depth(&[("TERM", "dumb")]), Depth::None);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
    }

    #[test]
    fn without_colour_the_selection_is_still_seen() {
        let theme = Theme::new(Depth::None);
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED));
        assert_eq!(theme.selected.fg, None);
        assert_eq!((Theme::letter(0), Theme::letter(27)), ('A', 'B'));
    }
}
