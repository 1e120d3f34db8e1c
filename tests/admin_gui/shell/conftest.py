"""Two appliances that are remembered, with their tokens in the keyring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_gui.app_context import AppContext
from tests.admin_gui.boxes import Box
from tests.admin_gui.keychain_in_memory import Keychain


@pytest.fixture
def berlin(tmp_path: Path, context: AppContext, keychain: Keychain) -> Iterator[Box]:
    with Box(tmp_path / "berlin", "Berlin") as box:
        remember(box, context, keychain)
        yield box


@pytest.fixture
def bonn(tmp_path: Path, context: AppContext, keychain: Keychain) -> Iterator[Box]:
    with Box(tmp_path / "bonn", "Bonn") as box:
        remember(box, context, keychain)
        yield box


def remember(box: Box, context: AppContext, keychain: Keychain) -> None:
    context.memory.save_profile(box.profile)
    keychain.kept["vbot-admin", box.profile.key] = box.token
