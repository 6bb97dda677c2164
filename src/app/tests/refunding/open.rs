//! Where a refund begins, where it does not, and the page that stops it.

use super::*;
use crate::app::action::Action;
use crate::app::overlay::Purpose;
use crate::app::refunding::{Elsewhere, instead};
use crate::domain::refund::Road;
use crate::domain::reply::Target;

#[test]
fn the_form_opens_with_an_empty_amount_and_asks_payermax_what_it_knows() {
    let mut script = Script::with(shop());
    assert_eq!(page(&mut script, "O7").keys("$").done(), [Effect::LookAtRefunds("P7".into())]);
    assert!(is_writing(&script));
    assert_eq!((form(&script).amount.value(), form(&script).road), ("", Road::Current));
    assert_eq!(form(&script).elsewhere, Elsewhere::Asking);
    script.typed("3000");
    assert_eq!(form(&script).amount.value(), "3000", "the cursor is in the amount");
}

#[test]
fn the_dollar_says_why_it_is_off() {
    let refused = |cases: Vec<Tracked>, journal: Vec<ActionRecord>, case: &str, why: &[&str]| {
        let mut script = Script::with(cases);
        script.event(Event::Journal(journal));
        page(&mut script, case).done();
        script.keys("$");
        assert!(why.iter().all(|part| script.notice().contains(part)), "{why:?}: {}", script.notice());
        assert_eq!(script.done(), []);
    };
    let mut nameless = shop();
    nameless[1].case.as_mut().unwrap().set(Field::OutTradeNo, None);
    refused(vec![Tracked::new(id("O7"))], Vec::new(), "O7", &["O7 was never fetched", "R asks"]);
    refused(nameless, Vec::new(), "O7", &["O7 names no order"]);
    let unknown = vec![record("P7", 1, "100", State::Unknown)];
    refused(shop(), unknown, "O7", &["DKAAAAAAAAAAAAAAAAAAAAAAAAAA01", "outcome unknown", "s asks"]);
    let accepted = vec![record("P7", 1, "100", State::Accepted)];
    refused(shop(), accepted, "O7", &["accepted, not yet paid"]);
    refused(shop(), vec![record("P7", 1, "100", State::Sending)], "O7", &["being sent"]);
    refused(
        shop(),
        vec![paid("P7", 1, "2000"), paid("P7", 2, "3000")],
        "O7",
        &["nothing is left", "5,000.00 of 5,000.00 IDR"],
    );
    refused(shop(), vec![paid("P7", 99, "1")], "O7", &["every refund number", "portal"]);
}

#[test]
fn read_only_refunds_nothing() {
    let mut session = session();
    session.read_only = Some("started with --read-only".into());
    let mut script = Script::of(session, shop());
    page(&mut script, "O7").keys("$");
    assert!(script.notice().contains("read-only: started with --read-only"), "{}", script.notice());
}

#[test]
fn marked_cases_are_never_refunded_only_the_one_on_the_page() {
    let mut script = Script::with(shop());
    script.keys("5 V");
    page(&mut script, "O8").keys("$");
    assert_eq!((form(&script).order.as_str(), &form(&script).case), ("P8", &id("O8")));
}

#[test]
fn an_order_under_dispute_is_stopped_at_and_the_way_out_is_won_t_contest() {
    let mut script = Script::with(shop());
    page(&mut script, "O5").keys("$");
    assert!(matches!(form(&script).step, Step::Stopped));
    script.typed("5000").keys("ctrl-x Enter = Tab");
    assert!(matches!(form(&script).step, Step::Stopped), "nothing is written here");
    script.keys("w");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("a reason is asked for") };
    assert_eq!(prompt.purpose, Purpose::WontContest(vec![id("O5")]));
    script.done();
    script.typed("valid claim, below limit").keys("Enter");
    assert!(matches!(script.done()[..], [Effect::SaveLocal(..)]), "money leaves once");
}

#[test]
fn the_stop_page_knows_the_operator_s_own_keys() {
    let mut script = Script::with(shop());
    script.model.session.keymap =
        crate::app::tests::own_keys(&[("note", "N"), ("reply", "w"), ("wont-contest", "r")]);
    page(&mut script, "O5").keys("$ n");
    assert!(matches!(form(&script).step, Step::Stopped), "it is no key any more");
    script.keys("N");
    assert!(matches!(&script.model.overlay, Overlay::Prompt(p) if matches!(p.purpose, Purpose::Note(_))));
    script.keys("Esc $ w");
    assert!(matches!(script.model.overlay, Overlay::Reply(_)));
}

#[test]
fn the_stop_page_leads_to_reply_note_and_back() {
    let mut script = Script::with(shop());
    page(&mut script, "O5").keys("$ r");
    assert!(matches!(script.model.overlay, Overlay::Reply(_)));
    script.keys("Esc $ n");
    assert!(
        matches!(&script.model.overlay, Overlay::Prompt(p) if matches!(p.purpose, Purpose::Note(_))),
        "{:?}",
        script.model.overlay
    );
    script.keys("Esc");
    for back in ["q", "Esc", "ctrl-c"] {
        script.keys("$");
        assert!(matches!(form(&script).step, Step::Stopped));
        script.keys(back);
        assert!(matches!(&script.model.overlay, Overlay::CasePage(page) if page.id == id("O5")), "{back}");
    }
}

#[test]
fn the_stop_page_offers_what_can_be_done_as_its_case_stands() {
    let rows: [(&str, &str, &[Action], &str); 4] = [
        ("DISPUTE_INQUIRY", "", &[Action::Reply, Action::Note, Action::WontContest], ""),
        ("NEW_WORD", "", &[Action::Reply, Action::Note], "w"),
        ("DISPUTE_RECEIVED", "", &[Action::Note], "r"),
        ("CASE_CLOSED", "FAI", &[Action::Note], "r"),
    ];
    for (status, result, offered, off) in rows {
        let mut stopping = order_case("O5", status, "P5");
        stopping.case.as_mut().unwrap().set(Field::CaseResult, Some(result.to_owned()));
        let stage = stopping.stage();
        let mut script = Script::with(vec![stopping]);
        page(&mut script, "O5").keys("$");
        assert!(matches!(form(&script).step, Step::Stopped), "{status}");
        assert_eq!(instead(&form(&script).file(&script.model).order), offered, "{status}");
        if !off.is_empty() {
            script.keys(off);
            assert!(matches!(form(&script).step, Step::Stopped), "{status}");
            assert_eq!(script.notice(), stage.next_step());
        }
    }
}

#[test]
fn of_several_cases_the_one_that_needs_a_reply_decides() {
    let mut cases = vec![order_case("O6", "DISPUTE_RECEIVED", "P7")];
    cases.push(order_case("O9", "DISPUTE_INQUIRY", "P7"));
    let mut script = Script::with(cases);
    page(&mut script, "O6").keys("$ r");
    assert!(
        matches!(&script.model.overlay, Overlay::Reply(form) if form.targets == [Target::Case(id("O9"))])
    );
}

#[test]
fn reply_on_the_stop_page_is_about_the_case_that_is_open() {
    let mut cases = shop();
    cases.push(order_case("O9", "DISPUTE_INQUIRY", "P7"));
    let mut script = Script::with(cases);
    page(&mut script, "O7").keys("$ w");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("a reason is asked for") };
    assert_eq!(prompt.purpose, Purpose::WontContest(vec![id("O9")]));
    script.keys("Esc $ r");
    assert!(
        matches!(&script.model.overlay, Overlay::Reply(form) if form.targets == [Target::Case(id("O9"))])
    );
}

#[test]
fn going_on_is_the_operator_s_unless_the_policy_blocks_it() {
    let mut script = Script::with(shop());
    page(&mut script, "O5").keys("$ c");
    assert!(is_writing(&script) && form(&script).although_open);
    let mut session = session();
    session.refunds.limits = blocking();
    let mut script = Script::of(session, shop());
    page(&mut script, "O5").keys("$ c");
    assert!(matches!(form(&script).step, Step::Stopped));
    assert!(script.notice().contains("refund_open_case in /etc/docket/policy.toml"), "{}", script.notice());
}

#[test]
fn escape_keeps_what_was_typed_for_its_order_and_says_so() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").typed("300").keys("Tab 2 Tab").typed("twice").keys("Esc");
    assert!(script.notice().contains("nothing was sent; what you typed is kept"), "{}", script.notice());
    script.keys("Esc");
    opened(&mut script, "O8");
    assert_eq!(form(&script).amount.value(), "", "another order");
    script.keys("Esc");
    assert_eq!(script.notice(), "", "nothing was typed here");
    script.keys("Esc");
    page(&mut script, "O7").keys("$");
    assert!(script.notice().contains("what you typed for this order is back"));
    let written = form(&script).written(&script.model);
    assert_eq!((written.amount.as_str(), written.comment.as_str()), ("300", "fraudulent: twice"));
    script.keys("ctrl-u Tab Space Tab ctrl-u Esc $");
    assert_eq!(form(&script).amount.value(), "", "an emptied form is forgotten");
    assert_eq!(script.notice(), "");
}

#[test]
fn a_case_that_leaves_the_list_takes_its_page_along() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").typed("3000");
    script.event(Event::Loaded(vec![shop().remove(0)])).keys("ctrl-x");
    assert!(script.notice().contains("currency of the order is not known"), "{}", script.notice());
    script.keys("Esc");
    assert!(matches!(script.model.overlay, Overlay::None));
}
