//! The operator's own editor on a text of the desk, in a file that only they can read.

use std::io::{Read as _, Seek as _, Write as _};
use std::process::Stdio;

use tokio::process::Command;

/// The longest text that is taken back, in bytes; no field of the desk takes more.
const MAX_BYTES: u64 = 1 << 20;

/// Opens a text in `$VISUAL` or `$EDITOR` and gives it back as it was left. The terminal must have been handed over.
///
/// # Errors
/// One sentence: there is no editor, it failed, or what it left is no text.
pub(super) async fn edit(text: &str) -> Result<String, String> {
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()));
    edit_with(editor.as_deref().unwrap_or("vi"), text).await
}

async fn edit_with(editor: &str, text: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("the text could not be handed to the editor: {error}");
    // Made with mode 0600, and gone when this function is left.
    let mut file = tempfile::Builder::new().prefix("docket-").suffix(".txt").tempfile().map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    // The variable may hold arguments, which every program leaves to the shell to take apart.
    let status = Command::new("/bin/sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("docket")
        .arg(file.path())
        .stdin(Stdio::inherit())
        .status()
        .await
        .map_err(failed)?;
    if !status.success() {
        return Err(format!("the editor `{editor}` ended with {status}; the text is as it was"));
    }
    read_back(file.path())
}

/// Reads by name: most editors write a new file in place of the old one.
fn read_back(path: &std::path::Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("what the editor left could not be read: {error}");
    let mut file = std::fs::File::open(path).map_err(failed)?;
    if file.seek(std::io::SeekFrom::End(0)).map_err(failed)? > MAX_BYTES {
        return Err("what the editor left is longer than any field takes".to_owned());
    }
    file.rewind().map_err(failed)?;
    let mut text = String::new();
    file.take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(|_| "what the editor left is no UTF-8 text".to_owned())?;
    // Editors end the last line; fields do not.
    Ok(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(editor: &str, text: &str) -> Result<String, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(edit_with(editor, text))
    }

    #[test]
    fn the_text_comes_back_as_the_editor_left_it() {
        assert_eq!(run("sed -i s/old/new/", "old words\nsecond\n"), Ok("new words\nsecond".to_owned()));
        assert_eq!(run("true", ""), Ok(String::new()));
    }

    #[test]
    fn the_file_is_the_operators_alone() {
        let mode = run("f() { stat -c %a \"$1\" > \"$1.m\"; mv \"$1.m\" \"$1\"; }; f", "x").unwrap();
        assert_eq!(mode, "600");
    }

    #[test]
    fn a_failed_editor_changes_nothing() {
        assert!(run("exit 3;", "text").unwrap_err().contains("ended with"));
        assert!(run("f() { printf '\\377' > \"$1\"; }; f", "x").unwrap_err().contains("UTF-8"));
    }
}
