//! A handler under libFuzzer, as one's own would be: the reference here, in which nothing must be found.
#![no_main]

use std::sync::LazyLock;

use setpresence::Profile;
use setpresence::fuzzing::Handler;

static HANDLER: LazyLock<Handler> = LazyLock::new(|| setpresence_fuzz_suite::handler(Profile::V1_0, None));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| HANDLER.check(bytes));
