//! Plays a quiet bed of music of its own making, of any length.
