//! The keys of the Train screen.

use crate::ui::keys::{OtherKeys, key_table};
use crate::ui::screen_id::ScreenId;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Pause or continue.
    Pause,
    /// Ask whether to stop.
    Stop,
    /// Write a checkpoint.
    Checkpoint,
    /// Go on with a run that was stopped or interrupted.
    Resume,
    /// The run so many rows down the history.
    Other(isize),
    /// Show our own run, or the newest.
    Follow,
    /// Two charts, one, or all.
    Panes,
    /// Another metric, where there is one chart.
    Metric(isize),
    /// Scroll the console.
    Scroll(isize),
    /// Search the console.
    Search,
    /// Edit a copy.
    Fork,
    /// Evaluate the run's network.
    Evaluate,
    /// Read which classes it takes for which.
    Confusion,
    /// Write its network for other programs.
    Export,
    /// Mark for comparison.
    Mark,
    /// Show what it is trained on, or the console again.
    Pictures,
    /// Train it again with the chunk, or the batch, that should fit.
    Smaller,
    /// Write the chart to a file.
    Write,
}

key_table! {
    /// The keys of the screen.
    keys: Action = "train";
    "P"                 => Action::Pause,      1, "pause",         "Pause the run, or continue it";
    "x"                 => Action::Stop,       1, "stop",          "Stop the run after this step, with a checkpoint";
    "c"                 => Action::Checkpoint, 3, "checkpoint",    "Write a checkpoint now";
    "r"                 => Action::Resume,     1, "resume",        "Continue a run that was stopped or interrupted";
    "v"                 => Action::Panes,      3, "charts",        "Two charts, one large, or all of them";
    "V"                 => Action::Pictures,   5, "pictures",      "Images with the views it trains on, or the console again";
    "n"                 => Action::Metric(1),  4, "metric",        "The next metric in the large chart";
    "N"                 => Action::Metric(-1), 0, "metric before", "The previous metric in the large chart";
    "] l right" as "←→" => Action::Other(1),   3, "other run",     "The run below it in the history (also l)";
    "[ h left" as "←"   => Action::Other(-1),  0, "run above",     "The run above it in the history (also h)";
    "f"                 => Action::Follow,     4, "follow",        "Back to the run in progress";
    "w"                 => Action::Write,      5, "write",         "Write the large chart, or the loss, to a file: .svg, .png or .csv";
    "e"                 => Action::Fork,       4, "edit a copy",   "Edit a copy of this run's experiment";
    "E"                 => Action::Evaluate,   4, "evaluate",      "Evaluate its network: kNN and a linear classifier on the test images";
    "M"                 => Action::Confusion,  0, "confusion",     "Which classes it confuses, by its last evaluation";
    "X"                 => Action::Export,     0, "export",        "Write its encoder for PyTorch (.safetensors), or its embeddings (.npy)";
    "R"                 => Action::Smaller,    1, "smaller batch", "After it ran out of memory: train it again in chunks, or with a batch, that should fit";
    "space m"           => Action::Mark,       5, "mark",          "Mark it for comparison, or unmark it (also m)";
    "/"                 => Action::Search,     5, "search",        "Search the console, then step through the matches";
    "down j"            => Action::Scroll(-1), 0, "later lines",   "Later lines of the console (also j)";
    "up k"              => Action::Scroll(1),  0, "earlier lines", "Earlier lines of the console (also k)";
}

key_table! {
    /// The answers to whether to stop.
    stop_keys: bool = "train-stop";
    "x y enter" => true,  1, "stop",  "Stop the run";
    "esc n q"   => false, 1, "keep training", "Let it continue";
}

key_table! {
    /// The keys while there is no run to show.
    empty_keys: ScreenId = "train-empty";
    "enter" => ScreenId::Experiment, 1, "to the experiment", "To the Experiment screen";
}

/// What keys do once words were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchAction {
    /// To the match above.
    Above,
    /// To the match below.
    Below,
    /// Forget the words.
    Clear,
}

key_table! {
    /// The keys once words were found; they come before those of the screen.
    console_keys: SearchAction = "console";
    "n"   => SearchAction::Above, 1, "match above", "The match above, or the last one after the first";
    "N"   => SearchAction::Below, 2, "match below", "The match below, or the first one after the last";
    "esc" => SearchAction::Clear, 2, "end search",  "End the search";
}

key_table! {
    /// The keys while words to search the console for are typed: `true` keeps them.
    search_keys: bool = "console-search", OtherKeys::Text;
    "enter" => true,  1, "keep",       "Keep the words and step through the matches";
    "esc"   => false, 1, "end search", "End the search";
}
