//! Colours and signs: one accent, dim labels, series that a colour-blind reader and a screen without colour tell apart.

mod colours;

use crate::ui::symbols::Symbols;
use colours::{Colours, DARK, LIGHT, Shade};
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

/// What lies behind the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// Black or nearly.
    #[default]
    Dark,
    /// White or nearly.
    Light,
}

impl Ground {
    /// What the environment says of the background: `COLORFGBG` ends with its number among the sixteen colours, where the
    /// terminal sets it.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let colours = var("COLORFGBG").unwrap_or_default();
        match colours.rsplit(';').next() {
            Some("7" | "15") => Self::Light,
            _ => Self::Dark,
        }
    }
}

/// The names of themes, as the settings and `SIMCLR_TUI_THEME` write them.
pub const NAMES: [&str; 5] = ["auto", "dark", "light", "16", "none"];

/// Ground and depth of a theme by its name; what the name leaves open, the environment says.
#[must_use]
pub fn chosen(name: &str, var: impl Fn(&str) -> Option<String>) -> (Ground, Depth) {
    let (ground, depth) = (Ground::detect(&var), Depth::detect(&var));
    // NO_COLOR is for programs that were not told otherwise.
    let coloured = Depth::detect(|name| var(name).filter(|_| name != "NO_COLOR"));
    match name {
        "dark" => (Ground::Dark, coloured),
        "light" => (Ground::Light, coloured),
        "16" => (ground, Depth::Sixteen),
        "none" => (ground, Depth::None),
        _ => (ground, depth),
    }
}

/// Why there are fewer colours than terminals can have, and what gives more; `name` is that of the theme.
#[must_use]
pub fn lacking(name: &str, depth: Depth, var: impl Fn(&str) -> Option<String>) -> Option<String> {
    let term = var("TERM").unwrap_or_default();
    let colours = match depth {
        Depth::True => return None,
        Depth::None if term == "dumb" => return Some("TERM=dumb means no colours".to_owned()),
        Depth::None | Depth::Sixteen if ["none", "16"].contains(&name) => {
            return Some(format!("the theme {name} has too few colours"));
        }
        Depth::None => {
            let why =
                "NO_COLOR is set; SIMCLR_TUI_THEME=dark, or light, gives colours here all the same";
            return Some(why.to_owned());
        }
        Depth::Sixteen => "16",
        Depth::Indexed => "256",
    };
    Some(format!(
        "TERM={term} means {colours} colours; set COLORTERM=truecolor if this terminal has more"
    ))
}

/// Every style that the screens use.
#[derive(Clone, Debug)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
    /// Why there are not more, and what gives more.
    pub lacking: Option<String>,
    /// The signs that frames are made of.
    pub symbols: Symbols,
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

/// Of xterm's 256 colours those that stand out from each other on black and on white.
const APART: [u8; 10] = [33, 208, 34, 196, 135, 130, 205, 245, 142, 37];

impl Theme {
    /// The theme for a dark terminal of this depth.
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        Self::of(Ground::Dark, depth, Symbols::Braille)
    }

    /// The theme for a terminal.
    #[must_use]
    pub fn of(ground: Ground, depth: Depth, symbols: Symbols) -> Self {
        let style = |shade: &Shade| depth.style(shade);
        let colours: &Colours = match ground {
            Ground::Dark => &DARK,
            Ground::Light => &LIGHT,
        };
        let accent = &colours.series[0];
        let plain = Style::new();
        let colourless = depth == Depth::None;
        let bold = Modifier::BOLD;
        Self {
            depth,
            lacking: None,
            symbols,
            text: plain,
            // Said outright, so that titles don't take the colour of their border.
            bright: plain
                .fg(Color::Reset)
                .add_modifier(bold)
                .remove_modifier(Modifier::DIM),
            dim: if colourless {
                plain
            } else {
                style(&colours.dim)
            },
            faint: if colourless {
                plain.add_modifier(Modifier::DIM)
            } else {
                style(&colours.faint)
            },
            accent: style(accent).add_modifier(bold),
            selected: if colourless {
                plain.add_modifier(Modifier::REVERSED)
            } else {
                style(accent).add_modifier(bold)
            },
            good: style(&colours.good),
            warn: style(&colours.warn).add_modifier(bold),
            bad: style(&colours.bad).add_modifier(bold),
            series: std::array::from_fn(|i| style(&colours.series[i])),
        }
    }

    /// The style of the n-th of several curves; repeats after six.
    #[must_use]
    pub fn series(&self, index: usize) -> Style {
        self.series[index % self.series.len()]
    }

    /// The style of the n-th of several groups of points; repeats after ten.
    #[must_use]
    pub fn group(&self, index: usize) -> Style {
        match self.depth {
            Depth::None | Depth::Sixteen => self.series(index),
            Depth::Indexed | Depth::True => {
                Style::new().fg(Color::Indexed(APART[index % APART.len()]))
            }
        }
    }

    /// How many groups of points have a style of their own.
    #[must_use]
    pub const fn groups(&self) -> usize {
        match self.depth {
            Depth::None | Depth::Sixteen => self.series.len(),
            Depth::Indexed | Depth::True => APART.len(),
        }
    }

    /// The letter of the n-th of several curves, so that colour is never all that tells them apart.
    #[must_use]
    pub fn letter(index: usize) -> char {
        char::from(b'A' + (index % 26) as u8)
    }

    /// The colours that pictures may have; none where not even half blocks can be shown.
    #[must_use]
    pub fn picture_depth(&self) -> Depth {
        if self.symbols == Symbols::Ascii {
            Depth::None
        } else {
            self.depth
        }
    }

    /// Why no pictures are shown.
    #[must_use]
    pub fn no_pictures(&self) -> String {
        let why = match self.symbols {
            Symbols::Ascii => Some("ASCII signs can't show them"),
            _ => self.lacking.as_deref(),
        };
        format!(
            "no pictures: {}",
            why.unwrap_or("there are too few colours")
        )
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
    fn what_takes_colours_away_is_named() {
        let why = |name, depth, term: &str| {
            lacking(name, depth, |var| {
                Some(term.to_owned()).filter(|_| var == "TERM")
            })
        };
        assert_eq!(why("auto", Depth::True, "xterm"), None);
        for (name, depth, term, said) in [
            ("auto", Depth::None, "xterm", "NO_COLOR is set; "),
            ("auto", Depth::None, "dumb", "TERM=dumb means"),
            ("none", Depth::None, "xterm", "the theme none has"),
            ("16", Depth::Sixteen, "xterm", "the theme 16 has"),
            (
                "auto",
                Depth::Sixteen,
                "linux",
                "TERM=linux means 16 colours; set COLORTERM",
            ),
            (
                "dark",
                Depth::Indexed,
                "xterm-256color",
                "TERM=xterm-256color means 256 colours; ",
            ),
        ] {
            let why = why(name, depth, term).unwrap();
            assert!(why.starts_with(said), "{why}");
        }
    }

    #[test]
    fn the_background_is_known_where_the_terminal_says_it() {
        let ground = |colours: &str| Ground::detect(|_| Some(colours.to_owned()));
        assert_eq!(ground("0;15"), Ground::Light);
        assert_eq!(ground("0;default;7"), Ground::Light);
        assert_eq!(ground("15;0"), Ground::Dark);
        assert_eq!(Ground::detect(|_| None), Ground::Dark);
    }

    #[test]
    fn a_theme_that_was_chosen_wins_over_no_color_but_not_over_a_dumb_terminal() {
        let of = |name, term: &str, no_colour: &str| {
            chosen(name, |var| match var {
                "TERM" => Some(term.to_owned()),
                "NO_COLOR" => Some(no_colour.to_owned()),
                _ => None,
            })
        };
        let light = (Ground::Light, Depth::Indexed);
        assert_eq!(of("light", "xterm-256color", "1"), light);
        assert_eq!(of("auto", "xterm-256color", "1").1, Depth::None);
        assert_eq!(of("light", "dumb", "").1, Depth::None);
        assert_eq!(of("16", "xterm-256color", "").1, Depth::Sixteen);
        assert_eq!(of("none", "xterm-256color", "").1, Depth::None);
    }

    #[test]
    fn without_colour_the_selection_is_still_seen() {
        let theme = Theme::new(Depth::None);
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED));
        assert_eq!(theme.selected.fg, None);
        assert_eq!((Theme::letter(0), Theme::letter(27)), ('A', 'B'));
    }
}
