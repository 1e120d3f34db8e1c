"""Whether this machine has IPv6: where it is switched off, not even loopback has an address of it."""

from __future__ import annotations

import socket

import pytest


def has_ipv6() -> bool:
    """Whether something can listen on ::1."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
