//! SimCLR's training: Algorithm 1 of the paper (arXiv 2002.05709), and between its steps evaluation, checkpoints and the
//! user's wishes.
//!
//! ```text
//! input: batch size N, temperature tau, encoder f, projection head g, augmentations T
//! for each batch of N images x
//!     draw t and t' from T for each image
//!     views    t(x) and t'(x)                          2N of them
//!     h        = f(views)                              what downstream tasks use
//!     z        = g(h)                                  what the loss sees
//!     s(i, k)  = z_i . z_k / (|z_i| |z_k|)
//!     l(i, j)  = -log(exp(s(i, j) / tau) / sum over k != i of exp(s(i, k) / tau))
//!     L        = mean of l over the 2N pairs (i, j) of one image's views
//!     update f and g to lower L
//! return f, and throw g away
//! ```
//!
//! The loader draws and makes the views ahead ([`Loader`](crate::engine::loader::Loader)), the loss is the experiment's: [`Loss::forward`] with L by default.
//! Where the batch is larger than `train.chunk`, f and g take it chunk by chunk, and the loss sees all of it
//! (`chunks.rs`). With `train.recompute` the tape has the inputs of blocks alone (`recompute.rs`).
//!
//! [`Loss::forward`]: crate::engine::loss::Loss::forward

mod chunks;
mod embed;
mod error;
mod evaluation;
mod hooks;
mod losses;
mod meter;
mod observer;
mod recompute;
mod run;
mod setup;
pub mod standalone;
mod start;

pub(in crate::engine) use embed::chunk;
pub use embed::{Embedded, embed_spaces};
pub use error::TrainError;
pub use observer::{CheckpointKind, Decision, Next, Observer};
pub use setup::Setup;
pub use start::check_init;

use crate::engine::report::{Level, Outcome, Report};
use crate::engine::weights::InitFrom;
use run::Run;
use std::time::Instant;

/// Trains from a beginning to the end or until the user stops it.
///
/// # Errors
/// A sentence on what went wrong. All that was reported and saved until then stays.
pub fn train(
    setup: Setup,
    from: InitFrom,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    let mut run = Run::start(setup, from, observer)?;
    let mut batches = setup.loader.train(start::plan(setup, run.progress.step));
    // A GPU's first step waits for its kernels, which says nothing of its speed.
    let mut tunes = setup.device.asynchronous;
    while let Some(batch) = batches.next()? {
        let began = Instant::now();
        run.meter.waited(batch.waited);

        // ----------------------------------------------------------------------------------------------- Algorithm 1
        let (z, loss, gradients) = if run.keeps_less() {
            run.keeping_less(batch.views)?
        } else {
            let views = run.on_device(batch.views);
            let h = run.network.encoder.forward(views);
            let z = run.network.head.forward(h);
            let loss = setup.experiment.loss.forward(z.clone());
            let gradients = run.gradients(&loss);
            (z, loss, gradients)
        };
        let rate = run.update(gradients);
        // -----------------------------------------------------------------------------------------------------------

        run.stepped(rate, loss, z);
        if std::mem::take(&mut tunes) {
            run.end_tuning(began, observer)?;
        }
        if run.must_read_losses() {
            run.report_losses(observer)?;
        }
        for text in batches.take_notes() {
            observer.report(Report::note(Level::Warning, text));
        }
        run.evaluate_if_due(observer)?;
        if run.obey(observer)? == Next::Stop {
            return Ok(Outcome::Stopped);
        }
    }
    Ok(Outcome::Completed)
}
