"""What another process decodes: by ffmpeg where it is installed, else named; and never beyond its bounds."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.audio.conversion import Limits
from engine.audio.recording import open_recording
from engine.audio.samples import Samples
from engine.errors import DecodedTooLarge, EmptyRecording, NoRoomToDecode, RecordingTooLong, UnreadableRecording
from tests.engine.sounds import alike, wav_bytes
from tests.engine.stand_ins import install_as_ffmpeg
from tests.engine.variants import Speech, mp3_in_wav

pytestmark = pytest.mark.slow  # each test starts processes

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")

# What ffmpeg makes of speech: the name of the file, how, and how alike it is afterwards.
FORMATS = {
    "AAC in M4A": ("m4a", ("-c:a", "aac", "-ar", "16000"), 0.95),
    "AAC in M4A, index first": ("m4a", ("-c:a", "aac", "-ar", "16000", "-movflags", "+faststart"), 0.95),
    "AAC in 3GP": ("3gp", ("-c:a", "aac", "-ar", "16000"), 0.95),
    "AAC, bare": ("aac", ("-c:a", "aac", "-ar", "16000"), 0.95),
    "Opus in WebM": ("webm", ("-c:a", "libopus"), 0.9),
    "Vorbis in Matroska": ("mka", ("-c:a", "libvorbis", "-ar", "16000"), 0.9),
    "Windows Media Audio": ("wma", ("-c:a", "wmav2", "-ar", "16000"), 0.9),
    "G.722 in WAV": ("wav", ("-c:a", "g722", "-ar", "16000"), 0.97),
    "G.726 in WAV": ("wav", ("-c:a", "g726", "-ar", "8000", "-b:a", "32k"), 0.95),
    "G.723.1 in WAV": ("wav", ("-c:a", "g723_1", "-ar", "8000", "-b:a", "6300"), 0.6),
    "stereo in M4A": ("m4a", ("-c:a", "aac", "-ar", "44100", "-ac", "2"), 0.95),
}


@pytest.fixture
def without_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def said(voices: Speech) -> Samples:
    return voices(16000)


def _made(folder: Path, said: Samples, suffix: str, how: tuple[str, ...]) -> Path:
    source, target = folder / "source.wav", folder / f"call.{suffix}"
    source.write_bytes(wav_bytes(said, 16000))
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, *how, target], check=True, timeout=60)
    return target


@needs_ffmpeg
@pytest.mark.parametrize("name", FORMATS)
def test_what_ffmpeg_knows_is_read(tmp_path: Path, said: Samples, name: str) -> None:
    suffix, how, least = FORMATS[name]
    with open_recording(_made(tmp_path, said, suffix, how)) as recording:
        assert recording.duration_seconds == pytest.approx(2.8, abs=0.2)
        assert recording.channel_count == (2 if "stereo" in name else 1)
        heard = np.concatenate(list(recording.blocks_for_recognition()))[:, 0]
        assert alike(heard, said) > least


@needs_ffmpeg
def test_mp3_in_a_wav_is_read(tmp_path: Path, voices: Speech) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(mp3_in_wav(voices))
    with open_recording(path) as recording:
        assert recording.format == "WAV, MP3 (format tag 0x0055)"
        assert alike(np.concatenate(list(recording.blocks_for_recognition()))[:, 0], voices(16000)) > 0.95


@needs_ffmpeg
def test_amr_is_read(tmp_path: Path) -> None:
    """No encoder of it is free: a second of frames, whatever they say."""
    path = tmp_path / "call.amr"
    path.write_bytes(b"#!AMR\n" + (b"\x3c" + np.random.default_rng(1).bytes(31)) * 50)
    with open_recording(path) as recording:
        assert (recording.sample_rate, recording.duration_seconds) == (8000, pytest.approx(1.0, abs=0.05))


@needs_ffmpeg
def test_an_m4a_without_its_index_was_cut_off(tmp_path: Path, said: Samples) -> None:
    path = _made(tmp_path, said, "m4a", ("-c:a", "aac"))
    path.write_bytes(path.read_bytes()[:9000])
    with (
        pytest.raises(UnreadableRecording, match="the index at its end is missing, so it was cut off"),
        open_recording(path),
    ):
        pass


@needs_ffmpeg
def test_what_is_damaged_beyond_ffmpeg_is_named_with_its_codec(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + np.random.default_rng(1).bytes(4000))
    with pytest.raises(UnreadableRecording) as raised, open_recording(path):
        pass
    assert str(raised.value).startswith("The recording is WebM (Matroska), and cannot be decoded: ")


HEADS = {
    "M4A": b"\0\0\0\x1cftypM4A ",
    "WebM": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81",
    "AMR": b"#!AMR\n\x3c",
    "AAC": b"\xff\xf1\x50\x80",
    "Windows Media": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa",
    "G.729": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x83\0\1\0\x40\x1f\0\0\xe8\3\0\0\x0a\0\0\0data\x90\1\0\0",
    "G.722": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x65\0\1\0\x80\x3e\0\0\x40\x1f\0\0\1\0\4\0data\x90\1\0\0",
}


@pytest.mark.usefixtures("without_ffmpeg")
@pytest.mark.parametrize("name", HEADS)
def test_without_ffmpeg_one_sentence_names_the_codec_and_what_to_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / "call"
    path.write_bytes(HEADS[name] + bytes(400))
    with pytest.raises(UnreadableRecording) as raised, open_recording(path):
        pass
    assert name in str(raised.value)
    assert "install ffmpeg (apt install ffmpeg), or let the telephone system record WAV" in str(raised.value)
    assert str(raised.value).count(". ") <= 3  # the dots of G.729 and GSM 6.10


# -- bounds: with a program that takes ffmpeg's place ----------------------------------------------------------

_AU = (
    'import sys, struct; out = sys.stdout.buffer; out.write(b".snd" + struct.pack(">IIIII", 24, 2**32 - 1, 3, 8000, 1))'
)
MISBEHAVIOUR = {
    "hangs": ("import time; time.sleep(600)", UnreadableRecording, "took longer than 1 s"),
    "hangs in the middle": (f"{_AU}; out.write(bytes(99)); out.flush()\nimport time; time.sleep(600)", None, ""),
    "says nothing": ("", UnreadableRecording, "it is damaged"),
    "crashes": ("import os; os.abort()", UnreadableRecording, "ended by signal 6"),
    "complains": ("import sys; sys.exit('call.m4a: Invalid data found')", UnreadableRecording, "Invalid data found"),
    "complains without end": (
        "import sys\nfor _ in range(200000): print('x' * 500, file=sys.stderr)",
        UnreadableRecording,
        "cannot be decoded",
    ),
    "gives no samples": (_AU, EmptyRecording, "no samples"),
    "gives noise": ("import sys; sys.stdout.buffer.write(b'x' * 99999)", UnreadableRecording, "cannot be decoded"),
    "never ends": (
        f"{_AU}\nwhile True: out.write(bytes(99999))",
        RecordingTooLong,
        "may be 0.0167 hours long; this one is longer",
    ),
    "claims 65,535 channels": (_AU.replace("8000, 1))", "8000, 65535))"), UnreadableRecording, "65535 channels"),
    "takes all memory": ("x = bytearray(3 << 30)", UnreadableRecording, "MemoryError"),
    "writes to the disk": ("open('written', 'wb', buffering=0).write(b'x')", UnreadableRecording, "Permission denied"),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_a_decoder_that_misbehaves_harms_one_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    script, error, says = MISBEHAVIOUR[name]
    install_as_ffmpeg(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "call.m4a"
    path.write_bytes(HEADS["M4A"] + bytes(100))
    limits = Limits(recording_seconds=60, decoding_seconds=1 if "hangs" in name else 180, memory_bytes=1 << 30)
    began = time.monotonic()
    if error is None:
        for seconds in (1, 4, 16):  # a busy machine may need longer before it gives anything
            with contextlib.suppress(UnreadableRecording):
                with open_recording(path, limits=replace(limits, decoding_seconds=seconds)) as recording:
                    assert recording.frames == 49
                break
        else:
            pytest.fail("nothing came even in 16 s")
    else:
        with pytest.raises(error, match=says), open_recording(path, limits=limits):
            pass
    assert time.monotonic() - began < 200
    assert not (tmp_path / "written").exists()


def test_of_a_decoder_that_has_nothing_to_give_yet_it_is_told_that_it_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever watches the analysis would take it for hung: we compute nothing meanwhile."""
    waits = (
        "import os, sys, time\nfile = int(sys.argv[sys.argv.index('-fd') + 1])\n"
        "while os.fstat(file).st_size < 1000: time.sleep(0.01)"
    )
    install_as_ffmpeg(tmp_path, f"{waits}\n{_AU}; out.write(bytes(1600))")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("engine.audio.conversion._REPORT_EVERY_SECONDS", 0.1)
    path = tmp_path / "call.m4a"
    path.write_bytes(HEADS["M4A"] + bytes(100))
    told: list[float] = []

    def tell() -> None:
        told.append(time.monotonic())
        if len(told) == 5:
            with path.open("ab") as file:
                file.write(bytes(1000))  # now it goes on

    with open_recording(path, on_block=tell) as recording:
        assert recording.frames == 800
        count = len(told)
        assert count >= 5
        time.sleep(0.3)
        assert len(told) == count  # it is done


def test_a_decoder_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VBOT_ADMIN_TOKEN", "vbot_secret")
    install_as_ffmpeg(tmp_path, "import os, sys; sys.exit(' '.join(sorted(os.environ)))")
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "call.m4a"
    path.write_bytes(HEADS["M4A"] + bytes(100))
    with pytest.raises(UnreadableRecording, match="LC_ALL") as raised, open_recording(path):
        pass
    assert "VBOT" not in str(raised.value)


def test_a_name_is_never_an_option_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voices: Speech
) -> None:

    monkeypatch.chdir(tmp_path)
    for name in ("-", "-version", "call.raw", "pipe:0"):
        with Path(name).open("wb") as file:
            soundfile.write(file, voices(8000), 8000, format="FLAC")
        with open_recording(Path(name)) as recording:
            assert recording.frames == len(voices(8000))


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voices: Speech) -> None:

    path = tmp_path / "call.flac"
    soundfile.write(path, voices(8000), 8000)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with open_recording(path):
        assert list(scratch.iterdir())
    assert not list(scratch.iterdir())


class SmallDisk:
    """A disk with so much room, of which what is written into a folder is taken."""

    def __init__(self, folder: Path, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.room = folder, room
        folder.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        self._real = os.statvfs(folder)
        monkeypatch.setattr(os, "statvfs", lambda _: self)

    f_frsize = 1
    f_blocks = 0  # so small that nothing of it is to be left free

    @property
    def used(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    @property
    def f_bavail(self) -> int:
        return self.room - self.used


SILENCE_SECONDS = 600  # 9.6 MB when it is decoded


@pytest.fixture
def silence(tmp_path: Path) -> Path:
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros(SILENCE_SECONDS * 8000, dtype=np.int16), 8000)
    assert path.stat().st_size < 100_000
    return path


def test_a_little_file_that_is_large_when_decoded_fails_by_name_and_writes_no_more_than_its_budget(
    tmp_path: Path, silence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SmallDisk(tmp_path / "scratch", 10**9, monkeypatch)
    most = 0

    def look() -> None:
        nonlocal most
        most = max(most, disk.used)

    limits = Limits(decoded_bytes=4_000_000)
    with pytest.raises(DecodedTooLarge, match=r"0\.004 GB"), open_recording(silence, limits=limits, on_block=look):
        pass
    assert 0 < most <= 4_000_000
    assert disk.used == 0


def test_decoding_never_takes_more_than_half_of_what_is_free_and_says_that_there_is_no_room(
    tmp_path: Path, silence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SmallDisk(tmp_path / "scratch", 12_000_000, monkeypatch)
    with (
        pytest.raises(NoRoomToDecode, match="no room for the decoded recording"),
        open_recording(silence, limits=Limits(room_seconds=0.0)),
    ):
        pass
    assert disk.used == 0
    short = tmp_path / "short.flac"
    soundfile.write(short, np.zeros(60 * 8000, dtype=np.int16), 8000)
    with open_recording(short, limits=Limits(room_seconds=0.0)) as recording:
        assert recording.duration_seconds == 60


def test_where_the_disk_is_full_for_the_moment_a_recording_waits_for_room(
    tmp_path: Path, silence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.audio.decoding_room._LOOK_EVERY_SECONDS", 0.01)
    disk = SmallDisk(tmp_path / "scratch", 12_000_000, monkeypatch)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 20:
            disk.room = 10**9

    with open_recording(silence, on_block=look) as recording:
        assert recording.duration_seconds == SILENCE_SECONDS


def test_recordings_longer_than_a_day_are_refused(tmp_path: Path) -> None:
    """36 hours of GSM 6.10 that take no space on the disk."""
    path = tmp_path / "call.wav"
    header = struct.pack(
        "<4sI4s4sIHHIIHHHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 20, 0x31, 1, 8000, 1625, 65, 0, 2, 320, b"data", 0
    )
    path.write_bytes(header)
    os.truncate(path, len(header) + 36 * 3600 * 1625)
    with pytest.raises(RecordingTooLong, match=r"24 hours long; this one is 36\.0 hours long\."), open_recording(path):
        pass


def test_more_than_two_channels_share_the_time_of_two(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    header = (
        b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 7, 8, 8000, 64000, 8, 8) + b"data" + bytes(4)
    )
    path.write_bytes(header)
    os.truncate(path, len(header) + 7 * 3600 * 64000)
    with pytest.raises(RecordingTooLong, match="of 8 channels may be 6 hours long"), open_recording(path):
        pass
