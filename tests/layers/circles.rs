//! No circle of files: whoever reads one file need not have read another that needs the first.
//!
//! A file imports another where it names something that is defined there, by `use` or by a path in its code, through
//! whatever re-exports. To declare a module, or to hand on its names, is no import. Tests are left out.

use super::lexer::{Token, tokens};
use super::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

/// A module's path below the crate.
type Path = Vec<String>;

/// A module: a file, or a part of one.
#[derive(Default)]
struct Module {
    file: String,
    /// What it brings into scope, by name.
    scope: BTreeMap<String, Path>,
    /// Paths that its code names, as they stand there.
    named: BTreeSet<Path>,
}

type Modules = BTreeMap<Path, Module>;

/// The module of a file.
fn module_of(file: &str) -> Path {
    let stem = file.trim_end_matches(".rs");
    let parts = stem.split('/').map(str::to_owned);
    parts.filter(|part| part != "lib").collect()
}

fn modules(sources: &[(String, String)]) -> Modules {
    let mut all = Modules::new();
    for (file, text) in sources {
        let at = module_of(file);
        let module = Module {
            file: file.clone(),
            ..Module::default()
        };
        all.insert(at.clone(), module);
        read(&without_tests(&tokens(text)), &at, &mut all);
    }
    all
}

/// The tokens of a file without the items that only tests have.
fn without_tests<'a>(all: &[Token<'a>]) -> Vec<Token<'a>> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut left = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if all[at..].starts_with(&TEST) {
            at = end_of_item(all, at + TEST.len());
        } else {
            left.push(all[at]);
            at += 1;
        }
    }
    left
}

/// Where the item that begins here is over.
fn end_of_item(all: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < all.len() {
        depth += match all[at] {
            "{" | "(" | "[" => 1,
            "}" | ")" | "]" => -1,
            _ => 0,
        };
        at += 1;
        if depth == 0 && ["}", ";"].contains(&all[at - 1]) {
            break;
        }
    }
    at
}

/// Reads a module's code, that of modules inside it too.
fn read(code: &[Token], at: &Path, all: &mut Modules) {
    let mut now = 0;
    while now < code.len() {
        let next = code.get(now + 2).copied();
        match code[now] {
            "mod" if next == Some("{") => {
                let end = end_of_item(code, now + 2);
                let inner = [at.clone(), vec![code[now + 1].to_owned()]].concat();
                let file = all[at].file.clone();
                all.entry(inner.clone()).or_default().file = file;
                read(&code[now + 3..end - 1], &inner, all);
                now = end;
            }
            "use" => {
                let length = code[now..].iter().position(|token| *token == ";");
                let end = now + length.unwrap_or(code.len() - now - 1) + 1;
                let public = now > 0 && [")", "pub"].contains(&code[now - 1]);
                import(
                    &code[now + 1..end - 1],
                    &[],
                    public,
                    all.entry(at.clone()).or_default(),
                );
                now = end;
            }
            // A method is named without its path.
            "." => now += 2,
            word if is_name(word) => {
                let path = path(&code[now..]);
                now += 2 * path.len() - 1;
                all.entry(at.clone()).or_default().named.insert(path);
            }
            _ => now += 1,
        }
    }
}

fn is_name(token: Token) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The path at the beginning of these tokens.
fn path(code: &[Token]) -> Path {
    let mut path = vec![code[0].to_owned()];
    while let ["::", name, ..] = code[2 * path.len() - 1..]
        && is_name(name)
    {
        path.push(name.to_owned());
    }
    path
}

/// Takes in a tree of `use`; what is handed on counts only where the module's own code names it.
fn import(tree: &[Token], before: &[String], public: bool, module: &mut Module) {
    let [first, rest @ ..] = tree else { return };
    if *first == "{" {
        for part in parts(&tree[1..tree.len() - 1]) {
            import(part, before, public, module);
        }
        return;
    }
    let mut path = before.to_vec();
    if *first != "self" || before.is_empty() {
        path.push((*first).to_owned());
    }
    match rest {
        ["::", rest @ ..] => import(rest, &path, public, module),
        ["as", "_"] => drop(module.named.insert(path)),
        _ => {
            let last = path.last().cloned().unwrap_or_default();
            let name = rest.get(1).map_or(last, |other| (*other).to_owned());
            if !public {
                module.named.insert(path.clone());
            }
            module.scope.insert(name, path);
        }
    }
}

/// The parts between the commas outside of braces.
fn parts<'a, 'b>(tree: &'b [Token<'a>]) -> Vec<&'b [Token<'a>]> {
    let mut depth = 0;
    let comma = |token: &Token| {
        depth += i32::from(*token == "{") - i32::from(*token == "}");
        depth == 0 && *token == ","
    };
    tree.split(comma).collect()
}

/// The file that defines what a path in a module names; none where that is another crate's, or a module as such.
fn defining<'a>(path: &[String], at: &[String], all: &'a Modules) -> Option<&'a str> {
    // A path that leads in circles leads nowhere.
    resolve(path, at, all, 20).and_then(|(found, is_module)| (!is_module).then_some(found))
}

fn resolve<'a>(
    path: &[String],
    at: &[String],
    all: &'a Modules,
    hops: u32,
) -> Option<(&'a str, bool)> {
    let (first, rest) = path.split_first()?;
    let hops = hops.checked_sub(1)?;
    let child = [at, std::slice::from_ref(first)].concat();
    match first.as_str() {
        "crate" => within(rest, &[], all, hops),
        "self" => within(rest, at, all, hops),
        "super" => {
            let above = &at[..at.len().checked_sub(1)?];
            match rest.first().map(String::as_str) {
                Some("super") => resolve(rest, above, all, hops),
                _ => within(rest, above, all, hops),
            }
        }
        _ if all.contains_key(&child) => within(rest, &child, all, hops),
        _ => {
            let target = all.get(at)?.scope.get(first)?;
            let whole = [target, rest].concat();
            (target.first() != Some(first)).then_some(())?;
            resolve(&whole, at, all, hops)
        }
    }
}

/// What a path names from a module on.
fn within<'a>(
    path: &[String],
    at: &[String],
    all: &'a Modules,
    hops: u32,
) -> Option<(&'a str, bool)> {
    let module = all.get(at)?;
    let Some((first, rest)) = path.split_first() else {
        return Some((&module.file, true));
    };
    let child = [at, std::slice::from_ref(first)].concat();
    if all.contains_key(&child) {
        return within(rest, &child, all, hops);
    }
    match module.scope.get(first) {
        Some(target) => resolve(&[target, rest].concat(), at, all, hops),
        None => Some((&module.file, false)),
    }
}

/// Which files each file imports.
fn imports(all: &Modules) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (at, module) in all {
        let named = module.named.iter();
        let files = named.filter_map(|path| defining(path, at, all));
        let others = files.filter(|file| *file != module.file);
        found.entry(&module.file).or_default().extend(others);
    }
    found
}

/// The circles: files each of which is reached from each other one.
fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<BTreeSet<&'a str>> {
    let reached = |from: &'a str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            let of = imports.get(file).into_iter().flatten();
            next.extend(of.copied().filter(|file| seen.insert(*file)));
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        imports.keys().map(|file| (*file, reached(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, all) in &reached {
        let back = all.iter().filter(|other| reached[**other].contains(file));
        circles.insert(back.copied().collect::<BTreeSet<_>>());
    }
    circles.into_iter().filter(|one| !one.is_empty()).collect()
}

/// A circle with its imports, one a line.
fn told(circle: &BTreeSet<&str>, imports: &BTreeMap<&str, BTreeSet<&str>>) -> String {
    let mut text = format!("a circle of {} files:", circle.len());
    for file in circle {
        let of = imports[file].intersection(circle).copied();
        let of: Vec<&str> = of.collect();
        text.push_str(&format!("\n  {file} imports {}", of.join(", ")));
    }
    text
}

fn library() -> Vec<(String, String)> {
    let own = |source: &Source| source.path.file_name().unwrap() != "tests.rs";
    let sources = sources().into_iter().filter(own);
    let named = sources.filter(|source| source.module != "main");
    named
        .map(|source| {
            let file = source.path.to_string_lossy().replace('\\', "/");
            (file, source.text)
        })
        .collect()
}

#[test]
fn no_circle_of_files_is_left() {
    let sources = library();
    let modules = modules(&sources);
    let imports = imports(&modules);
    let circles = circles(&imports);
    let circles: Vec<String> = circles.iter().map(|one| told(one, &imports)).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn imports_lead_to_the_file_that_defines() {
    let files = [
        ("lib.rs", "pub mod a; pub mod b;"),
        (
            "a.rs",
            "mod c; pub use c::{C, D as E}; pub struct A; fn f() -> C { loop {} }",
        ),
        (
            "a/c.rs",
            "use super::A; pub struct C; pub struct D; mod inner { use super::C; }",
        ),
        (
            "b.rs",
            "use crate::a::{self, E}; use super::a::{B, C as F}; // use crate::d::D;\n\
             fn f() { let text = \"crate::d::D\"; a::c::D::new('\"'); }\n\
             #[cfg(test)]\nmod tests { use crate::d::D; }\nfn g() { crate::a::A }",
        ),
        (
            "d.rs",
            "use std::io; use crate::b; pub use crate::a::A; pub struct D;",
        ),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let modules = modules(&files);
    let imports = imports(&modules);
    let of = |file: &str| imports[file].iter().copied().collect::<Vec<_>>();
    // It hands on C and names it, which D's name does not make it do.
    assert_eq!(of("a.rs"), ["a/c.rs"]);
    assert_eq!(of("a/c.rs"), ["a.rs"]);
    assert_eq!(of("b.rs"), ["a.rs", "a/c.rs"]);
    assert_eq!(of("d.rs"), [""; 0]);
    assert_eq!(circles(&imports), [BTreeSet::from(["a.rs", "a/c.rs"])]);
}
