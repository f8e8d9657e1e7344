//! What follows the log: read models, the queries on them, and the relay to JetStream.
