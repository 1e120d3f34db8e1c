"""A program of its own: bound and confine this process, then decode one recording, or become ffmpeg.

Compressed formats are the decoders' business, and a hostile file is theirs to choke on: this process may be killed, may
run out of memory, crash or do its worst, and nothing but this one file is lost. What it needs is open when it starts.

    python -I -S decoder_process.py SECONDS BYTES TASK …

    whole LIBSNDFILE DESCRIPTOR         a file, as AU (float, big-endian) on standard output
    stretches LIBSNDFILE DESCRIPTOR     what lies there each time that a line on standard input names a number of frames
    program PATH DESCRIPTOR ARGUMENT …  another program that reads DESCRIPTOR
    protections                         what this machine has to confine a decoder, a line each, with + or -

Exit code 1 and one line on standard error: not decoded.
"""

from __future__ import annotations

import array
import os
import struct
import sys

# Behind Python's own folders: nothing of ours stands before the standard library. (pathlib is slow to import.)
sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120

from engine.audio import jail, libsndfile

_AU_FLOAT = 6
_SAMPLES_AT_ONCE = 1 << 18


def main(seconds: str, memory_bytes: str, task: str, *rest: str) -> int:
    jail.bound(int(seconds), int(memory_bytes))
    if task == "protections":
        return _tell_protections()
    if task == "program":
        return _become(*rest)
    library = libsndfile.Library(rest[0])
    jail.confine(None)
    try:
        (_decode_whole if task == "whole" else _decode_stretches)(library, int(rest[1]))
    except libsndfile.NotDecoded as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _tell_protections() -> int:
    found = jail.confine(jail.Program(sys.stdin.fileno()))
    for line in [*(f"+{held}" for held in found.held), *(f"-{missing}" for missing in found.missing)]:
        print(line)
    return 0


def _become(path: str, readable: str, *arguments: str) -> int:
    try:
        # By descriptor: nobody might not find the way to it. Inherited, since a script's interpreter opens it again.
        program = os.open(path, os.O_RDONLY)
        os.set_inheritable(program, True)
        jail.confine(jail.Program(program, (int(readable),)))
        os.execve(program, [path, *arguments], os.environ)  # noqa: S606  # the caller's list, no shell
    except OSError as error:
        print(f"{path} cannot be run: {error.strerror}", file=sys.stderr)
    return 1


def _decode_whole(library: libsndfile.Library, descriptor: int) -> None:
    """The header's length is what the file claims; fewer samples mean damage, or a file that was cut off."""
    sound = libsndfile.Sound(library, descriptor)
    claimed = sound.frames * sound.channels * libsndfile.SAMPLE_BYTES
    size = claimed if 0 <= claimed < 0xFFFFFFFF else 0xFFFFFFFF
    target = sys.stdout.buffer
    target.write(b".snd" + struct.pack(">IIIII", 24, size, _AU_FLOAT, sound.sample_rate, sound.channels))
    frames = max(1, _SAMPLES_AT_ONCE // sound.channels)
    try:
        for block in iter(lambda: sound.read(frames), b""):
            target.write(_big_endian(block))
    except libsndfile.NotDecoded as error:
        print(error, file=sys.stderr)
        target.write(_big_endian(error.samples))
    target.flush()


def _big_endian(block: bytes) -> bytes:
    samples = array.array("f", block)
    if sys.byteorder == "little":
        samples.byteswap()
    return samples.tobytes()


def _decode_stretches(library: libsndfile.Library, descriptor: int) -> None:
    """Each answer is the number of bytes (32 bits) and these bytes: floats, as is the number in the machine's order."""
    target = sys.stdout.buffer
    for line in sys.stdin.buffer:
        os.lseek(descriptor, 0, os.SEEK_SET)
        sound = libsndfile.Sound(library, descriptor)
        samples = sound.read(int(line))
        sound.close()
        target.write(struct.pack("=I", len(samples)) + samples)
        target.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
