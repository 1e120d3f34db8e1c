"""The engine behind the worker's seam. Nowhere else in the appliance is it imported, but for its model packs.

It loads torch, so it is imported inside the functions: whoever looks at the seam need not wait for that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.errors import ApplianceError, ConfigurationError
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.bounds import MAX_NAME, MAX_SECONDS, MAX_SENTENCE, fit_number, fit_text
from appliance.messages.call_result import (
    CallResult,
    ConversationResult,
    Failure,
    PartiesResult,
    PartyResult,
    SegmentResult,
    TalkResult,
    TimedWord,
)
from appliance.worker.chat_server import ChatServer, ChatServerFailed
from appliance.worker.engine import DeviceFailed, DeviceFull, RecordingAtFault
from appliance.worker.library_noise import silence_libraries

if TYPE_CHECKING:
    from engine.call_analysis import CallAnalysis
    from engine.language.talk_statistics import Conversation
    from engine.pipeline import AnalysisOptions
    from engine.transcript import Transcript

logger = logging.getLogger(__name__)

EMBEDDING_PACK = "all-MiniLM-L6-v2"


def import_engine() -> None:
    """Import what a worker loads before it opens a model; raises what is wrong with the installation."""
    silence_libraries()
    from engine import pipeline  # noqa: F401, PLC0415
    from engine.runtime.torchaudio_stub import ensure_torchaudio  # noqa: PLC0415

    ensure_torchaudio()


class SpeechEngine:
    """The engine behind the worker's seam."""

    def __init__(
        self,
        asr: Path,
        embedding: Path,
        device: str,
        *,
        voices: Path | None = None,
        summarizer: Path | None = None,
        language_model: Path | None = None,
        chat_server: ChatServer | None = None,
        code_packs: tuple[str, ...] = (),
    ) -> None:
        silence_libraries()
        from engine import pipeline  # noqa: PLC0415
        from engine.runtime.accelerator import choose_device  # noqa: PLC0415

        self._pipeline = pipeline
        with _device_failures(device):
            device = choose_device(device)
        with _device_failures(device):  # "auto" can be neither asked nor named
            self._models = pipeline.load_models(
                asr,
                embedding,
                device,
                voices=voices,
                summarizer=summarizer,
                language_model=language_model,
                chat_model=None if chat_server is None else _ChatModel(chat_server),
            )
        self.device = self._models.device
        self.model = self._models.names["asr"]
        self.code_packs = code_packs
        self.languages = tuple(sorted(self._models.recognizer.languages))
        self.calls_at_once = self._models.calls_at_once

    def warm_up(self) -> None:
        """Do a little of everything, so that the first call is not slower than the next; raises DeviceFailed."""
        from engine.warm_up import warm_up  # noqa: PLC0415

        with _device_failures(self.device):
            warm_up(self._models)

    def analyse(
        self, recording: Path | tuple[Path, ...], call: AnalyseCall, on_progress: Callable[[float], None]
    ) -> CallResult:
        """Analyse a recording, or the legs of one in a file each; raises what `Engine.analyse` does."""
        from engine.transcript import Direction  # noqa: PLC0415

        options = self._pipeline.AnalysisOptions(
            models=self._models,
            language=call.language,
            direction=Direction(call.direction) if call.direction else None,
            caller_channel=call.caller_channel,
            on_progress=on_progress,
            vocabulary=call.vocabulary,
            sentiment_of=call.sentiment_of,
            parties_by_channel=call.parties_by_channel,
            announcement_seconds=call.announcement_seconds,
        )
        return self._result(recording, options, f"call {call.call_id}" if call.call_id else "recording")

    def analyse_transcript(self, text: str) -> CallResult:
        """Analyse a transcript in the documented JSON form; raises RecordingAtFault when it is not of that form."""
        from engine.errors import EngineError  # noqa: PLC0415
        from engine.transcript_json import transcript_from_json  # noqa: PLC0415

        try:
            transcript, direction = transcript_from_json(text)
        except EngineError as error:
            raise RecordingAtFault(Failure(code=error.code, message=str(error))) from error
        options = self._pipeline.AnalysisOptions(models=self._models, direction=direction)
        return self._result(transcript, options, "transcript")

    def _result(
        self, recording: Path | tuple[Path, ...] | Transcript, options: AnalysisOptions, name: str
    ) -> CallResult:
        from engine.errors import EngineError, ModelPackError  # noqa: PLC0415

        try:
            with _device_failures(self.device):
                analysis = self._analysed(recording, options, name)
        except ModelPackError:
            raise
        except EngineError as error:
            raise RecordingAtFault(Failure(code=error.code, message=str(error))) from error
        for repair in analysis.repairs:
            logger.warning("%s: %s", name, repair)
        return call_result(analysis)

    def _analysed(
        self, recording: Path | tuple[Path, ...] | Transcript, options: AnalysisOptions, name: str
    ) -> CallAnalysis:
        """Once more where the card's memory was full for a moment; raises DeviceFull where it still is."""
        from engine.runtime.device_failure import is_out_of_memory  # noqa: PLC0415

        for tries_left in (1, 0):
            try:
                return self._pipeline.analyse(recording, options)
            except Exception as error:
                if not self.device.startswith("cuda") or not is_out_of_memory(error):
                    raise
            import torch  # noqa: PLC0415

            torch.cuda.empty_cache()  # also of what the error had, which is gone
            if tries_left:
                logger.warning("%s: the device has no memory left: it is analysed once more", name)
        raise DeviceFull(f"{self.device} has no memory left")


@contextmanager
def _device_failures(device: str) -> Iterator[None]:
    """Whatever the libraries call it: raise DeviceFailed, or ConfigurationError where the device is not there."""
    from engine import errors  # noqa: PLC0415
    from engine.runtime.device_failure import naming_device_failures  # noqa: PLC0415

    try:
        with naming_device_failures(device):
            yield
    except errors.DeviceFailed as error:
        raise DeviceFailed(str(error), of_the_machine=error.of_the_machine) from error
    except errors.DeviceMissing as error:
        raise ConfigurationError(str(error)) from error


class _ChatModel:
    """A chat server as the engine asks it."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    @property
    def name(self) -> str:
        return self._server.name

    def complete(self, system: str, question: str, schema: Mapping[str, Any], on_wait: Callable[[], None]) -> str:
        from engine.language.summary.written_note import WriterFailed  # noqa: PLC0415

        try:
            return self._server.complete(system, question, schema, on_wait)
        except ChatServerFailed as error:
            raise WriterFailed(str(error)) from error


def call_result(analysis: CallAnalysis) -> CallResult:
    """The engine's analysis in the shape in which it is sent, stored and shown.

    A model may give numbers that are none, or out of bounds (in half precision, say), and characters that nobody can
    show: neither costs the call.
    """
    parties = {
        side: PartyResult(
            talk_seconds=_seconds(party.talk_seconds),
            sentiment=party.sentiment,
            sentiment_score=None
            if party.sentiment_score is None
            else round(fit_number(party.sentiment_score, -1.0, 1.0), 4),
        )
        for side, party in (("caller", analysis.parties.caller), ("called", analysis.parties.called))
    }
    return CallResult(
        transcription=fit_text(analysis.transcription),
        summary=fit_text(analysis.summary),
        sentiment=analysis.sentiment,
        keywords=fit_text(analysis.keywords),
        duration_seconds=_seconds(analysis.duration_seconds),
        speech_seconds=_seconds(analysis.speech_seconds),
        language=analysis.language,
        segments=[
            SegmentResult(
                start=_seconds(segment.start),
                end=_seconds(segment.end),
                channel=segment.channel,
                party=segment.party.value,
                text=fit_text(segment.text),
                confidence=_share(segment.confidence),
                voice=segment.voice,
            )
            for segment in analysis.segments
        ],
        parties=PartiesResult(**parties),
        keyword_scores={fit_text(word, MAX_NAME): _share(score) for word, score in analysis.keyword_scores.items()},
        models={task: fit_text(name, MAX_SENTENCE) for task, name in analysis.models.items()},
        no_speech=analysis.no_speech,
        voices_confidence=_share(analysis.voices_confidence),
        announcement=fit_text(analysis.announcement),
        conversation=_conversation(analysis.conversation),
        warnings=[fit_text(warning, MAX_SENTENCE) for warning in analysis.warnings],
        summary_sources=[list(source) for source in analysis.summary_sources],
        sentiment_basis=analysis.sentiment_basis,
        words=[
            [
                TimedWord(
                    _seconds(word.start), _seconds(word.end), fit_text(word.text, MAX_SENTENCE), _share(word.confidence)
                )
                for word in segment.words
            ]
            for segment in analysis.segments
        ],
    )


def _seconds(value: float) -> float:
    return fit_number(value, 0.0, MAX_SECONDS)


def _share(value: float) -> float:
    return fit_number(value, 0.0, 1.0)


def _conversation(measured: Conversation) -> ConversationResult:
    return ConversationResult(
        silence_seconds=measured.silence_seconds,
        longest_silence_seconds=measured.longest_silence_seconds,
        overlap_seconds=measured.overlap_seconds,
        **{
            side: TalkResult(
                talk_seconds=talk.talk_seconds,
                turns=talk.turns,
                longest_turn_seconds=talk.longest_turn_seconds,
                interruptions=talk.interruptions,
            )
            for side, talk in (("caller", measured.caller), ("called", measured.called))
        },
    )


def decoder_protections() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What keeps a decoder on this machine from doing harm, and what it can do all the same; raises ApplianceError."""
    from engine.audio.decoder import DecoderFailed, protections  # noqa: PLC0415

    try:
        found = protections()
    except DecoderFailed as error:
        raise ApplianceError(f"no decoder can be started: {error}") from error
    return found.held, found.missing


def look_at_recording(recording: Path) -> str:
    """What a recording is, and what was repaired to read it; raises RecordingAtFault with its fault in a sentence."""
    from engine.audio.recording import open_recording  # noqa: PLC0415
    from engine.errors import EngineError  # noqa: PLC0415

    try:
        with open_recording(recording) as opened:
            for _ in opened.blocks():  # what only decoding shows
                pass
    except EngineError as error:
        raise RecordingAtFault(Failure(code=error.code, message=str(error))) from error
    kind = "readable" if not opened.repairs else "repaired"
    channels = "1 channel" if opened.channel_count == 1 else f"{opened.channel_count} channels"
    shape = f"{kind}, {opened.format}, {opened.duration_seconds:.1f} s, {opened.sample_rate} Hz, {channels}."
    return " ".join([shape, *opened.repairs])
