//! The real binary, as scripts use it: exit statuses, what goes where, and the reports that people read.

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod running;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod support;
