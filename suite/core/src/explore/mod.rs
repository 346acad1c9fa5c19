//! Sequences of requests from any bytes, judged by the model, and boiled down to the least that shows a fault.
//!
//! One generator feeds everything: what libFuzzer finds can be sent to a URL, and what is found at a URL replays in a
//! test. Nothing is sent here, and no random number is drawn: bytes, or a seed, are handed in.

mod artifact;
mod blame;
mod body;
mod campaign;
mod choices;
mod drive;
mod ending;
mod examine;
mod generate;
mod ground;
mod moments;
mod notes;
mod novelty;
mod overlap;
mod pair;
mod rulings;
mod sequence;
mod shrink;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod witness;
mod words;

pub use artifact::{OneRequest, Place, Story};
pub use campaign::Campaign;
pub use choices::Choices;
pub use drive::{Driven, Endpoint, Kind, Wire, check_bytes, drive};
pub use examine::{Examiner, Touched};
pub use ground::{Calls, Ground, USERS};
pub use moments::share_moments;
pub use novelty::{Features, Novelty};
pub use overlap::OVERLAPPING_MOST;
pub use pair::{Parting, Play, Side, parting};
pub use sequence::{Move, Sequence};
pub use shrink::Shrinker;
pub use witness::{Witness, check_witness};
