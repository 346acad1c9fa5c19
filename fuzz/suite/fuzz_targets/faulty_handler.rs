//! The same with the example's service, which has a fault on purpose: this target must find it.
#![no_main]

use std::sync::LazyLock;

use setpresence::TargetOptions;
use setpresence::fuzzing::Handler;

static HANDLER: LazyLock<Handler> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../suite/example/tests/target.toml");
    let settings = TargetOptions::file(file).required().expect("a target file");
    Handler::new(settings, presence_example::router).expect("tokens")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| HANDLER.check(bytes));
