//! The voice's network: phoneme ids in, spectra and durations out.

use crate::SpeechError;
use rten::{Model, NodeId, Value, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

/// Frames of sound for each unit of the network's durations.
const FRAMES_PER_UNIT: f32 = 2.0;

/// The id put before and after every run of phonemes.
const PAD: i32 = 0;

/// The graph's inner node that holds how long each id lasts, in 25 ms units.
const DURATIONS: &str = "/Clip_output_0";

/// What the network says about one run of phonemes. Each spectrum is row-major
/// `[bins, frames]`; see `Vocoder` for what they mean.
pub(crate) struct Frames {
    pub(crate) log_harmonic: Vec<f32>,
    pub(crate) harmonic_turn: Vec<f32>,
    pub(crate) log_noise: Vec<f32>,
    pub(crate) log_free: Vec<f32>,
    pub(crate) free_phase: Vec<f32>,
    /// Pitch of each frame in Hz, near 0 where unvoiced.
    pub(crate) pitch_hz: Vec<f32>,
    /// How many frames each given id lasts; the pads at the ends are left out.
    pub(crate) id_frames: Vec<usize>,
    /// Frames before the first given id.
    pub(crate) lead_frames: usize,
}

pub(crate) struct AcousticModel {
    model: Model,
    ids: NodeId,
    speed: NodeId,
    outputs: [NodeId; 7],
}

impl AcousticModel {
    pub(crate) fn load() -> Result<Self, SpeechError> {
        let model = Model::load_static_slice(include_bytes!("../assets/hibari.onnx"))
            .map_err(SpeechError::model("load its model"))?;
        let node = |name| {
            model
                .node_id(name)
                .map_err(SpeechError::model("find its way in its model"))
        };
        Ok(Self {
            ids: node("ids")?,
            speed: node("speed")?,
            outputs: [
                node("lh")?,
                node("theta")?,
                node("ln")?,
                node("lr")?,
                node("phi")?,
                node("f0")?,
                node(DURATIONS)?,
            ],
            model,
        })
    }

    /// `ids` must not be empty; `speed` 1 is the voice's own pace.
    pub(crate) fn run(&self, ids: &[i32], speed: f32) -> Result<Frames, SpeechError> {
        let padded: Vec<i32> = std::iter::once(PAD)
            .chain(ids.iter().copied())
            .chain([PAD])
            .collect();
        let ids = NdTensor::from_data([1, padded.len()], padded);
        let speed = NdTensor::from_data([1], vec![speed]);
        let inputs = vec![
            (self.ids, ValueOrView::from(ids.view())),
            (self.speed, ValueOrView::from(speed.view())),
        ];
        let [lh, theta, ln, lr, phi, f0, durations] = self
            .model
            .run_n(inputs, self.outputs, None)
            .map_err(SpeechError::model("run its model"))?;
        let frames: Vec<usize> = numbers(durations)?
            .iter()
            .map(|units| (units * FRAMES_PER_UNIT).round() as usize)
            .collect();
        let [lead_frames, id_frames @ .., _] = frames.as_slice() else {
            unreachable!("the model gives a duration for each of at least three ids");
        };
        Ok(Frames {
            log_harmonic: numbers(lh)?,
            harmonic_turn: numbers(theta)?,
            log_noise: numbers(ln)?,
            log_free: numbers(lr)?,
            free_phase: numbers(phi)?,
            pitch_hz: numbers(f0)?,
            id_frames: id_frames.to_vec(),
            lead_frames: *lead_frames,
        })
    }
}

fn numbers(value: Value) -> Result<Vec<f32>, SpeechError> {
    let tensor: Tensor<f32> = value
        .try_into()
        .map_err(SpeechError::model("read what its model said"))?;
    Ok(tensor.to_vec())
}
