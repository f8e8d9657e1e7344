//! What makes each mood sound like itself.

use crate::Mood;

/// Semitones above the key note, lowest first.
pub(crate) type Chord = [i32; 4];

pub(crate) struct Character {
    pub(crate) beats_per_minute: f32,
    /// MIDI number of the key note before the seed moves it.
    pub(crate) key: f32,
    /// Phrases of four bars; each bar holds one chord.
    pub(crate) phrases: &'static [[Chord; 4]],
    /// The chord every piece ends on.
    pub(crate) home: Chord,
    pub(crate) pads: Pads,
    pub(crate) plucks: Plucks,
    /// Loudness of the lowest voice.
    pub(crate) bass: f32,
    pub(crate) pulse: Pulse,
    /// Share of each echo that comes back.
    pub(crate) echo: f32,
    pub(crate) room: Room,
}

pub(crate) struct Pads {
    pub(crate) loudness: f32,
    /// Highest cutoff of their filter.
    pub(crate) brightness_hz: f32,
}

pub(crate) struct Plucks {
    pub(crate) loudness: f32,
    /// How likely each eighth of a bar has a note.
    pub(crate) density: f32,
    /// Semitones above the chord.
    pub(crate) above: f32,
    /// How likely a note is an octave higher still.
    pub(crate) leap: f32,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Pulse {
    None,
    /// A soft drum on every beat.
    Beat {
        loudness: f32,
    },
    /// Two low thuds at the start of a bar.
    Heartbeat {
        loudness: f32,
    },
}

#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// Seconds until an echo has fallen by 60 dB.
    pub(crate) decay_s: f32,
    /// Share of the sound that comes from the room.
    pub(crate) wet: f32,
}

pub(crate) fn of(mood: Mood) -> &'static Character {
    match mood {
        Mood::Calm => &CALM,
        Mood::Uplift => &UPLIFT,
        Mood::Mystery => &MYSTERY,
        Mood::Scary => &SCARY,
    }
}

const CALM: Character = Character {
    beats_per_minute: 66.0,
    key: 62.0,
    phrases: &[
        [[0, 4, 7, 11], [-3, 0, 4, 9], [-7, -3, 0, 5], [-5, -1, 2, 9]],
        [[0, 4, 7, 14], [-7, 0, 5, 9], [-3, 0, 4, 7], [-7, -3, 0, 7]],
        [[-3, 0, 4, 7], [-7, -3, 0, 4], [0, 4, 7, 11], [-5, 0, 2, 7]],
    ],
    home: [0, 4, 7, 14],
    pads: Pads {
        loudness: 0.055,
        brightness_hz: 850.0,
    },
    plucks: Plucks {
        loudness: 0.08,
        density: 0.38,
        above: 12.0,
        leap: 0.3,
    },
    bass: 0.10,
    pulse: Pulse::None,
    echo: 0.32,
    room: Room {
        decay_s: 2.8,
        wet: 0.40,
    },
};

const UPLIFT: Character = Character {
    beats_per_minute: 100.0,
    key: 60.0,
    phrases: &[
        [[0, 4, 7, 14], [-5, 2, 7, 11], [-3, 0, 4, 12], [-7, 0, 5, 9]],
        [[-7, 0, 5, 9], [0, 4, 7, 12], [-5, 2, 7, 11], [-3, 4, 7, 12]],
        [[0, 4, 7, 12], [-3, 0, 4, 9], [-7, 0, 5, 12], [-5, 2, 7, 14]],
    ],
    home: [0, 4, 7, 12],
    pads: Pads {
        loudness: 0.05,
        brightness_hz: 2600.0,
    },
    plucks: Plucks {
        loudness: 0.16,
        density: 0.74,
        above: 12.0,
        leap: 0.3,
    },
    bass: 0.09,
    pulse: Pulse::Beat { loudness: 0.22 },
    echo: 0.26,
    room: Room {
        decay_s: 1.8,
        wet: 0.28,
    },
};

const MYSTERY: Character = Character {
    beats_per_minute: 76.0,
    key: 57.0,
    phrases: &[
        [[0, 3, 7, 14], [-4, 0, 3, 8], [-7, 0, 5, 8], [-5, -1, 2, 7]],
        [[0, 3, 7, 10], [-2, 2, 5, 10], [-4, 0, 3, 7], [-2, 2, 5, 9]],
        [[0, 3, 7, 14], [-7, -4, 0, 5], [0, 3, 7, 12], [-4, 0, 3, 10]],
    ],
    home: [0, 3, 7, 14],
    pads: Pads {
        loudness: 0.055,
        brightness_hz: 700.0,
    },
    plucks: Plucks {
        loudness: 0.16,
        density: 0.34,
        above: 24.0,
        leap: 0.0,
    },
    bass: 0.11,
    pulse: Pulse::None,
    echo: 0.45,
    room: Room {
        decay_s: 3.4,
        wet: 0.45,
    },
};

const SCARY: Character = Character {
    beats_per_minute: 56.0,
    key: 50.0,
    phrases: &[
        [[0, 3, 6, 13], [-1, 3, 6, 11], [0, 3, 7, 8], [-4, 0, 3, 6]],
        [[0, 1, 7, 12], [0, 3, 6, 12], [-1, 2, 6, 11], [0, 1, 6, 12]],
        [[0, 3, 7, 13], [-5, 1, 3, 8], [-4, 0, 6, 8], [-1, 3, 5, 11]],
    ],
    home: [0, 3, 6, 12],
    pads: Pads {
        loudness: 0.07,
        brightness_hz: 480.0,
    },
    plucks: Plucks {
        loudness: 0.05,
        density: 0.10,
        above: 25.0,
        leap: 0.0,
    },
    bass: 0.12,
    pulse: Pulse::Heartbeat { loudness: 0.30 },
    echo: 0.40,
    room: Room {
        decay_s: 4.0,
        wet: 0.50,
    },
};
