//! The settings as a file with every default, from the key tables themselves.

use super::default_path;
use crate::runs::default_dir;
use crate::ui::keymap::Keymap;
use crate::ui::keys::{AnyTable, Hint};

/// The text that `simclr-tui config` prints: every setting with its default, commented out.
#[must_use]
pub fn template() -> String {
    let path = default_path().display().to_string();
    let runs = format!("{:?}", default_dir().display().to_string());
    let mut text = format!(
        "// Settings of simclr-tui, read from {path}, or from the file that --config or
// SIMCLR_TUI_CONFIG names. Every line is a default; remove the slashes before it to change it.
(
    // Colours: auto (what the terminal says), dark, light, 16 (the terminal's own sixteen) or none.
    // SIMCLR_TUI_THEME overrides it; NO_COLOR applies if it is auto.
    // theme: \"auto\",

    // Symbols of charts and borders: auto (what the locale says), braille, block or ascii.
    // SIMCLR_TUI_SYMBOLS overrides it.
    // symbols: \"auto\",

    // Pictures: auto, kitty, sixel, iterm2 or halfblocks. SIMCLR_TUI_IMAGES overrides it.
    // images: \"auto\",

    // How the terminal tells that a run has ended or learns nothing: bell, osc9 or osc777 (a message, where the terminal
    // shows those), or off.
    // bell: \"bell\",

    // A command that is run then, without a shell; {{}} is what happened. Such as curl -d {{}} ntfy.sh/my-topic
    // notify: \"\",

    // Options of sbatch for the jobs of sweep --slurm. Such as --account=mine --partition=gpu
    // slurm: \"\",

    // A line of their script before the training. Such as module load cuda
    // slurm_setup: \"\",

    // The folder of all runs. --runs and SIMCLR_TUI_RUNS override it.
    // runs: {runs},

    // Keys by the names of actions: characters (d, D), ctrl-x, alt-1, shift-left, space, enter, esc, tab, f5. An empty
    // list leaves an action to the palette.
    keys: {{
"
    );
    for table in Keymap::default().tables() {
        section(&table, &mut text);
    }
    text.push_str("    },\n)\n");
    text
}

fn section(table: &AnyTable, text: &mut String) {
    let names = table.rows.iter().map(|row| row_text(table, row));
    let names: Vec<String> = names.collect();
    let widest = names.iter().map(|name| name.chars().count()).max();
    text.push('\n');
    for (name, row) in names.iter().zip(&table.rows) {
        let width = widest.unwrap_or(0);
        text.push_str(&format!(
            "        // {name:width$} // {}\n",
            row.plain_help()
        ));
    }
}

fn row_text(table: &AnyTable, row: &Hint) -> String {
    let keys = row.on.iter().map(|key| format!("{:?}", key.to_string()));
    let keys: Vec<String> = keys.collect();
    format!("\"{}.{}\": [{}],", table.name, row.id(), keys.join(", "))
}
