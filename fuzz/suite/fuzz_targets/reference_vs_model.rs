//! Feeds the law `reference_vs_model` with whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| setpresence_fuzz_suite::reference_vs_model(bytes));
