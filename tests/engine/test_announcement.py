"""What is said before the parties are connected is no turn of the called party's."""

from __future__ import annotations

from engine.announcement import announcement_problem, without_announcement
from engine.language.talk_statistics import conversation
from engine.transcript import Party, Segment, Transcript, Word


def said(start: float, text: str, party: Party = Party.CALLED) -> Segment:
    words = tuple(Word(start + at, start + at + 0.8, word, 0.9) for at, word in enumerate(text.split()))
    return Segment(start, start + len(words), 1, party, text, 0.9, words)


def test_a_greeting_is_kept_apart_and_the_caller_s_words_stay() -> None:
    caller, called = said(3, "Two please.", Party.CALLER), said(10, "Ada speaking.")
    segments, apart = without_announcement([said(0, "Welcome. Press two."), caller, called], 9.0)
    assert (segments, apart) == ((caller, called), "Welcome. Press two.")


def test_a_segment_that_goes_on_is_divided_between_its_words() -> None:
    segments, apart = without_announcement([said(0, "Please hold. Hello there.")], 2.0)
    (kept,) = segments
    assert (apart, kept.text, kept.start, kept.end) == ("Please hold.", "Hello there.", 2.0, 4.0)
    assert [word.text for word in kept.words] == ["Hello", "there."]


def test_of_a_mix_all_of_it_is_kept_apart() -> None:
    spoken = [said(0, "Welcome.", Party.UNKNOWN), said(2, "Hello?", Party.UNKNOWN), said(6, "Ada.", Party.UNKNOWN)]
    segments, apart = without_announcement(spoken, 5.0)
    assert ([one.text for one in segments], apart) == (["Ada."], "Welcome.\nHello?")


def test_without_a_moment_nothing_is_kept_apart() -> None:
    spoken = (said(0, "Welcome."), said(2, "Hello?"))
    assert without_announcement(spoken, 0.0) == (spoken, "")


def test_a_turn_without_times_of_its_words_goes_where_it_begins() -> None:
    segment = Segment(0, 4, 1, Party.CALLED, "Please hold. Hello.", 0.9)
    assert without_announcement([segment], 2.0) == ((), "Please hold. Hello.")


def test_silence_is_counted_from_the_moment_on() -> None:
    measured = conversation(Transcript((said(10, "Ada speaking."),), "en"), 15.0, 9.0)
    assert (measured.silence_seconds, measured.longest_silence_seconds) == (4.0, 3.0)


def test_a_moment_that_leaves_nobody_of_the_called_party_is_not_believed() -> None:
    caller = said(3, "Two please.", Party.CALLER)
    for spoken in ([said(0, "Ada speaking."), caller], [said(0, "Hello?", Party.UNKNOWN)]):
        assert "8.0 s after the recording began" in (announcement_problem(spoken, 8.0, 12.0) or "")
    assert announcement_problem([caller], 3600.0, 12.0)  # a zone that was left out
    assert announcement_problem([said(0, "Welcome."), said(10, "Ada speaking.")], 8.0, 15.0) is None
    assert announcement_problem([said(0, "Welcome.")], 0.0, 15.0) is None
    assert announcement_problem([caller], 8.0, 15.0) is None  # nothing would be told apart
