//! The one page that says in words what a refund will do: what leaves, from whose balance, what is frozen already, what
//! went back before, and what could be lost in all.

use std::fmt::Write as _;

use time::{Duration, OffsetDateTime};

use crate::domain::money::{self, Sums};
use crate::domain::refund::{Amount, Earlier, OrderCase, OrderFile, Refund, Road, WINDOW_DAYS};
use crate::domain::{currency, shown};
use crate::runtime::approvals::Waiting;

use super::super::json::instant;

/// A receiver may forget a number after so long; whoever sends it again should look first.
const REMEMBERED: Duration = Duration::hours(24);

/// Everything the page is about.
pub(super) struct Page<'a> {
    /// The profile's name.
    pub(super) profile: &'a str,
    /// Where requests go, in a word.
    pub(super) environment: &'a str,
    /// Whose balance pays.
    pub(super) merchant_no: &'a str,
    pub(super) refund: &'a Refund,
    /// Its number.
    pub(super) number: &'a str,
    pub(super) file: &'a OrderFile,
    /// The refund that is sent again, with its own contents.
    pub(super) again: Option<&'a Earlier>,
    pub(super) now: OffsetDateTime,
    /// That a second person must approve it, when whoever looks at this is the first.
    pub(super) needs: Option<String>,
    /// The request that whoever looks at this approves.
    pub(super) asked: Option<&'a Waiting>,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn text(&self) -> String {
        let Self { refund, number, .. } = self;
        let mut out = String::new();
        // Writing to a String cannot fail, here and below.
        _ = writeln!(
            out,
            "Refund {} of order {}, profile {} ({})",
            refund.amount,
            shown::id(&refund.order),
            shown::line(self.profile),
            self.environment
        );
        _ = writeln!(out, "  from the balance of merchant {} to the customer", shown::line(self.merchant_no));
        self.order(&mut out);
        self.earlier(&mut out);
        if let Some(comment) = refund.comment.as_deref().filter(|_| self.again.is_none()) {
            let lines: Vec<_> = comment.lines().map(shown::prose).collect();
            _ = writeln!(out, "  comment: {}", lines.join("\n           "));
        }
        if let Some(url) = refund.notify_url.as_deref().filter(|_| self.again.is_none()) {
            _ = writeln!(out, "  its end is reported to {}", shown::line(url));
        }
        if let Some(email) = refund.email.as_deref().filter(|_| self.again.is_none()) {
            _ = writeln!(out, "  bank details are asked for at {}", shown::line(email));
        }
        _ = match refund.road {
            Road::Current => writeln!(out, "  number {number}, by the refund interface"),
            Road::Legacy => writeln!(out, "  number {number}, by the legacy interface, version 2.1"),
        };
        if let Some(asked) = self.asked {
            let (at, code) = (instant(asked.request.asked_at), asked.code());
            let by = format!("{} (uid {})", asked.asker, asked.owner);
            _ = writeln!(
                out,
                "  asked for by {}, {at}; code {code}, as the asker was told",
                shown::line(&by)
            );
        }
        out.push_str(&self.warnings());
        out.push_str(match self.needs_another() {
            Some(_) => "Nothing is sent now; whoever approves it sends it.\n",
            None => "It is sent once and cannot be taken back.\n",
        });
        out
    }

    fn order(&self, out: &mut String) {
        let OrderFile { order, .. } = self.file;
        for case in &order.cases {
            let frozen = case.frozen.as_ref().filter(|_| case.is_open());
            let frozen = frozen.map(|(amount, currency)| {
                format!(", {} {} frozen", money::shown(*amount), shown::line(currency))
            });
            _ = writeln!(
                out,
                "  case {}: {}{}",
                shown::id(case.id.as_str()),
                shown::line(&case.status),
                frozen.unwrap_or_default()
            );
        }
        if let (Some(paid), Some(left)) = (order.paid, self.file.left()) {
            let currency = self.refund.amount.currency();
            let after = left.checked_sub(self.refund.amount.value()).unwrap_or_default();
            _ = writeln!(
                out,
                "  order {} {currency}, refunded {}, left {}; {} after this",
                money::shown(paid),
                money::shown(self.file.refunded()),
                money::shown(left),
                money::shown(after)
            );
        }
        if let (Some(at), Some(age), Some(left)) =
            (order.traded_at, order.age_days(self.now), order.days_left(self.now))
            && left >= 0
        {
            _ = writeln!(
                out,
                "  paid {}, {} ago; {} of {WINDOW_DAYS} left",
                at.date(),
                days(age),
                days(left)
            );
        }
    }

    fn earlier(&self, out: &mut String) {
        let earlier = &self.file.earlier;
        if earlier.is_empty() {
            out.push_str("  no earlier refund of this order under docket's numbers; the merchant portal may show others\n");
            return;
        }
        out.push_str("  earlier refunds of this order under docket's numbers:\n");
        for one in earlier {
            _ = writeln!(out, "    {}", line(one));
        }
    }

    /// What an operator must hear even when nobody asks.
    pub(super) fn warnings(&self) -> String {
        let mut out = String::new();
        let OrderFile { order, .. } = self.file;
        let mut warn = |text: String| _ = writeln!(out, "warning: {text}");
        if order.cases.is_empty() {
            warn(format!(
                "no case of order {} is on the list: neither its amount nor a dispute is known here",
                shown::id(&order.number)
            ));
        }
        let names = order.cases.iter().map(|case| case.id.as_str()).chain([order.number.as_str()]);
        let odd: Vec<_> = names.filter(|name| shown::is_unusual(name)).map(shown::id).collect();
        if !odd.is_empty() {
            warn(format!("{} in {}: compare with the merchant portal", shown::UNUSUAL, odd.join(", ")));
        }
        if let Some(dispute) = dispute(self.file, &self.refund.amount) {
            warn(dispute);
        }
        let lost: Vec<_> = order.lost_cases().map(|case| shown::id(case.id.as_str())).collect();
        if !lost.is_empty() {
            warn(format!(
                "the dispute was lost (case {}): the customer has {} already, and this refund is paid on top",
                lost.join(" "),
                sums(&order.lost())
            ));
        }
        if let Some(same) = self.file.same_again(&self.refund.amount).filter(|_| self.again.is_none()) {
            warn(format!("the same sum of this order went back before: {}", line(same)));
        }
        if let Some(age) = order.age_days(self.now).filter(|age| *age > WINDOW_DAYS) {
            warn(format!(
                "the order was paid {} ago; PayerMax refunds within {WINDOW_DAYS} days and may refuse this",
                days(age)
            ));
        }
        if !currency::is_listed(self.refund.amount.currency()) {
            warn(format!(
                "{} is not among PayerMax's currencies; it is taken to have two decimals",
                self.refund.amount.currency()
            ));
        }
        if let Some(again) = self.again {
            warn(self.sent_again(again));
        }
        if let Some(needs) = self.needs_another() {
            warn(format!("{needs}: it is asked for, and another person sends it with docket approve"));
        }
        out
    }

    fn needs_another(&self) -> Option<&str> {
        self.needs.as_deref().filter(|_| self.asked.is_none())
    }

    fn sent_again(&self, again: &Earlier) -> String {
        let late = again.at.is_some_and(|at| self.now - at > REMEMBERED);
        let check =
            if late { "; that was more than a day ago, so look into the merchant portal first" } else { "" };
        format!(
            "refund {} was never received; it is sent again under that number with the words of the first time{check}",
            shown::id(&again.number)
        )
    }

    /// What is asked on the terminal.
    pub(super) fn question(&self) -> String {
        let what = if self.needs_another().is_some() { "ask for it" } else { "send it" };
        format!("Type {} to {what}: ", self.refund.amount.confirmation())
    }
}

/// An earlier refund in one line: `2,000.00 IDR, refunded, 2026-08-02T09:00:00Z by ben, DK…01`.
pub(in super::super) fn line(one: &Earlier) -> String {
    let amount = one.amount.map_or_else(|| "an unreadable amount of".to_owned(), money::shown);
    let at = one.at.map(|at| format!(", {}", instant(at))).unwrap_or_default();
    let by = match (&one.action, &one.by) {
        (None, _) => ", made elsewhere".to_owned(),
        (Some(_), Some(by)) if !by.is_empty() => format!(" by {by}"),
        _ => String::new(),
    };
    let text = format!("{amount} {}, {}{at}{by}, {}", one.currency, one.fate.words(), one.number);
    shown::line(&text).into_owned()
}

/// What an operator risks who refunds an order whose case is still open; `None` when none is.
pub(super) fn dispute(file: &OrderFile, amount: &Amount) -> Option<String> {
    let open: Vec<&OrderCase> = file.order.open_cases().collect();
    (!open.is_empty()).then(|| {
        format!(
            "{} still open: {} frozen already, and this refund is paid on top; {} could be lost in all",
            which(&open),
            sums(&file.order.frozen()),
            sums(&file.total_loss(amount))
        )
    })
}

fn which(open: &[&OrderCase]) -> String {
    match open {
        [one] => format!("case {} is", shown::id(one.id.as_str())),
        many => {
            let ids: Vec<_> = many.iter().map(|case| shown::id(case.id.as_str())).collect();
            format!("cases {} are", ids.join(" "))
        }
    }
}

fn sums(sums: &Sums) -> String {
    let parts: Vec<String> = sums
        .iter()
        .map(|(currency, sum)| format!("{} {}", money::shown(sum), shown::line(currency)))
        .collect();
    match parts.len() {
        0 => "its money is".to_owned(),
        _ => parts.join(" and "),
    }
}

fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

#[cfg(test)]
mod tests;
