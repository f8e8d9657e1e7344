//! Speaks a text with no network and says when each word was spoken.
