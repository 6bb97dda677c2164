#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| docket::probes::run("import", data));
