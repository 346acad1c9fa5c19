//! The reports of hand-made runs.

#[cfg(test)]
mod beside;
#[cfg(test)]
mod bounded;
#[cfg(test)]
mod console;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod junit;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod structure;
#[cfg(test)]
mod waived;
#[cfg(test)]
mod widths;
