//! How many decimals a refund may have, from the refund page's text (protocol.md section 6).

/// Whole units only.
const NONE: &[&str] = &[
    "IDR", "TWD", "PKR", "COP", "JPY", "KRW", "VND", "CLP", "PYG", "ISK", "UGX", "RWF", "XAF", "XOF", "XPF",
    "BIF", "DJF", "GNF", "KMF", "VUV",
];

/// Two decimals, the three-decimal currencies of ISO 4217 included: PayerMax takes two of those as well.
const TWO: &[&str] = &[
    "AED", "AUD", "AZN", "BDT", "BHD", "BOB", "BRL", "CAD", "CHF", "CZK", "DKK", "DZD", "EGP", "EUR", "GBP",
    "HKD", "ILS", "INR", "IQD", "JOD", "KWD", "LYD", "MAD", "MDL", "MMK", "MXN", "MYR", "NOK", "NZD", "OMR",
    "PEN", "PHP", "QAR", "RON", "SAR", "SGD", "THB", "TND", "TRY", "USD", "UYU", "ZAR",
];

/// The most decimals an amount of this currency may be written with; `None` for a currency PayerMax does not list.
pub(super) fn decimals(currency: &str) -> Option<usize> {
    if NONE.contains(&currency) {
        return Some(0);
    }
    TWO.contains(&currency).then_some(2)
}
