//! Writes a script for a topic with no network: checked topic packs and templates.
