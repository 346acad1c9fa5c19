//! The `[rate]` table of a target file.

use std::time::Duration;

use setpresence_core::case::text::{Item, Table};
use setpresence_core::spec::Operation;

use super::Rate;

/// Requests per second, as the time between two.
pub(super) fn read(table: Table<'_>) -> Rate {
    let overall = table.get("overall").and_then(per_second);
    let of = Operation::ALL
        .into_iter()
        .filter_map(|operation| Some((operation, table.get(operation.name()).and_then(per_second)?)))
        .collect();
    table.finish();
    Rate { overall, of }
}

fn per_second(item: Item<'_>) -> Option<Duration> {
    let count = item.count()?;
    let found = u32::try_from(count).ok().filter(|count| *count > 0);
    if found.is_none() {
        item.problem("a whole number of 1 or more is wanted here: how many requests a second may hold");
    }
    found.map(|count| Duration::from_secs(1) / count)
}
