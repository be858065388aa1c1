//! `runs`: the list of all runs.

mod columns;

use super::cells::{epochs, status};
use super::format::{self, Format};
use super::output::{Screen, complain, is_watched};
use super::table::Table;
use super::{CliError, Exit, Result, json};
use crate::experiment::catalogue;
use crate::runs::{Column, Fact, Filter, Listing, Run, column, now};
use crate::text::figures::{duration, perhaps};
use crate::text::suggest::command;
use std::path::Path;

/// What an experiment's file says that no run was tuned by.
const OF_THE_FILE: [&str; 2] = ["format", "name"];
/// What runs are sorted by where nobody says.
const AGE: Column = Column::Fact(Fact::Age);
/// So many logs take their time.
const MANY: usize = 20;

/// Lists all runs, newest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Includes archived runs
    #[arg(long)]
    all: bool,
    /// Only archived runs
    #[arg(long, conflicts_with = "all")]
    archived: bool,
    /// Only runs that match, such as 'temperature<0.2 tag:crop status:done age<2d -tag:bad'; see docs/filter.md
    #[arg(
        long,
        value_name = "WORDS",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    filter: String,
    /// The columns, such as name,best,temperature,crop.p: any figure or hyperparameter; see docs/tables.md
    #[arg(long, value_name = "NAMES", conflicts_with = "json")]
    columns: Option<String>,
    /// What to sort by, such as best or temperature [default: newest first]
    #[arg(long, value_name = "NAME")]
    sort: Option<String>,
    /// Reverses the order
    #[arg(long)]
    reverse: bool,
    #[command(flatten)]
    format: Format,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let filter =
        Filter::parse(&args.filter).map_err(|why| CliError::Input(format!("--filter: {why}")))?;
    let columns = args.columns.as_deref().map(Column::list).transpose();
    let columns = columns.map_err(|why| CliError::Input(format!("--columns: {why}")))?;
    let sort = args.sort.as_deref().map_or(Ok(AGE), Column::find);
    let sort = sort.map_err(|why| CliError::Input(format!("--sort: {why}")))?;
    let listing = Listing::outlined(runs, tell);
    if let Some(why) = listing.trouble {
        return Err(CliError::Failed(why));
    }
    let mut shown: Vec<&Run> = listing
        .runs
        .iter()
        .filter(|run| args.all || filter.asks_for_archived() || run.notes.archived == args.archived)
        .filter(|run| filter.holds(run, now()))
        .collect();
    column::sort(&mut shown, sort, args.reverse, now());
    let table = || match &columns {
        Some(columns) => columns::table(&shown, columns),
        None => table(&shown),
    };
    if args.format.json {
        let runs: Vec<_> = shown.iter().map(|run| json::run(run, now())).collect();
        out.json(&serde_json::json!({"format": 1, "runs": runs}))?;
    } else if let (true, Some(columns)) = (args.format.csv, &columns) {
        columns::csv(&shown, columns, out)?;
    } else if args.format.csv {
        csv(&shown, out)?;
    } else if shown.is_empty() {
        out.line(&none(&listing, args.archived, &filter))?;
    } else if args.format.markdown {
        table().markdown(out)?;
    } else {
        table().print(out)?;
    }
    Ok(Exit::Done)
}

/// A record a run, with the names of JSON and every hyperparameter by its path.
fn csv(runs: &[&Run], out: &mut Screen) -> Result<()> {
    let fields = catalogue();
    let paths = fields.iter().map(|f| f.path.as_str());
    let paths: Vec<&str> = paths.filter(|path| !OF_THE_FILE.contains(path)).collect();
    let names = json::FACTS.iter().chain(&paths).copied();
    format::record(out, &names.collect::<Vec<_>>())?;
    for run in runs {
        let mut record = json::facts(run, now());
        record.extend(paths.iter().map(|path| {
            let value = run.experiment.as_ref().and_then(|e| e.get(path));
            value.map_or_else(String::new, |value| format::value(&value))
        }));
        format::record(out, &record)?;
    }
    Ok(())
}

/// Says why it takes a while, where it does.
fn tell(unread: usize) {
    if unread >= MANY && is_watched() {
        complain(&format!(
            "reading the logs of {unread} runs; next time this is faster"
        ));
    }
}

fn none(listing: &Listing, archived: bool, filter: &Filter) -> String {
    let dir = listing.dir.display();
    match (listing.runs.len(), archived) {
        (0, _) => format!("no runs in {dir}; `{}` makes one", command("run quick")),
        _ if !filter.is_empty() => format!("no run in {dir} passes the filter"),
        (_, true) => format!("no run in {dir} is archived"),
        (_, false) => format!("all runs in {dir} are archived; --archived lists them"),
    }
}

fn table(runs: &[&Run]) -> Table {
    let titled = runs.iter().any(|run| !title(run).is_empty());
    let mut table = Table::default().name("run").word("status").number("epoch");
    table = table
        .number("loss")
        .number("kNN %")
        .number("best")
        .number("took");
    if titled {
        table = table.name("name");
    }
    for run in runs {
        let mut row = vec![
            run.id.as_str().into(),
            status(run.status),
            epochs(run).into(),
        ];
        row.push(perhaps(run.epoch_loss(), 3).into());
        row.push(perhaps(run.last_knn(), 1).into());
        row.push(perhaps(run.best_knn(), 1).into());
        row.push(duration(run.series.elapsed()).into());
        row.push(title(run).into());
        row.truncate(7 + usize::from(titled));
        table.row(row);
    }
    table
}

/// What the user called it, else what tells it from the other runs of its sweep: of that, its folder's name may have lost the end.
fn title(run: &Run) -> String {
    match &run.origin {
        Some(origin) if run.notes.name.is_empty() => {
            format!("{}, seed {}", origin.case, origin.seed)
        }
        _ => run.notes.name.clone(),
    }
}
