"""What the first bytes of a file say: which kind of recording, or what else it is.

The api refuses at the door (415) what is none of these, with a table of its own because it may not import the engine;
tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_HEAD_BYTES = 4096
# fmt: off
_HEADERLESS_SUFFIXES = frozenset({
    ".ul", ".ulaw", ".mulaw", ".pcmu", ".al", ".alaw", ".pcma", ".sln", ".sln8", ".sln16", ".sln48", ".slin", ".raw",
    ".pcm", ".s16", ".g722", ".g723", ".g726", ".g729", ".gsm", ".ilbc", ".siren7", ".siren14", ".vox",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file: its name for people, whether libsndfile knows it, and ffmpeg's name for it."""

    name: str
    by_libsndfile: bool
    demuxer: str


WAV = Container("WAV", by_libsndfile=True, demuxer="wav")
BIG_ENDIAN_WAV = Container("big-endian WAV", by_libsndfile=True, demuxer="wav")
WAVE64 = Container("Wave64", by_libsndfile=True, demuxer="w64")
FLAC = Container("FLAC", by_libsndfile=True, demuxer="flac")
OGG = Container("Ogg", by_libsndfile=True, demuxer="ogg")
AIFF = Container("AIFF", by_libsndfile=True, demuxer="aiff")
AU = Container("AU", by_libsndfile=True, demuxer="au")
MP3 = Container("MP3", by_libsndfile=True, demuxer="mp3")
AAC = Container("AAC", by_libsndfile=False, demuxer="aac")
MP4 = Container("MP4 (M4A, 3GP)", by_libsndfile=False, demuxer="mov")
MATROSKA = Container("WebM (Matroska)", by_libsndfile=False, demuxer="matroska")
AMR = Container("AMR", by_libsndfile=False, demuxer="amr")
ASF = Container("Windows Media", by_libsndfile=False, demuxer="asf")

_RIFF_NAMES = (b"RIFF", b"RF64", b"BW64")


def container_of(head: bytes) -> Container | None:
    """The kind of recording that these first bytes (12 at least) begin, or None."""
    name, form = head[:4], head[8:12]
    if form == b"WAVE" and name in (*_RIFF_NAMES, b"RIFX"):
        return BIG_ENDIAN_WAV if name == b"RIFX" else WAV
    if name == b"FORM" and form in (b"AIFF", b"AIFC"):
        return AIFF
    if head[4:8] == b"ftyp":
        return MP4
    for magic, container in _MAGIC.items():
        if head.startswith(magic):
            return container
    return _mpeg(head)


_MAGIC = {
    b"fLaC": FLAC,
    b"OggS": OGG,
    b".snd": AU,
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb": WAVE64,
    b"ID3": MP3,
    b"\x1a\x45\xdf\xa3": MATROSKA,
    b"#!AMR": AMR,
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": ASF,
}


def _mpeg(head: bytes) -> Container | None:
    """A frame of MPEG audio without any header before it: eleven or twelve bits, and a layer."""
    if len(head) < 2 or head[0] != 0xFF:
        return None
    if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (0x02, 0x04):  # III and II; I is far more often UTF-16
        return MP3
    return AAC if head[1] & 0xF6 == 0xF0 else None


# What is often posted, or left by a PBX, instead of a recording.
_OTHER_FILES = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed with gzip",
    b"\x7fELF": "a program",
    b"MZ": "a Windows program",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xff\xfe": "a text in UTF-16",
    b"\xfe\xff": "a text in UTF-16",
}


def no_recording(path: Path, head: bytes) -> str:
    """One sentence about a file whose first bytes are none that we know."""
    for magic, kind in _OTHER_FILES.items():
        if head.startswith(magic):
            return f"The file is {kind}, not a recording."
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        return "The file is a text (HTML, XML or JSON), not a recording."
    if _all_zero(path):
        return "The file holds nothing but zero bytes: its recorder reserved the space and never wrote to it."
    if head and all(byte >= 32 or byte in b"\t\r\n\f" for byte in head) and _is_text(head):
        return "The file is a text, not a recording."
    if path.suffix.lower() in _HEADERLESS_SUFFIXES:
        return (
            f"The file has no header that tells its encoding and rate (by its name it is raw {path.suffix[1:]}): "
            "let the telephone system record WAV."
        )
    return "The file is no audio that can be read: its first bytes are those of no recording."


def read_head(path: Path) -> bytes:
    """The first bytes of a file, as many as telling kinds apart takes."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # cut within its last character
    return True


def _all_zero(path: Path) -> bool:
    with path.open("rb") as file:
        return all(block.count(0) == len(block) for block in iter(lambda: file.read(1024 * 1024), b""))
