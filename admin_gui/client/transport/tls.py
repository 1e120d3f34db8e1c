"""TLS to an appliance that is known by its certificate's fingerprint alone."""

from __future__ import annotations

import socket
import ssl
import traceback
from typing import Any


class PinningContext(ssl.SSLContext):
    """Takes any certificate, for whoever looks at its fingerprint afterwards, and leaves no socket open.

    Python before 3.13 takes the plain socket away from its owner, then asks it for the other side's address, and when
    that has hung up meanwhile the TLS socket that was just made is held by nobody and closed by nobody.
    """

    def __new__(cls) -> PinningContext:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    def wrap_socket(self, sock: socket.socket, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        try:
            return super().wrap_socket(sock, *arguments, **options)
        except BaseException as error:
            for frame, _line in traceback.walk_tb(error.__traceback__):
                half_made = frame.f_locals.get("self")
                if isinstance(half_made, ssl.SSLSocket):
                    half_made.close()
            raise
