//! Feeds the law `http_request` with whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| setpresence_fuzz_suite::http_request(bytes));
