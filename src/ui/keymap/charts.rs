//! The keys of every screen with charts.

use crate::ui::keys::key_table;

/// What the keys of charts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartAction {
    /// Another x axis.
    Axis,
    /// Another smoothing.
    Smooth,
    /// A logarithmic y axis, or a linear one again.
    Log,
    /// Outliers cut off, or not.
    Clip,
    /// Closer (true) or further.
    Zoom(bool),
    /// All of it.
    Whole,
    /// By a quarter of what is seen to the right (true) or left.
    Pan(bool),
    /// The crosshair by so many hundredths of what is seen.
    Cross(i8),
    /// Without the crosshair; where there is none, all of the curve.
    NoCross,
}

key_table! {
    /// The keys of every screen with charts.
    keys: ChartAction = "charts";
    "a"                    => ChartAction::Axis,        4, "axis",           "x axis by epoch, step, time spent or clock";
    "s"                    => ChartAction::Smooth,      5, "smooth",         "Stronger smoothing; after the strongest, none";
    "y"                    => ChartAction::Log,         5, "log y",          "Logarithmic y axis";
    "o"                    => ChartAction::Clip,        0, "outliers",       "Cut off outliers, or show them all";
    "+ =" as "+-"          => ChartAction::Zoom(true),  4, "zoom",           "Zoom in, at the crosshair or else at the end (the wheel over a chart too)";
    "-"                    => ChartAction::Zoom(false), 0, "zoom out",       "Zoom out";
    "shift-right" as "⇧←→" => ChartAction::Pan(true),   0, "pan",            "To the right in a zoomed curve (the wheel sideways too)";
    "shift-left"           => ChartAction::Pan(false),  0, "pan left",       "To the left in a zoomed curve";
    "0"                    => ChartAction::Whole,       0, "whole",          "The whole curve";
    "." as ",."            => ChartAction::Cross(1),    4, "crosshair",      "Crosshair to the right (a click sets it)";
    ","                    => ChartAction::Cross(-1),   0, "crosshair left", "Crosshair to the left";
    ">"                    => ChartAction::Cross(10),   0, "far right",      "Crosshair far to the right";
    "<"                    => ChartAction::Cross(-10),  0, "far left",       "Crosshair far to the left";
    "esc backspace"        => ChartAction::NoCross,     0, "no crosshair",   "Remove the crosshair, then the zoom (also bksp)";
}
