//! The keys of the Explore screen.

use crate::ui::keys::key_table;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To the nearest image in a direction on the map: columns to the right, rows down.
    Move(i8, i8),
    /// To the next (1) or previous (-1) image that kNN takes for something else.
    Mistake(isize),
    /// To the image that is nearest in the representation.
    Nearest,
    /// The image with its nearest of the bank and its views, or the map again.
    Image,
    /// What classes are taken for, or the map again.
    Confusion,
    /// Invariance and spectrum, or the map again.
    Figures,
    /// The map of a marked run beside it, or it alone.
    Beside,
    /// Closer (true) or further.
    Zoom(bool),
    /// The whole map, from whatever is shown.
    Whole,
    /// Other colours.
    Colour,
    /// The map of neighbours, or principal components.
    Layout,
    /// The other representation.
    Space,
    /// Map the images.
    Map,
    /// The run so many rows down the history.
    Other(isize),
    /// Write the map to a file.
    Write,
}

key_table! {
    /// The keys of the screen.
    keys: Action = "explore";
    "right l" as "↑↓←→" => Action::Move(1, 0),    1, "images",         "The next image to the right (also hjkl; a click chooses one)";
    "left h"            => Action::Move(-1, 0),   0, "left",           "The next image to the left";
    "down j"            => Action::Move(0, 1),    0, "down",           "The next image below";
    "up k"              => Action::Move(0, -1),   0, "up",             "The next image above";
    "n"                 => Action::Mistake(1),    2, "next mistake",   "The next image that kNN takes for something else, the surest first";
    "N"                 => Action::Mistake(-1),   0, "mistake before", "The mistake before it";
    "g"                 => Action::Nearest,       3, "nearest",        "To the image that lies nearest in the representation";
    "enter"             => Action::Image,         2, "its views",      "The image with its nearest in the bank and its own augmented views, or the map again";
    "M"                 => Action::Confusion,     2, "confusion",      "What kNN takes each class for, with the images in the box under the cursor, or the map again";
    "i"                 => Action::Figures,       2, "invariance",     "How far each augmentation moves the representation, and its spectrum; of marked runs too";
    "b"                 => Action::Beside,        3, "two maps",       "The map of the first other marked run beside this one, with the same image chosen";
    "c"                 => Action::Colour,        2, "colours",        "Colours by class, by what kNN says, by right and wrong, by cluster, or by how close the nearest are";
    "m"                 => Action::Layout,        3, "map",            "The map of neighbours (t-SNE), or the first two principal components";
    "z"                 => Action::Space,         4, "h or z",         "The representation h, or z that the loss sees";
    "+ =" as "+-"       => Action::Zoom(true),    4, "zoom",           "Zoom in at the image (the wheel too)";
    "-"                 => Action::Zoom(false),   0, "zoom out",       "Zoom out";
    "0 esc"             => Action::Whole,         0, "whole",          "The whole map";
    "E"                 => Action::Map,           1, "map the images", "Map the test images as the newest checkpoint sees them";
    "]"                 => Action::Other(1),      4, "other run",      "The run below it in the history";
    "["                 => Action::Other(-1),     0, "run above",      "The run above it in the history";
    "w"                 => Action::Write,         4, "write",          "Write the map: .html moves in a browser, .png has the images, .svg dots, .csv a row an image";
}
