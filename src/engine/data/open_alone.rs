//! Opening a data set by itself: where its files lie, and which kind they are of.

use super::{
    Data, DataError, DataSet, Source, Watch, catalog, cifar, folder, format, guess, idx, numpy,
    parquet, shapes, stl10, webdataset,
};
use crate::disk::path;
use std::path::{Path, PathBuf};

/// Opens a data set, whatever it is to be judged by: finds its files, checks them and applies the limits.
pub fn open_alone(data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    if data.source == Source::Shapes {
        return shapes::open(data);
    }
    let path = located(data)?;
    let mut set = match data.source {
        Source::Folder => read_folder(&path, data, watch),
        source => read(source, &path, data, watch),
    }?;
    if data.path.trim().is_empty() {
        let note = format!(
            "data.path is empty: using what was fetched into {}",
            path.display()
        );
        set.notes.insert(0, note);
    }
    Ok(set)
}

/// Opens what a source names.
fn read(source: Source, path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    match source {
        Source::Cifar10 => cifar::open(&cifar::TEN, path, data),
        Source::Cifar100 => cifar::open(&cifar::HUNDRED, path, data),
        Source::Stl10 => stl10::open(path, data),
        Source::Idx => idx::open(path, data),
        Source::Npz => numpy::open(path, data, watch),
        Source::Parquet => parquet::open(path, data, watch),
        Source::WebDataset => webdataset::open(path, data, watch),
        Source::Shapes => shapes::open(data),
        Source::Folder => folder::open(path, data, watch),
    }
}

/// A folder of images; where it holds none, what else it seems to hold.
fn read_folder(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let why = match folder::open(path, data, watch) {
        opened @ (Ok(_) | Err(DataError::Stopped)) => return opened,
        Err(why) => why,
    };
    let other = guess(path);
    if other == Source::Folder {
        return Err(why);
    }
    let mut set = read(other, path, data, watch)?;
    let note = format!(
        "the folder holds no images of its own: read as data.source {}",
        other.name()
    );
    set.notes.insert(0, note);
    Ok(set)
}

/// The folder of the data set's files, or its one file: `data.path` with ~ expanded, or where they were fetched to if that is empty.
///
/// # Errors
/// A sentence, if the path is empty and nothing was fetched, or if it is neither a folder nor such a file.
pub fn located(data: &Data) -> Result<PathBuf, DataError> {
    located_in(data, &catalog::home())
}

/// The same, where fetched data sets lie in `home`.
fn located_in(data: &Data, home: &Path) -> Result<PathBuf, DataError> {
    let text = data.path.trim();
    if text.is_empty() {
        let fetched = catalog::of(data.source).map(|known| known.place(home));
        return fetched.filter(|place| place.is_dir()).ok_or_else(|| {
            let need = data.source.need();
            DataError::Unusable(format!("data.path is empty; {need}"))
        });
    }
    let path = path::typed(text);
    let meta = std::fs::metadata(&path).map_err(|e| DataError::io(&path, &e))?;
    let file = guess::of_file(&path).filter(|kind| [*kind, Source::Folder].contains(&data.source));
    if meta.is_dir() || file.is_some() {
        return Ok(path);
    }
    let why = format::of_file(&path)
        .unwrap_or_else(|| "is a file; give the folder that holds the data set".to_owned());
    Err(DataError::file(path, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::open;
    use crate::engine::data::trials::data;
    use crate::text::says::Says;

    #[test]
    fn a_path_that_is_no_folder_is_a_sentence() {
        let file = tempfile::NamedTempFile::with_suffix(".tar.gz").expect("a temporary file");
        let path = file.path().display().to_string();
        for (path, says) in [
            ("", "data.path is empty"),
            (
                "/nowhere/at/all",
                "/nowhere/at/all: there is no such file or folder",
            ),
            (path.as_str(), "is an archive; unpack it"),
        ] {
            open(&data(Source::Cifar10, path))
                .expect_err(path)
                .says(says);
        }
    }

    #[test]
    fn an_empty_path_is_where_the_data_set_was_fetched_to() {
        let home = tempfile::tempdir().expect("a folder");
        let located = |source| located_in(&data(source, " "), home.path());
        located(Source::Cifar10)
            .expect_err("nothing there")
            .says("`simclr-tui data fetch cifar10`");
        let place = home.path().join("cifar-10-batches-bin");
        std::fs::create_dir(&place).expect("a folder");
        assert_eq!(located(Source::Cifar10).expect("there"), place);
        for other in [Source::Cifar100, Source::Folder] {
            located(other)
                .expect_err("nothing there")
                .says("data.path is empty");
        }
    }

    #[test]
    fn tilde_is_the_home_folder() {
        let error = open(&data(Source::Idx, "~/no such folder")).expect_err("missing");
        assert!(!error.to_string().contains('~'), "{error}");
    }
}
