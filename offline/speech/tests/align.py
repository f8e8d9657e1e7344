"""Says when each word of a text is heard in a sound, by forced alignment.

Reads a WAV (16-bit mono, 24 kHz) named on the command line and words, one a
line, on standard input. Writes for each word its start and end in milliseconds.
Knows nothing of how the sound was made.
"""

import array
import sys
import wave

from pocketsphinx import Decoder

RATE = 16000
FRAME_MS = 10


def sound(path):
    """The samples of a 24 kHz file at 16 kHz, each two made of three."""
    with wave.open(path) as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, 24000):
            sys.exit(f"{path}: expected 16-bit mono at 24000 Hz")
        samples = array.array("h", file.readframes(file.getnframes()))
    # Low-pass under 8 kHz by a short windowed sinc, then interpolate.
    taps = [-0.02, -0.04, 0.06, 0.28, 0.44, 0.28, 0.06, -0.04, -0.02]
    half = len(taps) // 2
    padded = [0] * half + list(samples) + [0] * (half + 2)
    smooth = [
        sum(tap * padded[at + i] for i, tap in enumerate(taps)) for at in range(len(samples) + 1)
    ]
    out = array.array("h")
    for at in range(0, len(samples) - 2, 3):
        out.append(int(max(-32768, min(32767, smooth[at]))))
        middle = (smooth[at + 1] + smooth[at + 2]) / 2
        out.append(int(max(-32768, min(32767, middle))))
    return out.tobytes()


def main():
    words = [line.strip().lower() for line in sys.stdin if line.strip()]
    decoder = Decoder(samprate=RATE, lm=None, beam=1e-80, wbeam=1e-60, pbeam=1e-80, loglevel="FATAL")
    unknown = [word for word in words if decoder.lookup_word(word) is None]
    if unknown:
        sys.exit(f"not in the aligner's dictionary: {' '.join(unknown)}")
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(sound(sys.argv[1]), full_utt=True)
    decoder.end_utt()
    heard = [
        (segment.word.split("(")[0], segment.start_frame, segment.end_frame)
        for segment in decoder.seg()
        if not segment.word.startswith(("<", "["))
    ]
    if [word for word, _, _ in heard] != words:
        sys.exit("the sound does not hold the words of the text")
    for word, start, end in heard:
        print(word, start * FRAME_MS, (end + 1) * FRAME_MS)


if __name__ == "__main__":
    main()
