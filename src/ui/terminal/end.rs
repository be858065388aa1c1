//! The ways the loop can end.

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The user left.
    Left,
    /// A signal that ends processes, such as SIGTERM.
    Terminated,
    /// The user wants the shell for a while.
    Suspended,
    /// The user edits a text.
    Writing,
    /// The process was stopped and goes on: whatever the shell did to the terminal meanwhile, its modes are ours again.
    Continued,
    /// The terminal is gone.
    Vanished,
}
