//! The report as people read it: a part after another, each line with its state, what was looked at, and what was found.

use super::finding::{Finding, State};
use crate::cli::output::{Screen, Style};
use crate::text::fit::wrap;
use crate::text::width;
use std::io;

/// Columns of the words of a state.
const STATE: usize = 7;
/// Columns of what was looked at.
const WHAT: usize = 10;
/// Columns before what was found.
const MARGIN: usize = 2 + STATE + 2 + WHAT + 2;
/// Before a remedy.
const ARROW: &str = "\u{2192} ";
/// Where nobody says how wide lines may be.
const WIDTH: usize = 100;
/// Narrower than this, words would be torn.
const NARROWEST: usize = 20;

/// Prints the heading of a part, apart from the one before it.
pub fn heading(screen: &mut Screen, title: &str, first: bool) -> io::Result<()> {
    if !first {
        screen.line("")?;
    }
    let title = screen.paint(Style::Bold, title);
    screen.line(&title)
}

/// Prints a finding.
pub fn finding(screen: &mut Screen, finding: &Finding) -> io::Result<()> {
    let room = screen.width.unwrap_or(WIDTH).saturating_sub(MARGIN);
    let room = room.max(NARROWEST);
    let state = padded(finding.state.name(), STATE);
    let state = screen.paint(finding.state.style(), &state);
    let what = screen.paint(Style::Dim, &padded(finding.what, WHAT));
    for (nth, line) in wrap(&finding.found, room).iter().enumerate() {
        let before = if nth == 0 {
            format!("  {state}  {what}  ")
        } else {
            " ".repeat(MARGIN)
        };
        screen.line(&format!("{before}{line}"))?;
    }
    let remedy = finding.remedy.as_deref().unwrap_or_default();
    let lines = wrap(remedy, room.saturating_sub(width(ARROW)));
    for (nth, line) in lines.iter().enumerate().filter(|(_, l)| !l.is_empty()) {
        let arrow = padded(if nth == 0 { ARROW } else { "" }, width(ARROW));
        let line = screen.paint(Style::Bold, &format!("{arrow}{line}"));
        screen.line(&format!("{}{line}", " ".repeat(MARGIN)))?;
    }
    Ok(())
}

/// Prints what it comes to.
pub fn verdict(screen: &mut Screen, findings: &[&Finding]) -> io::Result<()> {
    let count = |state| findings.iter().filter(|f| f.state == state).count();
    let (warnings, failed) = (count(State::Warning), count(State::Failed));
    let (state, text) = match (warnings, failed) {
        (0, 0) => (State::Ok, "all is well".to_owned()),
        (n, 0) => (State::Warning, format!("{}; all else is well", many(n))),
        (0, n) => (State::Failed, format!("{n} failed")),
        (n, m) => (State::Failed, format!("{m} failed, {}", many(n))),
    };
    let text = screen.paint(state.style(), &text);
    screen.line(&format!("\n{text}"))
}

fn many(warnings: usize) -> String {
    match warnings {
        1 => "1 warning".to_owned(),
        n => format!("{n} warnings"),
    }
}

fn padded(text: &str, room: usize) -> String {
    format!("{text}{}", " ".repeat(room.saturating_sub(width(text))))
}
