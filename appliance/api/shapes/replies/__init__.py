"""The shapes of replies. Field order is the order on the wire; contract timestamps are whole seconds, UTC, `Z`."""
