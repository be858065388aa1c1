//! The keys of the Sweeps screen.

use crate::ui::keys::{OtherKeys, key_table};

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move by rows.
    Move(isize),
    /// Into the cases of the sweep, or to the runs of the case.
    Open,
    /// Back to the list of sweeps.
    Back,
    /// Train what is missing of it.
    Train,
    /// Another scale.
    Scale,
    /// Another figure that cases are judged by.
    Metric,
    /// Another case that differences are counted from.
    Baseline,
    /// A sweep from a file.
    File,
    /// Copy the command line that trains it.
    Copy,
    /// Write a report.
    Report,
    /// Edit the experiment of the case.
    Edit,
    /// Into the queue.
    Queue,
    /// Begin nothing new of the queue, or go on.
    Pause,
    /// Take the item out of the queue.
    Remove,
    /// Have the item wait again.
    Retry,
    /// Show what the case's jobs of Slurm print.
    Output,
    /// Move the item by places.
    Shift(isize),
}

key_table! {
    /// The keys of the screen.
    keys: Action = "sweeps";
    "enter right l"  => Action::Open,      1, "open",          "The cases of the sweep, then the runs of the case (also → and l)";
    "esc left h"     => Action::Back,      3, "back",          "Back to the list of sweeps (also ← and h)";
    "t"              => Action::Train,     1, "train",         "Train what is missing from the sweep, in the background";
    "m"              => Action::Metric,    2, "metric",        "Compare cases by another metric";
    "b"              => Action::Baseline,  3, "baseline",      "Use the case under the cursor, or the next one, as the baseline";
    "s"              => Action::Scale,     2, "scale",         "Another scale of the sweep";
    "e"              => Action::Edit,      4, "edit case",     "Edit the experiment of the case";
    "o"              => Action::File,      4, "open file",     "Open a sweep from a .ron file";
    "y"              => Action::Copy,      5, "copy command",  "Copy the command line that trains the sweep";
    "w"              => Action::Report,    4, "report",        "Write a report: charts, tables, settings and how to train it again";
    "g"              => Action::Queue,     3, "queue",         "Go to the queue, to reorder or remove items";
    "P"              => Action::Pause,     4, "pause queue",   "Pause the queue after the run in progress, or continue it; on a case, hold or release its jobs of Slurm";
    "d delete"       => Action::Remove,    1, "remove",        "Remove the item from the queue; if it is training, it stops first; on a case, cancel its jobs of Slurm";
    "r"              => Action::Retry,     2, "retry",         "Put a failed item back into the queue; on a case, requeue its jobs of Slurm";
    "v"              => Action::Output,    2, "job output",    "What the case's jobs of Slurm print";
    "J" as "JK"      => Action::Shift(1),  2, "reorder",       "Move the item down";
    "K"              => Action::Shift(-1), 0, "earlier",       "Move the item up";
    "down j" as "↑↓" => Action::Move(1),   5, "choose",        "Next sweep or case (also j)";
    "up k"           => Action::Move(-1),  0, "choose before", "Previous sweep or case (also k)";
}

key_table! {
    /// The keys while a file's name is typed: `true` opens it.
    file_keys: bool = "sweeps-file", OtherKeys::Text;
    "enter" => true,  1, "open",   "Open the file";
    "esc"   => false, 1, "cancel", "Don't open it";
}
