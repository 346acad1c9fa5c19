//! The real binary, as scripts use it: exit statuses, what goes where, and the reports that people read.

#[cfg(test)]
mod attacked;
#[cfg(test)]
mod differing;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod fuzzing;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod input;
#[cfg(test)]
mod killing;
#[cfg(test)]
mod listing;
#[cfg(test)]
#[cfg(unix)]
mod pipelines;
#[cfg(test)]
mod proving;
#[cfg(test)]
mod remembering;
#[cfg(test)]
mod running;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod several;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod verbose;
