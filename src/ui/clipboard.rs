//! What leaves the workbench by the clipboard: OSC 52, which the terminal may refuse, also over ssh.

use std::io::{self, Write};
use std::path::Path;

/// The command line that trains what is in an experiment's file, for a shell.
#[must_use]
pub fn command(experiment: &Path) -> String {
    format!("simclr-tui run {}", quoted(&experiment.to_string_lossy()))
}

/// The text as one word of a POSIX shell.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Asks the terminal to put the text on the clipboard.
///
/// # Errors
/// Where the terminal can't be written to.
pub fn set(terminal: &mut impl Write, text: &str) -> io::Result<()> {
    write!(terminal, "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
    terminal.flush()
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |nth: usize| u32::from(three.get(nth).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for nth in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * nth)) as usize & 63];
            // Three bytes are four signs, two are three and one is two.
            out.push(if nth as usize <= three.len() {
                char::from(sign)
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_the_shell() {
        let line = |path: &str| command(Path::new(path));
        assert_eq!(
            line("/a/b-1/experiment.ron"),
            "simclr-tui run /a/b-1/experiment.ron"
        );
        assert_eq!(line("/my runs/é"), "simclr-tui run '/my runs/é'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("a;rm $(b)"), "'a;rm $(b)'");
        assert_eq!(quoted("-x"), "'-x'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in [
            "a b",
            "it's \"so\"",
            "$HOME `x` \\ *",
            "line\nline",
            "~",
            "#x",
        ] {
            let script = format!("printf %s {}", quoted(text));
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), text);
        }
    }

    #[test]
    fn the_clipboard_is_asked_in_base64() {
        for (text, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("é?>", "w6k/Pg=="),
        ] {
            let mut out = Vec::new();
            set(&mut out, text).unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap(),
                format!("\x1b]52;c;{coded}\x07")
            );
        }
    }
}
