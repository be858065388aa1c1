//! The pages that were read last: images that follow each other lie in the same one.

use super::values::{Rows, Words};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of pages that are kept beside the last one.
const KEPT: usize = 256 << 20;

/// A page's rows, and the words that they need.
#[derive(Clone)]
pub struct Content {
    pub rows: Arc<Rows>,
    pub words: Option<Arc<Words>>,
}

impl Content {
    /// The value of a row.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        self.rows.get(row, self.words.as_deref())
    }

    fn len(&self) -> usize {
        self.rows.len() + self.words.as_ref().map_or(0, |words| words.len())
    }
}

/// The pages that were read last, by their numbers.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<(usize, Content)>>);

impl Recent {
    /// A page; `read` reads it where it isn't kept.
    pub fn get<E>(
        &self,
        page: usize,
        read: impl FnOnce() -> Result<Content, E>,
    ) -> Result<Content, E> {
        if let Some(content) = self.kept(page) {
            return Ok(content);
        }
        // Others need not wait for it, and one that is read twice does no harm.
        let content = read()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((page, content.clone()));
        let mut room = KEPT;
        let mut fits = |content: &Content| {
            let left = room.checked_sub(content.len());
            room = left.unwrap_or(0);
            left.is_some()
        };
        let last = kept.len();
        let count = kept.iter().take_while(|(_, content)| fits(content)).count();
        kept.truncate(count.clamp(1, last));
        Ok(content)
    }

    /// A page, if it is kept.
    pub fn kept(&self, page: usize) -> Option<Content> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(number, _)| *number == page)?;
        let found = kept.remove(at)?;
        let content = found.1.clone();
        kept.push_front(found);
        Some(content)
    }
}
