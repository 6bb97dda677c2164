//! The house rules that a machine can check: who may know whom, how long a file may be, and that the README's
//! key table is the program's own.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows unwrap only inside #[test] bodies, not in their helpers"
)]

#[path = "house/supply.rs"]
mod supply;

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `src/`, the siblings it may name, and words that must not stand in its code.
struct Rule {
    folder: &'static str,
    siblings: &'static [&'static str],
    forbidden: &'static [&'static str],
}

const CLOCK_AND_SPAWN: [&str; 10] = [
    "now_utc",
    "now_local",
    "SystemTime::now",
    "tokio::spawn",
    ".spawn(",
    "task::spawn(",
    "spawn_blocking",
    "spawn_local",
    "thread::spawn",
    "std::thread",
];

/// Folders besides `runtime` that may do some of it, as ARCHITECTURE.md says and why.
const EXCEPTIONS: [(&str, &[&str]); 3] =
    [("gateway", &["spawn_blocking"]), ("sandbox", &[".spawn("]), ("store", &["std::thread"])];

/// Fewer files than this in a folder mean that this test has gone blind.
const FILES_MIN: [(&str, usize); 7] =
    [("domain", 12), ("app", 20), ("ui", 15), ("gateway", 10), ("store", 15), ("sandbox", 15), ("cli", 15)];

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

const LONGEST_FILE: usize = 400;

#[test]
fn every_folder_knows_only_whom_it_may() {
    let mut faults = Vec::new();
    for rule in &RULES {
        for (path, code) in sources(rule.folder) {
            let clock = CLOCK_AND_SPAWN.iter().filter(|word| !may(rule.folder, word));
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
fn the_layering_test_reads_the_code_and_only_the_code() {
    for (folder, least) in FILES_MIN {
        let sources = sources(folder);
        assert!(sources.len() >= least, "only {} files of {folder} were read", sources.len());
        for (path, code) in sources {
            assert!(!code.contains("#[test]"), "{} has tests in its code", path.display());
            assert!(
                ["fn ", "mod ", "enum ", "struct "].iter().any(|item| code.contains(item)),
                "{}",
                path.display()
            );
        }
    }
    let text = "//! why\n#[cfg(test)]\nmod tests;\nuse a;\n#[cfg(test)]\nmod more {\n    fn x() {}\n}\nfn last() {}\n";
    assert_eq!(without_tests(text), "use a;\nfn last() {}\n");
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

fn may(folder: &str, word: &str) -> bool {
    EXCEPTIONS.iter().any(|(who, words)| *who == folder && words.contains(&word))
}

/// The files of a folder with their code: comments and tests left out.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(&root().join("src").join(folder), &mut files);
    let of_tests = test_files(&files);
    files
        .into_iter()
        .filter(|path| !of_tests.iter().any(|test| path.starts_with(test)))
        .map(|path| {
            let code = without_tests(&fs::read_to_string(&path).unwrap());
            (path, code)
        })
        .collect()
}

/// The files and folders of modules that stand as `#[cfg(test)] mod name;` in one of these files.
fn test_files(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut of_tests = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (index, _) in lines.iter().enumerate().filter(|(_, line)| **line == "#[cfg(test)]") {
            let attributes = lines.iter().skip(index + 1).take_while(|line| line.starts_with("#["));
            let other_path = attributes.clone().find_map(|line| line.strip_prefix("#[path = \""));
            let item = lines.get(index + 1 + attributes.count()).copied().unwrap_or_default();
            let name = item.strip_suffix(';').and_then(|item| item.rsplit_once("mod "));
            let Some((_, name)) = name else { continue };
            if let Some(other) = other_path.and_then(|rest| rest.split('"').next()) {
                of_tests.push(path.with_file_name(other));
            } else {
                let own =
                    if path.ends_with("mod.rs") { path.parent().unwrap() } else { &path.with_extension("") };
                of_tests.extend([own.join(name), own.join(format!("{name}.rs"))]);
            }
        }
    }
    of_tests
}

/// The code of a file without its comments and without what stands under `#[cfg(test)]`: an item in braces to the brace
/// that closes it (rustfmt puts it at the item's own depth), any other to its end.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let start = line.trim_start();
        if start == "#[cfg(test)]" {
            let depth = line.len() - start.len();
            let closed = |line: &str| {
                let ends = line.ends_with([';', '}', ',']);
                ends && line.len() - line.trim_start().len() == depth && !line.trim_start().starts_with("#[")
            };
            lines.by_ref().find(|line| closed(line));
        } else if !start.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
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
