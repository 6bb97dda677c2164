//! Amounts in each currency's usual size, spelled as `caseSearch` spells them (its example writes IDR `5000.00`).

/// A currency, how it is spelled, and what an order in it usually costs.
struct Kind {
    code: &'static str,
    /// Decimals in a `caseSearch` answer.
    decimals: usize,
    /// Usual order, in major units.
    low: u64,
    high: u64,
    /// Prices are multiples of this many major units.
    round: u64,
    /// Usual ends of a price, in minor units.
    ends: &'static [u64],
    /// The dispute fee, in minor units.
    fee: u64,
}

const fn kind(code: &'static str, decimals: usize, range: (u64, u64), round: u64, fee: u64) -> Kind {
    let ends: &[u64] = if decimals == 2 && round == 1 { &[0, 0, 50, 90, 95, 99, 49, 25] } else { &[0] };
    Kind { code, decimals, low: range.0, high: range.1, round, ends, fee }
}

const KINDS: &[Kind] = &[
    kind("IDR", 2, (15_000, 2_400_000), 500, 15_000_000),
    kind("INR", 2, (199, 24_000), 1, 60_000),
    kind("USD", 2, (4, 640), 1, 1_500),
    kind("SAR", 2, (19, 1_900), 1, 5_600),
    kind("AED", 2, (15, 2_200), 1, 5_500),
    kind("BRL", 2, (12, 1_600), 1, 7_500),
    kind("THB", 2, (99, 14_000), 1, 50_000),
    kind("PHP", 2, (120, 18_000), 1, 85_000),
    kind("JPY", 0, (480, 68_000), 10, 2_200),
    kind("KWD", 2, (2, 140), 1, 450),
    kind("TWD", 2, (90, 21_000), 10, 48_000),
    kind("MYR", 2, (15, 1_800), 1, 6_500),
    kind("EUR", 2, (5, 520), 1, 1_500),
    kind("TRY", 2, (90, 12_000), 1, 48_000),
    kind("VND", 0, (45_000, 6_200_000), 1_000, 380_000),
    kind("EGP", 2, (60, 9_800), 1, 72_000),
];

/// The money fields of a case.
pub(super) struct Money {
    pub(super) amount: String,
    pub(super) fee: String,
    pub(super) total: String,
    pub(super) currency: &'static str,
    pub(super) origin_amount: String,
    pub(super) origin_currency: &'static str,
}

/// Draws the money of a case; `ordinal` counts cases. Each twelfth order was paid in dirhams and is frozen in dollars.
pub(super) fn draw(dice: &mut fastrand::Rng, ordinal: usize) -> Money {
    let exotic = ordinal % 12 == 4;
    let wanted = if exotic { "AED" } else { "" };
    let pick = dice.usize(0..KINDS.len() * 2);
    // The first ones show every currency; after that the big markets come up more often.
    let at = if ordinal < KINDS.len() {
        ordinal
    } else if pick < KINDS.len() {
        pick
    } else {
        pick % 8
    };
    let named = KINDS.iter().find(|kind| kind.code == wanted);
    let Some(kind) = named.or_else(|| KINDS.get(at)).or_else(|| KINDS.first()) else { return nothing() };
    let price = kind.price(dice);
    let (frozen_kind, frozen) = match KINDS.iter().find(|other| exotic && other.code == "USD") {
        // The dirham is pegged at 3.6725 to the dollar.
        Some(dollar) => (dollar, price * 10_000 / 36_725),
        None => (kind, price),
    };
    Money {
        amount: spell(frozen, frozen_kind.decimals),
        fee: spell(frozen_kind.fee, frozen_kind.decimals),
        total: spell(frozen + frozen_kind.fee, frozen_kind.decimals),
        currency: frozen_kind.code,
        origin_amount: spell(price, kind.decimals),
        origin_currency: kind.code,
    }
}

impl Kind {
    /// A price in minor units. Cheap orders are the rule: of two draws the lower one counts.
    fn price(&self, dice: &mut fastrand::Rng) -> u64 {
        let drawn = dice.u64(self.low..=self.high).min(dice.u64(self.low..=self.high));
        let major = (drawn / self.round).max(1) * self.round;
        let end = dice.choice(self.ends).copied().unwrap_or_default();
        if self.decimals == 0 { major } else { major * 100 + end }
    }
}

/// Minor units as a decimal text.
fn spell(minor: u64, decimals: usize) -> String {
    if decimals == 0 { minor.to_string() } else { format!("{}.{:02}", minor / 100, minor % 100) }
}

fn nothing() -> Money {
    let zero = || "0.00".to_owned();
    Money {
        amount: zero(),
        fee: zero(),
        total: zero(),
        currency: "USD",
        origin_amount: zero(),
        origin_currency: "USD",
    }
}
