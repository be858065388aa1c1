//! `meters`: processor, memory, disk and NVIDIA cards, second by second.

mod look;
mod page;

use super::output::Screen;
use super::{Exit, Result};
use crate::machine::gpu_monitor::Watch;
use crate::machine::host;
use crate::machine::open;
use look::Meters;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From one look to the next.
const PACE: Duration = Duration::from_secs(1);
/// How long the driver may take for one that is the only one: waking a card takes seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shows utilisation of processor, memory, disk and NVIDIA cards every second, until Ctrl-C
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints JSON, one line per second, as docs/json.md describes it
    #[arg(long)]
    json: bool,
    /// Prints them once and ends
    #[arg(long)]
    once: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let mut meters = Meters::new(runs, Watch::begin(open));
    // The first utilisation is that of a moment from here on.
    meters.warm_up();
    sleep(host::INTERVAL);
    // Lines that stand on the terminal and are written over.
    let mut standing = 0;
    loop {
        let begun = Instant::now();
        let patience = if args.once { PATIENCE } else { PACE };
        let look = meters.look(patience);
        if args.json {
            out.json(&look.json())?;
        } else {
            standing = page::print(&look, standing, out)?;
        }
        if args.once {
            return Ok(Exit::Done);
        }
        sleep(PACE.saturating_sub(begun.elapsed()));
    }
}
