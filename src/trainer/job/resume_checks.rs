//! How a run was until now: its images, its device, its first weights, beside those that it is to go on with.

use crate::engine::data::Fingerprint;
use crate::engine::weights::InitFrom;
use crate::runs::{ENVIRONMENT, Environment, Run};
use std::path::{Path, PathBuf};

/// A warning, if the run in a folder was trained on other images than these.
pub(super) fn other_data(dir: &Path, now: &Fingerprint) -> Option<String> {
    let before = Environment::load(&dir.join(ENVIRONMENT)).ok()?.dataset?;
    let run = dir.file_name().unwrap_or_default().to_string_lossy();
    (!before.same_images(now)).then(|| {
        format!("run {run} started with other data: then {before}; now {now}; results are not comparable")
    })
}

/// Whether the run in a folder says which images it began with.
pub(super) fn knows_its_data(dir: &Path) -> bool {
    Environment::load(&dir.join(ENVIRONMENT)).is_ok_and(|environment| environment.dataset.is_some())
}

/// Where the data of the run in a folder lay; older ones don't say. What changed there is worth a warning, what lies elsewhere
/// is something else.
pub(super) fn before_place(dir: &Path) -> Option<PathBuf> {
    let environment = Environment::load(&dir.join(ENVIRONMENT)).ok()?;
    environment.data_path.map(PathBuf::from)
}

/// What to tell, if a run was trained on another device until now.
pub(super) fn other_device(run: &Run, now: &str) -> Option<String> {
    let before = &run.series.begin.as_ref()?.device;
    // Without the number of threads, and without the processor where one of them doesn't name it.
    let parts = [before, now].map(|label| label.split(" · ").take(2).collect::<Vec<_>>());
    let named = parts[0].len().min(parts[1].len());
    let [before, now] = parts.map(|parts| parts[..named].join(" · "));
    (!before.is_empty() && before != now).then(|| {
        format!(
            "trained on {before} until now, it continues on {now}: numbers agree up to rounding, no longer bit for bit"
        )
    })
}

/// A warning, if the run in a folder began with other weights than these.
pub(super) fn other_beginning(dir: &Path, now: &InitFrom) -> Option<String> {
    let environment = Environment::load(&dir.join(ENVIRONMENT)).ok()?;
    let (before, now) = (environment.beginning?, now.note()?);
    let run = dir.file_name().unwrap_or_default().to_string_lossy();
    (before != now).then(|| format!("run {run} started differently: then {before}; now {now}"))
}
