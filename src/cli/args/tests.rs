//! That the words of the contract are taken, and nothing else.

use super::*;
use clap::CommandFactory;

#[test]
fn the_definitions_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn global_flags_work_on_both_sides_of_the_command() {
    for line in [
        "docket --profile uat --config c.toml --data-dir d --read-only --ascii --no-color list",
        "docket list --profile uat --config c.toml --data-dir d --read-only --ascii --no-color",
    ] {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(cli.global.profile.as_deref(), Some("uat"), "{line}");
        assert_eq!(cli.global.config, Some("c.toml".into()), "{line}");
        assert_eq!(cli.global.data_dir, Some("d".into()), "{line}");
        assert!(cli.global.read_only && cli.global.ascii && cli.global.no_color, "{line}");
    }
}

#[test]
fn the_words_of_the_contract_are_taken_and_others_refused() {
    for view in ["due", "changed", "waiting", "closed", "all"] {
        assert!(Cli::try_parse_from(["docket", "list", "--view", view]).is_ok(), "{view}");
    }
    for bad in [
        "docket list --view drafts",
        "docket list --sort colour",
        "docket list --json --csv",
        "docket refresh --fail-on-due 1d",
        "docket refresh --fail-on-due -1",
        "docket refresh O1 --all",
        "docket track",
        "docket track O1 --file f",
        "docket untrack",
        "docket show",
        "docket demo --cases 0",
    ] {
        assert!(Cli::try_parse_from(bad.split(' ')).is_err(), "{bad}");
    }
}

#[test]
fn a_refund_names_its_order_once_and_its_sum_always() {
    for good in [
        "docket refund --case O1 --amount 3000 --currency IDR --comments x --notify-url https://x/r --dry-run --json",
        "docket refund --order P1 --amount 10.10 --currency USD --yes --expect 10.10 --although-open",
        "docket refund --trade-token T1 --amount -5 --currency BRL --legacy --email a@b.example",
        "docket settle --mark A-1=paid --mark A-2=not-received --json",
    ] {
        assert!(Cli::try_parse_from(good.split(' ')).is_ok(), "{good}");
    }
    for bad in [
        "docket refund --amount 1 --currency IDR",
        "docket refund O1 --amount 1 --currency IDR",
        "docket refund --case O1 --order P1 --amount 1 --currency IDR",
        "docket refund --case O1 --currency IDR",
        "docket refund --case O1 --amount 1",
        "docket refund --case O1 --amount 1 --currency BRL --email a@b.example",
        "docket settle --mark A-1",
        "docket settle --mark A-1=refunded",
    ] {
        assert!(Cli::try_parse_from(bad.split(' ')).is_err(), "{bad}");
    }
}

#[test]
fn a_reply_names_its_target_and_its_text_once() {
    for good in [
        "docket reply O1 --content x --file http://x/O1.pdf --file http://x/O2.pdf --dry-run --yes --json",
        "docket reply --batch P1 --content-file f",
        "docket reply O1 --template delivered --although-not-asked --check-links",
        "docket settle --json",
        "docket journal --case O1 --csv",
        "docket journal --verify --json",
    ] {
        assert!(Cli::try_parse_from(good.split(' ')).is_ok(), "{good}");
    }
    for bad in [
        "docket reply",
        "docket reply O1",
        "docket reply O1 --batch P1 --content x",
        "docket reply O1 --content x --template y",
        "docket reply O1 --content x --content-file f",
        "docket reply O1 O2 --content x",
        "docket journal --json --csv",
    ] {
        assert!(Cli::try_parse_from(bad.split(' ')).is_err(), "{bad}");
    }
}

#[test]
fn a_set_up_is_made_and_looked_over() {
    for good in [
        "docket init --environment custom --base-url http://127.0.0.1:1/g --app-id a --merchant-no m",
        "docket --profile live init --environment production",
        "docket doctor",
        "docket doctor --json --profile uat",
    ] {
        assert!(Cli::try_parse_from(good.split(' ')).is_ok(), "{good}");
    }
    for bad in ["docket init --environment live", "docket doctor --csv", "docket doctor O1"] {
        assert!(Cli::try_parse_from(bad.split(' ')).is_err(), "{bad}");
    }
}
