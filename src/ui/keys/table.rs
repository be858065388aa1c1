//! Key tables: a row says which keys do what, and what footer and help call it.

use super::{Hint, Key};
use crossterm::event::KeyEvent;

/// Declares a key table: in each row its keys, what they do, its rank, its name in the footer and its sentence in the
/// help. Keys are printed as the first of them, unless a sign that also stands for the row below says otherwise. A rank
/// is the row's place when the footer runs short: 1 stays longest, 0 is in help and palette only.
///
/// ```text
/// key_table! {
///     /// The keys of the list.
///     keys: Action = "list";
///     "enter"          => Action::Open,     1, "open",          "Open it";
///     "down j" as "↑↓" => Action::Move(1),  2, "choose",        "Next (also j)";
///     "up k"           => Action::Move(-1), 0, "choose before", "Before (also k)";
/// }
/// ```
macro_rules! key_table {
    (
        $(#[$doc:meta])*
        $table:ident: $action:ty = $name:literal $(, $rest:expr)?;
        $( $keys:literal $(as $sign:literal)? => $does:expr, $rank:literal, $footer:literal, $help:literal; )*
    ) => {
        $(#[$doc])*
        #[must_use]
        pub fn $table() -> $crate::ui::keys::Table<$action> {
            use $crate::ui::keys::{Binding, Hint, Table};
            let rows = vec![$( Binding {
                hint: Hint::new($keys, $rank, $footer, $help)$(.printed($sign))?,
                action: $does,
            }, )*];
            Table::new($name, rows)$(.with($rest))?
        }
    };
}
pub(crate) use key_table;

/// One row of a key table.
#[derive(Clone, Debug)]
pub struct Binding<A> {
    /// Its keys, and what footer and help say of them.
    pub hint: Hint,
    /// What it does.
    pub action: A,
}

/// What becomes of keys that no row of a table names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKeys {
    /// Nothing, or another table takes them.
    Free,
    /// They are text.
    Text,
}

/// A key table under the name that the settings know it by.
#[derive(Clone, Debug)]
pub struct Table<A> {
    /// Its name.
    pub name: &'static str,
    /// What becomes of other keys.
    pub rest: OtherKeys,
    /// Its rows.
    pub rows: Vec<Binding<A>>,
}

/// A key table, whatever its rows do.
#[derive(Clone, Debug)]
pub struct AnyTable {
    /// Its name.
    pub name: &'static str,
    /// What becomes of other keys.
    pub rest: OtherKeys,
    /// Its rows.
    pub rows: Vec<Hint>,
}

impl<A: Copy> Table<A> {
    /// A table with its rows.
    #[must_use]
    pub const fn new(name: &'static str, rows: Vec<Binding<A>>) -> Self {
        let rest = OtherKeys::Free;
        Self { name, rest, rows }
    }

    /// The same table, where other keys mean this.
    #[must_use]
    pub fn with(self, rest: OtherKeys) -> Self {
        Self { rest, ..self }
    }

    /// What the key does.
    #[must_use]
    pub fn action(&self, event: &KeyEvent) -> Option<A> {
        let pressed = |row: &&Binding<A>| row.hint.on.iter().any(|key| key.is(event));
        self.rows.iter().find(pressed).map(|row| row.action)
    }

    /// What footer and help say of an action.
    #[must_use]
    pub fn hint(&self, action: A) -> Option<&Hint>
    where
        A: PartialEq,
    {
        let row = self.rows.iter().find(|row| row.action == action);
        row.map(|row| &row.hint)
    }

    /// The first key of an action, as printed.
    #[must_use]
    pub fn key(&self, action: A) -> &str
    where
        A: PartialEq,
    {
        self.hint(action).map_or("", |hint| &hint.keys)
    }

    /// What footer and help say of all rows.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        self.hints_that(|_| true)
    }

    /// What the footer says of the rows whose action works now.
    #[must_use]
    pub fn hints_that(&self, works: impl Fn(&A) -> bool) -> Vec<Hint> {
        let working = self.rows.iter().filter(|row| works(&row.action));
        working.map(|row| row.hint.clone()).collect()
    }

    /// The footer's words in one line, for the lower border of a box.
    #[must_use]
    pub fn line(&self) -> String {
        super::line(&self.hints())
    }

    /// The table without what its rows do.
    #[must_use]
    pub fn erased(&self) -> AnyTable {
        AnyTable {
            name: self.name,
            rest: self.rest,
            rows: self.hints(),
        }
    }

    /// All of its keys.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.rows.iter().flat_map(|row| row.hint.on.iter().copied())
    }
}
