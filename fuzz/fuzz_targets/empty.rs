//! Does nothing: what a target costs that does something is measured against it.
#![no_main]

libfuzzer_sys::fuzz_target!(|_bytes: &[u8]| {});
