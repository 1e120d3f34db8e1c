"""What can be wrong with a recording, a model pack or the engine; each has a stable code for machines."""


class EngineError(Exception):
    """Base of what the engine raises on purpose; `code` goes into a failed call's `error.code`."""

    code = "engine_error"


class UnreadableRecording(EngineError):
    """The bytes are no audio that we can decode; the message names the fault in one sentence."""

    code = "unreadable_recording"


class EmptyRecording(EngineError):
    """A well-formed file that holds no samples at all."""

    code = "empty_recording"


class RecordingTooLong(EngineError):
    """A recording of more hours than any call has; the message names the limit."""

    code = "recording_too_long"


class DecodedTooLarge(EngineError):
    """A recording whose samples take more of the disk than any permitted one's; the message names the limit."""

    code = "decoded_too_large"


class NoRoomToDecode(EngineError):
    """The worker's disk has no room for the decoded samples, and had none for a while."""

    code = "no_room_to_decode"


class UnsupportedLanguage(EngineError):
    """The language asked for is none that the loaded recognizer knows."""

    code = "unsupported_language"


class InvalidTranscript(EngineError):
    """A transcript handed in as JSON is not of the documented form."""

    code = "invalid_transcript"


class ModelPackError(EngineError):
    """A model pack is missing, damaged or of the wrong kind; the message says what to run."""

    code = "model_pack"


class DeviceMissing(EngineError):
    """The device that is set is not there, or torch cannot compute on it; the message names it."""

    code = "device_missing"


class DeviceFailed(EngineError):
    """The device does not compute any more, and nothing in this process brings it back; the message says why.

    `of_the_machine`: no call can have brought it about; else one of those in hand may have.
    """

    code = "device_failed"

    def __init__(self, message: str, *, of_the_machine: bool = False) -> None:
        super().__init__(message)
        self.of_the_machine = of_the_machine
