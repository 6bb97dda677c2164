//! Makes the generated completion scripts offer case ids. The scripts know commands and flags by themselves; what is on
//! the list only docket knows, so each script gets a few lines that ask it. Which commands take ids is read from the
//! definitions, so that a new one is served without a word here.

use std::fmt::Write as _;

use clap::{Arg, Command};
use clap_complete::Shell;

/// What an argument is called that takes ids of cases on the list.
const VALUE_NAMES: [&str; 2] = ["ID", "IDS"];
/// Its ids are new to the list.
const EXCEPT: &str = "track";

/// Where ids go.
#[derive(Debug, Default, PartialEq, Eq)]
struct Places {
    /// Commands that take them as arguments.
    commands: Vec<String>,
    /// Commands and their flags that take one.
    flags: Vec<(String, String)>,
    /// Commands and their flags that take something else.
    other_flags: Vec<(String, String)>,
}

impl Places {
    fn of(root: &Command) -> Self {
        let mut places = Self::default();
        for command in root.get_subcommands().filter(|command| command.get_name() != EXCEPT) {
            let name = command.get_name().to_owned();
            for arg in command.get_arguments().chain(root.get_arguments().filter(|arg| arg.is_global_set())) {
                if arg.is_positional() && takes_ids(arg) {
                    places.commands.push(name.clone());
                }
                let flag = arg.get_long().filter(|_| arg.get_action().takes_values());
                let Some(flag) = flag.map(|flag| (name.clone(), format!("--{flag}"))) else { continue };
                if takes_ids(arg) { places.flags.push(flag) } else { places.other_flags.push(flag) }
            }
        }
        places
    }
}

fn takes_ids(arg: &Arg) -> bool {
    let names = arg.get_value_names().unwrap_or_default();
    names.iter().any(|name| VALUE_NAMES.contains(&name.as_str()))
}

/// The script with what makes it offer ids; a shell that has no lines here keeps its script.
pub(in super::super) fn with_ids(shell: Shell, root: &Command, script: &str) -> String {
    let places = Places::of(root);
    match shell {
        Shell::Bash => bash(&places, script),
        Shell::Zsh => zsh(&places, script),
        Shell::Fish => fish(&places, script),
        Shell::PowerShell => powershell(&places, script),
        _ => script.to_owned(),
    }
}

/// Bash: a function around the generated one. No id passes through `compgen -W`, which would expand what is in it.
fn bash(places: &Places, script: &str) -> String {
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(command, flag)| format!("{command},{flag}")).collect::<Vec<_>>().join("|")
    };
    let hook = include_str!("bash.sh")
        .replace("@COMMANDS@", &places.commands.join("|"))
        .replace("@FLAGS@", &pairs(&places.flags))
        .replace("@OTHER_FLAGS@", &pairs(&places.other_flags));
    let script = script.replace("complete -F _docket ", "complete -F _docket_with_ids ");
    match script.rfind("if [[ \"${BASH_VERSINFO[0]}\" -eq 4") {
        Some(at) => {
            let (functions, registration) = script.split_at(at);
            format!("{functions}{hook}\n{registration}")
        }
        None => script,
    }
}

/// Zsh: the action behind the arguments that take ids. The generated script has one block per command, which begins with
/// its name in brackets.
fn zsh(places: &Places, script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut command = "";
    for line in script.lines() {
        if let Some(name) = line.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            command = name;
        }
        let is_argument = line.starts_with("':") || line.starts_with("'*:");
        let is_flag =
            places.flags.iter().any(|(name, flag)| name == command && line.starts_with(&format!("'{flag}=")));
        let takes_ids = is_flag || (is_argument && places.commands.iter().any(|name| name == command));
        match line.strip_suffix(":_default' \\").filter(|_| takes_ids) {
            Some(start) => out.extend([start, ":_docket_ids' \\\n"]),
            None => out.extend([line, "\n"]),
        }
    }
    match out.rfind("if [ \"$funcstack[1]\" = \"_docket\" ]") {
        Some(at) => {
            let (functions, start) = out.split_at(at);
            format!("{functions}{}\n{start}", include_str!("zsh.zsh"))
        }
        None => out,
    }
}

/// Fish: completions add up, so these lines go behind the generated ones.
fn fish(places: &Places, script: &str) -> String {
    let mut out = format!("{script}\n{}", include_str!("fish.fish"));
    let using = |command: &str| format!("complete -c docket -n \"__fish_docket_using_subcommand {command}\"");
    for command in &places.commands {
        // Writing to a String cannot fail, here and below.
        _ = writeln!(out, "{} -f -a \"(__fish_docket_ids)\"", using(command));
    }
    for (command, flag) in &places.flags {
        let flag = flag.trim_start_matches('-');
        _ = writeln!(out, "{} -l {flag} -x -a \"(__fish_docket_ids)\"", using(command));
    }
    out
}

/// PowerShell: added to what the generated block has found, before it is filtered by what was typed.
fn powershell(places: &Places, script: &str) -> String {
    let quoted =
        |words: Vec<String>| words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
    let commands = places.commands.iter().map(|command| format!("docket;{command};")).collect();
    let flags = places.flags.iter().map(|(_, flag)| flag.clone()).collect();
    let others = places.other_flags.iter().map(|(_, flag)| flag.clone()).collect();
    let hook = include_str!("powershell.ps1")
        .replace("@COMMANDS@", &quoted(commands))
        .replace("@FLAGS@", &quoted(flags))
        .replace("@OTHER_FLAGS@", &quoted(others));
    script.replacen("    $completions.Where{", &format!("{hook}\n    $completions.Where{{"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn script(shell: Shell) -> String {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut super::super::super::args::Cli::command(), "docket", &mut script);
        with_ids(shell, &super::super::super::args::Cli::command(), &String::from_utf8(script).unwrap())
    }

    #[test]
    fn the_commands_that_take_ids_are_found_in_the_definitions() {
        let places = Places::of(&super::super::super::args::Cli::command());
        for command in ["untrack", "refresh", "show", "reply"] {
            assert!(places.commands.iter().any(|name| name == command), "{command}: {places:?}");
        }
        assert!(!places.commands.iter().any(|name| name == "track"));
        assert!(places.flags.contains(&("journal".into(), "--case".into())), "{places:?}");
        assert!(places.other_flags.contains(&("reply".into(), "--content".into())), "{places:?}");
        assert!(places.other_flags.contains(&("show".into(), "--profile".into())), "{places:?}");
    }

    #[test]
    fn every_script_asks_for_ids_and_leaves_nothing_open() {
        for (shell, parts) in [
            (Shell::Bash, &["_docket_with_ids()", "complete -F _docket_with_ids ", "journal,--case"][..]),
            (Shell::Zsh, &["_docket_ids()", ":id -- The case id:_docket_ids'", ":ID:_docket_ids'"][..]),
            (Shell::Fish, &["function __fish_docket_ids", "subcommand show\" -f -a", "-l case -x"][..]),
            (Shell::PowerShell, &["'docket;show;'", "complete-ids", "'--case'"][..]),
        ] {
            let script = script(shell);
            for part in parts {
                assert!(script.contains(part), "{shell}: {part}");
            }
            assert!(!script.contains('@') || !script.contains("@COMMANDS@"), "{shell}");
            assert!(!script.contains("@FLAGS@") && !script.contains("@OTHER_FLAGS@"), "{shell}");
        }
        assert!(!script(Shell::Bash).contains("complete -F _docket "));
        let zsh = script(Shell::Zsh);
        assert!(
            zsh.contains("'*::ids -- Case ids; commas separate ids too:_default'"),
            "track takes new ids"
        );
    }
}
