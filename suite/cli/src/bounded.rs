//! Reading files that others wrote: never more than such a file may hold.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use setpresence_core::case::text::FILE_LIMIT;

/// The text of a target file or a fixture.
pub(crate) fn read_to_string(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than is permitted shows that there is more; a device or a pipe may have no end.
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX);
    File::open(path)?.take(limit.saturating_add(1)).read_to_string(&mut text)?;
    if text.len() > FILE_LIMIT {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {} MiB", FILE_LIMIT / 1024 / 1024),
        ));
    }
    Ok(text)
}
