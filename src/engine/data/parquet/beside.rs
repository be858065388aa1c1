//! Image files that lie beside a table, which has but their paths.

use crate::disk::untrusted::{self, Links};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// Bytes that a path may have.
const LONGEST: usize = 4096;

/// Opens the file of this path in the folder of a table. The table may be anybody's, so the path must not lead out of the folder, and no
/// link is followed.
///
/// # Errors
/// A few words on what is missing or wrong.
pub fn open(folder: &Path, path: &str) -> Result<File, String> {
    let place = place(folder, path)?;
    let way = place.strip_prefix(folder).unwrap_or(&place).ancestors();
    // The file itself and the folder of the table are the ends of the way.
    let mut way: Vec<&Path> = way
        .skip(1)
        .filter(|part| !part.as_os_str().is_empty())
        .collect();
    way.reverse();
    let opened = way
        .into_iter()
        .try_for_each(|part| untrusted::folder(&folder.join(part)))
        .and_then(|()| untrusted::open(&place, Links::Refuse));
    opened.map_err(|e| match e.kind() {
        ErrorKind::NotFound => {
            format!(
                "the table holds only the path of this image, and {} is not there",
                place.display()
            )
        }
        _ => format!("{} {e}", place.display()),
    })
}

fn place(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let mut place = folder.to_owned();
    let below = |part: Component| match part {
        Component::Normal(part) => {
            place.push(part);
            true
        }
        Component::CurDir => true,
        _ => false,
    };
    let usable = path.len() <= LONGEST && !path.contains('\0');
    if usable && Path::new(path).components().all(below) && place != folder {
        return Ok(place);
    }
    let end = path.floor_char_boundary(100);
    let (path, folder) = (&path[..end], folder.display());
    Err(format!(
        "the table holds only the path of this image, {path:?}, which is none below the table's folder {folder}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;
    use std::fs;

    #[test]
    fn only_files_below_the_folder_are_opened() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("table");
        fs::create_dir_all(folder.join("a/b")).unwrap();
        for file in ["table/1.png", "table/a/b/2.png", "secret.png"] {
            fs::write(home.path().join(file), file).unwrap();
        }
        for good in ["1.png", "./1.png", "a/b/2.png", "a//b/./2.png"] {
            open(&folder, good).unwrap();
        }
        let absolute = home.path().join("secret.png");
        for bad in [
            "../secret.png",
            "a/../../secret.png",
            "a/../1.png",
            "",
            ".",
            "1.png\0",
            absolute.to_str().unwrap(),
        ] {
            open(&folder, bad)
                .unwrap_err()
                .says("which is none below the table's folder");
        }
        for gone in ["3.png", "c/1.png"] {
            open(&folder, gone).unwrap_err().says("is not there");
        }
        open(&folder, "a")
            .unwrap_err()
            .says("is a folder, not a file");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("table");
        fs::create_dir_all(&folder).unwrap();
        fs::write(home.path().join("secret.png"), "1").unwrap();
        symlink("../secret.png", folder.join("1.png")).unwrap();
        symlink("..", folder.join("up")).unwrap();
        for link in ["1.png", "up/secret.png"] {
            open(&folder, link).unwrap_err().says("is a link");
        }
    }
}
