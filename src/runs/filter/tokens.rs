//! The words of a filter: split at blanks outside of quotes, and at the sign that compares.

/// How a fact is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `=` or `:`
    Is,
    /// `!=`
    IsNot,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `~`
    Contains,
}

/// The signs as they are written, the longer before those that they begin with.
pub const SIGNS: [(&str, Sign); 9] = [
    ("!=", Sign::IsNot),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("==", Sign::Is),
    ("=", Sign::Is),
    (":", Sign::Is),
    ("<", Sign::Below),
    (">", Sign::Above),
    ("~", Sign::Contains),
];

/// One word: a text, or a name with a sign and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Whether `-` or `!` stands before it.
    pub not: bool,
    /// The text, or the name.
    pub name: String,
    /// The sign and what comes behind it.
    pub rest: Option<(Sign, String)>,
}

/// A character, and whether quotes took its meaning away.
type Letter = (char, bool);

/// The words of a text.
///
/// # Errors
/// A sentence, where a quote has no end or nothing stands where something must.
pub fn words(text: &str) -> Result<Vec<Word>, String> {
    joined(&letters(text)?)
        .split(|letter| matches!(letter, (c, false) if c.is_whitespace()))
        .filter(|word| !word.is_empty())
        .map(word)
        .collect()
}

/// The characters without the blanks around a sign, which people type too.
fn joined(letters: &[Letter]) -> Vec<Letter> {
    let blank = |letter: &&Letter| matches!(letter, (c, false) if c.is_whitespace());
    let sign = |letters: &[Letter]| match letters {
        [('!', false), ('=', false), ..] => true,
        [(c, false), ..] => "=<>~:".contains(*c),
        _ => false,
    };
    let kept = letters.iter().enumerate().filter(|(nth, letter)| {
        let before = letters[..*nth].iter().rposition(|l| !blank(&l));
        let after = letters[*nth..].iter().position(|l| !blank(&l));
        let beside = before.is_some_and(|at| sign(&letters[at..=at]))
            || after.is_some_and(|at| sign(&letters[nth + at..]));
        !(blank(letter) && beside)
    });
    kept.map(|(_, letter)| *letter).collect()
}

/// The characters without the quotes. A quote that opens nothing but stands within a word, as in `don't`, is a character.
fn letters(text: &str) -> Result<Vec<Letter>, String> {
    let mut out: Vec<Letter> = Vec::new();
    let mut open: Option<char> = None;
    for c in text.chars() {
        match open {
            Some(quote) if c == quote => open = None,
            Some(_) => out.push((c, true)),
            None if matches!(c, '"' | '\'') && begins(&out) => {
                open = Some(c);
                // So that "" is a word, and "a"b one word of two parts.
                out.push(('\0', true));
            }
            None => out.push((c, false)),
        }
    }
    match open {
        Some(quote) => Err(format!("a {quote} opens a text, and no other closes it")),
        None => Ok(out),
    }
}

/// Whether a quote after these characters opens a text.
fn begins(before: &[Letter]) -> bool {
    match before.last() {
        None => true,
        Some((c, quoted)) => !quoted && (c.is_whitespace() || "=:<>~!-".contains(*c)),
    }
}

fn word(letters: &[Letter]) -> Result<Word, String> {
    let not = matches!(letters[0], ('-' | '!', false));
    let body = &letters[usize::from(not)..];
    if body.is_empty() {
        let sign = letters[0].0;
        return Err(format!(
            "{sign} goes right before a word that must not match, with no space between"
        ));
    }
    let Some((at, text, sign)) = (0..body.len()).find_map(|at| sign_at(body, at)) else {
        let name = plain(body);
        let rest = None;
        return Ok(Word { not, name, rest });
    };
    if at == 0 {
        return Err(format!(
            "a name goes before {text}, such as temperature{text}0.2"
        ));
    }
    let value = plain(&body[at + text.len()..]);
    Ok(Word {
        not,
        name: plain(&body[..at]),
        rest: Some((sign, value)),
    })
}

/// The sign that begins at a place.
fn sign_at(letters: &[Letter], at: usize) -> Option<(usize, &'static str, Sign)> {
    let (_, sign) = (at, &letters[at..]);
    let begins = |text: &str| {
        let mut own = sign.iter();
        text.chars().all(|c| own.next() == Some(&(c, false)))
    };
    let found = SIGNS.iter().find(|(text, _)| begins(text));
    found.map(|(text, sign)| (at, *text, *sign))
}

fn plain(letters: &[Letter]) -> String {
    let kept = letters.iter().map(|(c, _)| *c).filter(|c| *c != '\0');
    kept.collect()
}
