//! The meters as people read them: a bar each, and what a card says besides.

use super::look::Look;
use crate::cli::output::{Screen, Style};
use crate::cli::table::shorten;
use crate::machine::Amount;
use crate::machine::cards::{Card, Process};
use crate::text::figures::{bytes, decimal};
use crate::text::{shown, width};
use std::io;

/// What isn't known.
const UNKNOWN: &str = "n/a";
/// Columns of a meter's name.
const NAME: usize = 13;
/// Cells of a bar.
const BAR: usize = 20;
/// Above this share a meter is worth a look.
const HIGH: f64 = 90.0;
/// So many processes of a card are named.
const NAMED: usize = 4;

/// A line in parts, each with its style.
type Line = Vec<(Style, String)>;

/// Prints a look over the last one, which took so many lines; tells how many this one takes.
pub fn print(look: &Look, standing: usize, out: &mut Screen) -> io::Result<usize> {
    let lines = lines(look);
    let mut page = String::new();
    if out.terminal && standing > 0 {
        out.take_back(standing)?;
    }
    for line in &lines {
        page.push_str(&painted(line, out));
        page.push('\n');
    }
    if !out.terminal && standing > 0 {
        page.insert(0, '\n');
    }
    // At once, so that nothing flickers.
    out.line(page.trim_end_matches('\n'))?;
    Ok(lines.len())
}

/// A line in the terminal's colours, cut where the terminal ends: one that wraps can't be written over.
fn painted(line: &Line, out: &Screen) -> String {
    let mut left = out.width.unwrap_or(usize::MAX);
    let mut text = String::new();
    for (style, part) in line {
        let part = shorten(&shown(part), left);
        left -= width(&part);
        text.push_str(&out.paint(*style, &part));
    }
    text.trim_end().to_owned()
}

fn lines(look: &Look) -> Vec<Line> {
    let mut lines = vec![
        meter("processor", look.host.cpu, String::new()),
        amount("memory", look.host.memory, ""),
        amount("disk of runs", look.disk, &look.runs.display().to_string()),
    ];
    match &look.cards {
        Err(why) => lines.push(plain("NVIDIA cards", &format!("{UNKNOWN}: {why}"))),
        Ok(cards) if cards.cards.is_empty() => {
            lines.push(plain("NVIDIA cards", "the driver finds none"));
        }
        Ok(cards) => lines.extend(cards.cards.iter().flat_map(card)),
    }
    lines
}

fn card(card: &Card) -> Vec<Line> {
    let name = card.name.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let device = format!("cuda:{}", card.index);
    if card.lost {
        let words = format!("{UNKNOWN}: the card no longer answers; restart the machine");
        return vec![Vec::new(), plain(&device, &words)];
    }
    vec![
        Vec::new(),
        vec![named(&device), (Style::Bold, name)],
        meter("  busy", card.utilisation.map(f64::from), String::new()),
        amount("  memory", card.memory, ""),
        plain("  heat, power", &hot(card)),
        plain("  clocks", &clocks(card)),
        plain("  slowed by", &slowed(card)),
        plain("  others", &others(card.processes.as_deref())),
    ]
}

fn hot(card: &Card) -> String {
    let degrees = or_unknown(card.temperature, |t| format!("{t} \u{b0}C"));
    let power = match (card.power, card.power_limit) {
        (Some(now), Some(limit)) => format!("{} of {} W", decimal(now, 0), decimal(limit, 0)),
        (now, _) => or_unknown(now, |now| format!("{} W", decimal(now, 0))),
    };
    format!("{degrees}, {power}")
}

fn clocks(card: &Card) -> String {
    let megahertz = |clock| or_unknown(clock, |clock: u32| format!("{clock} MHz"));
    let (own, memory) = (megahertz(card.clock), megahertz(card.memory_clock));
    format!("{own}, memory {memory}")
}

fn slowed(card: &Card) -> String {
    or_unknown(card.throttle.as_ref(), |reasons| match reasons.as_slice() {
        [] => "nothing".to_owned(),
        reasons => reasons.join(", "),
    })
}

fn others(processes: Option<&[Process]>) -> String {
    let one = |process: &Process| {
        let name = process.name.as_deref().unwrap_or("a process");
        let memory = process
            .memory
            .map_or_else(String::new, |memory| format!(" {}", bytes(memory)));
        format!("{name} ({}){memory}", process.pid)
    };
    or_unknown(processes, |processes| match processes {
        [] => "none".to_owned(),
        all => {
            let named: Vec<String> = all.iter().take(NAMED).map(one).collect();
            let more = match all.len().saturating_sub(NAMED) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            named.join(", ") + &more
        }
    })
}

fn or_unknown<T>(value: Option<T>, say: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), say)
}

fn named(name: &str) -> (Style, String) {
    (Style::Dim, format!("{name:<NAME$}  "))
}

fn plain(name: &str, words: &str) -> Line {
    vec![named(name), (Style::Plain, words.to_owned())]
}

fn amount(name: &str, amount: Option<Amount>, more: &str) -> Line {
    let words = amount.map_or_else(String::new, |amount| {
        format!("{} of {}", bytes(amount.used), bytes(amount.total))
    });
    let more = if more.is_empty() {
        String::new()
    } else {
        format!("  {more}")
    };
    meter(name, amount.map(Amount::percent), words + &more)
}

/// A share as a bar and a number, and what is to be said besides.
fn meter(name: &str, percent: Option<f64>, words: String) -> Line {
    let Some(percent) = percent else {
        return vec![
            named(name),
            (Style::Plain, format!("{UNKNOWN:<0$}", BAR + 7)),
            (Style::Dim, words),
        ];
    };
    let cells = (percent.clamp(0.0, 100.0) / 100.0 * BAR as f64).round() as usize;
    let style = if percent > HIGH {
        Style::Warn
    } else {
        Style::Live
    };
    vec![
        named(name),
        (style, "#".repeat(cells)),
        (Style::Dim, ".".repeat(BAR - cells)),
        (Style::Plain, format!("{:>5} %  ", decimal(percent, 0))),
        (Style::Dim, words),
    ]
}

#[cfg(test)]
mod tests;
