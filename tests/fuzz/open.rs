//! A folder of files, opened as a data set.

use simclr_tui::engine::data::{Data, DataError, DataSet, Source, open};
use std::fs;
use std::path::Path;

/// Writes files into a folder and opens it; what it gives may be looked at while the folder is there.
pub fn opened<T>(source: Source, files: &[(&str, &[u8])], look: impl FnOnce(Data) -> T) -> T {
    let home = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    look(data(source, home.path()))
}

fn data(source: Source, path: &Path) -> Data {
    Data {
        source,
        path: path.display().to_string(),
        largest: 1,
        ..Data::default()
    }
}

/// Opens a data set and decodes all of it.
pub fn decoded(data: &Data) -> Result<DataSet, DataError> {
    let set = open(data)?;
    for part in [&set.train, &set.test] {
        for i in 0..part.len() {
            let _ = part.image(i);
        }
    }
    Ok(set)
}
