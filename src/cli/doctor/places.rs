//! The folders that runs and data sets are written to.

use super::file_system;
use super::finding::{Finding, State};
use crate::disk::path;
use crate::engine::data::catalog;
use crate::machine::disk_space::{Place, look};
use crate::text::figures::bytes;
use crate::text::suggest::command;
use std::path::Path;

/// With less room than this, checkpoints soon don't fit any more.
const LITTLE: u64 = 1 << 30;

pub fn findings(runs: &Path) -> Vec<Finding> {
    let data = catalog::home();
    let mut all = vec![of("runs", runs, "with --runs DIR or $SIMCLR_TUI_RUNS")];
    if all[0].state != State::Failed {
        all.extend(file_system::finding(runs));
    }
    all.push(of("data", &data, "with $SIMCLR_TUI_DATA"));
    all
}

/// A folder; `other` is how another is chosen.
fn of(what: &'static str, folder: &Path, other: &str) -> Finding {
    let place = look(folder);
    let found = described(folder, &place);
    match (&place.refused, place.room) {
        (Some(_), _) => {
            let remedy = format!("let this user write there, or choose another folder {other}");
            // Data sets may lie anywhere, and be read where nothing can be written.
            if what == "runs" {
                Finding::failed(what, found, remedy)
            } else {
                Finding::warning(what, found, remedy)
            }
        }
        (None, Some(room)) if room.free() < LITTLE => {
            let remedy = format!(
                "empty the trash (`{}`) or delete runs, or choose another folder {other}",
                command("trash empty")
            );
            Finding::warning(what, found, remedy)
        }
        (None, _) => Finding::ok(what, found),
    }
}

fn described(folder: &Path, place: &Place) -> String {
    let whole = path::whole(folder);
    let made = if place.there == whole || place.refused.is_some() {
        ""
    } else {
        " (created when needed)"
    };
    let room = place.room.map_or_else(String::new, |room| {
        format!(", {} free of {}", bytes(room.free()), bytes(room.total))
    });
    let writable = match &place.refused {
        None => ", writable".to_owned(),
        Some(why) => format!(", can't be written to: {}", plain(why)),
    };
    format!("{}{made}{room}{writable}", whole.display())
}

/// An error of the system without what it was about and its number.
fn plain(error: &std::io::Error) -> String {
    use std::io::ErrorKind as E;
    match error.kind() {
        E::PermissionDenied => "permission denied".to_owned(),
        E::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        E::StorageFull => "the disk is full".to_owned(),
        E::NotADirectory => "a file is in its place".to_owned(),
        E::NotFound => "no folder can be created there".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_written_to_fails_for_runs_and_is_a_warning_for_data() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let runs = of("runs", &file, "with --runs DIR");
        assert_eq!(runs.state, State::Failed);
        assert!(
            runs.found
                .ends_with("can't be written to: a file is in its place"),
            "{runs:?}"
        );
        assert_eq!(
            runs.remedy.as_deref(),
            Some("let this user write there, or choose another folder with --runs DIR")
        );
        assert_eq!(of("data", &file, "").state, State::Warning);
        let fine = of("runs", &dir.path().join("runs"), "");
        assert!(fine.found.contains("(created when needed)"), "{fine:?}");
        assert!(fine.found.contains(" free of "), "{fine:?}");
    }
}
