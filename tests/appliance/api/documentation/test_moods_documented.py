"""What is told of moods is what the engine does."""

from __future__ import annotations

from pathlib import Path

from appliance.api.documentation import rendering
from appliance.messages.call_result import PartyResult
from engine.language.sentiment.call_sentiment import SentimentOptions

GUIDE = Path(rendering.__file__).parent / "pages" / "guide.html"


def test_the_thresholds_of_the_score_are_the_engines() -> None:
    options = SentimentOptions()
    thresholds = f"`positive` from {options.positive_from:g} on and `negative` from −{-options.negative_from:g} down"
    of_reply = str(PartyResult.__annotations__["sentiment_score"])
    for text in (of_reply, GUIDE.read_text().replace("</code>", "`").replace("<code>", "`")):
        flat = " ".join(text.split())
        assert thresholds in flat
