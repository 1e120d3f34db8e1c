"""The two voices of a mix: who speaks when, though nobody pauses; and one voice stays one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.diarization.diarize import Diarization, diarize
from engine.diarization.resegmentation import TurnFrames, differences, likeliest_voices, turn_frames
from engine.diarization.speaker_embedding import (
    WINDOW_SECONDS,
    Ge2eVoices,
    SpeechBrainVoices,
    VoiceEmbedder,
    open_voice_embedder,
)
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.transcript import Party
from engine.turns.call_turns import find_call_turns
from engine.turns.silero import VoiceActivity
from tests.engine.sounds import CONVERSATION, silence, write_call

READER, PLAYER = 0, 1
CHANGES_SECONDS = 0.5  # a change of voice is found within


def _mix(speech: dict[str, Samples]) -> tuple[Samples, list[tuple[float, int]]]:
    """Two real speakers who answer within a fifth of a second, and when each begins."""
    order = [("austen-0870", READER), ("cards-005", PLAYER), ("austen-0890", READER), ("cards-005", PLAYER)]
    pieces, begins, now = [silence(0.5)], [], 0.5
    for name, who in order:
        clip = speech[name] / np.abs(speech[name]).max() * 0.3
        begins.append((now, who))
        pieces += [clip.astype(np.float32), silence(0.2)]
        now += len(clip) / RECOGNITION_RATE + 0.2
    return np.concatenate(pieces), begins


def _tell(path: Path, voice: VoiceActivity, embedder: VoiceEmbedder) -> Diarization | None:
    with open_recording(path) as recording:
        return diarize(find_call_turns(recording, voice, lambda _: None), embedder)


@pytest.mark.slow
@pytest.mark.parametrize("subtype", ["ULAW", "GSM610"])
def test_turns_are_cut_where_the_voice_changes(
    tmp_path: Path,
    speech: dict[str, Samples],
    voice_activity: VoiceActivity,
    voice_embedder: VoiceEmbedder,
    subtype: str,
) -> None:
    sound, begins = _mix(speech)
    voices = _tell(write_call(tmp_path / "call.wav", sound, subtype=subtype), voice_activity, voice_embedder)
    assert voices is not None
    assert voices.confidence > 0.3
    found = list(zip(voices.call_turns.turns, voices.voices, strict=True))
    changes = [one.turn.start for (_, before), (one, voice) in pairwise(found) if voice != before]
    assert changes == pytest.approx([begin for begin, _ in begins[1:]], abs=CHANGES_SECONDS)
    assert voices.voices[0] == 1
    # Nothing is lost or heard twice at a cut.
    for (one, _), (after, _) in pairwise(found):
        assert one.turn.padded_end <= after.turn.padded_start


@pytest.mark.slow
def test_it_is_told_after_each_turn_that_voices_are_still_listened_to(
    tmp_path: Path, speech: dict[str, Samples], voice_activity: VoiceActivity, voice_embedder: VoiceEmbedder
) -> None:
    """A worker ends when a call shows no progress for long, and in a long call this takes minutes."""
    clip = speech["cards-005"]
    told: list[int] = []
    with open_recording(write_call(tmp_path / "call.wav", np.concatenate([clip, silence(3), clip]))) as recording:
        heard = find_call_turns(recording, voice_activity, lambda _: None)
        diarize(heard, voice_embedder, lambda: told.append(len(told)))
    assert len(heard.turns) > 1
    assert len(told) == len(heard.turns)


@pytest.mark.slow
def test_one_voice_is_not_cut(
    tmp_path: Path, speech: dict[str, Samples], voice_activity: VoiceActivity, voice_embedder: VoiceEmbedder
) -> None:
    reading = np.concatenate([speech[name] for name in speech if name.startswith("austen")])
    assert _tell(write_call(tmp_path / "call.wav", reading, subtype="ULAW"), voice_activity, voice_embedder) is None
    short = write_call(tmp_path / "short.wav", speech["cards-005"])
    assert _tell(short, voice_activity, voice_embedder) is None
    assert _tell(write_call(tmp_path / "none.wav", silence(3)), voice_activity, voice_embedder) is None


@pytest.mark.slow
def test_a_real_conversation_on_one_channel_is_cut_where_the_voice_changes_though_nobody_is_named(
    models: Models, voice_embedder: VoiceEmbedder
) -> None:
    """Two women of one region, and no pause of 0.7 s in it: one turn to voice activity."""
    with_voices = Models(models.recognizer, models.voice_activity, models.embedder, voices=voice_embedder)
    analysis = analyse(CONVERSATION, AnalysisOptions(with_voices))
    assert len(analysis.segments) >= 5
    # As alike as they are, it might be one.
    assert {(one.party, one.voice) for one in analysis.segments} == {(Party.UNKNOWN, 0)}
    assert [warning for warning in analysis.warnings if "not certain that two people speak" in warning]
    assert "speaker" not in analysis.summary
    line = [one.text.lower() for one in analysis.segments if "chicago" in one.text.lower()]
    assert any("this is diane in new jersey" in one.text.lower() for one in analysis.segments), analysis.transcription
    assert len(line) == 2  # "originally from Chicago" · "I'm originally from Chicago also"
    assert 0 < analysis.voices_confidence < 0.3
    assert analysis.models["voice"] == "ge2e-voices"


@pytest.mark.slow
def test_two_channels_are_the_parties_whatever_their_voices(
    tmp_path: Path, models: Models, voice_embedder: VoiceEmbedder, speech: dict[str, Samples]
) -> None:
    with_voices = Models(models.recognizer, models.voice_activity, models.embedder, voices=voice_embedder)
    path = write_call(tmp_path / "call.wav", speech["austen-0880"], np.concatenate([silence(4), speech["cards-005"]]))
    segments = analyse(path, AnalysisOptions(with_voices)).segments
    assert [(one.party, one.voice) for one in segments] == [(Party.CALLER, 0), (Party.CALLED, 0)]


@pytest.mark.slow
def test_the_small_network_hears_who_speaks_and_little_of_how_loud(
    voice_embedder: VoiceEmbedder, speech: dict[str, Samples]
) -> None:
    assert isinstance(voice_embedder, Ge2eVoices)
    one, same = (voice_embedder.embed(speech[name], [8000])[0] for name in ("austen-0870", "austen-0890"))
    other = voice_embedder.embed(speech["cards-005"], [8000])[0]
    quiet = voice_embedder.embed(speech["austen-0870"] / 50, [8000])[0]
    assert float(one @ one) == pytest.approx(1.0, abs=1e-5)
    assert float(one @ same) > float(one @ other) + 0.05
    assert float(one @ quiet) > 0.9


SPEAKER_MODEL = """
compute_features: !new:speechbrain.lobes.features.Fbank
    n_mels: 16
mean_var_norm: !new:speechbrain.processing.features.InputNormalization
    norm_type: sentence
    std_norm: False
embedding_model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN
    input_size: 16
    channels: [16, 16, 16, 16, 48]
    kernel_sizes: [5, 3, 3, 3, 1]
    dilations: [1, 2, 3, 4, 1]
    attention_channels: 8
    lin_neurons: 12
classifier: !new:speechbrain.lobes.models.ECAPA_TDNN.Classifier
    input_size: 12
    out_neurons: 4
modules:
    compute_features: !ref <compute_features>
    mean_var_norm: !ref <mean_var_norm>
    embedding_model: !ref <embedding_model>
    classifier: !ref <classifier>
label_encoder: !new:speechbrain.dataio.encoder.CategoricalEncoder
pretrained_path: nowhere
pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
    loadables:
        embedding_model: !ref <embedding_model>
    paths:
        embedding_model: !ref <pretrained_path>/embedding_model.ckpt
"""


@pytest.mark.slow
def test_a_speechbrain_speaker_model_is_a_voice_embedder_too(tmp_path: Path, speech: dict[str, Samples]) -> None:
    """The real classes with an ECAPA-TDNN of random weights: who is who it cannot know, but that it is heard."""
    import torch
    from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

    torch.manual_seed(1)
    network = ECAPA_TDNN(16, "cpu", 12, channels=[16, 16, 16, 16, 48], attention_channels=8)
    torch.save(network.state_dict(), tmp_path / "embedding_model.ckpt")
    (tmp_path / "hyperparams.yaml").write_text(SPEAKER_MODEL)
    embedder = open_voice_embedder(tmp_path)
    assert isinstance(embedder, SpeechBrainVoices)
    clip = speech["austen-0870"]
    vectors = embedder.embed(clip, [0, 16000, 0])
    assert vectors.shape == (3, 12)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert vectors[0] == pytest.approx(vectors[2], abs=1e-5)
    window = torch.from_numpy(clip[None, : round(WINDOW_SECONDS * RECOGNITION_RATE)])
    with torch.inference_mode():
        own = embedder._classifier.encode_batch(window)[0, 0].numpy()
    assert vectors[0] == pytest.approx(own / np.linalg.norm(own), abs=1e-4)


def _two_timbres() -> tuple[list[TurnFrames], list[int]]:
    chance = np.random.default_rng(3)
    truth = [0] * 150 + [1] * 100 + [0] * 50
    centre = chance.standard_normal((2, 19)) * 2
    cepstra = np.stack([centre[who] + chance.standard_normal(19) for who in truth]).astype(np.float32)
    return [TurnFrames(cepstra, np.zeros(300, np.float32), np.ones(300, np.bool_))], truth


def test_the_way_through_two_timbres_finds_the_changes_from_a_few_labels() -> None:
    turns, truth = _two_timbres()
    labels = np.full(300, -1, np.int8)
    labels[20:80], labels[170:230] = 0, 1
    scores = differences(turns, [labels])
    assert scores is not None
    assert np.mean(likeliest_voices(scores[0]) == truth) > 0.98
    labels[170:230] = -1
    assert differences(turns, [labels]) is None


def test_a_change_costs_so_a_short_doubt_changes_nothing() -> None:
    scores = np.ones(100)
    scores[40:44] = -2.0
    assert set(likeliest_voices(scores)) == {0}
    scores[40:70] = -2.0
    assert likeliest_voices(scores)[[20, 50, 90]].tolist() == [0, 1, 0]


def test_frames_do_not_tell_how_loud_a_sound_is() -> None:
    sound = np.random.default_rng(1).standard_normal(16000).astype(np.float32) * 0.1
    loud, quiet = turn_frames(sound), turn_frames(sound / 10)
    assert loud.cepstra == pytest.approx(quiet.cepstra, abs=0.05)
    assert loud.loudness - quiet.loudness == pytest.approx(np.log(100), abs=0.05)
    assert len(turn_frames(sound[:100]).voiced) == 1
