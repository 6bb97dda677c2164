//! Nothing leaves under a wrong clock: PayerMax refuses requests two minutes off, and what a refusal under such a clock
//! proves is hard to tell. The answers of the last look carry the gateway's time, so it is known before the send.

use time::OffsetDateTime;
use time::macros::format_description;

use super::{Bench, Stop, codes};
use crate::domain::fault::Skew;

/// From here on nothing is sent, in seconds (reliability.md section 1.6).
const OFF_MAX_S: u64 = 90;

/// Why nothing is sent, when the clocks are too far apart by the last signed answer.
pub(super) fn stop(bench: &Bench) -> Option<Stop> {
    let skew = bench.gateway.skew()?;
    (skew.0.unsigned_abs() > OFF_MAX_S).then(|| too_far((bench.clock)(), skew))
}

fn too_far(here: OffsetDateTime, skew: Skew) -> Stop {
    let there = here.checked_sub(time::Duration::seconds(skew.0)).unwrap_or(here);
    let msg = format!(
        "this host's clock shows {} and the gateway's {}: {skew}, and PayerMax refuses calls two minutes off; set the \
         clock, for example with `timedatectl set-ntp true`",
        told(here),
        told(there)
    );
    Stop { code: codes::CLOCK, msg }
}

fn told(at: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn both_clocks_are_named_with_the_way_to_set_one() {
        let stop = too_far(datetime!(2026-11-20 16:05:03 +8), Skew(303));
        assert_eq!(
            stop.msg,
            "this host's clock shows 2026-11-20 08:05:03 UTC and the gateway's 2026-11-20 08:00:00 UTC: 5 min 3 s \
             ahead of the gateway, and PayerMax refuses calls two minutes off; set the clock, for example with \
             `timedatectl set-ntp true`"
        );
        assert!(
            too_far(datetime!(2026-11-20 8:00 UTC), Skew(-91))
                .msg
                .contains("08:01:31 UTC: 1 min 31 s behind")
        );
    }
}
