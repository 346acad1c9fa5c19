//! The server from outside: in process, and over a socket.
#![cfg(test)]

mod answers;
mod battery;
mod common;
mod mutants;
mod socket;
mod states;
mod stories;
