//! Whether the keys of the settings make sense: actions that exist, keys that exist, none for two actions at once.

use super::entries::Keys;
use crate::hparam::nearest;
use crate::ui::keymap::{Keymap, TOGETHER};
use crate::ui::keys::{AnyTable, Hint, Key, OtherKeys, Rebinding};

/// What is wrong, and at which strings of the file, each after the one before.
#[derive(Debug)]
pub struct Wrong {
    pub at: Vec<String>,
    pub why: String,
}

/// The rebindings of the entries of the file.
pub fn keys(entries: &[(String, Keys)]) -> Result<Vec<Rebinding>, Wrong> {
    let tables = Keymap::default().tables();
    let mut all: Vec<Rebinding> = Vec::new();
    for (name, keys) in entries {
        let wrong = |why: String| Wrong {
            at: vec![name.clone()],
            why,
        };
        let (table, row) = find(&tables, name).map_err(wrong)?;
        let twice = |r: &&Rebinding| (r.table, r.row) == (table.name, row.name);
        if all.iter().find(twice).is_some() {
            // The second one is the surplus one.
            return Err(Wrong {
                at: vec![name.clone(), name.clone()],
                why: format!("{name} is given twice; one list can hold several keys"),
            });
        }
        let texts = match keys {
            Keys::One(text) => std::slice::from_ref(text),
            Keys::Several(texts) => texts.as_slice(),
        };
        let read = |text: &String| {
            let key = text.parse().and_then(|key| allowed(table, row, key));
            key.map_err(|why| Wrong {
                at: vec![name.clone(), text.clone()],
                why: format!("{name}: {why}"),
            })
        };
        all.push(Rebinding {
            table: table.name,
            row: row.name,
            on: texts.iter().map(read).collect::<Result<_, _>>()?,
        });
    }
    for group in groups(&tables) {
        collisions(&group, &all)?;
    }
    Ok(all)
}

fn full(table: &AnyTable, row: &Hint) -> String {
    format!("{}.{}", table.name, row.id())
}

/// The row with this name, or which one may be meant.
fn find<'a>(tables: &'a [AnyTable], name: &str) -> Result<(&'a AnyTable, &'a Hint), String> {
    let rows = || {
        tables
            .iter()
            .flat_map(|s| s.rows.iter().map(move |r| (s, r)))
    };
    if let Some(found) = rows().find(|(table, row)| full(table, row) == name) {
        return Ok(found);
    }
    let names: Vec<String> = rows().map(|(table, row)| full(table, row)).collect();
    let of_this_name = rows().find(|(_, row)| row.id() == name);
    let near = of_this_name
        .map(|(table, row)| full(table, row))
        .or_else(|| nearest(name, names.iter().map(String::as_str)).map(str::to_owned));
    Err(match near {
        Some(near) => format!("there is no action {name}; did you mean {near}?"),
        None => format!("there is no action {name}; `simclr-tui config` lists all"),
    })
}

/// The key, or why it can't do this.
fn allowed(table: &AnyTable, row: &Hint, key: Key) -> Result<Key, String> {
    if key == Key::ctrl('c') && !row.on.contains(&key) {
        return Err("ctrl-c always leaves; choose another key".to_owned());
    }
    if key.typed().is_none() {
        return Ok(key);
    }
    match table.rest {
        OtherKeys::Text => Err(format!(
            "{key} is text there; choose a key that types nothing, such as f5 or ctrl-x"
        )),
        OtherKeys::Free => Ok(key),
    }
}

/// Tables that are asked together; each is also asked alone.
fn groups(tables: &[AnyTable]) -> Vec<Vec<&AnyTable>> {
    let named = |names: &&[&str]| {
        let within = tables.iter().filter(|s| names.contains(&s.name));
        within.collect::<Vec<_>>()
    };
    let together = TOGETHER.iter().map(named);
    together.chain(tables.iter().map(|s| vec![s])).collect()
}

/// Refuses a key that two rows of a group have.
fn collisions(group: &[&AnyTable], rebindings: &[Rebinding]) -> Result<(), Wrong> {
    let mut seen: Vec<(Key, String, bool)> = Vec::new();
    for table in group {
        for row in &table.rows {
            let other = |r: &&Rebinding| (r.table, r.row) == (table.name, row.name);
            let other = rebindings.iter().find(other);
            let name = full(table, row);
            for key in other.map_or(&row.on, |r| &r.on) {
                if let Some((_, before, rebound)) = seen.iter().find(|(k, ..)| k == key) {
                    // Only what the file says has a place in it.
                    let at = if other.is_some() { &name } else { before };
                    debug_assert!(other.is_some() || *rebound, "{name} and {before}");
                    return Err(Wrong {
                        at: vec![at.clone()],
                        why: format!(
                            "{before} and {name} are both on {key}; give one of them another key"
                        ),
                    });
                }
                seen.push((*key, name.clone(), other.is_some()));
            }
        }
    }
    Ok(())
}
