"""The api refuses at the door exactly what the engine does not know."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from appliance.api.http.files import SIGNATURE_BYTES, recognised_type
from engine.audio.containers import container_of

MAGICS = [
    b"RIFF\0\0\0\0WAVE",
    b"RF64\0\0\0\0WAVE",
    b"BW64\0\0\0\0WAVE",
    b"RIFX\0\0\0\0WAVE",
    b"RIFF\0\0\0\0AVI ",
    b"FORM\0\0\0\0AIFF",
    b"FORM\0\0\0\0AIFC",
    b"FORM\0\0\0\0ILBM",
    b"FORMftypAIFX",
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb",
    b"fLaC",
    b"OggS",
    b".snd",
    b"ID3",
    b"\0\0\0\x20ftypM4A ",
    b"\x1a\x45\xdf\xa3",
    b"#!AMR",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
]


@given(
    magic=st.sampled_from([b"", *MAGICS]),
    rest=st.binary(max_size=SIGNATURE_BYTES),
    flipped=st.integers(-1, SIGNATURE_BYTES * 8 - 1),
)
@example(magic=b"", rest=b"", flipped=-1)
def test_the_api_and_the_engine_know_the_same_recordings(magic: bytes, rest: bytes, flipped: int) -> None:
    head = bytearray((magic + rest)[:SIGNATURE_BYTES])
    if 0 <= flipped < 8 * len(head):
        head[flipped // 8] ^= 1 << flipped % 8
    assert (recognised_type(bytes(head)) is None) == (container_of(bytes(head)) is None)


def test_every_pair_of_first_bytes_is_known_to_both_or_to_neither() -> None:
    for number in range(65536):
        head = number.to_bytes(2, "big") + bytes(10)
        assert (recognised_type(head) is None) == (container_of(head) is None), head
