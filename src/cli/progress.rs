//! How a training is shown without a screen: a bar on a terminal, plain lines elsewhere, or JSON lines.

use super::monitor::Show;
use super::output::{Screen, above, beside, complain, report};
use crate::engine::data::Seldom;
use crate::engine::report::{Begin, Level, Outcome, Report};
use crate::runs::{Record, Sample, Series, now};
use crate::text::figures::{decimal, duration, rounded, thousands};
use crate::text::{fit, shown, width};
use crate::trainer::Notice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Turns what happens into lines for people, one an epoch and one a kNN evaluation.
#[derive(Default)]
struct Teller {
    epoch: u64,
    /// Steps up to which the loss was told.
    told: u64,
    warned: BTreeSet<String>,
}

impl Teller {
    /// The lines that a record is worth.
    fn record(&mut self, record: &Record, series: &Series) -> Vec<String> {
        match &record.report {
            Report::Begin(begin) => vec![self.begin(begin)],
            Report::Note(note) if note.level == Level::Warning => self.warning(&note.text),
            Report::Note(note) => vec![note.text.clone()],
            Report::Point(point) => {
                let mut lines: Vec<String> = self.epoch(series).into_iter().collect();
                if let Some(knn) = point.values.get("knn") {
                    lines.push(knn_line(*knn, series));
                }
                lines
            }
            Report::Paused => vec!["paused".to_owned()],
            Report::Resumed => vec!["training continues".to_owned()],
            Report::Checkpoint(_) | Report::End(_) => Vec::new(),
        }
    }

    fn begin(&mut self, begin: &Begin) -> String {
        self.epoch = begin.step.checked_div(begin.steps_per_epoch).unwrap_or(0);
        self.told = begin.step;
        let from = if begin.step > 0 {
            format!(" from step {}", thousands(begin.step))
        } else {
            String::new()
        };
        format!(
            "training{from}: {} steps, {} training images, {} parameters, on {}",
            thousands(begin.steps),
            thousands(begin.train_images),
            thousands(begin.parameters),
            begin.device
        )
    }

    /// The line of an epoch, once it is over.
    fn epoch(&mut self, series: &Series) -> Option<String> {
        let begin = series.begin.as_ref()?;
        let (done, steps) = series.progress()?;
        let epoch = done.checked_div(begin.steps_per_epoch)?;
        if epoch <= self.epoch {
            return None;
        }
        self.epoch = epoch;
        let epochs = steps / begin.steps_per_epoch;
        let mut line = format!("epoch {epoch}/{epochs}  step {done}/{steps}");
        if let Some(loss) = mean_since(series, self.told) {
            line.push_str(&format!("  loss {}", decimal(loss, 3)));
        }
        self.told = done;
        line.push_str(&pace(series));
        Some(line)
    }

    /// A warning, unless it was told already: the trainer may both say it and write it down.
    fn warning(&mut self, text: &str) -> Vec<String> {
        let new = self.warned.insert(text.to_owned());
        new.then(|| format!("warning: {text}"))
            .into_iter()
            .collect()
    }

    fn notice(&mut self, notice: &Notice, series: &Series) -> Vec<String> {
        match notice {
            Notice::Preparing(what) => vec![what.clone()],
            Notice::Started { dir } => vec![format!("run {}", name(dir))],
            Notice::Warning(text) => self.warning(text),
            Notice::HandedOver { dir } => {
                vec![format!("run {} continues in another process", name(dir))]
            }
            Notice::Finished {
                outcome, reason, ..
            } => vec![ending(*outcome, reason.as_deref(), series)],
            Notice::CalledOff => vec![CALLED_OFF.to_owned()],
            Notice::Opening(_) | Notice::Refused(_) | Notice::Paused | Notice::Continued => {
                Vec::new()
            }
        }
    }
}

fn name(dir: &Path) -> String {
    dir.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The mean loss of the steps after `step`: single steps are noisy.
fn mean_since(series: &Series, step: u64) -> Option<f64> {
    let curve = series.curve("loss");
    let new = &curve[curve.partition_point(|s| s.step <= step)..];
    let sum: f64 = new.iter().map(|s| s.value).sum();
    (!new.is_empty()).then(|| sum / new.len() as f64)
}

fn knn_line(knn: f64, series: &Series) -> String {
    let knn = decimal(knn, 1);
    let after = |sample: &Sample| format!("after epoch {}", decimal(sample.epoch, 0));
    match (series.last("knn"), series.best("knn")) {
        (Some(last), Some(best)) if last.step == best.step => {
            let than = match series.untrained_knn().filter(|y| best.value < *y) {
                Some(untrained) => format!("below the {} % before training", decimal(untrained, 1)),
                None => "the best so far".to_owned(),
            };
            format!("kNN {knn} % {}, {than}", after(last))
        }
        (Some(last), Some(best)) => {
            let best = format!("best {} % {}", decimal(best.value, 1), after(best));
            format!("kNN {knn} % {}; {best}", after(last))
        }
        _ => format!("kNN {knn} % before training"),
    }
}

/// Speed and time left, where known.
fn pace(series: &Series) -> String {
    let mut text = String::new();
    if let Some(speed) = series.last("views_per_second") {
        text.push_str(&format!("  {} views/s", rounded(speed.value)));
    }
    if let Some(left) = series.eta(now()).filter(|left| *left > 0.0) {
        text.push_str(&format!("  {} left", duration(left)));
    }
    text
}

fn ending(outcome: Outcome, reason: Option<&str>, series: &Series) -> String {
    let mut line = match outcome {
        Outcome::Completed => "completed",
        Outcome::Stopped => "stopped",
        Outcome::Failed => "failed",
    }
    .to_owned();
    if let Some(reason) = reason {
        line.push_str(&format!(": {reason}"));
    }
    if let (Some(last), Some(best)) = (series.last("knn"), series.best("knn")) {
        let (last, best) = (sure(last.value, series), decimal(best.value, 1));
        line.push_str(&format!("; kNN {last} %, best {best} %"));
    }
    line.push_str(&format!("; took {}", duration(series.elapsed())));
    line
}

/// A share of the test images with its standard error.
fn sure(percent: f64, series: &Series) -> String {
    let text = decimal(percent, 1);
    match series.standard_error(percent) {
        Some(error) => format!("{text} ± {}", decimal(error, 1)),
        None => text,
    }
}

const STOPPING: &str =
    "stopping after the current step, with a checkpoint (Ctrl-C ends it at once)";
const CALLED_OFF: &str = "stopped before the training began; nothing was written";
const VANISHED: &str = "the trainer ended without a message; the run's console.log may say more";

/// Between two lines of what changes all the time.
const SELDOM: Duration = Duration::from_secs(10);

/// Lines for people: plain ones for files and pipes, or above a bar at the foot of a terminal.
pub struct People<'a> {
    out: &'a mut Screen,
    bar: Option<ProgressBar>,
    teller: Teller,
    /// For what changes all the time, where lines stay.
    seldom: Seldom,
}

impl<'a> People<'a> {
    pub fn new(out: &'a mut Screen) -> Self {
        let bar = out.terminal.then(|| {
            let target = ProgressDrawTarget::stdout_with_hz(10);
            ProgressBar::with_draw_target(None, target).with_style(style("{wide_msg}"))
        });
        Self {
            out,
            bar,
            teller: Teller::default(),
            seldom: Seldom::every(SELDOM),
        }
    }

    fn print(&mut self, lines: &[String]) {
        for line in lines {
            match (&self.bar, self.out.width) {
                (Some(bar), Some(room)) if width(line) > room => {
                    for part in fit::wrap(line, room) {
                        above(bar, &part);
                    }
                }
                (Some(bar), _) => above(bar, line),
                (None, _) => self.out.tell(&shown(line)),
            }
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

/// What stands behind the bar; a narrow terminal cuts its end.
fn message(series: &Series) -> String {
    let mut parts = Vec::new();
    if series.is_at_its_end() {
        parts.push("evaluating".to_owned());
    } else if let Some(left) = series.eta(now()) {
        parts.push(format!("{} left", duration(left)));
    }
    if let Some(loss) = series.figure("loss") {
        parts.push(format!("loss {}", decimal(loss, 3)));
    }
    if let (Some(last), Some(best)) = (series.last("knn"), series.best("knn")) {
        let (last, best) = (decimal(last.value, 1), decimal(best.value, 1));
        parts.push(format!("kNN {last} % (best {best})"));
    }
    if let Some(speed) = series.last("views_per_second") {
        parts.push(format!("{} views/s", rounded(speed.value)));
    }
    parts.join("  ")
}

impl Show for People<'_> {
    fn notice(&mut self, notice: &Notice, series: &Series) {
        match (notice, &self.bar) {
            (Notice::Preparing(what), Some(bar)) => return beside(bar, what),
            (Notice::Opening(progress), Some(bar)) => return beside(bar, &progress.to_string()),
            (Notice::Opening(progress), None) if self.seldom.is_due() => {
                self.out.tell(&progress.to_string());
            }
            (Notice::Refused(why), _) => {
                self.clear();
                report(why);
            }
            _ => {}
        }
        let lines = self.teller.notice(notice, series);
        self.print(&lines);
        if matches!(
            notice,
            Notice::Finished { .. } | Notice::HandedOver { .. } | Notice::CalledOff
        ) {
            self.clear();
        }
    }
    fn record(&mut self, record: &Record, series: &Series) {
        if let (Report::Begin(begin), Some(bar)) = (&record.report, &self.bar) {
            bar.set_length(begin.steps);
            bar.set_style(style("[{bar:16}] {pos}/{len}  {wide_msg}"));
        }
        let lines = self.teller.record(record, series);
        self.print(&lines);
    }
    fn tick(&mut self, series: &Series) {
        if let (Some((done, _)), Some(bar)) = (series.progress(), &self.bar) {
            bar.set_position(done);
            beside(bar, &message(series));
        }
    }
    fn stopping(&mut self) {
        match &self.bar {
            Some(bar) => above(bar, STOPPING),
            None => complain(STOPPING),
        }
    }
    fn vanished(&mut self) {
        self.clear();
        report(VANISHED);
    }
}

/// JSON lines: the records of the log, and the trainer's notices between them.
pub struct JsonLines<'a> {
    out: &'a mut Screen,
}

impl<'a> JsonLines<'a> {
    pub fn new(out: &'a mut Screen) -> Self {
        Self { out }
    }

    fn print(&mut self, line: &Json) {
        // A reader that is gone must not end the training.
        let _ = self.out.json(line);
    }
}

impl Show for JsonLines<'_> {
    fn notice(&mut self, notice: &Notice, _: &Series) {
        let line = match notice {
            Notice::Preparing(text) => json!({"notice": "preparing", "text": text}),
            Notice::Opening(progress) => json!({"notice": "opening", "text": progress.to_string()}),
            Notice::CalledOff => json!({"notice": "called_off"}),
            Notice::Started { dir } => {
                json!({"notice": "started", "id": name(dir), "dir": dir.to_string_lossy()})
            }
            Notice::Refused(text) => json!({"notice": "refused", "text": text}),
            Notice::Paused => json!({"notice": "paused"}),
            Notice::Continued => json!({"notice": "continued"}),
            Notice::Warning(text) => json!({"notice": "warning", "text": text}),
            Notice::HandedOver { dir } => {
                json!({"notice": "handed_over", "id": name(dir), "dir": dir.to_string_lossy()})
            }
            Notice::Finished {
                dir,
                outcome,
                reason,
            } => {
                json!({"notice": "finished", "id": name(dir), "dir": dir.to_string_lossy(), "outcome": outcome, "reason": reason})
            }
        };
        if let Notice::Refused(why) = notice {
            report(why);
        }
        self.print(&line);
    }
    fn record(&mut self, record: &Record, _: &Series) {
        self.print(&json!({"at": record.at, "event": record.report}));
    }
    fn stopping(&mut self) {
        complain(STOPPING);
    }
    fn vanished(&mut self) {
        report(VANISHED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::{Point, Report};

    #[test]
    fn a_best_that_is_worse_than_the_untrained_network_is_not_praised() {
        let mut series = Series::default();
        let mut said = |step: u64, knn: f64| {
            let report = Report::Point(Point::at(step, [("knn", knn)]));
            series.apply(&Record { at: 0.0, report });
            knn_line(knn, &series)
        };
        assert!(said(0, 28.0).ends_with("before training"));
        assert!(said(10, 15.0).ends_with(", below the 28.0 % before training"));
        assert!(said(20, 30.0).ends_with(", the best so far"));
    }
}
