//! Runs a private Postgres and nats-server as child processes.
