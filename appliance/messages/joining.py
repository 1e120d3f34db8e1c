"""How a worker on another machine reaches the queue: by a request to the api, which becomes the way there."""

from __future__ import annotations

# GET with `Upgrade: vbot-queue` and the joining token. After 101 the bytes are those of a connection to the queue.
QUEUE_PATH = "/internal/queue"
UPGRADE = "vbot-queue"
# A connection over which its worker has sent nothing for so long is closed; a client opens another when it needs one.
IDLE_SECONDS = 120.0
