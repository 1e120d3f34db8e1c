"""Summaries by a server of the office: what it says of the call is told, and what it makes up is not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.appliance.worker.test_chat_server import Serve, Server, say, serve, text
from tests.support.appliance import vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.recordings import CONVERSATION

__all__ = ["serve"]  # the fixture

pytestmark = pytest.mark.slow


def analysed(server: Server, data_dir: Path) -> dict[str, Any]:
    settings = {"VBOT_LLM_URL": server.url, "VBOT_LLM_MODEL": "granite-8b"}
    done = vbot("analyse", CONVERSATION, data_dir=data_dir, settings=settings, seconds=240)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.long
def test_what_it_says_of_the_call_is_the_summary(serve: Serve, tmp_path: Path) -> None:
    """It tells the two longest sentences as they were said."""

    def honest(handler: Any, body: Any) -> None:
        turns = re.findall(r"^\[(\d+)\] [^:]+: (.*)$", body["messages"][1]["content"], re.MULTILINE)
        sentences = [(int(turn), one) for turn, said in turns for one in re.findall(r"[^.?!]+\.", said)]
        longest = sorted(sentences, key=lambda one: -len(one[1]))[:2]
        told = [{"text": one.strip(), "turns": [turn]} for turn, one in longest]
        say(handler, text(json.dumps({"sentences": told})))

    server = serve(honest)
    result = analysed(server, tmp_path)
    assert result["models"]["summary"] == "granite-8b"
    asked = server.asked[0][2]["messages"][1]["content"]
    assert all(one.strip(" .") in asked for one in re.findall(r"[^.?!]+\.", result["summary"])[:2])


@pytest.mark.long
def test_what_it_makes_up_is_not_told_and_the_call_says_why_it_is_quoted(serve: Serve, tmp_path: Path) -> None:
    lie = {"text": "The caller was promised a refund of 4,000 euros by Friday.", "turns": [0]}
    server = serve(lambda handler, _: say(handler, text(json.dumps({"sentences": [lie, lie]}))))
    result = analysed(server, tmp_path)
    assert result["models"]["summary"] == "extractive (granite-8b wrote too little that is in the call)"
    assert "4,000" not in result["summary"]
    assert len(server.asked) == 2, "it was asked once more"


@pytest.mark.long
def test_doctor_says_who_writes_and_when_nobody_answers(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda handler, _: say(handler, text("{}")))
    installation = BrokenInstallation(tmp_path)
    installation.breaks()  # nobody waits for torch here
    settings = {"VBOT_LLM_URL": server.url, **installation.environment}
    assert (
        f"summaries: written by granite-8b at {server.url}"
        in vbot("doctor", data_dir=tmp_path, settings=settings, seconds=240).stdout
    )
    settings["VBOT_LLM_URL"] = "http://127.0.0.1:9/v1"
    gone = vbot("doctor", data_dir=tmp_path, settings=settings, seconds=240).stdout
    assert re.search(
        r"WRONG summaries: quotes until the writing model answers: 127\.0\.0\.1 does not answer: .*refused", gone
    )
