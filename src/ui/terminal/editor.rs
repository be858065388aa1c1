//! A text in the user's editor, which has the terminal meanwhile.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::Command;

/// The editors that are tried where the user named none.
const USUAL: [&str; 3] = ["nano", "vi", "notepad"];

/// The text as it was left.
///
/// # Errors
/// A sentence, when no editor can be started, or it says that it failed.
pub fn edit(text: &str) -> Result<String, String> {
    let cannot = |e: io::Error| format!("the text can't be edited: {e}");
    let mut file = tempfile::Builder::new()
        .prefix("experiment-")
        .suffix(".ron")
        .tempfile()
        .map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    // Its own handle is closed: some editors put a new file in its place.
    let path = file.into_temp_path();
    open(&path)?;
    std::fs::read_to_string(&path).map_err(cannot)
}

fn open(path: &std::path::Path) -> Result<(), String> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(std::env::var_os);
    let named = named.filter(|name| !name.is_empty());
    let usual = USUAL.iter().map(OsString::from);
    let editors: Vec<OsString> = match named {
        Some(name) => vec![name],
        None => usual.collect(),
    };
    for editor in &editors {
        match start(editor, path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{} can't be started: {e}", editor.display())),
            Ok(true) => return Ok(()),
            Ok(false) => return Err(format!("{} failed; nothing was changed", editor.display())),
        }
    }
    let names: Vec<_> = editors.iter().map(|name| name.to_string_lossy()).collect();
    Err(format!(
        "there is no editor {}; set VISUAL or EDITOR",
        names.join(" or ")
    ))
}

/// Runs an editor, whose name may have arguments behind it, as in `code --wait`.
fn start(editor: &OsString, path: &std::path::Path) -> io::Result<bool> {
    let words = editor.to_string_lossy();
    let mut words = words.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program).args(words).arg(path).status()?;
    Ok(status.success())
}
