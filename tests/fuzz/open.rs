//! A folder of files, opened as a data set.

use crate::memory::within;
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

/// Whether a folder of these files is a data set; opening it and decoding all of it takes no more than so much memory.
pub fn reads(memory: usize, source: Source, files: &[(&str, &[u8])]) -> bool {
    opened(source, files, |data| {
        within(memory, || decoded(&data).is_ok())
    })
}

/// Makes a file so long with holes, which take no room.
pub fn lengthen(data: &Data, name: &str, bytes: u64) {
    let path = Path::new(&data.path).join(name);
    let file = fs::File::options().write(true).open(path);
    file.unwrap().set_len(bytes).unwrap();
}

/// A file of a run.
pub fn of_run(name: &str) -> Vec<u8> {
    fixture(&format!("v1/20261124-181749-tiny-8327/{name}"))
}

/// What lies in `tests/fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(home.join(name)).unwrap()
}
