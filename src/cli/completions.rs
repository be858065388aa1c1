//! `completions` and `man`: made from the same definition as the arguments themselves.

use super::output::Screen;
use super::{Exit, Result, markdown_help};
use clap::Command;
use clap_complete::Shell;
use std::io::Write;

/// Prints completions for a shell
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Prints the manual page, in roff
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Prints docs/cli.md instead: every command with its options, as Markdown
    #[arg(long)]
    markdown: bool,
}

pub fn completions(args: &Completions, mut program: Command, out: &mut Screen) -> Result {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut program, "simclr-tui", &mut text);
    out.write_all(&text)?;
    out.flush()?;
    Ok(Exit::Done)
}

pub fn man(args: &Man, program: Command, out: &mut Screen) -> Result {
    let mut text = Vec::new();
    if args.markdown {
        text = markdown_help::markdown(program).into_bytes();
    } else {
        clap_mangen::Man::new(program).render(&mut text)?;
    }
    out.write_all(&text)?;
    out.flush()?;
    Ok(Exit::Done)
}
