"""Appliances on the LAN that say that they are there (mDNS). What they say is a hint, never a reason to trust them."""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from zeroconf import Zeroconf

logger = logging.getLogger(__name__)

SERVICE_TYPE = "_vbot._tcp.local."
ASK_MS = 3000
ASK_TIMES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """An appliance as it announces itself."""

    service: str
    name: str
    url: str
    version: str


class Discovery(QObject):
    """Listens from `start` to `close`, on threads of its own; `changed` comes on the GUI thread."""

    changed = Signal()
    _resolved = Signal(object, object, int)  # service, Found or None, number of the notice

    def __init__(self, parent: QObject | None = None, interfaces: Sequence[str] | None = None) -> None:
        """`interfaces`: addresses of the interfaces to listen on; None: all."""
        super().__init__(parent)
        self._interfaces = interfaces
        self._found: dict[str, Found] = {}
        self._notices = itertools.count(1)
        self._newest: dict[str, int] = {}  # the notice that the latest word of a service answers
        self._closed = threading.Event()
        self._lock = threading.Lock()  # nothing is closed beneath who begins to listen
        self._zeroconf: Zeroconf | None = None
        self._resolved.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def found(self) -> list[Found]:
        """Those that are there now, by name."""
        return sorted(self._found.values(), key=lambda one: one.name)

    def start(self) -> None:
        """Begin to listen, in the background: the library is loaded there too."""
        threading.Thread(target=self._listen, name="vbot-discovery", daemon=True).start()

    def close(self) -> None:
        """Listen no longer. Does not wait."""
        self._closed.set()
        threading.Thread(target=self._end, name="vbot-discovery-end", daemon=True).start()

    # On threads

    def _listen(self) -> None:
        from zeroconf import Error as ZeroconfError  # noqa: PLC0415
        from zeroconf import InterfaceChoice, IPVersion, ServiceBrowser, Zeroconf  # noqa: PLC0415

        chosen: Any = InterfaceChoice.All if self._interfaces is None else list(self._interfaces)
        with self._lock:
            if self._closed.is_set():
                return
            try:
                self._zeroconf = Zeroconf(interfaces=chosen, ip_version=IPVersion.V4Only)
                ServiceBrowser(self._zeroconf, SERVICE_TYPE, handlers=[self._noticed])
            except (OSError, RuntimeError, ZeroconfError) as error:  # RuntimeError: there is no interface
                logger.info("no appliances are looked for on the network: %s", error)

    def _noticed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: Any) -> None:
        number = next(self._notices)
        if state_change.name == "Removed":
            self._tell(name, None, number)
        else:
            # Asking blocks, and this thread is the library's own.
            threading.Thread(target=self._ask, args=(zeroconf, service_type, name, number), daemon=True).start()

    def _ask(self, zeroconf: Zeroconf, service_type: str, name: str, number: int) -> None:
        from zeroconf import Error as ZeroconfError  # noqa: PLC0415

        info = None
        for _ in range(ASK_TIMES):  # who did not answer once is not announced again for an hour
            try:
                info = zeroconf.get_service_info(service_type, name, ASK_MS)
            except (OSError, RuntimeError, AssertionError, ZeroconfError):  # it asserts that it is not closed
                return
            if info is not None or self._closed.is_set():
                break
        addresses = [] if info is None else info.parsed_scoped_addresses()
        if info is None or not addresses or info.port is None:
            return
        said = info.decoded_properties
        if said.get("tls") == "0":
            # Anybody may say so, and the token would go there in clear: plain HTTP is for those who type it themselves.
            self._tell(name, None, number)
            return
        host = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        label = name.removesuffix(f".{service_type}")
        self._tell(name, Found(name, label, f"https://{host}:{info.port}", said.get("version") or ""), number)

    def _tell(self, service: str, found: Found | None, number: int) -> None:
        if not self._closed.is_set() and shiboken6.isValid(self):
            self._resolved.emit(service, found, number)

    def _end(self) -> None:
        with self._lock:
            zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is None:
            return
        from zeroconf import Error as ZeroconfError  # noqa: PLC0415

        with contextlib.suppress(OSError, RuntimeError, ZeroconfError):  # its own loop is busy, or has ended
            zeroconf.close()

    # On the GUI thread

    @Slot(object, object, int)
    def _take(self, service: str, found: Found | None, number: int) -> None:
        if self._closed.is_set() or number < self._newest.get(service, 0):
            return  # it was asked before it went, and has answered late
        self._newest[service] = number
        if found is None:
            self._found.pop(service, None)
        else:
            self._found[service] = found
        self.changed.emit()
