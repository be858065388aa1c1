//! The subcommands in groups, for `--help` and the manual: by what a person wants to do.

use crate::text::fit::wrap;
use clap::Command;

/// Each group's heading, and its subcommands in the order of their list.
pub const GROUPS: [(&str, &[&str]); 6] = [
    ("Train", &["run", "sweep", "queue", "check"]),
    (
        "Control a running run",
        &["pause", "continue", "checkpoint", "stop"],
    ),
    (
        "Look and compare",
        &["runs", "show", "compare", "plot", "report"],
    ),
    ("Use a run", &["eval", "explore", "export", "note", "trash"]),
    ("Data and experiments", &["data", "presets", "params"]),
    (
        "Machine and settings",
        &[
            "doctor",
            "meters",
            "bench",
            "tune",
            "config",
            "completions",
            "man",
        ],
    ),
];

/// Columns of the help, at most.
const WIDEST: usize = 100;
/// Where the explanations begin.
const INDENT: usize = 15;

/// What `--help` prints of a program with these subcommands: clap knows no headings for them.
pub fn help(all: &Command) -> String {
    let width = terminal_size::terminal_size().map_or(WIDEST, |(columns, _)| columns.0.into());
    let room = width.min(WIDEST).saturating_sub(INDENT).max(20);
    let bold = all.get_styles().get_literal();
    let head = all.get_styles().get_header();
    let mut text = String::new();
    for (heading, names) in GROUPS {
        text.push_str(&format!("{head}{heading}:{head:#}\n"));
        for command in names.iter().filter_map(|name| all.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string);
            let lines = wrap(&about.unwrap_or_default(), room);
            let lines = lines.join(&format!("\n{:INDENT$}", ""));
            let (name, rest) = (command.get_name(), INDENT - 4);
            text.push_str(&format!("  {bold}{name:rest$}{bold:#}  {lines}\n"));
        }
        text.push('\n');
    }
    format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{text}{head}Arguments:{head:#}\n{{positionals}}\n\n\
        {head}Options:{head:#}\n{{options}}{{after-help}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command as Subcommands;
    use clap::Subcommand;

    #[test]
    fn every_subcommand_is_in_one_group_and_in_its_order() {
        let all = Subcommands::augment_subcommands(Command::new(""));
        let listed = all.get_subcommands().filter(|one| !one.is_hide_set());
        let listed: Vec<&str> = listed.map(Command::get_name).collect();
        let grouped = GROUPS.iter().flat_map(|(_, names)| names.iter().copied());
        assert_eq!(grouped.collect::<Vec<_>>(), listed);
    }
}
