//! `docs/cli.md`: every command as Markdown, from the definition of the arguments.

use super::groups::GROUPS;
use clap::builder::PossibleValue;
use clap::{Arg, Command};

/// The page on a program and all its commands.
pub fn markdown(mut program: Command) -> String {
    program.build();
    let name = program.get_name().to_owned();
    let mut commands = String::new();
    let mut list = String::new();
    for (heading, names) in GROUPS {
        let mut rows = String::new();
        for (one, command) in names
            .iter()
            .filter_map(|one| Some((one, program.find_subcommand(one)?)))
        {
            rows.push_str(&format!(
                "| [`{one}`](#{name}-{one}) | {} |\n",
                about(command)
            ));
            section(command, &format!("{name} {one}"), &mut commands);
        }
        list.push_str(&format!("{heading}:\n\n{}\n", table("command", &rows)));
    }
    let after = program.get_after_help().map(ToString::to_string);
    format!(
        "# Commands\n\n{}. Without a command, `{name}` opens the workbench.\n\
        This page is printed by `{name} man --markdown`; `{name} COMMAND --help` prints the part about one command.\n\n\
        {list}{}## {name}\n\n{}Every command takes `--runs` and `--config` too.\n{commands}",
        about(&program),
        after.map_or_else(String::new, |text| format!("{text}\n\n")),
        inside(&program, |_| true),
    )
}

/// A command's heading, usage and arguments, then those of its subcommands.
fn section(command: &Command, name: &str, text: &mut String) {
    let arguments = inside(command, |arg| !arg.is_global_set());
    let about = about(command);
    text.push_str(&format!(
        "\n## {name}\n\n{about}.\n\n{}\n",
        arguments.trim_end()
    ));
    for one in visible(command) {
        section(one, &format!("{name} {}", one.get_name()), text);
    }
}

/// How a command is typed, and a table of what it takes.
fn inside(command: &Command, wanted: fn(&Arg) -> bool) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").lines().map(str::trim);
    let usage: Vec<&str> = usage.collect();
    let rows: String = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && wanted(arg))
        .filter(|arg| !["help", "version"].contains(&arg.get_id().as_str()))
        .map(row)
        .collect();
    let rows = if rows.is_empty() {
        rows
    } else {
        format!("{}\n", table("argument", &rows))
    };
    format!("```\n{}\n```\n\n{rows}", usage.join("\n"))
}

fn row(arg: &Arg) -> String {
    let short = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(_)) => format!("-{short}, "),
        _ => String::new(),
    };
    let mut help = arg.get_help().map_or_else(String::new, ToString::to_string);
    let choices = if arg.is_hide_possible_values_set() {
        Vec::new()
    } else {
        arg.get_possible_values()
    };
    let choices: Vec<&str> = choices.iter().map(PossibleValue::get_name).collect();
    if arg.get_action().takes_values() && !choices.is_empty() {
        help.push_str(&format!(": {}", choices.join(", ")));
    }
    let default: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|v| v.to_string_lossy())
        .collect();
    if arg.get_action().takes_values() && !default.is_empty() && !arg.is_hide_default_value_set() {
        help.push_str(&format!(" [default: {}]", default.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        help.push_str(&format!(" [env: {}]", variable.to_string_lossy()));
    }
    format!(
        "| `{short}{}` | {} |\n",
        cell(&arg.to_string()),
        cell(&help)
    )
}

fn table(first: &str, rows: &str) -> String {
    format!("| {first} | what it does |\n|---|---|\n{rows}")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map_or_else(String::new, ToString::to_string)
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    let shown = |one: &&Command| !one.is_hide_set() && one.get_name() != "help";
    command.get_subcommands().filter(shown)
}
