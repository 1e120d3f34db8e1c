"""Whisper on real speech: the same text whoever its neighbours are, and none where nobody speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.errors import ModelPackError, UnsupportedLanguage
from engine.recognition.log_mel import LogMel
from engine.recognition.whisper.call_transcriber import compression_ratio
from engine.recognition.whisper.checkpoint import load_whisper
from engine.recognition.whisper.network import DecoderInput, WhisperNetwork
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.turns.silero import VoiceActivity
from tests.engine.sounds import CONVERSATION, WORDS, noise, silence, telephone, tones, word_error_rate
from tests.support.cases import long_but

pytestmark = pytest.mark.slow

AUSTEN = ("austen-0870", "austen-0880", "austen-0890", "austen-0930")


def test_every_clip_is_understood(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    heard = tiny.transcribe(list(speech.values()), "en")
    reference, text = " ".join(WORDS.values()), " ".join(one.text for one in heard)
    assert word_error_rate(reference, text) <= 0.12
    assert all(0.5 < one.confidence <= 1.0 for one in heard)


@pytest.mark.parametrize("codec", long_but(["GSM610"], ["ULAW", "ALAW", "GSM610"]))
def test_every_clip_is_understood_over_the_telephone(
    tiny: WhisperRecognizer, speech: dict[str, Samples], codec: str
) -> None:
    heard = tiny.transcribe([telephone(clip, codec) for clip in speech.values()], "en")
    assert word_error_rate(" ".join(WORDS.values()), " ".join(one.text for one in heard)) <= 0.15


def test_whisper_base_understands_the_telephone(base: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    heard = base.transcribe([telephone(clip, "ULAW") for clip in speech.values()], "en")
    assert word_error_rate(" ".join(WORDS.values()), " ".join(one.text for one in heard)) <= 0.08


def test_a_text_is_the_same_alone_and_among_neighbours(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    """A loud neighbour moved the clamp of SpeechBrain's batch, and with it the text of a quiet one."""
    quiet = (0.02 * telephone(speech["cards-005"], "ULAW")).astype(np.float32)
    loud = np.clip(8 * speech["austen-0870"], -1, 1)
    alone = tiny.transcribe([quiet], "en")[0]
    among = tiny.transcribe([loud, quiet, noise(3, -10), loud], "en", channels=[0, 1, 2, 3])[1]
    assert alone == among
    assert alone.text


def test_a_call_before_leaves_no_trace(base: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    """SpeechBrain's detected language sticks to later batches."""
    clip = [speech["austen-0930"]]
    first = base.transcribe(clip, "en")
    base.transcribe(clip, "de")
    assert base.transcribe(clip, "en") == first


def test_english_is_heard_as_english(base: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    assert base.detect_language([telephone(clip, "ULAW") for clip in speech.values()]) == "en"


def test_an_english_only_model_knows_english_alone(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    assert tiny.languages == {"en"}
    assert tiny.detect_language([speech["austen-0930"]]) == "en"
    with pytest.raises(UnsupportedLanguage, match="'de'"):
        tiny.transcribe([speech["austen-0930"]], "de")


def test_languages_have_their_iso_codes(base: WhisperRecognizer) -> None:
    assert {"en", "de", "fr", "es", "zh", "ar", "jv"} <= base.languages
    assert "jw" not in base.languages


@pytest.mark.parametrize(
    "sound",
    [
        silence(5),
        noise(5, -45),
        noise(5, -20),
        tones(5, 440, 480, on=2, off=4),
        telephone(tones(8, 440, 480, on=2, off=4), "ULAW"),
        tones(5, 480, 620, on=0.5, off=0.5),
        tones(5, 350, 440),
    ],
    ids=["silence", "faint noise", "loud noise", "ring", "ring in u-law", "busy", "dial tone"],
)
def test_no_words_are_invented(tiny: WhisperRecognizer, sound: Samples) -> None:
    """Voice activity lets none of this through; the recognizer must not rely on it."""
    assert tiny.transcribe([sound], "en")[0].text == ""


def test_a_long_turn_loses_and_doubles_no_word_where_it_is_cut(
    tiny: WhisperRecognizer, speech: dict[str, Samples]
) -> None:
    """46 s without a pause in which voice activity would end a turn."""
    pieces = [part for name in AUSTEN * 2 for part in (speech[name], silence(0.25))]
    heard = tiny.transcribe([np.concatenate(pieces)], "en")[0]
    assert word_error_rate(" ".join(WORDS[name] for name in AUSTEN * 2), heard.text) <= 0.12


def test_the_real_conversation_is_recognisable(base: WhisperRecognizer, voice_activity: VoiceActivity) -> None:
    with open_recording(CONVERSATION) as recording:
        sound = np.concatenate(list(recording.blocks_for_recognition()))[:, 0]
    spans = [(turn.start, turn.end) for turn in voice_activity.turns(sound)]
    turns = [sound[round(start * RECOGNITION_RATE) : round(end * RECOGNITION_RATE)] for start, end in spans]
    text = " ".join(one.text for one in base.transcribe(turns, base.detect_language(turns))).lower()
    for said in ("hello", "i didn't know you were there", "diane in new jersey", "chicago", "call me a yankee"):
        assert said in text


def test_progress_is_told_turn_by_turn(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    done: list[int] = []
    tiny.transcribe([speech["austen-0880"], speech["austen-0930"]], "en", done.append)
    assert done == [1, 2]


def test_names_that_are_expected_are_spelled_as_given(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    clip = [speech["austen-0870"]]
    assert "Dashwood" in tiny.transcribe(clip, "en")[0].text
    plain = tiny.transcribe(clip, "en")[0].text
    heard = tiny.transcribe(clip, "en", expected=["Daschwood", "Barton Park"])[0].text
    assert heard == plain.replace("Dashwood", "Daschwood") != plain
    assert tiny.transcribe(clip, "en")[0].text == plain


NAMES = ("Kowalczyk", "Brzezinski", "Thistlewood", "Velodyne", "Zephyra", "Brightwell", "Everdrop", "Thornbury Lane")


def test_expected_names_that_nobody_says_are_written_nowhere(
    tiny: WhisperRecognizer, speech: dict[str, Samples]
) -> None:
    clips = [telephone(clip, "ULAW") for clip in speech.values()]
    plain = " ".join(one.text for one in tiny.transcribe(clips, "en"))
    heard = " ".join(one.text for one in tiny.transcribe(clips, "en", expected=NAMES))
    assert not [name for name in NAMES if name.lower() in heard.lower()]
    reference = " ".join(WORDS.values())
    assert word_error_rate(reference, heard) <= word_error_rate(reference, plain) + 0.01


@pytest.mark.parametrize(
    "sound",
    [silence(5), noise(5, -45), noise(5, -20), tones(5, 440, 480, on=2, off=4), telephone(noise(8, -10), "ULAW")],
    ids=["silence", "faint noise", "loud noise", "ring", "loud noise in u-law"],
)
def test_expected_names_are_not_heard_in_noise(tiny: WhisperRecognizer, sound: Samples) -> None:
    assert tiny.transcribe([sound], "en", expected=NAMES)[0].text == ""


def test_what_is_expected_in_a_call_is_not_expected_in_the_next(
    tiny: WhisperRecognizer, speech: dict[str, Samples]
) -> None:
    clip = [speech["austen-0870"]]
    before = tiny.transcribe(clip, "en")
    tiny.transcribe(clip, "en", expected=["Mr. John Dashwoode", *NAMES])
    assert tiny.transcribe(clip, "en") == before


@pytest.mark.usefixtures("each_attention")
def test_the_network_is_equal_to_transformers_own(tiny_folder: Path, speech: dict[str, Samples]) -> None:
    """On thirty whole seconds, in fp32; our decoder token by token with its cache, theirs all at once."""
    pack = load_whisper(tiny_folder, "cpu")
    tokens = [*pack.special_tokens.prompt("en"), 770, 373, 407, 281]
    with torch.inference_mode():
        network = WhisperNetwork(pack.model, "fp32", pack.alignment_heads)
        mel = LogMel(pack.mel_filters)(speech["austen-0880"])
        full = torch.nn.functional.pad(mel, (0, 3000 - mel.shape[1]), value=float(mel.min()))
        encoded = network.encode(full)
        cache = network.attention.empty_cache(len(tokens))
        ours = []
        for place, token in enumerate(tokens):
            given = DecoderInput(encoded, cache, [token], place, True, torch.zeros(1, place + 1))
            ours.append(network.logits(network.decode([given])[0])[:, : network.vocabulary_size])
        heard = pack.model.encoder(full[None]).last_hidden_state
        theirs = pack.model.decoder(input_ids=torch.tensor([tokens]), encoder_hidden_states=heard).last_hidden_state
        theirs = theirs[0] @ pack.model.decoder.embed_tokens.weight.T
    assert (torch.cat(ours) - theirs).abs().max() < 1e-3


@pytest.mark.long
def test_in_fp16_as_on_a_gpu_the_same_is_heard(tiny_folder: Path, speech: dict[str, Samples]) -> None:
    clips = list(speech.values())
    texts = [
        " ".join(one.text for one in WhisperRecognizer(tiny_folder, "cpu", precision=precision).transcribe(clips, "en"))
        for precision in ("fp16", "fp32")
    ]
    assert word_error_rate(texts[1], texts[0]) <= 0.02


@pytest.mark.parametrize("frames", long_but([201], [50, 199, 200, 201, 1170]))
def test_frames_padded_to_a_length_that_comes_again_change_nothing(
    tiny_folder: Path, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But the rounding of the shortest sounds."""
    pack = load_whisper(tiny_folder, "cpu")
    mel = torch.randn(80, frames, generator=torch.Generator().manual_seed(frames))
    with torch.inference_mode():
        network = WhisperNetwork(pack.model, "fp32", pack.alignment_heads)
        padded = network.encode(mel)
        monkeypatch.setattr("engine.recognition.whisper.network._FRAMES_TOGETHER", 1)
        as_it_is = network.encode(mel)
        assert padded.real == as_it_is.real
        prompt = pack.special_tokens.prompt("en")
        causal = torch.full((len(prompt), len(prompt)), -torch.inf).triu(1)
        rows, alignment_weights = network.decode(
            [
                DecoderInput(sound, network.attention.empty_cache(len(prompt)), prompt, 0, True, causal)
                for sound in (padded, as_it_is)
            ]
        )
    assert (rows[: len(prompt)] - rows[len(prompt) :]).abs().max() < 2e-3
    assert (alignment_weights[0] - alignment_weights[1]).abs().max() < 1e-4


def test_thinned_padding_hears_what_thirty_seconds_hear(
    tiny: WhisperRecognizer, speech: dict[str, Samples], monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [telephone(clip, "ULAW") for clip in speech.values()]
    thinned = tiny.transcribe(clips, "en")
    monkeypatch.setattr("engine.recognition.whisper.network.PADDING_STRIDE", 1)
    full = tiny.transcribe(clips, "en")
    together = " ".join(one.text for one in full)
    assert word_error_rate(together, " ".join(one.text for one in thinned)) <= 0.08


def test_a_folder_without_a_whisper_is_named(embedding_folder: object) -> None:
    with pytest.raises(ModelPackError, match="no Whisper model"):
        WhisperRecognizer(embedding_folder, "cpu")  # type: ignore[arg-type]


def test_a_song_compresses_and_speech_does_not() -> None:
    assert compression_ratio("la la la la la la la la la la la la la la la la la la la la la la") > 2.4
    assert compression_ratio("I left my rucksack on the seven forty-two from Hexley this morning.") < 2.4
