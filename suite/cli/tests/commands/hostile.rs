//! Worlds that are against us: a target that dies, and proxies of the environment.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::support::{Done, command, run};

/// Gives the same answer to that many requests, one a connection, and is gone then. Tells the heads of what came.
fn answering(n_answers: usize, answer: &'static str) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, heads) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().take(n_answers) {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 16 * 1024];
            let n = stream.read(&mut request).unwrap_or(0);
            let _ = stream.write_all(answer.as_bytes());
            let _ = sender.send(String::from_utf8_lossy(&request[..n]).into_owned());
        }
    });
    (address, heads)
}

#[test]
fn a_target_that_dies_ends_the_run() {
    let accepted = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (address, _) = answering(40, accepted);
    let done = run(&["run", "combinations", "--target", &format!("http://{address}/beta"), "--jobs", "4"]);
    done.check(3, &["the target was lost: 10 connections in a row failed", "exit status 3"], &[]);
}

#[test]
fn a_proxy_of_the_environment_is_used_and_named() {
    let token = "proxied-token-0123456789";
    let target = "http://setpresence.invalid/beta";
    let by_way_of = |proxy: SocketAddr, target: &str| {
        let mut command = command(&["run", "fade", "--target", target, "--token", token, "--user", "test-user"]);
        Done::of(&command.env("http_proxy", format!("http://{proxy}")).output().unwrap())
    };
    let not_found = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (proxy, heads) = answering(100, not_found);
    by_way_of(proxy, target).check(3, &[], &["answers 404 to everything"]);
    let head = heads.recv().unwrap();
    assert!(head.starts_with("POST http://setpresence.invalid/beta/users/"), "{head}");

    // A proxy that is down is not the target's fault, so it is named.
    let done = by_way_of(([127, 0, 0, 1], 1).into(), target);
    done.check(3, &[], &["no connection to setpresence.invalid:80", "`http_proxy` may have sent it by way of a proxy"]);
    assert!(!done.stderr.contains(token));

    // What runs on this machine is never reached by way of a proxy.
    let (local, _) = answering(100, not_found);
    by_way_of(([127, 0, 0, 1], 1).into(), &format!("http://{local}/beta")).check(3, &[], &["answers 404"]);
}
