//! User ids and order numbers as merchants make them up.

const NAMES: [&str; 14] = [
    "张伟_8812",
    "สมชาย ใจดี",
    "user_siti.rahma",
    "王芳",
    "กนกวรรณ-0917",
    "rahul.k@example.in",
    "José Á. Ramírez",
    "陳怡君2024",
    "mohammed_al_harbi",
    "ณัฐพล",
    "budi.santoso",
    "佐藤 健",
    "maria-clara",
    "李娜_gold",
];

/// A user id: a name, a number or a generated token. The first cases of a small desk get names in other scripts.
pub(super) fn user(dice: &mut fastrand::Rng, index: usize) -> String {
    match (index, dice.u32(0..5)) {
        (1..=4, _) => NAMES.get(index - 1).copied().unwrap_or_default().to_owned(),
        (_, 0) => dice.choice(NAMES).unwrap_or_default().to_owned(),
        (_, 1) => format!("uft_user_{}", dice.u64(1_600_000_000_000..1_790_000_000_000)),
        (_, 2) => (0..5).map(|_| dice.alphanumeric()).collect(),
        _ => dice.u32(10_000..99_999_999).to_string(),
    }
}

/// An order number; `day` is `yyyyMMdd`, `serial` six digits that make it differ. Some have 24 digits, more than any
/// integer type of a spreadsheet keeps.
pub(super) fn order(dice: &mut fastrand::Rng, day: &str, serial: &str) -> String {
    match dice.u32(0..4) {
        0 => format!("{day}{:010}{serial}", dice.u64(0..10_000_000_000)),
        1 => format!("P{}{serial}", dice.u32(1_000_000..9_999_999)),
        2 => format!("SHOP-{day}-{serial}"),
        _ => format!("dev-{}{:03}{serial}", dice.lowercase().to_ascii_uppercase(), dice.u32(0..1_000)),
    }
}

/// `HH:mm:ss.SSS`.
pub(super) fn time_of_day(dice: &mut fastrand::Rng) -> String {
    let (hour, minute, second) = (dice.u32(0..24), dice.u32(0..60), dice.u32(0..60));
    format!("{hour:02}:{minute:02}:{second:02}.{:03}", dice.u32(0..1_000))
}
