//! The desk on an embedded sandbox: the real client, signatures and all, over loopback, in a directory that is gone
//! afterwards.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use crate::domain::ids::CaseId;
use crate::runtime::session::{Place, Session, system_clock};
use crate::sandbox::{Faults, Sandbox, log};
use crate::store::{NewCase, Store as _};

use super::args::{Demo, Global};
use super::desk::Next;
use super::error::{CliError, Exit};
use super::output::Output;
use super::{desk, refresh, sandbox};

/// Why buyers dispute, as notifications say it: the scheme, its code, its words. Each has its template in the config.
const REASONS: [(&str, &str, &str); 5] = [
    ("VISA", "13.1", "Merchandise/Services Not Received"),
    ("MASTERCARD", "4837", "No Cardholder Authorization"),
    ("MASTERCARD", "4853", "Cardholder Dispute"),
    ("VISA", "10.4", "Other Fraud - Card Absent Environment"),
    ("VISA", "13.3", "Not as Described or Defective Merchandise/Services"),
];

/// Texts for what the buyers of the generated cases say; each goes to the gateway whole, whatever is filled in.
const TEMPLATES: &str = r#"
[templates]
delivered = "Order {outTradeNo} was delivered to user {outUserId}. The signed proof of delivery with date and place is attached."
recognised = "User {outUserId} paid {amount} {currency} for order {outTradeNo} from the device of earlier, undisputed orders. The log of logins and payments is attached."
as-described = "Order {outTradeNo} was delivered as described, and the user asked for no return. The description as it was sold and the chat with the user are attached."
"#;

/// `docket demo`.
pub(super) async fn demo(global: &Global, args: &Demo, output: Output) -> Result<Exit, CliError> {
    desk::needs_terminal()?;
    let dir = sandbox::fresh_dir()?;
    let plan = sandbox::Plan {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        cases: args.cases,
        seed: args.seed,
        faults: Faults::none(),
        log: log::silent(),
        legacy: false,
        settings: TEMPLATES,
    };
    let gateway = sandbox::start(dir.path(), plan).await?;
    let place = Place {
        profile: Some(sandbox::PROFILE.to_owned()),
        config: Some(sandbox::config_in(dir.path())),
        data_dir: Some(dir.path().join("data")),
        read_only: global.read_only,
    };
    let session = Session::open(&place, system_clock())?;
    let exit = if fill(&session, &gateway, output).await? {
        desk::open(session, global).await.map(|next| match next {
            Next::Exit(exit) => exit,
            // The demo has one profile.
            Next::Profile(_) => Exit::Done,
        })
    } else {
        Ok(Exit::Done)
    };
    gateway.stop().await;
    exit
}

/// A case as a notification of PayerMax's would put it on the list.
fn notified((id, (scheme, code, message)): (CaseId, (&str, &str, &str))) -> NewCase {
    NewCase {
        reason_code: Some(code.to_owned()),
        reason_message: Some(message.to_owned()),
        card_scheme: Some(scheme.to_owned()),
        ..NewCase::new(id)
    }
}

/// Puts every case on the list and fetches it once, as an operator would; `false` when the operator stopped it.
async fn fill(session: &Session, sandbox: &Sandbox, output: Output) -> Result<bool, CliError> {
    let ids = sandbox.case_ids().into_iter().chain([sandbox.refused_id()]);
    let ids = ids.filter_map(|id| CaseId::parse(&id).ok());
    let cases: Vec<NewCase> = ids.zip(REASONS.into_iter().cycle()).map(notified).collect();
    let mut store = session.store()?;
    store.track(&cases, session.now())?;
    let ids = cases.into_iter().map(|case| case.id).collect();
    // One case is refused on purpose; the desk shows it.
    let report = refresh::run(session, session.gateway()?, Arc::new(Mutex::new(store)), ids, output).await?;
    Ok(report.cancelled == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::{Case, Field};
    use crate::domain::reply::{Target, Version, Written};
    use crate::sandbox::generate;
    use crate::store::config::Config;
    use time::macros::date;

    #[test]
    fn its_templates_answer_every_case_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = sandbox::config_in(dir.path());
        std::fs::write(&path, sandbox::config_text("http://127.0.0.1:9", None, TEMPLATES)).unwrap();
        let templates = Config::load(&path, None).unwrap().templates;
        assert_eq!(
            templates.keys().map(String::as_str).collect::<Vec<_>>(),
            ["as-described", "delivered", "recognised"]
        );
        for made in generate(200, 7, date!(2026 - 11 - 20)) {
            let case = Case::from_fields(Field::ALL.map(|field| (field, made.get(field).map(str::to_owned))));
            for content in templates.values() {
                let files = vec!["https://example.com/{caseId}.pdf".to_owned()];
                let written = Written { content: content.clone(), files };
                let target = Target::Case(CaseId::parse(case.text(Field::CaseId)).unwrap());
                let reply = written.for_case(target, &case, Version::default());
                assert!(reply.is_ok(), "{content}: {reply:?}");
            }
        }
    }

    #[test]
    fn its_cases_say_why_they_were_disputed() {
        let id = CaseId::parse("O1").unwrap();
        let case = notified((id, REASONS[0]));
        assert_eq!((case.reason_code.as_deref(), case.card_scheme.as_deref()), (Some("13.1"), Some("VISA")));
        assert!(case.reason_message.is_some_and(|message| message.contains("Not Received")));
    }
}
