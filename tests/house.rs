//! The house rules that a machine can check: who may know whom, how long a file may be, and that the README's
//! key table is the program's own.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows unwrap only inside #[test] bodies, not in their helpers"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `src/`, the siblings it may name, and words that must not stand in its code.
struct Rule {
    folder: &'static str,
    siblings: &'static [&'static str],
    forbidden: &'static [&'static str],
}

const CLOCK_AND_SPAWN: [&str; 4] = ["now_utc", "now_local", "SystemTime::now", "tokio::spawn"];

const RULES: [Rule; 7] = [
    Rule {
        folder: "domain",
        siblings: &[],
        forbidden: &[
            "std::fs",
            "std::net",
            "tokio",
            "reqwest",
            "ratatui",
            "crossterm",
            "rusqlite",
            "serde",
            "Instant::now",
        ],
    },
    Rule {
        folder: "app",
        siblings: &["domain"],
        forbidden: &[
            "std::fs",
            "std::net",
            "tokio",
            "reqwest",
            "ratatui",
            "crossterm",
            "rusqlite",
            "fastrand",
            "Instant::now",
        ],
    },
    Rule {
        folder: "ui",
        siblings: &["app", "domain"],
        forbidden: &["tokio", "reqwest", "crossterm", "rusqlite", "std::fs", "&mut Model", "Instant::now"],
    },
    Rule {
        folder: "gateway",
        siblings: &["domain"],
        forbidden: &["ratatui", "crossterm", "rusqlite", "std::fs"],
    },
    Rule { folder: "store", siblings: &["domain"], forbidden: &["ratatui", "crossterm", "reqwest", "tokio"] },
    Rule {
        folder: "sandbox",
        siblings: &["domain"],
        forbidden: &["ratatui", "crossterm", "rusqlite", "reqwest"],
    },
    Rule {
        folder: "cli",
        siblings: &["app", "domain", "gateway", "runtime", "sandbox", "store"],
        forbidden: &["ratatui", "crossterm"],
    },
];

/// Folders besides `runtime` that may spawn: the sandbox serves connections of its own.
const MAY_SPAWN: [&str; 1] = ["sandbox"];

const LONGEST_FILE: usize = 400;

#[test]
fn every_folder_knows_only_whom_it_may() {
    let mut faults = Vec::new();
    for rule in &RULES {
        for (path, code) in sources(rule.folder) {
            let clock = CLOCK_AND_SPAWN
                .iter()
                .filter(|word| !(MAY_SPAWN.contains(&rule.folder) && **word == "tokio::spawn"));
            for word in rule.forbidden.iter().chain(clock) {
                if code.contains(word) {
                    faults.push(format!("{} uses {word}", path.display()));
                }
            }
            for sibling in named_siblings(&code) {
                if sibling != rule.folder && !rule.siblings.contains(&sibling.as_str()) {
                    faults.push(format!("{} names crate::{sibling}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "layering broken:\n{}", faults.join("\n"));
}

#[test]
fn no_file_outgrows_its_room() {
    let long: Vec<_> = all_rust_files()
        .into_iter()
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

#[test]
fn every_module_says_why_it_exists() {
    let silent: Vec<_> = all_rust_files()
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "no module documentation: {silent:?}");
}

#[test]
fn the_readme_carries_the_programs_own_key_table() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let table = docket::app::keymap::Keymap::default().markdown();
    assert!(readme.contains(&table), "put this between the markers in README.md:\n{table}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with their code: comments and unit tests left out.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(&root().join("src").join(folder), &mut files);
    files
        .into_iter()
        .filter(|path| !path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            (path, lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

/// The folders that a text names as `crate::folder`; the braced form would hide them.
fn named_siblings(code: &str) -> Vec<String> {
    assert!(!code.contains("crate::{"), "write one `use crate::folder` per folder");
    let after = code.split("crate::").skip(1);
    let names = after.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect());
    names.filter(|name: &String| !name.is_empty() && root().join("src").join(name).is_dir()).collect()
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(&root().join(folder), &mut files);
    }
    files
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}
