//! The terminal that the workbench would be opened in.

use super::finding::Finding;
use crate::ui::config::{Config, ConfigError};
use crate::ui::symbols::Symbols;
use crate::ui::terminal_info::{ROOMY, TerminalInfo};
use crate::ui::theme::{Depth, Ground};

pub fn findings(config: &Config) -> Result<Vec<Finding>, ConfigError> {
    Ok(of(&TerminalInfo::of(config)?))
}

fn of(info: &TerminalInfo) -> Vec<Finding> {
    if !info.terminal {
        let found = "none: input or output is not a terminal; `run` and all other commands work without one";
        return vec![Finding::ok("size", found)];
    }
    vec![
        size(info),
        colours(info),
        signs(info),
        pictures(info),
        mouse(info),
    ]
}

fn size(info: &TerminalInfo) -> Finding {
    let name = info.name.as_deref().unwrap_or("TERM isn't set");
    let tmux = if info.tmux { ", inside tmux" } else { "" };
    let Some((columns, rows)) = info.size else {
        return Finding::warning(
            "size",
            format!("unknown ({name}{tmux})"),
            "set it with `stty cols 80 rows 24`",
        );
    };
    let found = format!("{columns} x {rows} ({name}{tmux})");
    if columns < ROOMY.0 || rows < ROOMY.1 {
        let remedy = format!(
            "enlarge the window: screens are laid out for {} x {} and more",
            ROOMY.0, ROOMY.1
        );
        Finding::warning("size", found, remedy)
    } else {
        Finding::ok("size", found)
    }
}

fn colours(info: &TerminalInfo) -> Finding {
    let ground = match info.ground {
        Ground::Dark => "dark",
        Ground::Light => "light",
    };
    let found = match info.depth {
        Depth::True => format!("16 million, for a {ground} background"),
        Depth::Indexed => format!("256, for a {ground} background"),
        Depth::Sixteen => "16".to_owned(),
        Depth::None => "none: NO_COLOR, the theme or a dumb terminal says so".to_owned(),
    };
    match info.depth {
        Depth::Sixteen if info.tmux => Finding::warning(
            "colours",
            found,
            "set default-terminal to tmux-256color in ~/.tmux.conf, for finer curves and pictures",
        ),
        _ => Finding::ok("colours", found),
    }
}

fn signs(info: &TerminalInfo) -> Finding {
    match info.symbols {
        Symbols::Braille => Finding::ok("signs", "Unicode, curves in braille"),
        Symbols::Block => Finding::ok("signs", "Unicode, curves in blocks"),
        Symbols::Ascii => Finding::ok(
            "signs",
            "ASCII only: the locale isn't UTF-8, or the settings say so",
        ),
    }
}

fn pictures(info: &TerminalInfo) -> Finding {
    let found = match info.images {
        "none" => "none: they need colours and Unicode".to_owned(),
        "halfblocks" if info.tmux => "half blocks, as inside every tmux".to_owned(),
        "halfblocks" => "half blocks".to_owned(),
        protocol => format!("pixel by pixel, through {protocol}"),
    };
    Finding::ok("pictures", found)
}

fn mouse(info: &TerminalInfo) -> Finding {
    if matches!(info.name.as_deref(), Some("dumb" | "linux")) {
        Finding::ok("mouse", "none on this terminal")
    } else {
        Finding::ok(
            "mouse",
            "used by the workbench; --no-mouse leaves it to the terminal",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::finding::State;

    fn info() -> TerminalInfo {
        TerminalInfo {
            terminal: true,
            name: Some("tmux-256color".to_owned()),
            size: Some((160, 48)),
            depth: Depth::Indexed,
            ground: Ground::Dark,
            symbols: Symbols::Braille,
            images: "halfblocks",
            tmux: true,
        }
    }

    #[test]
    fn a_good_terminal_has_nothing_to_mend() {
        assert!(of(&info()).iter().all(|f| f.state == State::Ok));
    }

    #[test]
    fn a_small_window_and_few_colours_inside_tmux_are_worth_a_word() {
        let poor = TerminalInfo {
            size: Some((60, 20)),
            depth: Depth::Sixteen,
            ..info()
        };
        let warned: Vec<_> = of(&poor)
            .iter()
            .filter(|f| f.state == State::Warning)
            .map(|f| f.what)
            .collect();
        assert_eq!(warned, ["size", "colours"]);
    }

    #[test]
    fn a_pipe_is_no_fault() {
        let piped = TerminalInfo {
            terminal: false,
            size: None,
            ..info()
        };
        let [only] = of(&piped).try_into().unwrap();
        assert_eq!(only.state, State::Ok);
    }
}
