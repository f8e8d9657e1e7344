//! Turns pictures, speech, word timings and music into an mp4.
