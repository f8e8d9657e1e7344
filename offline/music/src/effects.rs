//! Gives the instruments a room.

mod echo;
mod reverb;

pub(crate) use echo::echo;
pub(crate) use reverb::reverberate;

/// Two channels of one length.
pub(crate) struct Stereo {
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
}

impl Stereo {
    pub(crate) fn silent(samples: usize) -> Self {
        Self {
            left: vec![0.0; samples],
            right: vec![0.0; samples],
        }
    }
}
