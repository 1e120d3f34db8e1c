"""The engine's one public function: a recording (or a transcript) in, the analysis of the call out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from engine.announcement import announcement_problem, without_announcement
from engine.audio.recording import Recording, open_recording
from engine.call_analysis import CallAnalysis, PartiesAnalysis, PartyAnalysis
from engine.diarization.diarize import Diarization, diarize
from engine.diarization.roles import name_voices
from engine.diarization.speaker_embedding import VoiceEmbedder, open_voice_embedder
from engine.diarization.word_attribution import lines_of, segment_of
from engine.errors import ModelPackError, UnsupportedLanguage
from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import KeywordHead, load_keyword_head
from engine.language.language_model import LanguageModel
from engine.language.names import party_names
from engine.language.reading import CallReader, Reading
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import NEUTRAL, CallMoods, analyse_sentiment
from engine.language.sentiment.mood_head import MoodHead, load_mood_head
from engine.language.sentiment.mood_scope import NOT_ENGLISH, MoodScope, SentimentOf, mood_scope
from engine.language.sentiment.sentiment_head import SentimentHead, load_sentiment_head
from engine.language.summary.causal_model import CausalModel
from engine.language.summary.chat_writer import ChatModel, ChatWriter
from engine.language.summary.fact_check import FactChecker
from engine.language.summary.note import Note, with_closing, write_note
from engine.language.summary.sentence_head import SentenceHead, load_sentence_head
from engine.language.summary.sentence_selection import SentenceRoles
from engine.language.summary.seq2seq_writer import Seq2SeqWriter
from engine.language.summary.written_note import NoteRequest, NoteWriter, WriterFailed, write_checked_note
from engine.language.talk_statistics import conversation, speech_seconds
from engine.lost_leg import lost_legs
from engine.models.kinds import recognise_folder
from engine.parties import CallerChannel, channel_parties, talk_seconds
from engine.recognition.ctc import CtcRecognizer
from engine.recognition.recognizer import Recognizer
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.runtime.accelerator import choose_device
from engine.runtime.malloc_trim import FreedMemory
from engine.transcript import Direction, Party, Transcript
from engine.turns.call_turns import CallTurns, find_call_turns
from engine.turns.silero import VoiceActivity

_SPEECHBRAIN = "hyperparams.yaml"  # what a SpeechBrain folder has

# Shares of the work done, for `on_progress`: finding speech is quick, recognising it is nearly everything.
_AFTER_SPEECH = 0.1
_AFTER_RECOGNITION = 0.92
# Calls at the same time: what fills batches on a GPU; cores beyond which one process does not get faster.
_ON_A_GPU = 8
_MOST_CORES = 8
# What `models` says of a summary that no model wrote.
_EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Models:
    """Everything that is loaded once and used for every call."""

    recognizer: Recognizer
    voice_activity: VoiceActivity
    embedder: Embedder
    device: str = "cpu"
    voices: VoiceEmbedder | None = None  # without it a mix is not diarized
    sentiment_head: SentimentHead = field(default_factory=load_sentiment_head)
    keyword_head: KeywordHead = field(default_factory=load_keyword_head)
    mood_head: MoodHead = field(default_factory=load_mood_head)
    sentence_head: SentenceHead = field(default_factory=load_sentence_head)
    reader: CallReader | None = None  # reads calls better than the heads before, which stand in for it
    writer: NoteWriter | None = None  # writes the note where there is one; only what stands in the call is kept
    freed_memory: FreedMemory = field(default_factory=FreedMemory)

    @property
    def calls_at_once(self) -> int:
        """How many calls to analyse at the same time: while some are recognized, another is read."""
        cores = len(os.sched_getaffinity(0))
        return _ON_A_GPU if self.device.startswith("cuda") else min(cores, _MOST_CORES) + 1

    @property
    def names(self) -> dict[str, str]:
        """The packs, by their task."""
        names = {
            "asr": self.recognizer.name,
            "embedding": self.embedder.name,
            "speech": self.voice_activity.name,
        }
        if self.reader is not None:
            names["language"] = self.reader.name
        return names if self.voices is None else {**names, "voice": self.voices.name}


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What is known of a call beforehand. `on_progress` is called with the share done, 0–1, never falling.

    `vocabulary` are names and products that may come up, spelled as they are to be written. `sentiment_of` says whose
    moods are computed (`mood_scope`). `parties_by_channel`: it is certain that each of two channels is a party, though
    one of them says nothing. In the first `announcement_seconds` no called party was there.
    """

    models: Models
    language: str | None = None
    direction: Direction | None = None
    caller_channel: Literal["left", "right"] = "left"
    on_progress: Callable[[float], None] | None = None
    vocabulary: tuple[str, ...] = ()
    sentiment_of: SentimentOf = "both"
    parties_by_channel: bool = False
    announcement_seconds: float = 0.0


def load_models(
    asr: Path,
    embedding: Path,
    device: str = "auto",
    *,
    voices: Path | None = None,
    summarizer: Path | None = None,
    language_model: Path | None = None,
    chat_model: ChatModel | None = None,
) -> Models:
    """Load the model packs in these folders; raise ModelPackError where one cannot be used, DeviceMissing.

    Notes are written by `chat_model`, a model that runs elsewhere, or else by `summarizer`.
    """
    for folder, needed in (
        (asr, ("config.json", _SPEECHBRAIN)),
        (embedding, ("config.json",)),
        (summarizer, ("config.json",)),
        (language_model, ("config.json",)),
    ):
        if folder is not None and not any((folder / name).is_file() for name in needed):
            raise ModelPackError(f"{folder} holds no model: run `vbot models list` to see what is installed.")
    device = choose_device(device)
    return Models(
        recognizer=CtcRecognizer(asr, device) if (asr / _SPEECHBRAIN).is_file() else WhisperRecognizer(asr, device),
        # One LSTM over a call is faster on the CPU than the way to a GPU and back.
        voice_activity=VoiceActivity(),
        embedder=Embedder(embedding, device),
        device=device,
        voices=None if voices is None else open_voice_embedder(voices),
        writer=_writer(summarizer, device, chat_model),
        reader=CallReader(LanguageModel(language_model, device)) if language_model else None,
    )


def _writer(summarizer: Path | None, device: str, chat_model: ChatModel | None) -> NoteWriter | None:
    if chat_model is not None:
        return ChatWriter(chat_model)
    if summarizer is None:
        return None
    if recognise_folder(summarizer).format == "causal":
        return ChatWriter(CausalModel(summarizer, device))
    return Seq2SeqWriter(summarizer, device)


def analyse(recording: Path | Sequence[Path] | Transcript, options: AnalysisOptions) -> CallAnalysis:
    """Analyse a call: its recording, its legs in files of one channel each, or its transcript.

    Raises UnreadableRecording, EmptyRecording, RecordingTooLong or UnsupportedLanguage by name of the fault.
    """
    if isinstance(recording, Transcript):
        duration = max((segment.end for segment in recording.segments), default=0.0)
        return _analysed(recording, duration, options)
    paths = (recording,) if isinstance(recording, Path) else recording
    with open_recording(*paths, on_block=lambda: _progress(options, 0.0)) as opened:
        transcript = transcribe(opened, options)
        duration, repairs = opened.duration_seconds, opened.repairs
    analysis = replace(_analysed(transcript, duration, options), repairs=(*repairs, *transcript.warnings))
    options.models.freed_memory.give_back()
    return analysis


def transcribe(recording: Recording, options: AnalysisOptions) -> Transcript:
    """What is said on each channel of a recording, in time order."""
    models = options.models
    call_turns = find_call_turns(
        recording, models.voice_activity, lambda share: _progress(options, _AFTER_SPEECH * share)
    )
    language = _language(call_turns, options)
    if not call_turns.turns:
        return Transcript((), "")
    parties = _parties(recording, call_turns, options)
    diarization = (
        None if parties[call_turns.turns[0].channel] is not Party.UNKNOWN else _diarization(call_turns, options)
    )
    span = _AFTER_RECOGNITION - _AFTER_SPEECH
    recognitions = models.recognizer.transcribe(
        call_turns.sounds,
        language,
        lambda done: _progress(options, _AFTER_SPEECH + span * done / len(call_turns.turns)),
        [one.channel for one in call_turns.turns],
        options.vocabulary,
    )
    segments = tuple(
        segment_of(line, parties[line.turn.channel])
        for line in lines_of(call_turns.turns, recognitions, diarization)
        if line.recognition.text
    )
    until = options.announcement_seconds
    warnings = lost_legs(segments, call_turns.silent_from, recording.duration_seconds)
    if problem := announcement_problem(segments, until, recording.duration_seconds):
        until, warnings = 0.0, (problem, *warnings)
    segments, announcement = without_announcement(segments, until)
    transcript = Transcript(segments, language if segments else "", 0.0, announcement, until, warnings)
    if diarization is None:
        return transcript
    return name_voices(replace(transcript, voices_confidence=round(diarization.confidence, 4)))


def _diarization(call_turns: CallTurns, options: AnalysisOptions) -> Diarization | None:
    """The two voices of a mix; None where the channels are the parties, or there is one voice."""
    embedder = options.models.voices
    if embedder is None or len(call_turns.live) > 1:
        return None
    return diarize(call_turns, embedder, lambda: _progress(options, _AFTER_SPEECH))


def _parties(recording: Recording, call_turns: CallTurns, options: AnalysisOptions) -> tuple[Party, ...]:
    """One live channel is a mix of both parties, whatever the header says; else the channels are the parties.

    But where it is certain that they are, the other one is a party that says nothing; unless it repeats the first.
    """
    is_certain = options.parties_by_channel and recording.channel_count == 2 and not call_turns.repeats
    if len(call_turns.live) < 2 and not is_certain:
        return (Party.UNKNOWN,) * recording.channel_count
    return channel_parties(recording.channel_count, CallerChannel(options.caller_channel))


def _language(call_turns: CallTurns, options: AnalysisOptions) -> str:
    """The language given, checked before any work, or the one detected in all turns together."""
    recognizer = options.models.recognizer
    if options.language:
        code = options.language.replace("_", "-").split("-")[0].strip().lower()
        if code not in recognizer.languages:
            raise UnsupportedLanguage(f"The model {recognizer.name} does not know the language {options.language!r}.")
        return code
    return recognizer.detect_language(call_turns.sounds_for_language()) if call_turns.turns else ""


def _analysed(transcript: Transcript, duration: float, options: AnalysisOptions) -> CallAnalysis:
    """What the language tools make of a transcript."""
    models = options.models
    embedded = embed_transcript(transcript, models.embedder)
    scores = extract_keywords(embedded, models.keyword_head) if transcript.is_english else {}
    scope = mood_scope(transcript, options.direction, options.sentiment_of)
    reading = _reading(embedded, scope, options) if transcript.is_english else None
    sentiment = None if scope.why_not else _moods(embedded, reading, scope, options)
    note, summarizer_name = _summary(embedded, reading, sentiment, scores, options)
    analysis = CallAnalysis(
        transcription=transcript.text,
        summary=note.text,
        sentiment=sentiment.overall(options.direction).label if sentiment else NEUTRAL.label,
        keywords=", ".join(scores),
        duration_seconds=round(duration, 3),
        speech_seconds=round(speech_seconds(transcript), 3),
        language=transcript.language,
        segments=transcript.segments,
        parties=PartiesAnalysis(
            _party(transcript, Party.CALLER, sentiment, scope), _party(transcript, Party.CALLED, sentiment, scope)
        ),
        keyword_scores=scores,
        models={
            **models.names,
            "summary": summarizer_name,
            "sentiment": sentiment.name if sentiment else scope.why_not,
            "keywords": "keybert" if transcript.is_english else NOT_ENGLISH,
        },
        no_speech=not transcript.segments,
        conversation=conversation(transcript, duration, transcript.announcement_seconds),
        voices_confidence=transcript.voices_confidence,
        announcement=transcript.announcement,
        summary_sources=note.sources,
        sentiment_basis="text" if sentiment else None,
    )
    _progress(options, 1.0)
    return analysis


def _reading(embedded: EmbeddedTranscript, scope: MoodScope, options: AnalysisOptions) -> Reading | None:
    reader = options.models.reader
    if reader is None or not embedded.sentences:
        return None
    return reader.read(embedded, options.direction, frozenset() if scope.why_not else scope.parties)


def _moods(
    embedded: EmbeddedTranscript, reading: Reading | None, scope: MoodScope, options: AnalysisOptions
) -> CallMoods:
    """By the language model, where there is one and it is known who is who; else by the heads over sentences."""
    if reading is not None and reading.moods:
        return reading
    models = options.models
    return analyse_sentiment(embedded, models.sentiment_head, models.mood_head, parties=scope.parties)


def _summary(
    embedded: EmbeddedTranscript,
    reading: Reading | None,
    moods: CallMoods | None,
    keywords: Iterable[str],
    options: AnalysisOptions,
) -> tuple[Note, str]:
    """The summary, and what made it: the writing model, else (or where it tells too little) quotes."""
    models, transcript = options.models, embedded.transcript
    if reading is not None:
        roles = reading.roles
    else:
        roles = SentenceRoles(models.sentence_head.importance(embedded, options.direction))
    names = party_names(transcript.segments, options.direction) if transcript.is_english else None
    mood = moods.overall(options.direction).label if moods is not None else None
    if models.writer is None or names is None or not embedded.sentences:  # what is written is checked in English alone
        return write_note(embedded.sentences, roles, names, options.direction, mood, keywords), _EXTRACTIVE
    try:
        checker = FactChecker(embedded, names, options.direction, options.vocabulary)
        request = NoteRequest(transcript, options.direction, lambda: _progress(options, _AFTER_RECOGNITION))
        written = write_checked_note(models.writer, request, checker)
        why = f"{models.writer.name} wrote too little that is in the call"
    except WriterFailed as error:
        written, why = None, f"{models.writer.name}: {error}"
    if written is not None:
        return with_closing(written, embedded.sentences, names, options.direction, mood), models.writer.name
    return write_note(embedded.sentences, roles, names, options.direction, mood, keywords), f"{_EXTRACTIVE} ({why})"


def _party(transcript: Transcript, party: Party, sentiment: CallMoods | None, scope: MoodScope) -> PartyAnalysis:
    talked = round(talk_seconds(transcript, party), 3)
    if party not in scope.parties:
        return PartyAnalysis(talked, None, None)
    own = sentiment.of_party(party) if sentiment else NEUTRAL
    return PartyAnalysis(talked, own.label, own.score)


def _progress(options: AnalysisOptions, share: float) -> None:
    if options.on_progress is not None:
        options.on_progress(share)
