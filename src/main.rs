//! The `docket` command.

fn main() {}
