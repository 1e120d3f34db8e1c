"""A program of its own: decode one file with libsndfile and write it as AU (float, big-endian) on standard output.

Compressed formats are the decoders' business, and a hostile file is theirs to choke on: this process may be killed, may
run out of memory or crash, and nothing but this one file is lost. It imports nothing of ours.

    python -P decoder_process.py FILE

Exit code 1 and one line on standard error: not opened. The header's length is what the file claims; fewer samples
than that mean that decoding stopped at damage or at the end of a file that was cut off.
"""

from __future__ import annotations

import os
import struct
import sys

import numpy as np
import soundfile

_FLOAT = 6  # AU's number for 32-bit float
_SAMPLES_AT_ONCE = 1 << 18


def main(path: str) -> int:
    # By descriptor: of a name soundfile believes the ending (.raw), and libsndfile a lone dash.
    file = os.open(path, os.O_RDONLY)
    try:
        sound = soundfile.SoundFile(file)
    except soundfile.LibsndfileError as error:
        print(error.error_string, file=sys.stderr)
        return 1
    claimed = sound.frames * sound.channels * 4
    size = claimed if 0 <= claimed < 0xFFFFFFFF else 0xFFFFFFFF
    target = sys.stdout.buffer
    target.write(b".snd" + struct.pack(">IIIII", 24, size, _FLOAT, sound.samplerate, sound.channels))
    block = np.empty((max(1, _SAMPLES_AT_ONCE // sound.channels), sound.channels), dtype=np.float32)
    while True:
        # What was decoded before damage is in the block, but how much that is only the marks tell.
        block.fill(np.nan)
        try:
            read = len(sound.read(out=block))
        except soundfile.LibsndfileError as error:
            print(error.error_string, file=sys.stderr)
            read = int(np.isnan(block[:, -1]).argmax())
            target.write(block[:read].astype(">f4").tobytes())
            break
        if not read:
            break
        target.write(block[:read].astype(">f4").tobytes())
    target.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
