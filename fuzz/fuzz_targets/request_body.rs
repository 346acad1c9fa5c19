//! Feeds the law `request_body` with whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| setpresence_fuzz::request_body(bytes));
