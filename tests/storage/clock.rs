//! Clocks that jump and hosts that sleep.
