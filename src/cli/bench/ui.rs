//! Frames of the screens: how long after a key they are written, and their bytes.

use super::measurement::Measurement;
use crate::cli::Result;
use crate::engine::bench::Timed;
use crate::text::figures::thousands;
use crate::ui::bench::{Frames, SCREEN, SIZES, history, live};

/// Frames of a live run and of a long history.
pub fn time(times: usize) -> Result<Vec<Measurement>> {
    // Fewer say little: now and then the axis grows and the whole chart is drawn anew.
    let times = times.max(100);
    let (points, runs) = (thousands(SIZES.1), thousands(SIZES.0 as u64));
    Ok(vec![
        told("ui, live", &format!("{points} points"), live(times)?),
        told("ui, history", &format!("{runs} runs"), history(times)?),
    ])
}

fn told(name: &'static str, what: &str, frames: Frames) -> Measurement {
    let mean = frames.others / frames.times.len().max(1);
    let first = thousands(frames.first as u64);
    Measurement {
        note: format!("first frame {first} bytes, then {mean} bytes a frame"),
        ..Measurement::new(
            name,
            Timed {
                unit: "frames",
                amount: 1.0,
                times: frames.times,
                sizes: format!("{what}, {}x{}", SCREEN.0, SCREEN.1),
                threads: 1,
            },
        )
    }
}
