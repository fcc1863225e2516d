//! The person's own editor, on a file of its own. It has the terminal meanwhile.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::config::CREDENTIAL_VARIABLES;
use crate::domain::{Fault, FaultKind};
use crate::store::private_folder;

/// What a shell ends with where there is no such program.
const NOT_FOUND: i32 = 127;

/// Has a text edited, and gives what has become of it. The file is private, and goes when the editor has ended.
///
/// # Errors
/// The editor can't be started or did not end well: nothing is to be taken over.
pub(super) fn edit(folder: &Path, editor: &str, text: &str) -> Result<String, Fault> {
    let broken = |error: io::Error| {
        Fault::new(FaultKind::Disk, format!("the text could not be edited: {error}"), "")
    };
    let file = written(folder, text).map_err(broken)?;
    let status = command(editor, &file).status().map_err(broken)?;
    if !status.success() {
        return Err(ended_badly(editor, status));
    }
    fs::read_to_string(&file).map_err(broken)
}

fn written(folder: &Path, text: &str) -> io::Result<tempfile::TempPath> {
    private_folder(folder)?;
    let name = tempfile::Builder::new().prefix("changes-").suffix(".toml").tempfile_in(folder);
    let mut file = name?;
    file.write_all(text.as_bytes())?;
    Ok(file.into_temp_path())
}

/// As everywhere, a shell reads what names the editor: it may have arguments. It needs no credential of ours.
fn command(editor: &str, file: &Path) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file);
    for name in CREDENTIAL_VARIABLES {
        command.env_remove(name);
    }
    command
}

fn ended_badly(editor: &str, status: ExitStatus) -> Fault {
    let remedy = "Name your editor in VISUAL or EDITOR";
    if status.code() == Some(NOT_FOUND) {
        let what = format!("the editor {editor:?} could not be started");
        return Fault::new(FaultKind::Config, what, remedy);
    }
    let what = format!("the editor ended with {status}: nothing was changed");
    Fault::new(FaultKind::Refused, what, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(editor: &str) -> Result<String, Fault> {
        let folder = tempfile::tempdir().unwrap();
        let after = edit(folder.path(), editor, "one\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the file goes");
        after
    }

    #[test]
    fn an_editor_may_have_arguments_and_what_it_leaves_is_the_text() {
        assert_eq!(edited("sed -i s/one/two/").unwrap(), "two\n");
        assert_eq!(edited("true").unwrap(), "one\n");
    }

    #[test]
    fn an_editor_that_is_not_there_or_ends_badly_changes_nothing_and_is_told() {
        let absent = edited("/nowhere/at-all").unwrap_err();
        assert!(absent.what.contains("could not be started"), "{absent}");
        assert!(absent.remedy.contains("EDITOR"));
        let failed = edited("false").unwrap_err();
        assert!(failed.what.contains("exit status: 1"), "{failed}");
    }

    #[test]
    fn k5_the_editor_does_not_inherit_the_credentials() {
        let command = command("true", Path::new("/tmp/x"));
        for name in CREDENTIAL_VARIABLES {
            assert!(command.get_envs().any(|variable| variable == (name.as_ref(), None)), "{name}");
        }
    }
}
