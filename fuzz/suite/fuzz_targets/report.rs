//! Feeds the law `report` with whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| setpresence_fuzz_suite::report(bytes));
