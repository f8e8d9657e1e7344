use super::Stereo;

/// Repeats the sound every `delay` samples, `share` as loud, from the other side.
pub(crate) fn echo(track: &mut Stereo, delay: usize, share: f32) {
    if delay == 0 {
        return;
    }
    for at in delay..track.left.len() {
        let (left, right) = (track.left[at - delay], track.right[at - delay]);
        track.left[at] += right * share;
        track.right[at] += left * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_comes_from_the_other_side_and_dies_away() {
        let mut track = Stereo::silent(30);
        track.left[0] = 1.0;
        echo(&mut track, 10, 0.5);
        assert_eq!((track.left[10], track.right[10]), (0.0, 0.5));
        assert_eq!((track.left[20], track.right[20]), (0.25, 0.0));
    }
}
