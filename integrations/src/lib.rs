//! Every outside system, behind a small port.
