//! The results of a sweep as a table, a matrix, JSON or CSV.

use crate::cli::format::{self, Format};
use crate::cli::output::{Screen, Style};
use crate::cli::table::{Cell, Table};
use crate::cli::{Result, json};
use crate::runs::Fact;
use crate::sweep::results::Row;
use crate::sweep::welch::Difference;
use crate::sweep::{Results, Sweep, at_scale};
use crate::text::figures::{decimal, figure};
use serde_json::{Value as Json, json};

/// Results with the sweep that they are of.
pub struct Shown<'a> {
    pub sweep: &'a Sweep,
    pub results: &'a Results,
}

/// What cases are judged by, in words, such as `kNN accuracy in %, last`.
pub fn label(fact: Fact) -> String {
    let Some(metric) = fact.metric() else {
        return fact.name();
    };
    let which = if matches!(fact, Fact::Best(_)) {
        "best"
    } else {
        "last"
    };
    match metric.unit {
        "" => format!("{}, {which}", metric.label),
        unit => format!("{} in {unit}, {which}", metric.label),
    }
}

/// A figure in the digits of its unit.
fn digits(of: Fact, value: f64) -> String {
    if of.metric().is_some_and(|m| m.unit == "%") {
        decimal(value, 1)
    } else {
        figure(value)
    }
}

impl<'a> Shown<'a> {
    pub const fn new(sweep: &'a Sweep, results: &'a Results) -> Self {
        Self { sweep, results }
    }

    pub fn print(&self, form: Format, out: &mut Screen) -> Result<()> {
        if form.json {
            out.json(&self.json())?;
            return Ok(());
        }
        if form.csv {
            return self.csv(out);
        }
        let title = format!("{}: {}", self.name(), label(self.results.metric));
        if form.markdown {
            out.line(&format!("### {}\n", format::markdown(&title)))?;
        } else {
            let title = out.paint(Style::Bold, &title);
            out.line(&title)?;
        }
        for table in self.matrix().iter().chain([&self.table()]) {
            if form.markdown {
                table.markdown(out)?;
            } else {
                table.print(out)?;
            }
            out.line("")?;
        }
        for note in self.notes() {
            out.line(&note)?;
        }
        Ok(())
    }

    /// The sweep and its scale.
    pub fn name(&self) -> String {
        at_scale(&self.sweep.name, self.sweep.scale.as_ref())
    }

    /// A figure in the digits of its unit.
    pub fn digits(&self, value: f64) -> String {
        digits(self.results.metric, value)
    }

    fn signed(&self, value: f64) -> String {
        let sign = if value < 0.0 { "\u{2212}" } else { "+" };
        format!("{sign}{}", self.digits(value.abs()))
    }

    /// A row a case.
    pub fn table(&self) -> Table {
        let mut table = Table::default()
            .name("case")
            .number("mean")
            .number("deviation")
            .number("seeds");
        if self.sweep.baseline.is_some() {
            table = table.number("difference").word("95 % interval");
        }
        if self.published() {
            table = table.number("published");
        }
        for other in &self.sweep.also {
            table = table.number(&other.title()).number("±");
        }
        for row in &self.results.rows {
            table.row(self.cells(row));
        }
        table
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        let perhaps = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| self.digits(v));
        let mean = row.mean;
        let mut cells: Vec<Cell> = vec![
            row.case.as_str().into(),
            perhaps(mean.map(|m| m.mean)).into(),
            perhaps(mean.and_then(|m| m.deviation)).into(),
            row.figures.len().to_string().into(),
        ];
        if let Some(baseline) = self.sweep.baseline {
            let difference = row.difference.map(|d| self.signed(d.difference));
            let own = self.sweep.cases[baseline].name == row.case;
            let difference =
                difference.unwrap_or_else(|| if own { "baseline" } else { "-" }.to_owned());
            cells.push(difference.into());
            let interval = match row.difference {
                Some(difference) => self.interval(row, difference),
                None if own => String::new(),
                None if row.cut.is_some() => "cut".to_owned(),
                None if row.mean.is_none() => "not trained yet".to_owned(),
                None => "baseline not trained".to_owned(),
            };
            cells.push(interval.into());
        }
        if self.published() {
            let published = row
                .published
                .map_or_else(|| "-".to_owned(), |v| v.to_string());
            cells.push(published.into());
        }
        for (other, mean) in self.sweep.also.iter().zip(&row.also) {
            let digits = |v: f64| digits(*other, v);
            let perhaps = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), digits);
            cells.push(perhaps(mean.map(|m| m.mean)).into());
            cells.push(perhaps(mean.and_then(|m| m.deviation)).into());
        }
        cells
    }

    /// The interval of a difference, or why there is none.
    fn interval(&self, row: &Row, difference: Difference) -> String {
        let baseline = self
            .sweep
            .baseline
            .and_then(|nth| self.results.rows[nth].mean);
        let single = |n: Option<usize>| n == Some(1);
        match difference.interval {
            Some((low, high)) => format!("{} to {}", self.signed(low), self.signed(high)),
            None if single(row.mean.map(|m| m.n)) || single(baseline.map(|m| m.n)) => {
                "one seed: no interval".to_owned()
            }
            None => "no spread: no interval".to_owned(),
        }
    }

    fn published(&self) -> bool {
        self.results.rows.iter().any(|row| row.published.is_some())
    }

    /// The means of pairs, each alone on the diagonal.
    pub fn matrix(&self) -> Option<Table> {
        let names = &self.sweep.pairs;
        if names.is_empty() {
            return None;
        }
        let mut table = Table::default().text("");
        for name in names {
            table = table.number(name);
        }
        for (name, means) in names.iter().zip(self.results.matrix(self.sweep)) {
            let cell = |mean: Option<f64>| mean.map_or_else(|| "-".to_owned(), |v| self.digits(v));
            let cells = means.into_iter().map(|mean| Cell::from(cell(mean)));
            table.row([Cell::from(name)].into_iter().chain(cells).collect());
        }
        Some(table)
    }

    /// What to keep in mind.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(baseline) = self.sweep.baseline {
            notes.push(format!(
                "difference: from {:?}, with Welch's interval over seeds",
                self.sweep.cases[baseline].name
            ));
        }
        if let Some(paper) = &self.sweep.paper {
            let what = match paper.what.as_str() {
                "" => String::new(),
                what => format!(": {what}"),
            };
            notes.push(format!("the paper: {}{what}", paper.section));
        }
        let cut = self
            .results
            .rows
            .iter()
            .filter_map(|row| Some((row, row.cut.as_ref()?)));
        notes.extend(cut.map(|(row, why)| format!("{}: {why}", row.case)));
        let missing = self.results.rows.iter().filter(|row| row.cut.is_none());
        let missing = missing.map(|row| self.sweep.seeds.len() - row.figures.len());
        let missing: usize = missing.sum();
        if missing > 0 {
            let all = self.sweep.cases.len() * self.sweep.seeds.len();
            notes.push(format!(
                "{missing} of {all} experiments have no complete run"
            ));
        }
        notes.extend(self.results.left_out.iter().cloned());
        notes
    }

    fn json(&self) -> Json {
        let Self { sweep, results } = *self;
        let number = |v: Option<f64>| v.map(json::number);
        let cases = results.rows.iter().zip(&sweep.cases).map(|(row, case)| {
            let settings = sweep.varied.iter().filter_map(|path| {
                let value = case.experiment.get(path)?;
                Some(((*path).to_owned(), json::value(&value)))
            });
            let settings: serde_json::Map<String, Json> = settings.collect();
            let figures = row.figures.iter().map(|f| {
                json!({"seed": f.seed, "value": json::number(f.value), "run": f.run, "elapsed": json::number(f.took)})
            });
            let interval = row.difference.and_then(|d| d.interval);
            json!({
                "case": row.case,
                "settings": settings,
                "pair": case.pair.map(|(i, j)| [&sweep.pairs[i], &sweep.pairs[j]]),
                "identity": case.experiment.identity(),
                "mean": number(row.mean.map(|m| m.mean)),
                "deviation": number(row.mean.and_then(|m| m.deviation)),
                "n": row.figures.len(),
                "values": figures.collect::<Vec<_>>(),
                "difference": number(row.difference.map(|d| d.difference)),
                "interval": interval.map(|(low, high)| [json::number(low), json::number(high)]),
                "published": number(row.published),
                "cut": row.cut,
                "also": sweep.also.iter().zip(&row.also).map(|(fact, mean)| {
                    let mean = mean.map(|m| json!({"mean": json::number(m.mean), "deviation": number(m.deviation), "n": m.n}));
                    (fact.name(), mean.unwrap_or(Json::Null))
                }).collect::<serde_json::Map<String, Json>>(),
            })
        });
        let matrix = results.matrix(sweep).into_iter();
        let matrix = matrix.map(|row| row.into_iter().map(number).collect::<Vec<_>>());
        json!({
            "format": 1,
            "sweep": sweep.name,
            "file": sweep.file,
            "scale": sweep.scale,
            "fingerprint": sweep.fingerprint,
            "command": sweep.command(),
            "metric": results.metric.name(),
            "unit": results.metric.metric().map(|m| m.unit),
            "seeds": sweep.seeds,
            "baseline": sweep.baseline.map(|nth| &sweep.cases[nth].name),
            "cases": cases.collect::<Vec<_>>(),
            "pairs": sweep.pairs,
            "matrix": matrix.collect::<Vec<_>>(),
            "paper": sweep.paper.as_ref().map(|p| json!({"section": p.section, "what": p.what})),
            "left_out": results.left_out,
        })
    }

    fn csv(&self, out: &mut Screen) -> Result<()> {
        let names = [
            "case",
            "metric",
            "mean",
            "deviation",
            "n",
            "difference",
            "low",
            "high",
            "published",
            "first",
            "second",
        ];
        let also: Vec<String> = self.sweep.also.iter().map(|fact| fact.name()).collect();
        let paths = self.sweep.varied.iter().copied();
        let also = also.iter().map(String::as_str);
        format::record(
            out,
            &names
                .into_iter()
                .chain(paths)
                .chain(also)
                .collect::<Vec<_>>(),
        )?;
        for (row, case) in self.results.rows.iter().zip(&self.sweep.cases) {
            let number = format::number;
            let interval = row.difference.and_then(|d| d.interval);
            let pair = case
                .pair
                .map(|(i, j)| [i, j].map(|nth| self.sweep.pairs[nth].clone()));
            let [first, second] = pair.unwrap_or_default();
            let mut record = vec![
                row.case.clone(),
                self.results.metric.name(),
                number(row.mean.map(|m| m.mean)),
                number(row.mean.and_then(|m| m.deviation)),
                row.figures.len().to_string(),
                number(row.difference.map(|d| d.difference)),
                number(interval.map(|(low, _)| low)),
                number(interval.map(|(_, high)| high)),
                number(row.published),
                first,
                second,
            ];
            let values = self.sweep.varied.iter().map(|path| {
                let value = case.experiment.get(path);
                value.map_or_else(String::new, |v| format::value(&v))
            });
            record.extend(values);
            record.extend(row.also.iter().map(|mean| number(mean.map(|m| m.mean))));
            format::record(out, &record)?;
        }
        Ok(())
    }
}
