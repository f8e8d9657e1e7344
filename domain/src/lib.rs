//! What a video and a series are: value objects, commands, events, decide and evolve.
