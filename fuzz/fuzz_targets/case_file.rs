//! Feeds the law `case_file` with whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| setpresence_fuzz::case_file(bytes));
