//! What leaves the workbench by the clipboard.

use crate::text::suggest::command;
use std::path::Path;

/// The command line that trains what is in an experiment's file, for a shell.
#[must_use]
pub fn training(experiment: &Path) -> String {
    let file = experiment.to_string_lossy();
    command(&format!("run {}", shell_words::quote(&file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_the_shell() {
        for text in [
            "/a/b-1",
            "/my runs/é",
            "it's \"so\"",
            "$HOME `x` \\ *",
            "a\nb",
            "~",
            "#x",
        ] {
            let script = format!("set -- {}; printf %s \"$3\"", training(Path::new(text)));
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), text);
        }
    }
}
