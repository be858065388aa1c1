//! What the workbench makes of the terminal it would be opened in, told without opening it.

use crate::ui::config::{Config, ConfigError};
use crate::ui::pictures;
use crate::ui::symbols::Symbols;
use crate::ui::theme::{Depth, Ground};
use crossterm::terminal;
use ratatui_image::picker::ProtocolType;
use std::io::{self, IsTerminal};

/// The smallest terminal that screens were laid out for: columns and rows.
pub const ROOMY: (u16, u16) = (80, 24);

/// The terminal as the workbench sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalInfo {
    /// Whether input and output are a terminal at all.
    pub terminal: bool,
    /// What `TERM` calls it.
    pub name: Option<String>,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    /// How many colours are used.
    pub depth: Depth,
    /// What lies behind the text.
    pub ground: Ground,
    /// The signs that frames are made of.
    pub symbols: Symbols,
    /// How pictures are drawn, as the settings write it.
    pub images: &'static str,
    /// Whether it runs inside tmux.
    pub tmux: bool,
}

impl TerminalInfo {
    /// Looks at this process's terminal; one that is known to answer is asked how it takes pictures.
    ///
    /// # Errors
    /// A sentence where the environment names a theme or signs that do not exist.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let theme = config.theme()?;
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        // A pipe answers nothing, and would only be waited for.
        let images = match (theme.picture_depth(), terminal) {
            (Depth::None, _) => "none",
            (_, false) => "halfblocks",
            (depth, true) => match pictures::detect(&config.images(), depth).protocol_type() {
                ProtocolType::Kitty => "kitty",
                ProtocolType::Sixel => "sixel",
                ProtocolType::Iterm2 => "iterm2",
                ProtocolType::Halfblocks => "halfblocks",
            },
        };
        Ok(Self {
            terminal,
            name: env("TERM"),
            size: terminal::size().ok().filter(|_| terminal),
            depth: theme.depth,
            ground: Ground::detect(env),
            symbols: theme.symbols,
            images,
            tmux: env("TMUX").is_some(),
        })
    }
}
