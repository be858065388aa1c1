//! How long the end of a run may wait for room on a full disk.

use std::time::Duration;

/// How long the end of a run may still wait.
#[derive(Debug, Default)]
pub struct RoomWait {
    pub left: Duration,
    /// Whether the user wanted the end while it waited.
    pub ended: bool,
    /// Why the last checkpoint isn't there, and of which step it is.
    pub lacks: Option<(u64, String)>,
}

impl RoomWait {
    pub fn of(left: Duration) -> Self {
        Self {
            left,
            ..Self::default()
        }
    }
}
