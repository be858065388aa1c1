//! Evaluations for people: a table, and class by class.

use crate::cli::Result;
use crate::cli::output::{Screen, Style, complain};
use crate::cli::table::{Cell, Table};
use crate::engine::frozen::Space;
use crate::runs::{Evaluation, Run};
use crate::sweep::welch::Mean;
use crate::text::COMPLAINT;
use crate::text::figures::{decimal, thousands};

/// Classes up to which the confusion matrix is printed.
const PRINTED: usize = 20;

/// Prints the results of one call.
pub fn report(run: &Run, results: &[Evaluation], out: &mut Screen) -> Result<()> {
    let Some(first) = results.first() else {
        return Ok(());
    };
    for note in notes(results) {
        complain(&format!("{COMPLAINT}{note}"));
    }
    let id = out.paint(Style::Bold, &run.id);
    out.line(&format!(
        "{id}  {}, step {}",
        first.checkpoint,
        thousands(first.step)
    ))?;
    out.line(&format!(
        "{} test images; {} labelled ones to vote and to fit\n",
        thousands(first.tested),
        thousands(first.fitted)
    ))?;
    table(results).print(out)?;
    if let Some(worth) = worth(results) {
        out.line(&format!("\n{worth}"))?;
    }
    let in_full = |r: &&Evaluation| {
        r.space == Space::H.name() && !r.per_class.is_empty() && r.method != "scratch"
    };
    for one in results.iter().filter(in_full) {
        out.line(&format!(
            "\n{}",
            out.paint(
                Style::Bold,
                &format!("{} on h, class by class", method(one))
            )
        ))?;
        classes(one, out.width).print(out)?;
    }
    Ok(())
}

/// What the run's training is worth to fine-tuning: the difference to the same from scratch, seed by seed.
fn worth(results: &[Evaluation]) -> Option<String> {
    let of = |method: &str| results.iter().find(|r| r.method == method);
    let (tuned, scratch) = (of("finetune")?, of("scratch")?);
    let pairs = tuned.seeds.iter().zip(&scratch.seeds);
    let points: Vec<f64> = pairs.map(|(t, s)| 100.0 * (t - s)).collect();
    let Mean { mean, deviation, n } = Mean::of(&points)?;
    let side = if mean < 0.0 { "below" } else { "above" };
    let points = decimal(mean.abs(), 1);
    let over = match deviation {
        Some(deviation) => format!("deviation over {n} seeds {}", decimal(deviation, 1)),
        None => "of one seed, which says nothing of chance".to_owned(),
    };
    Some(format!(
        "fine-tuned, it is {points} points {side} the same network from scratch ({over})"
    ))
}

/// What is to be kept in mind: of all results once, of one with its name.
fn notes(results: &[Evaluation]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for one in results {
        for note in &one.notes {
            let text = if results.iter().all(|r| r.notes.contains(note)) {
                note.clone()
            } else {
                format!("{} on {}: {note}", method(one), one.space)
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
    }
    told
}

/// Results in a table, one a row; those with notes are starred.
pub fn table(results: &[Evaluation]) -> Table {
    let five = results.iter().any(|r| r.top5.is_some());
    let few = results.iter().any(|r| r.labels > 0);
    let seeds = results.iter().any(|r| r.seeds.len() > 1);
    let transfer = results.iter().any(|r| r.transfer);
    let mut table = Table::default().word("").word("on");
    if transfer {
        table = table.word("images of");
    }
    if few {
        table = table.number("labels a class");
    }
    table = table.number("top-1 %").number("±");
    if seeds {
        table = table.number("seeds ±");
    }
    if five {
        table = table.number("top-5 %");
    }
    table = table.number("train %").number("step").remark("protocol");
    for r in results {
        let percent =
            |v: Option<f64>| Cell::from(v.map_or_else(String::new, |v| decimal(v * 100.0, 2)));
        let star = if r.notes.is_empty() { "" } else { "*" };
        let mut cells: Vec<Cell> = vec![method(r).into(), r.space.as_str().into()];
        if transfer {
            cells.push(r.data.name.as_str().into());
        }
        if few {
            let labels = if r.labels > 0 {
                thousands(r.labels)
            } else {
                "all".to_owned()
            };
            cells.push(labels.into());
        }
        cells.push(format!("{}{star}", decimal(r.top1 * 100.0, 2)).into());
        cells.push(decimal(r.error() * 100.0, 1).into());
        if seeds {
            let deviation = Mean::of(&r.seeds).and_then(|mean| mean.deviation);
            let deviation = deviation.map(|v| decimal(v * 100.0, 1));
            cells.push(deviation.unwrap_or_default().into());
        }
        if five {
            cells.push(percent(r.top5));
        }
        cells.push(percent(r.train_top1));
        cells.push(thousands(r.step).into());
        let notes = r.notes.iter().map(|note| format!("; * {note}"));
        cells.push(format!("{}{}", r.protocol, notes.collect::<String>()).into());
        table.row(cells);
    }
    table
}

fn method(of: &Evaluation) -> &str {
    match of.method.as_str() {
        "knn" => "kNN",
        "finetune" => "fine-tuned",
        "scratch" => "from scratch",
        other => other,
    }
}

/// Accuracy of each class, and what it was taken for: all of it where the classes are few, else the commonest mistake.
fn classes(of: &Evaluation, screen: Option<usize>) -> Table {
    let few = of.classes.len() <= PRINTED;
    // What columns have beside the first two, and a gap each.
    let room = screen.map_or(usize::MAX, |all| {
        all.saturating_sub(19) / of.classes.len().max(1)
    });
    let letters = room.saturating_sub(2).clamp(3, 5);
    let name = |k: usize| of.classes.get(k).map_or("?", String::as_str);
    let mut table = Table::default().name("class").number("top-1 %");
    if few {
        for class in &of.classes {
            let short: String = class.chars().take(letters).collect();
            table = table.number(&short);
        }
    } else {
        table = table.name("mistaken for");
    }
    for (k, share) in of.per_class.iter().enumerate() {
        let share = share.map_or_else(|| "-".to_owned(), |v| decimal(v * 100.0, 1));
        let mut cells: Vec<Cell> = vec![name(k).into(), share.into()];
        let count = |named: usize| {
            let hit = of
                .confusion
                .iter()
                .find(|(t, n, _)| (*t as usize, *n as usize) == (k, named));
            hit.map_or(0, |(_, _, count)| *count)
        };
        if few {
            cells.extend((0..of.classes.len()).map(|named| match count(named) {
                0 => Cell::styled(Style::Dim, "."),
                n if named == k => Cell::styled(Style::Good, &n.to_string()),
                n => n.to_string().into(),
            }));
        } else {
            let wrong = of
                .confusion
                .iter()
                .filter(|(t, n, _)| *t as usize == k && n != t);
            let worst = wrong.max_by_key(|(_, _, count)| *count);
            cells.push(
                worst
                    .map_or_else(String::new, |(_, n, count)| {
                        format!("{} ({count})", name(*n as usize))
                    })
                    .into(),
            );
        }
        table.row(cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn what_is_to_be_kept_in_mind_is_told_and_starred() {
        let result = |space: &str, notes: &[&str]| Evaluation {
            method: "probe".to_owned(),
            space: space.to_owned(),
            protocol: "L2".to_owned(),
            top1: 0.5,
            notes: notes.iter().map(|note| (*note).to_owned()).collect(),
            ..Evaluation::default()
        };
        let results = [
            result("h", &["other images"]),
            result("z", &["other images", "no fit"]),
        ];
        assert_eq!(notes(&results), ["other images", "probe on z: no fit"]);
        let text = table(&[result("h", &[]), result("z", &["no fit"])]).as_html();
        text.says("50.00<");
        text.says("50.00*");
        text.says("L2; * no fit");
    }
}
