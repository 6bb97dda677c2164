//! How many decimals a currency has at PayerMax, which is not always what ISO 4217 says (protocol.md section 6).

/// Order currencies on PayerMax's page.
const LISTED: [&str; 52] = [
    "AED", "AUD", "AZN", "BDT", "BHD", "BOB", "BRL", "CAD", "CHF", "CLP", "COP", "CZK", "DKK", "DZD", "EGP",
    "EUR", "GBP", "HKD", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KRW", "KWD", "MAD", "MDL", "MMK", "MXN",
    "MYR", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PYG", "QAR", "RON", "SAR", "SGD", "THB", "TRY", "TWD",
    "USD", "UYU", "VND", "ZAR", "IQD", "TND", "LYD",
];

/// Currencies whose amounts are whole numbers at PayerMax; some of them have two decimals elsewhere.
const WHOLE: [&str; 20] = [
    "IDR", "TWD", "PKR", "COP", "JPY", "KRW", "VND", "CLP", "PYG", "ISK", "UGX", "RWF", "XAF", "XOF", "XPF",
    "BIF", "DJF", "GNF", "KMF", "VUV",
];

/// Currencies that are written with three decimals elsewhere and take two at PayerMax.
const THREE_ELSEWHERE: [&str; 7] = ["BHD", "KWD", "IQD", "JOD", "TND", "LYD", "OMR"];

/// Whether a text has the form of a currency: three capital letters.
pub fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether PayerMax lists the currency. One that it does not list is taken to have two decimals.
pub fn is_listed(currency: &str) -> bool {
    LISTED.contains(&currency) || WHOLE.contains(&currency)
}

/// The most decimals an amount in this currency may have on the wire.
pub fn decimals(currency: &str) -> u32 {
    if WHOLE.contains(&currency) { 0 } else { 2 }
}

/// The most decimals an amount may be written with, zeros at the end included: people write `5000.00 IDR`, and
/// `1.500 KWD`.
pub fn written_decimals(currency: &str) -> u32 {
    if THREE_ELSEWHERE.contains(&currency) { 3 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_the_page() {
        for (currency, expected) in [("IDR", 0), ("JPY", 0), ("XOF", 0), ("USD", 2), ("KWD", 2), ("XYZ", 2)] {
            assert_eq!(decimals(currency), expected, "{currency}");
        }
        assert_eq!((written_decimals("KWD"), written_decimals("IDR")), (3, 2));
        assert!(is_listed("IDR") && is_listed("UGX") && !is_listed("XYZ"));
    }

    #[test]
    fn only_three_capital_letters_are_a_currency() {
        assert!(is_code("IDR"));
        for bad in ["", "idr", "IDRX", "ID", "I1R", "ＩＤＲ"] {
            assert!(!is_code(bad), "{bad:?}");
        }
    }
}
