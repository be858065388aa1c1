//! Which runs to show, as a user types it: `temperature<0.2 tag:crop status:done -tag:bad colour`. All words must hold.

mod completion;
mod predicate;
mod tokens;

use super::{Fact, Run};
pub use completion::completions;
use predicate::Test;
use tokens::{Word, words};

/// Words that runs are chosen by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One word.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// Whether it must not hold.
    not: bool,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// In lower case, some part of what the run is called or said to be.
    Text(String),
    /// What a fact has to be.
    Fact(Fact, Test),
}

impl Filter {
    /// Reads what a user typed; nothing typed holds for every run.
    ///
    /// # Errors
    /// A sentence on the first word that makes no sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        let terms = words(text)?.into_iter().map(term);
        let terms = terms.collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether all words hold for a run; `now` in seconds since 1970.
    #[must_use]
    pub fn holds(&self, run: &Run, now: f64) -> bool {
        self.terms
            .iter()
            .all(|term| term.not != term.what.holds(run, now))
    }

    /// Whether no word was typed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it says itself what becomes of archived runs, which are left out otherwise.
    #[must_use]
    pub fn asks_for_archived(&self) -> bool {
        let archived = |term: &Term| matches!(term.what, What::Fact(Fact::Archived, _));
        self.terms.iter().any(archived)
    }
}

impl What {
    fn holds(&self, run: &Run, now: f64) -> bool {
        match self {
            Self::Text(text) => said(run, text),
            Self::Fact(fact, test) => fact.of(run, now).is_some_and(|found| test.holds(&found)),
        }
    }
}

/// Whether what the run is called or said to be contains the text, which is in lower case.
fn said(run: &Run, text: &str) -> bool {
    let named = [run.title(), &run.id, &run.notes.note].into_iter();
    let mut all = named.chain(run.notes.tags.iter().map(String::as_str));
    all.any(|own| own.to_lowercase().contains(text))
}

fn term(word: Word) -> Result<Term, String> {
    let Word { not, name, rest } = word;
    let Some((sign, value)) = rest else {
        let what = What::Text(name.to_lowercase());
        return Ok(Term { not, what });
    };
    let fact = Fact::find(&name)?;
    let (unlike, test) = Test::new(fact, &name, sign, &value)?;
    let what = What::Fact(fact, test);
    // `a!=b` is `-a=b`, so it holds where there is no a.
    Ok(Term {
        not: not != unlike,
        what,
    })
}

#[cfg(test)]
mod tests;
