//! The command line: one subcommand a file; without one, the workbench.

mod assignment;
mod background;
mod bench;
mod cells;
mod check;
mod child;
mod compare;
mod completions;
mod config;
mod confirm;
mod control;
mod data;
mod doctor;
mod error;
mod eval;
mod experiment_arg;
mod explore;
mod export;
mod format;
mod groups;
mod interrupt;
mod markdown_help;
mod meters;
mod monitor;
mod note;
mod opening;
mod output;
mod params;
mod plot;
mod presets;
mod progress;
mod queue;
mod report;
mod run;
mod runs;
mod show;
mod sweep;
mod table;
mod trash;
mod tune;
mod workbench;

pub use params::markdown;

use crate::export::json;
use crate::hparam::{did_you_mean, typed};
use crate::runs::{Request, default_dir};
use crate::text::{shown, suggest};
use crate::ui::config::Config;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use error::{CliError, Exit, Result};
use output::Screen;
use std::ffi::OsString;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};
use std::path::PathBuf;
use std::process::ExitCode;

/// A terminal workbench for SimCLR: edit, train, watch, compare and rerun self-supervised vision experiments.
#[derive(Debug, Parser)]
#[command(name = "simclr-tui", version, help_template = help(), after_help = AFTER)]
struct Args {
    /// The folder of all runs [default: in your data folder] [env: `SIMCLR_TUI_RUNS`]
    #[arg(long, global = true, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// The settings file [default: in your settings folder; `simclr-tui config --path` says where] [env: `SIMCLR_TUI_CONFIG`]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Leaves the mouse to the terminal
    #[arg(long)]
    no_mouse: bool,
    /// Opens the workbench with this experiment
    #[arg(value_name = "EXPERIMENT.ron")]
    experiment: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER: &str = "To refer to a run, give its folder, its name, its experiment's name, any unique part of one of them, `last`, or `last-2`.\n\
    Exit codes: 0 done, 1 failed, 2 wrong input, 130 interrupted.";

/// What `--help` prints.
fn help() -> String {
    groups::help(&Command::augment_subcommands(clap::Command::new("")))
}

// In the order of `groups::GROUPS`.
#[derive(Debug, Subcommand)]
enum Command {
    #[command(alias = "train")]
    Run(run::Args),
    Sweep(sweep::Args),
    Queue(queue::Args),
    Check(check::Args),
    /// Pauses a run after its current step, whichever process trains it
    Pause(control::Args),
    /// Continues a paused run
    Continue(control::Args),
    /// Makes a run write a checkpoint after its current step
    Checkpoint(control::Args),
    /// Stops a run after its current step, with a checkpoint
    Stop(control::Args),
    Runs(runs::Args),
    Show(show::Args),
    Compare(compare::Args),
    Plot(plot::Args),
    Report(report::Args),
    Eval(eval::Args),
    Explore(explore::Args),
    Export(export::Args),
    Note(note::Args),
    Trash(trash::Args),
    /// As `trash put`
    #[command(hide = true)]
    Delete(trash::put::Args),
    /// As `trash restore`
    #[command(hide = true)]
    Undelete(trash::restore::Args),
    Data(data::Args),
    Presets(presets::Args),
    Params(params::Args),
    Doctor(doctor::Args),
    Meters(meters::Args),
    Bench(bench::Args),
    Tune(tune::Args),
    Config(config::Args),
    Completions(completions::Completions),
    Man(completions::Man),
}

/// The arguments of a command line.
fn parsed<T: Into<OsString> + Clone>(
    words: impl IntoIterator<Item = T>,
) -> clap::error::Result<Args> {
    let matches = with_numbers_below_0(Args::command()).try_get_matches_from(words)?;
    Args::from_arg_matches(&matches)
}

/// Has each option take a number below 0 for its value, of which it then says what it may be.
fn with_numbers_below_0(command: clap::Command) -> clap::Command {
    let take = |arg: clap::Arg| {
        let option = arg.get_long().is_some() && arg.get_action().takes_values();
        if option {
            arg.allow_negative_numbers(true)
        } else {
            arg
        }
    };
    command.mut_args(take).mut_subcommands(with_numbers_below_0)
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let args = match parsed(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => {
            if let Err(why) = first_word(&error) {
                output::report(&why.to_string());
                return Exit::Refused.into();
            }
            let error = harmless(&error);
            if let Some(why) = no_number(&error) {
                output::report(&why);
                return Exit::Refused.into();
            }
            // Help that nobody reads is no failure.
            let _ = error.print();
            if let Some(lists) = lists(&error) {
                output::complain(&lists);
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    outlive_file_limits();
    let ended = dispatch(args, &mut Screen::stdout());
    match ended {
        Ok(exit) => exit.into(),
        Err(CliError::Closed) => ExitCode::SUCCESS,
        Err(CliError::Interrupted) => Exit::Interrupted.into(),
        Err(error) => {
            output::report(&error.to_string());
            let input = matches!(error, CliError::Input(_));
            if input { Exit::Refused } else { Exit::Failed }.into()
        }
    }
}

/// Refuses a first word that is no subcommand and no file: the others are not what is wrong.
fn first_word(error: &clap::Error) -> Result<()> {
    let word = std::env::args_os().nth(1).unwrap_or_default();
    let option = word.to_string_lossy().starts_with('-');
    let own = Args::command().find_subcommand(&word).is_some();
    if error.kind() != clap::error::ErrorKind::UnknownArgument || option || own {
        return Ok(());
    }
    known(std::path::Path::new(&word))
}

/// Which command lists what a name is missing of.
fn lists(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let all = [("<SWEEP", "presets", "sweeps"), ("<RUN", "runs", "runs")];
    let lacks = |name: &str| missing.iter().any(|arg| arg.contains(name));
    let (_, lister, what) = all.into_iter().find(|(name, ..)| lacks(name))?;
    Some(format!("`{}` lists {what}", suggest::command(lister)))
}

/// What is wrong with the value of an option that takes a number, where it is none: clap says what its parser stumbled on.
fn no_number(error: &clap::Error) -> Option<String> {
    let source = std::error::Error::source(error)?;
    let whole = source
        .downcast_ref::<ParseIntError>()
        .map(ParseIntError::kind);
    if whole.is_none() && !source.is::<ParseFloatError>() {
        return None;
    }
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.as_str()),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg)?.split(' ').next()?;
    let value = text(ContextKind::InvalidValue)?;
    let takes = match whole {
        None => "a number",
        Some(IntErrorKind::PosOverflow) => "a smaller number",
        Some(_) if value.starts_with('-') => "no number below 0",
        Some(_) => "a whole number",
    };
    let not = if value.starts_with('-') {
        String::new()
    } else {
        format!(", not {}", typed(value))
    };
    Some(format!("{option} takes {takes}{not}"))
}

/// The same error about arguments of the user's that steer no terminal.
fn harmless(error: &clap::Error) -> clap::Error {
    let words = std::env::args_os().map(|word| shown(&word.to_string_lossy()).into_owned());
    match parsed(words) {
        Err(same) => same,
        // Then the characters themselves were what is wrong, and are left out.
        Ok(_) => clap::Error::new(error.kind()).with_cmd(&Args::command()),
    }
}

/// A file that may not grow further is an error of its write, as a full disk is, and not the end of the program.
fn outlive_file_limits() {
    #[cfg(unix)]
    {
        let noticed = std::sync::Arc::default();
        // Where the signal can't be taken, it ends us as it always did.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, noticed);
    }
}

/// The place that a variable names. clap would take it for an option that was typed, and say so in its usage.
fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

fn dispatch(mut args: Args, out: &mut Screen) -> Result {
    // What the environment says holds for suggested commands too.
    let elsewhere = variable("SIMCLR_TUI_RUNS");
    if let Some(dir) = args.runs.as_ref().filter(|_| args.runs != elsewhere) {
        suggest::name_runs(dir);
    }
    args.runs = args.runs.or(elsewhere);
    args.config = args.config.or_else(|| variable("SIMCLR_TUI_CONFIG"));
    let settings = args.config.as_deref();
    let folder = |config: Option<PathBuf>| args.runs.clone().or(config);
    let runs = || match folder(None) {
        Some(dir) => Ok(dir),
        None => Config::read(settings).map(|config| config.runs.unwrap_or_else(default_dir)),
    };
    let Some(command) = args.command else {
        if let Some(path) = &args.experiment {
            known(path)?;
        }
        let config = Config::read(settings)?;
        let runs = folder(config.runs.clone()).unwrap_or_else(default_dir);
        return workbench::open(runs, args.experiment, config, !args.no_mouse, out);
    };
    if let Some(path) = args.experiment {
        let why = format!("{} comes before a subcommand; put it after", path.display());
        return Err(CliError::Input(why));
    }
    match command {
        Command::Run(args) => run::main(&args, &runs()?, out),
        Command::Sweep(args) => sweep::main(&args, settings, &runs()?, out),
        Command::Queue(args) => queue::main(&args, settings, &runs()?, out),
        Command::Report(args) => report::main(&args, &runs()?, out),
        Command::Pause(args) => control::main(&args, Request::Pause, &runs()?, out),
        Command::Continue(args) => control::main(&args, Request::Continue, &runs()?, out),
        Command::Checkpoint(args) => control::main(&args, Request::Checkpoint, &runs()?, out),
        Command::Stop(args) => control::main(&args, Request::Stop, &runs()?, out),
        Command::Check(args) => check::main(&args, &runs()?, out),
        Command::Runs(args) => runs::main(&args, &runs()?, out),
        Command::Show(args) => show::main(&args, &runs()?, out),
        Command::Compare(args) => compare::main(&args, &runs()?, out),
        Command::Plot(args) => plot::main(&args, &runs()?, out),
        Command::Note(args) => note::main(&args, &runs()?, out),
        Command::Delete(args) => trash::put::main(&args, &runs()?, out),
        Command::Undelete(args) => trash::restore::main(&args, &runs()?, out),
        Command::Trash(args) => trash::main(&args, &runs()?, out),
        Command::Eval(args) => eval::main(&args, &runs()?, out),
        Command::Explore(args) => explore::main(&args, &runs()?, out),
        Command::Export(args) => export::main(&args, &runs()?, out),
        Command::Presets(args) => presets::main(&args, out),
        Command::Params(_) => params::main(out),
        Command::Data(args) => data::main(&args, out),
        Command::Doctor(args) => doctor::main(&args, settings, &runs()?, out),
        Command::Meters(args) => meters::main(&args, &runs()?, out),
        Command::Bench(args) => bench::main(&args, &runs()?, out),
        Command::Tune(args) => tune::main(&args, &runs()?, out),
        Command::Config(args) => config::main(&args, settings, out),
        Command::Completions(args) => completions::completions(&args, Args::command(), out),
        Command::Man(args) => completions::man(&args, Args::command(), out),
    }
}

/// Refuses a file that is not there, before the screen is taken: it may be a mistyped subcommand.
fn known(path: &std::path::Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let word = path.to_string_lossy();
    let command = Args::command();
    let own = command.get_subcommands();
    let names = own.flat_map(|c| c.get_all_aliases().chain([c.get_name()]));
    let hint = did_you_mean(&word, "", names);
    let why = format!("{word}: there is no such file or subcommand{hint}");
    Err(CliError::Input(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_runs_folder_may_stand_before_and_behind_a_subcommand() {
        for line in ["x --runs a runs", "x runs --runs a"] {
            let args = parsed(line.split(' ')).unwrap();
            assert_eq!(args.runs, Some(PathBuf::from("a")), "{line}");
            assert!(matches!(args.command, Some(Command::Runs(_))));
        }
    }

    #[test]
    fn a_number_below_0_is_a_value_that_is_wrong() {
        for line in ["x run a --epochs -1", "x bench step --times -1"] {
            let why = parsed(line.split(' ')).unwrap_err();
            assert_eq!(why.kind(), clap::error::ErrorKind::ValueValidation, "{why}");
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for (line, said) in [
            ("run a --epochs -1", "--epochs takes no number below 0"),
            (
                "run a --epochs 1.5",
                "--epochs takes a whole number, not 1.5",
            ),
            (
                "bench step --times x",
                "--times takes a whole number, not \"x\"",
            ),
            (
                "explore a --list duplicates --above x",
                "--above takes a number, not \"x\"",
            ),
        ] {
            let words = ["x"].into_iter().chain(line.split(' '));
            let why = no_number(&parsed(words).unwrap_err());
            assert!(
                why.as_ref().is_some_and(|why| why.starts_with(said)),
                "{why:?}"
            );
        }
        assert_eq!(
            no_number(&parsed(["x", "bench", "step", "--times", "0"]).unwrap_err()),
            None
        );
    }
}
