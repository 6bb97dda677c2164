//! What `--help`, the manual pages and the README say of a command must be one and the same thing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::bench::Bench;

/// A command as its short help describes it.
struct Described {
    name: String,
    about: String,
    usage: String,
    flags: Vec<String>,
}

/// The names under `Commands:` of the program's help; `help` itself is clap's.
fn commands(bench: &Bench) -> Vec<String> {
    let help = bench.line("-h").good();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| !line.is_empty()).filter_map(|line| {
        // A longer indent continues the line before.
        line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split_whitespace().next()
    });
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn described(bench: &Bench, name: &str) -> Described {
    let help = bench.run([name, "-h"]).good();
    let usage = help.lines().find_map(|line| line.strip_prefix("Usage: docket ")).unwrap();
    let own = help.split("\nOptions:\n").nth(1).unwrap_or_default();
    let own = own.split("\nGlobal options:\n").next().unwrap();
    let flags = own.lines().filter_map(|line| {
        let flag = line.trim_start().strip_prefix('-')?;
        flag.split_whitespace().map(|word| word.trim_end_matches(',')).find_map(|word| {
            word.strip_prefix("--").or_else(|| word.strip_prefix('-').filter(|name| name.len() > 1))
        })
    });
    Described {
        name: name.to_owned(),
        about: help.split("\n\nUsage:").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" "),
        // What excludes what is for the help to say.
        usage: if usage.contains("--") { name.to_owned() } else { usage.replace(" [OPTIONS]", "") },
        flags: flags.filter(|flag| *flag != "help").map(str::to_owned).collect(),
    }
}

/// The README's table of commands, as it must read.
fn table(all: &[Described]) -> String {
    let rows = all.iter().map(|Described { about, usage, flags, .. }| {
        let flags: Vec<String> = flags.iter().map(|flag| format!("`--{flag}`")).collect();
        format!("| `{usage}` | {about} | {} |\n", flags.join(" "))
    });
    std::iter::once("| command | what it does | flags |\n| --- | --- | --- |\n".to_owned())
        .chain(rows)
        .collect()
}

fn all(bench: &Bench) -> Vec<Described> {
    let all: Vec<Described> = commands(bench).iter().map(|name| described(bench, name)).collect();
    assert!(all.len() >= 17, "only {} commands were read", all.len());
    let flags = |name: &str| all.iter().find(|one| one.name == name).unwrap().flags.join(" ");
    assert_eq!(flags("refresh"), "all quiet fail-on-due json", "the reader of this test has gone blind");
    all
}

#[test]
fn the_readme_has_the_programs_own_table_of_commands() {
    let bench = Bench::bare();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = table(&all(&bench));
    assert!(readme.contains(&table), "put this between the markers in README.md:\n{table}");
}

#[test]
fn every_command_has_a_page_with_its_flags_and_an_example() {
    let bench = Bench::bare();
    let dir = bench.path("man");
    bench.run(["man", "--dir", dir.to_str().unwrap()]).good();
    let all = all(&bench);
    for Described { name, about, flags, .. } in &all {
        let plain = |text: String| text.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
        let page = plain(fs::read_to_string(dir.join(format!("docket-{name}.1"))).unwrap());
        assert!(page.contains(about), "{name}: {page}");
        for flag in flags {
            assert!(page.contains(&format!("--{flag}")), "{name} --{flag}: {page}");
        }
        let help = bench.run([name, "--help"]).good();
        assert!(help.contains(&format!("docket {name}")) && help.contains("Example"), "{name}: {help}");
    }
    let written: BTreeSet<String> =
        fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let pages = all.iter().map(|one| format!("docket-{}.1", one.name));
    let expected = pages.chain(["docket.1".to_owned(), "docket-config.5".to_owned()]).collect();
    assert_eq!(written, expected);
}

#[test]
fn the_readme_says_where_the_settings_are_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for name in
        ["config.example.toml", "docket-config(5)", "DOCKET_PROFILE", "DOCKET_CONFIG", "DOCKET_DATA_DIR"]
    {
        assert!(readme.contains(name), "{name}");
    }
}
