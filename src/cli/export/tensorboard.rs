//! A run as a folder of TensorBoard's, once or as long as it goes.

use crate::cli::interrupt::on_interrupt;
use crate::cli::output::Screen;
use crate::cli::{CliError, Result};
use crate::engine::data::{self, size};
use crate::engine::report::Report;
use crate::experiment::Experiment;
use crate::export::tensorboard::Events;
use crate::export::views::sheet;
use crate::runs::{EVENTS, Follower, Run};
use image::RgbImage;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// From one look at the run to the next.
const TICK: Duration = Duration::from_millis(500);
/// Images whose views are shown.
const ROWS: usize = 8;

/// Writes a run's event file into a folder of its name, and where asked goes on until the run ends.
pub fn write(
    run: &mut Run,
    own: &Experiment,
    (to, follow): (&Path, bool),
    out: &mut Screen,
) -> Result<()> {
    let folder = to.join(&run.id);
    let path = folder.join(format!(
        "events.out.tfevents.{:010.0}.simclr-tui",
        run.created
    ));
    let failed = |e: io::Error| CliError::Failed(format!("{}: {e}", path.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    let file = BufWriter::new(File::create(&path).map_err(failed)?);
    let mut events = Events::begin(file, run.created).map_err(failed)?;
    events.hparams(own, run.created).map_err(failed)?;
    match views(run, own) {
        Ok(sheet) => events
            .picture("views", &sheet, run.created)
            .map_err(failed)?,
        Err(why) => out.tell(&format!("without pictures of views: {why}")),
    }
    out.tell(&path.display().to_string());
    let interrupted = on_interrupt()?;
    let mut follower = Follower::open(&run.dir.join(EVENTS));
    loop {
        // Before the log is read: what a run writes last is still read after it has ended.
        run.refresh();
        let lives = run.status.is_live();
        let mut ended = false;
        for record in follower.poll() {
            events.record(&record).map_err(failed)?;
            ended = matches!(record.report, Report::End(_));
        }
        events.writer().flush().map_err(failed)?;
        if !follow || ended || !lives || interrupted.load(Ordering::Relaxed) {
            return Ok(());
        }
        std::thread::sleep(TICK);
    }
}

/// A few images with their views, if the data are here.
fn views(run: &Run, own: &Experiment) -> std::result::Result<RgbImage, String> {
    let data = run.data_from_here().unwrap_or_else(|| own.data.clone());
    let set = data::open(&size::sample(&data)).map_err(|e| e.to_string())?;
    sheet(own, &*set.train, ROWS).map_err(|e| e.to_string())
}
