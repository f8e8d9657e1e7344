//! Operations as JSON, in addresses and on web sockets: nothing deeper than is
//! allowed is read, and a socket is initialised before anything is started.
//!
//! Each line is a message of one socket, and an operation by itself.

#![no_main]

use async_graphql::http::ClientMessage;
use fuzz::first_line;
use graphql::fuzzing::{Socket, operation_of_address, operation_of_body};
use graphql::guard::{JSON_NESTING, check_json};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// What a close frame has room for (RFC 6455, 5.5).
const MAX_REASON_BYTES: usize = 123;

fuzz_target!(|text: &str| {
    for line in text.lines() {
        json(line);
        operation_of_body(line.as_bytes());
        operation_of_address(line);
    }
    operation_of_body(first_line(text).1.as_bytes());
    socket(text);
});

fn json(text: &str) {
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && check_json(text.as_bytes()).is_ok()
    {
        assert!(depth(&value) <= JSON_NESTING.allowed, "{text}");
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn socket(text: &str) {
    let mut socket = Socket::default();
    let mut is_initialised = false;
    let mut open = Vec::new();
    for line in text.lines() {
        match socket.hear(line.as_bytes()) {
            Ok(ClientMessage::ConnectionInit { .. }) => {
                assert!(!is_initialised, "it was initialised twice");
                is_initialised = true;
            }
            Ok(message @ ClientMessage::Start { .. }) => {
                assert!(is_initialised, "it was not initialised");
                open.push(message);
            }
            Ok(_) => {}
            Err((code, reason)) => {
                assert!((4400..4500).contains(&code), "{code}");
                assert!(reason.len() <= MAX_REASON_BYTES, "{reason}");
                return;
            }
        }
    }
    let id = |message: &ClientMessage| match message {
        ClientMessage::Start { id, .. } => id.clone(),
        _ => String::new(),
    };
    let mut ids: Vec<_> = open.iter().map(id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), open.len(), "one id is of two operations");
}
