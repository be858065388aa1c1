//! `queue`: sweeps and experiments that wait their turn, and the workers that train them.

mod add;
mod several;
mod submit;
mod work;

use super::confirm::Sure;
use super::error::paused;
use super::output::{Screen, Style};
use super::table::{Cell, Table};
use super::{Exit, Result, json};
use crate::queue::{AUTO, Item, ItemState, Queue};
use crate::text::shown;
use crate::text::suggest::command;
use std::path::Path;

/// Lists the queue: sweeps and experiments that wait to be trained in the background; it survives a restart
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// As `queue` alone
    #[command(hide = true)]
    List {
        /// Prints JSON, as docs/json.md describes it
        #[arg(long)]
        json: bool,
    },
    Add(add::Args),
    /// Removes an item from the queue
    Remove(Remove),
    /// Moves an item towards the front
    Up(Shift),
    /// Moves an item towards the end
    Down(Shift),
    /// Keeps workers from starting runs; a run in progress trains to its end
    Pause,
    /// Lets workers start runs again
    Continue,
    /// Makes a failed item wait for its turn again; a run that was started is continued
    Retry(Which),
    Work(work::Args),
}

/// Which item
#[derive(Debug, clap::Args)]
struct Which {
    /// The item, as `simclr-tui queue` lists it
    #[arg(value_name = "ID")]
    id: String,
}

/// Which item, and whether it may be at work
#[derive(Debug, clap::Args)]
struct Remove {
    #[command(flatten)]
    which: Which,
    /// Removes it even if it is training; its run stops after the current step, with a checkpoint
    #[arg(long)]
    stop: bool,
    #[command(flatten)]
    sure: Sure,
}

/// Which item, and how far
#[derive(Debug, clap::Args)]
struct Shift {
    #[command(flatten)]
    which: Which,
    /// How many places
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    places: u16,
}

pub fn main(args: &Args, settings: Option<&Path>, runs: &Path, out: &mut Screen) -> Result {
    let queue = Queue::new(runs);
    let shift = |shift: &Shift, sign: isize, out: &mut Screen| {
        queue.shift(&shift.which.id, sign * isize::from(shift.places as i16))?;
        list(&queue, out)
    };
    match &args.command {
        None if args.json => out.json(&as_json(&queue)?)?,
        Some(Command::List { json: true }) => out.json(&as_json(&queue)?)?,
        None | Some(Command::List { .. }) => list(&queue, out)?,
        Some(Command::Add(args)) => add::main(args, &queue, runs, out)?,
        Some(Command::Remove(which)) => remove(which, &queue, out)?,
        Some(Command::Up(by)) => shift(by, -1, out)?,
        Some(Command::Down(by)) => shift(by, 1, out)?,
        Some(Command::Pause) => queue.pause(true)?,
        Some(Command::Continue) => queue.pause(false)?,
        Some(Command::Retry(which)) => queue.retry(&which.id)?,
        Some(Command::Work(args)) => return work::main(args, settings, runs, out),
    }
    Ok(Exit::Done)
}

fn remove(args: &Remove, queue: &Queue, out: &mut Screen) -> Result<()> {
    let (item, exact) = queue.locate(&args.which.id)?;
    let full = format!("{}, {}", item.title, item.key());
    if !args.sure.means(exact, "remove", &full)? {
        out.tell("nothing was removed");
    } else if queue.remove(&item.id, args.stop)? {
        out.tell(&format!(
            "{full}: its worker stops it after the current step and removes it"
        ));
    } else {
        out.tell(&format!("removed {full}"));
    }
    Ok(())
}

fn list(queue: &Queue, out: &mut Screen) -> Result<()> {
    let items = queue.items()?;
    if items.is_empty() {
        out.line(&format!(
            "the queue is empty; `{}` adds a sweep or an experiment",
            command("queue add")
        ))?;
    } else {
        table(&items).print(out)?;
    }
    for item in &items {
        if let ItemState::Failed { why } = &item.state {
            out.line(&format!("{} failed: {}", item.key(), shown(why)))?;
        }
    }
    if let Some(note) = note(queue, &items) {
        out.line(&note)?;
    }
    Ok(())
}

fn table(items: &[Item]) -> Table {
    let mut table = Table::default()
        .number("")
        .word("id")
        .text("item")
        .word("state");
    for (nth, item) in items.iter().enumerate() {
        let state = match &item.state {
            ItemState::Waiting => Cell::from("waiting"),
            ItemState::Working { device } => Cell::styled(Style::Live, &working(device)),
            ItemState::Failed { .. } => Cell::styled(Style::Bad, "failed"),
        };
        let nth = (nth + 1).to_string();
        table.row(vec![
            nth.into(),
            item.key().into(),
            item.title.as_str().into(),
            state,
        ]);
    }
    table
}

fn working(device: &str) -> String {
    match device {
        "" | AUTO => "training".to_owned(),
        device => format!("training on {device}"),
    }
}

/// Why nothing goes on, where that is so.
fn note(queue: &Queue, items: &[Item]) -> Option<String> {
    let waiting = items.iter().any(|item| item.state == ItemState::Waiting);
    let idle = waiting && queue.workers().is_empty();
    match (queue.is_paused(), idle) {
        (true, _) => Some(paused()),
        (false, true) => Some(format!(
            "no worker is running; `{}` starts one, with --detached in the background",
            command("queue work")
        )),
        (false, false) => None,
    }
}

fn as_json(queue: &Queue) -> Result<serde_json::Value> {
    let items: Vec<_> = queue.items()?.iter().map(item_as_json).collect();
    Ok(serde_json::json!({
        "format": 1, "paused": queue.is_paused(), "workers": queue.workers(), "items": items,
    }))
}

fn item_as_json(item: &Item) -> serde_json::Value {
    let (state, device, reason) = match &item.state {
        ItemState::Waiting => ("waiting", None, None),
        ItemState::Working { device } => ("working", Some(device), None),
        ItemState::Failed { why } => ("failed", None, Some(why)),
    };
    let sweep = Some(&item.sweep).filter(|sweep| !sweep.is_empty());
    serde_json::json!({
        "id": item.key(), "title": item.title, "state": state, "device": device, "reason": reason,
        "sweep": sweep, "scale": item.scale, "set": item.set, "experiment": item.experiment,
        "added": json::number(item.added),
    })
}
