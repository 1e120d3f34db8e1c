"""What is wrong with a recording or a transcript, and was found in it."""

from __future__ import annotations

from admin_gui.text.appliance_words.marking import QT_TRANSLATE_NOOP

SENTENCES = (
    QT_TRANSLATE_NOOP(
        "appliance",
        "The call was sent with the disposition %1, and yet people talk in it: its words are kept",
    ),
    QT_TRANSLATE_NOOP(
        "appliance",
        "By the moments sent, the parties were connected %1 s after the recording began, and nobody of the "
        "called party would be heard in its %2 s: nothing was told apart as an announcement. Check "
        "`recording_started_at`, `bridged_at` and `answered_at`, and their zones",
    ),
    QT_TRANSLATE_NOOP("appliance", "The WAV file's %1 cannot be decoded: %2"),
    QT_TRANSLATE_NOOP("appliance", "a PDF document"),
    QT_TRANSLATE_NOOP("appliance", "a ZIP archive"),
    QT_TRANSLATE_NOOP("appliance", "compressed with gzip"),
    QT_TRANSLATE_NOOP("appliance", "a program"),
    QT_TRANSLATE_NOOP("appliance", "a Windows program"),
    QT_TRANSLATE_NOOP("appliance", "a picture"),
    QT_TRANSLATE_NOOP("appliance", "a text in UTF-16"),
    QT_TRANSLATE_NOOP("appliance", "The file is no audio that can be read: its first bytes are those of no recording"),
    QT_TRANSLATE_NOOP("appliance", "The file is a text (HTML, XML or JSON), not a recording"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The file holds nothing but zero bytes: its recorder reserved the space and never wrote to it",
    ),
    QT_TRANSLATE_NOOP("appliance", "The file is a text, not a recording"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The file has no header that tells its encoding and rate (by its name it is raw %1): let the "
        "telephone system record WAV",
    ),
    QT_TRANSLATE_NOOP("appliance", "The file is %1, not a recording"),
    QT_TRANSLATE_NOOP("appliance", "longer than that"),
    QT_TRANSLATE_NOOP("appliance", "%1 hours long"),
    QT_TRANSLATE_NOOP("appliance", "A recording of %1 channels"),
    QT_TRANSLATE_NOOP("appliance", "A recording"),
    QT_TRANSLATE_NOOP("appliance", "%1 may be %2 hours long; this one is %3"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The recording is %1, which this machine cannot decode%2: install ffmpeg (apt install ffmpeg), or let"
        " the telephone system record WAV as PCM, u-law, A-law or GSM 6.10",
    ),
    QT_TRANSLATE_NOOP("appliance", "The recording holds no samples that can be decoded"),
    QT_TRANSLATE_NOOP("appliance", "The recording is %1, and cannot be decoded: %2"),
    QT_TRANSLATE_NOOP("appliance", "its decoder wrote AU of kind %1"),
    QT_TRANSLATE_NOOP("appliance", "its decoder was ended by signal %1"),
    QT_TRANSLATE_NOOP("appliance", "decoding took longer than %1 s"),
    QT_TRANSLATE_NOOP("appliance", "the index at its end is missing, so it was cut off"),
    QT_TRANSLATE_NOOP("appliance", "it is damaged"),
    QT_TRANSLATE_NOOP("appliance", "it has not started within %1 s"),
    QT_TRANSLATE_NOOP("appliance", "its decoder gave more than it was asked for"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The recording is larger than %1 GB when it is decoded, which no call of the permitted length is",
    ),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The worker's disk has no room for the decoded recording: %1 MB are needed so far, and it may take "
        "half of what is free",
    ),
    QT_TRANSLATE_NOOP(
        "appliance",
        "The header claims 1 channel, the samples are those of two (Asterisk's MixMonitor with option D)",
    ),
    QT_TRANSLATE_NOOP("appliance", "The recording is cut off or damaged: of %1 s, %2 s can be decoded"),
    QT_TRANSLATE_NOOP("appliance", "The recording holds no samples"),
    QT_TRANSLATE_NOOP("appliance", "The recording is empty: the file holds no bytes"),
    QT_TRANSLATE_NOOP("appliance", "The recording cannot be opened: %1"),
    QT_TRANSLATE_NOOP("appliance", "A chunk of the header has a wrong size; the samples were found behind it"),
    QT_TRANSLATE_NOOP("appliance", "The header claims %1 s, %2 are there and are read"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file ends in the middle of its header"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file has no format chunk: its header is damaged"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file ends before its samples begin"),
    QT_TRANSLATE_NOOP("appliance", "The recording holds no samples: it ends where its header does"),
    QT_TRANSLATE_NOOP("appliance", "The header does not say how long the recording is; all %1 of it are read"),
    QT_TRANSLATE_NOOP("appliance", "The recording is cut off: its header tells of %1 s, %2 are there"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file has no data chunk: what stands behind its header is no sound"),
    QT_TRANSLATE_NOOP("appliance", "The recording is cut off: of %1 bytes of samples, %2 are there"),
    QT_TRANSLATE_NOOP("appliance", "The legs of a call must have one channel each"),
    QT_TRANSLATE_NOOP("appliance", "The legs have different sample rates: %1 Hz"),
    QT_TRANSLATE_NOOP("appliance", "format tag 0x%1"),
    QT_TRANSLATE_NOOP("appliance", "an unknown encoding (%1)"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file's format chunk is missing or cut short"),
    QT_TRANSLATE_NOOP("appliance", "The header claims %1 channels"),
    QT_TRANSLATE_NOOP("appliance", "The header claims a sample rate of %1 Hz"),
    QT_TRANSLATE_NOOP("appliance", "The WAV header claims PCM samples of %1 bits"),
    QT_TRANSLATE_NOOP("appliance", "The WAV header claims %1 in blocks of %2 bytes for %3 channels"),
    QT_TRANSLATE_NOOP("appliance", "The WAV file's format chunk is cut short before it names the encoding"),
    QT_TRANSLATE_NOOP("appliance", "The WAV header claims float samples of %1 bits"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "It is not certain that two people speak in this mono recording (voices_confidence %1): nobody is "
        "named. A recording with each party on a channel of its own would tell",
    ),
    QT_TRANSLATE_NOOP(
        "appliance",
        "From %1:%2 on the recording holds no sound at all of the %3 party, not even the noise of a line, "
        "while the other one goes on speaking: it had hung up, was muted, or the telephone system recorded it"
        " no more. What it may have said is missing",
    ),
    QT_TRANSLATE_NOOP("appliance", "Segment %1"),
    QT_TRANSLATE_NOOP("appliance", "The transcript must be a JSON object with a list `segments`"),
    QT_TRANSLATE_NOOP("appliance", "The transcript must have a list `segments`"),
    QT_TRANSLATE_NOOP("appliance", '`language` must be a text such as "en"'),
    QT_TRANSLATE_NOOP("appliance", "%1 must be an object with start, end, party and text"),
    QT_TRANSLATE_NOOP("appliance", "%1 ends before it starts"),
    QT_TRANSLATE_NOOP("appliance", "%1 must have a `text`"),
    QT_TRANSLATE_NOOP("appliance", "%1 must have a number of seconds as `%2`"),
    QT_TRANSLATE_NOOP("appliance", "%1 must have a `%2` that is a time from the start of the call"),
    QT_TRANSLATE_NOOP("appliance", "The transcript is not JSON: %1"),
    QT_TRANSLATE_NOOP("appliance", "`direction` must be inbound, outbound or internal"),
    QT_TRANSLATE_NOOP("appliance", "%1 must have a `party` that is caller, called or unknown"),
    QT_TRANSLATE_NOOP("appliance", "caller"),
    QT_TRANSLATE_NOOP("appliance", "caller's"),
    QT_TRANSLATE_NOOP("appliance", "called party's"),
    QT_TRANSLATE_NOOP("appliance", "called"),
    QT_TRANSLATE_NOOP("appliance", "unknown"),
    QT_TRANSLATE_NOOP("appliance", "out of memory?"),
)
