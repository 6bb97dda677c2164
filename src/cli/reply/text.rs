//! Where the words of a reply come from: the command line, a file, standard input, or a template of the config.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::runtime::session::Session;

use super::super::args::Reply;
use super::super::error::CliError;

/// More than any reply can use; a larger file is the wrong one.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The text as it is written, placeholders and all.
pub(super) fn content(session: &Session, args: &Reply) -> Result<String, CliError> {
    match (&args.content, &args.content_file, &args.template) {
        (Some(text), _, _) => Ok(text.clone()),
        (None, Some(file), _) => read(file),
        (None, None, name) => template(session, name.as_deref().unwrap_or_default()),
    }
}

fn template(session: &Session, name: &str) -> Result<String, CliError> {
    let templates = &session.config.templates;
    templates.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = templates.keys().map(String::as_str).collect();
        let hint = match known.as_slice() {
            [] => "write it into [templates] in the config".to_owned(),
            known => format!("the config has {}", known.join(", ")),
        };
        CliError::usage(format!("there is no template {name}"), hint)
    })
}

/// A text file; the line end that an editor leaves at its end is not part of the reply.
fn read(file: &Path) -> Result<String, CliError> {
    let unusable = |why: String| {
        let name =
            if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        CliError::usage(format!("{name} cannot be read: {why}"), "give a text file of at most 256 characters")
    };
    let mut bytes = Vec::new();
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(|error| unusable(error.to_string()))?)
    };
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| unusable(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(unusable("it is larger than 64 KiB".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| unusable("it is no UTF-8 text".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    Ok(text.trim_end_matches('\n').to_owned())
}
