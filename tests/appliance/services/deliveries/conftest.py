"""What the tests of deliveries share."""

from __future__ import annotations

import pytest

from appliance.storage.database import Database
from appliance.storage.folder.keys import Keys
from tests.appliance.builders import FakeClock
from tests.appliance.services.deliveries.post import Post


@pytest.fixture
def post(database: Database, keys: Keys, clock: FakeClock) -> Post:
    return Post(database, keys, clock)
