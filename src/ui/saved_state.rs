//! What the workbench remembers from one start to the next, in a file of the user's that may be deleted at any time.

use crate::disk;
use crate::disk::untrusted::{self, Links};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// The version of the file; a newer one is left alone.
const FORMAT: u32 = 1;

/// Bytes of a memory: a list of columns and two experiments.
const MOST: u64 = 4 << 20;

/// Seconds from what the user does until it is kept, in case that the workbench is killed: the disk rests meanwhile.
const KEEP: f64 = 3.0;

/// Experiment files that are remembered.
const RECENT: usize = 20;

/// The list of runs as the user left it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryColumns {
    /// The names of the columns from the left; none where nobody chose.
    pub columns: Vec<String>,
    /// The name of the column that it is sorted by.
    pub sort: String,
    /// Whether it is sorted the other way around.
    pub reversed: bool,
}

/// Where the workbench was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The screen in front, by the word on its tab.
    pub screen: String,
    /// The folder of runs: marks are of its runs.
    pub runs: PathBuf,
    /// The marked runs, in their order.
    pub marked: Vec<String>,
}

/// The experiment that was open when the workbench was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Where it came from.
    pub from: Source,
    /// As it was loaded, in the text of a file.
    pub loaded: String,
    /// As it was left.
    pub edited: String,
}

impl Draft {
    /// Whether anything was changed.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.edited != self.loaded
    }
}

/// Where a draft came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A shipped experiment.
    Preset(String),
    /// A file.
    File(PathBuf),
    /// A run.
    Run(String),
    /// A case of a sweep.
    Case(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    format: u32,
    #[serde(default)]
    history: HistoryColumns,
    #[serde(default)]
    draft: Option<Draft>,
    #[serde(default)]
    place: Place,
    #[serde(default)]
    told_colours: bool,
    #[serde(default)]
    recent: Vec<PathBuf>,
}

/// The memory, kept in a file or for this start only.
#[derive(Debug, Default)]
pub struct SavedState {
    path: Option<PathBuf>,
    /// The list of runs.
    pub history: HistoryColumns,
    /// Where it was left.
    pub place: Place,
    /// The experiment that was open.
    pub draft: Option<Draft>,
    /// Whether the user was told what gives more colours.
    pub told_colours: bool,
    /// The experiment files that were opened or saved, newest first.
    pub recent: Vec<PathBuf>,
    /// Whether that is in the editor again.
    pub draft_is_open: bool,
    /// Why the file could not be read.
    pub trouble: Option<String>,
    /// When the user first did something that is still to be kept, in seconds since 1970.
    touched: Option<f64>,
}

/// Where the user's memory lies: what the environment says, where nothing means nowhere, else the folder for such files.
#[must_use]
pub fn default_path() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("SIMCLR_TUI_STATE") {
        return Some(path.into()).filter(|path: &PathBuf| !path.as_os_str().is_empty());
    }
    let dirs = directories::ProjectDirs::from("", "", "simclr-tui")?;
    let dir = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
    Some(dir.join("state.ron"))
}

impl SavedState {
    /// Reads a file; where there is none, nothing is remembered yet. One that can't be read, or that a newer version
    /// wrote, is never written over.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        match File::read(path) {
            Ok(file) => Self {
                path: Some(path.to_owned()),
                history: file.history,
                draft: file.draft,
                place: file.place,
                told_colours: file.told_colours,
                recent: file.recent,
                ..Self::default()
            },
            Err(why) => Self {
                trouble: Some(format!(
                    "{}: {why}; columns and order are the defaults and won't be remembered",
                    path.display()
                )),
                ..Self::default()
            },
        }
    }

    /// Remembers the list of runs.
    ///
    /// # Errors
    /// A sentence where the file can't be written; it holds for this start all the same.
    pub fn keep(&mut self, history: HistoryColumns) -> Result<(), String> {
        if self.history == history {
            return Ok(());
        }
        self.history = history.clone();
        self.save(|file| file.history = history)
    }

    /// Remembers where the workbench is left, and the experiment that is open, if it is to take the place of the last one.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn leave(&mut self, place: Place, draft: Option<Draft>) -> Result<(), String> {
        let draft = draft.filter(|draft| self.draft.as_ref() != Some(draft));
        let moved = self.place != place;
        if draft.is_none() && !moved {
            return Ok(());
        }
        self.place.clone_from(&place);
        self.draft = draft.clone().or(self.draft.take());
        // What did not change here, another workbench may have left since.
        self.save(|file| {
            if moved {
                file.place = place;
            }
            file.draft = draft.or(file.draft.take());
        })
    }

    /// The user does something, at `now` in seconds since 1970.
    pub fn touch(&mut self, now: f64) {
        self.touched = self.touched.or(Some(now).filter(|_| self.path.is_some()));
    }

    /// Whether something is still to be kept.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.touched.is_some()
    }

    /// Whether that is to be done now; asking takes the answer away.
    pub fn is_due(&mut self, now: f64) -> bool {
        // The clock may have been set back.
        let due = |at: &mut f64| !(*at..*at + KEEP).contains(&now);
        self.touched.take_if(due).is_some()
    }

    /// Remembers that the user was told what gives more colours; whether that is news.
    pub fn tell_colours(&mut self) -> bool {
        let news = !self.told_colours && self.trouble.is_none();
        self.told_colours = true;
        // Where it can't be kept, it is told again.
        let _ = news.then(|| self.save(|file| file.told_colours = true));
        news
    }

    /// Remembers that an experiment file was opened or saved.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn opened(&mut self, path: &Path) -> Result<(), String> {
        let first = |files: &mut Vec<PathBuf>| {
            files.retain(|file| file != path);
            files.insert(0, path.to_owned());
            files.truncate(RECENT);
        };
        if self.recent.first().is_some_and(|newest| newest == path) {
            return Ok(());
        }
        first(&mut self.recent);
        self.save(|file| first(&mut file.recent))
    }

    /// Changes one part of the file; the other stays as another workbench may have left it since.
    fn save(&self, change: impl FnOnce(&mut File)) -> Result<(), String> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let cannot =
            |why: &dyn std::fmt::Display| format!("{} can't be written: {why}", path.display());
        let mut file = File::read(path).map_err(|why| cannot(&why))?;
        change(&mut file);
        file.write(path).map_err(|why| cannot(&why))
    }
}

impl File {
    fn read(path: &Path) -> Result<Self, String> {
        let text = match untrusted::text(path, Links::Follow, MOST) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e.to_string()),
        };
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let file: Self = ron::from_str(&text).map_err(|e| e.to_string())?;
        if file.format > FORMAT {
            return Err("a newer version of this program wrote it".to_owned());
        }
        Ok(file)
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let pretty = ron::ser::PrettyConfig::default();
        let text = ron::ser::to_string_pretty(self, pretty).map_err(io::Error::other)?;
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        disk::write_whole(path, format!("{text}\n").as_bytes())
    }
}

impl Default for File {
    fn default() -> Self {
        Self {
            format: FORMAT,
            history: HistoryColumns::default(),
            draft: None,
            place: Place::default(),
            told_colours: false,
            recent: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> HistoryColumns {
        HistoryColumns {
            columns: vec!["name".to_owned(), "knn.best".to_owned()],
            sort: "age".to_owned(),
            reversed: true,
        }
    }

    #[test]
    fn it_comes_back_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/state.ron");
        let mut memory = SavedState::read(&path);
        assert_eq!(memory.history, HistoryColumns::default());
        memory.keep(some()).unwrap();
        assert_eq!(SavedState::read(&path).history, some());
        let draft = Draft {
            from: Source::Preset("quick".to_owned()),
            loaded: "( \"a\" )".to_owned(),
            edited: "(\n)".to_owned(),
        };
        let place = Place {
            screen: "History".to_owned(),
            runs: dir.path().to_owned(),
            marked: vec!["a".to_owned(), "b".to_owned()],
        };
        memory.leave(place.clone(), Some(draft.clone())).unwrap();
        memory.leave(place.clone(), None).unwrap();
        let again = SavedState::read(&path);
        assert_eq!((again.history, again.draft), (some(), Some(draft)));
        assert_eq!(again.place, place);
    }

    #[test]
    fn files_that_were_opened_come_back_newest_first_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.ron");
        let [mut one, mut other] = [0, 1].map(|_| SavedState::read(&path));
        let names = |saved: &SavedState| -> Vec<String> {
            let files = saved.recent.iter();
            files.map(|file| file.display().to_string()).collect()
        };
        for name in ["a", "b", "a"] {
            one.opened(Path::new(name)).unwrap();
        }
        other.opened(Path::new("c")).unwrap();
        assert_eq!(names(&one), ["a", "b"]);
        assert_eq!(names(&SavedState::read(&path)), ["c", "a", "b"]);
        for nth in 0..2 * RECENT {
            one.opened(Path::new(&nth.to_string())).unwrap();
        }
        assert_eq!(SavedState::read(&path).recent.len(), RECENT);
    }

    #[test]
    fn two_workbenches_keep_what_the_other_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.ron");
        let [mut one, mut other] = [0, 1].map(|_| SavedState::read(&path));
        let draft = Draft {
            from: Source::Preset("quick".to_owned()),
            loaded: String::new(),
            edited: "(\n)".to_owned(),
        };
        one.keep(some()).unwrap();
        let place = Place::default();
        other.leave(place, Some(draft.clone())).unwrap();
        // It only went to another screen.
        let (screen, place) = ("Train".to_owned(), Place::default());
        let place = Place { screen, ..place };
        one.leave(place.clone(), None).unwrap();
        let again = SavedState::read(&path);
        assert_eq!((again.history, again.draft), (some(), Some(draft)));
        assert_eq!(again.place, place);
    }

    #[test]
    fn a_file_that_is_broken_or_newer_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.ron");
        for text in ["(format: 1, history: (colum", "(format: 2, history: ())"] {
            std::fs::write(&path, text).unwrap();
            let mut memory = SavedState::read(&path);
            assert!(memory.trouble.is_some(), "{text}");
            memory.keep(some()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_file_of_a_memory_is_said_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let huge = dir.path().join("state.ron");
        std::fs::File::create(&huge)
            .unwrap()
            .set_len(MOST + 1)
            .unwrap();
        for (path, why) in [(huge.as_path(), "is larger"), (dir.path(), "is a folder")] {
            let memory = SavedState::read(path);
            assert!(memory.trouble.unwrap().contains(why));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let mut memory = SavedState {
            path: Some(dir.path().join("file/state.ron")),
            ..SavedState::default()
        };
        let why = memory.keep(some()).unwrap_err();
        assert!(why.contains("state.ron can't be written"), "{why}");
        assert_eq!(memory.history, some());
    }
}
