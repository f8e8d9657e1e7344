//! Voice over music: lengths, levels, ducking and fades.

use super::loudness::{amplitude, integrated_lufs};
use super::{RATE, Stereo, decode};
use crate::RenderError;
use crate::plan::Plan;

/// Music under the voice while nobody speaks, and further under it while somebody does.
const MUSIC_BELOW_VOICE_LU: f64 = 15.0;
const DUCK_DB: f64 = 5.0;
/// Voice this far under its own loudness counts as a pause.
const PAUSE_BELOW_VOICE_LU: f64 = 25.0;
/// Duck this long before speech starts and after it ends, and change over this long.
const DUCK_BEFORE_MS: usize = 150;
const DUCK_AFTER_MS: usize = 350;
const DUCK_CHANGE_MS: usize = 300;
const FADE_IN_MS: usize = 800;
const FADE_OUT_MS: usize = 1_500;
/// How long the end of the music overlaps its next beginning when it is looped.
const SEAM_MS: usize = 30;
/// Speech is looked at in steps this long.
const STEP_MS: usize = 10;
const STEP: usize = samples(STEP_MS);
/// Quieter than this is no voice at all.
const SILENCE: f32 = 1e-4;

/// Both parts mixed, `length` samples, not yet at the film's loudness.
pub(crate) fn mix(
    plan: &Plan,
    length: usize,
    cancel: &dyn Fn() -> bool,
) -> Result<Stereo, RenderError> {
    let mut voice = decode(&plan.voice, Some(length), cancel)?;
    if voice.iter().flatten().all(|sample| sample.abs() < SILENCE) {
        let problem = "is silent; record or make the speech again";
        return Err(RenderError::sound(&plan.voice, problem));
    }
    voice.resize(length, [0.0; 2]);
    let Some(path) = &plan.music else {
        return Ok(voice);
    };
    let music = looped(&decode(path, Some(length), cancel)?, length);
    let levels = integrated_lufs(&voice).zip(integrated_lufs(&music));
    let Some((voice_lufs, music_lufs)) = levels else {
        return Ok(voice);
    };
    let bed = amplitude(voice_lufs - MUSIC_BELOW_VOICE_LU - music_lufs);
    let floor = amplitude(voice_lufs - PAUSE_BELOW_VOICE_LU);
    let ducking = duck(&voice, floor);
    for (index, (frame, music)) in voice.iter_mut().zip(music).enumerate() {
        let gain = bed * ducking_at(&ducking, index) * end_fades(index, length);
        for (sample, music) in frame.iter_mut().zip(music) {
            *sample += music * gain;
        }
    }
    Ok(voice)
}

const fn samples(milliseconds: usize) -> usize {
    RATE * milliseconds / 1000
}

/// Repeats a sound to a length; each repeat fades into the next without a click.
fn looped(once: &Stereo, length: usize) -> Stereo {
    let seam = samples(SEAM_MS).min(once.len() / 2);
    let mut sound = once.clone();
    while sound.len() < length {
        let joint = sound.len() - seam;
        for index in 0..seam {
            let rising = (index + 1) as f32 / (seam + 1) as f32;
            for (old, new) in sound[joint + index].iter_mut().zip(once[index]) {
                *old = *old * (1.0 - rising) + new * rising;
            }
        }
        sound.extend_from_slice(&once[seam..]);
    }
    sound.truncate(length);
    sound
}

/// The music's gain at each step: low around speech, with gentle slopes.
fn duck(voice: &Stereo, floor: f32) -> Vec<f32> {
    let speaking: Vec<bool> = voice
        .chunks(STEP)
        .map(|chunk| {
            let energy: f32 = chunk.iter().flatten().map(|sample| sample * sample).sum();
            (energy / (2 * chunk.len()) as f32).sqrt() > floor
        })
        .collect();
    let low = amplitude(-DUCK_DB);
    let (before, after) = (DUCK_BEFORE_MS / STEP_MS, DUCK_AFTER_MS / STEP_MS);
    let wanted: Vec<f32> = (0..speaking.len())
        .map(|step| {
            let heard = step.saturating_sub(after)..(step + before + 1).min(speaking.len());
            if speaking[heard].contains(&true) {
                low
            } else {
                1.0
            }
        })
        .collect();
    let reach = DUCK_CHANGE_MS / STEP_MS / 2;
    (0..wanted.len())
        .map(|step| {
            let near = &wanted[step.saturating_sub(reach)..(step + reach + 1).min(wanted.len())];
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect()
}

fn ducking_at(steps: &[f32], index: usize) -> f32 {
    let (step, part) = (index / STEP, (index % STEP) as f32 / STEP as f32);
    let next = steps[(step + 1).min(steps.len() - 1)];
    steps[step] * (1.0 - part) + next * part
}

fn end_fades(index: usize, length: usize) -> f32 {
    let rising = index as f32 / samples(FADE_IN_MS) as f32;
    let falling = (length - 1 - index) as f32 / samples(FADE_OUT_MS) as f32;
    rising.min(falling).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looping_gives_the_exact_length_without_jumps() {
        let once: Stereo = (0..RATE)
            .map(|index| [index as f32 / RATE as f32; 2])
            .collect();
        let sound = looped(&once, 3 * RATE + 17);
        assert_eq!(sound.len(), 3 * RATE + 17);
        let steepest = sound
            .windows(2)
            .map(|pair| (pair[1][0] - pair[0][0]).abs())
            .fold(0.0, f32::max);
        assert!(steepest < 0.01, "{steepest}");
    }

    #[test]
    fn music_is_lower_while_somebody_speaks_and_back_in_the_pause() {
        let mut voice = vec![[0.0; 2]; 4 * RATE];
        for frame in &mut voice[RATE..2 * RATE] {
            *frame = [0.5; 2];
        }
        let gains = duck(&voice, 0.01);
        let at = |milliseconds: usize| gains[milliseconds / STEP_MS];
        assert!((at(1_500) - amplitude(-DUCK_DB)).abs() < 1e-6);
        assert!((at(200) - 1.0).abs() < 1e-6 && (at(3_500) - 1.0).abs() < 1e-6);
        assert!(at(1_000) < 0.7, "ducked before the first sound");
    }

    #[test]
    fn the_ends_are_faded() {
        assert!(end_fades(0, 10 * RATE) < 1e-6);
        assert!((end_fades(5 * RATE, 10 * RATE) - 1.0).abs() < 1e-6);
        assert!(end_fades(10 * RATE - 1, 10 * RATE) < 1e-6);
    }
}
