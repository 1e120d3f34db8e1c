"""A chat model on another machine, asked as OpenAI's API has it: Ollama, vLLM, llama.cpp, `transformers serve`.

What is said in a call goes there, so it must stand in the house: an address that is not private is refused, unless the
settings say in words that transcripts may leave the building. The name is looked up before each request and what was
looked up is connected to, so that a name that changes its mind changes nothing.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3

from appliance.errors import ConfigurationError
from appliance.webhooks.guard import AddressPolicy, written
from appliance.webhooks.lookup import system_lookup

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
WAIT_SECONDS = 5.0  # between two signs of life to whoever waits
MOST_BYTES = 1024 * 1024  # of an answer
MOST_TOKENS = 800
# A server that is down must not make each call wait for it: after so many failures in a row nobody asks it for a while.
FAILURES_UNTIL_PAUSE, PAUSE_SECONDS = 3, 300.0
IN_THE_HOUSE = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    )
)
ANYWHERE = (*IN_THE_HOUSE, ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class ChatServerFailed(Exception):
    """It did not answer, or not as it should; the message is a sentence for the administrator."""


class ChatServer:
    """One model of one server. Several threads may ask at once."""

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        key_file: Path | None = None,
        timeout_seconds: float = 120.0,
        may_leave_the_building: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`url` is the base to which /chat/completions is added. Raises ConfigurationError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ConfigurationError(f"llm_url {url} is no address like http://10.0.0.5:11434/v1")
        self._parts = parts
        self._host = parts.hostname
        self._path = parts.path.rstrip("/")
        self._model = model
        self._key = _key(key_file)
        self._timeout_seconds = timeout_seconds
        self._policy = AddressPolicy(ANYWHERE if may_leave_the_building else IN_THE_HOUSE)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._paused_until = 0.0
        self._takes_schema = True

    @property
    def name(self) -> str:
        """The model, else the server."""
        return self._model or self._host

    def complete(self, system: str, question: str, schema: Mapping[str, Any], on_wait: Callable[[], None]) -> str:
        """Its answer, asked for in the form of a JSON schema where it can be held to one. Raises ChatServerFailed."""
        self._refuse_while_paused()
        try:
            answer = self._ask(system, question, schema, on_wait)
        except ChatServerFailed as error:
            self._failed(error)
            raise
        self._succeeded()
        return answer

    def models(self) -> list[str]:
        """What it says that it has. Raises ChatServerFailed."""
        found = self._request("GET", "/models", None, self._monotonic() + CONNECT_SECONDS * 2)
        try:
            return [str(one["id"]) for one in found["data"]]
        except (KeyError, TypeError):
            raise ChatServerFailed(f"{self._host} lists no models") from None

    # One question

    def _ask(self, system: str, question: str, schema: Mapping[str, Any], on_wait: Callable[[], None]) -> str:
        body: dict[str, Any] = {
            "model": self._model or self.models()[0],
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        form = {"type": "json_schema", "json_schema": {"name": "note", "strict": True, "schema": dict(schema)}}
        if self._takes_schema:
            try:
                return _content(self._answered(body | {"response_format": form}, on_wait))
            except _NotUnderstood:
                # Older servers know no schema: the question says the form in words, too.
                self._takes_schema = False
        return _content(self._answered(body, on_wait))

    def _answered(self, body: dict[str, Any], on_wait: Callable[[], None]) -> Any:
        """Ask in a thread of its own, and tell whoever waits that somebody still waits."""
        deadline = self._monotonic() + self._timeout_seconds
        outcome: list[Any] = []

        def ask() -> None:
            try:
                outcome.append(self._request("POST", "/chat/completions", body, deadline))
            except Exception as error:  # noqa: BLE001 - raised again where it is waited for
                outcome.append(error)

        asking = threading.Thread(target=ask, name="chat-server", daemon=True)
        asking.start()
        while asking.is_alive() and self._monotonic() < deadline:
            asking.join(min(WAIT_SECONDS, max(0.01, deadline - self._monotonic())))
            on_wait()
        if not outcome:
            raise ChatServerFailed(f"{self._host} did not answer within {self._timeout_seconds:g} s")
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def _request(self, method: str, path: str, body: dict[str, Any] | None, deadline: float) -> Any:
        address = self._address()
        left = max(0.1, deadline - self._monotonic())
        headers = {"Host": self._parts.netloc, "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._pool(address, left) as pool:
                response = pool.request(
                    method,
                    self._path + path,
                    body=None if body is None else json.dumps(body).encode(),
                    headers=headers,
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                try:
                    content = self._read(response, deadline)
                finally:
                    response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ChatServerFailed(f"{self._host} does not answer: {_cause(error)}") from error
        if response.status in (400, 422) and body is not None and "response_format" in body:
            raise _NotUnderstood
        if response.status in (401, 403):
            raise ChatServerFailed(f"{self._host} refuses the key (llm_key_file): {response.status}")
        if response.status != 200:
            raise ChatServerFailed(f"{self._host} answers {response.status}: {content[:200].decode(errors='replace')}")
        try:
            return json.loads(content)
        except ValueError:
            raise ChatServerFailed(f"{self._host} answers something that is not JSON") from None

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        content = b""
        while chunk := response.read1(64 * 1024):
            content += chunk
            if len(content) > MOST_BYTES:
                raise ChatServerFailed(f"{self._host} answers with more than {MOST_BYTES} bytes")
            if self._monotonic() > deadline:
                raise ChatServerFailed(f"{self._host} did not answer within {self._timeout_seconds:g} s")
        return content

    def _pool(self, address: str, seconds: float) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        if self._parts.scheme == "https":
            return urllib3.HTTPSConnectionPool(
                address,
                self._parts.port or 443,
                timeout=timeout,
                server_hostname=self._host,
                assert_hostname=self._host,
            )
        return urllib3.HTTPConnectionPool(address, self._parts.port or 80, timeout=timeout)

    def _address(self) -> str:
        """Where it is now. Every address that the name has must be one to which a transcript may go."""
        try:
            addresses = system_lookup(self._host, self._parts.port or 0)
        except OSError as error:
            raise ChatServerFailed(f"the name {self._host} is not known: {error.strerror or error}") from error
        for address in addresses:
            if not self._policy.permits(address):
                raise ChatServerFailed(
                    f"{self._host} is {written(address)}, which is outside the building: no transcript is sent there"
                )
        return addresses[0]

    # A server that is down

    def _refuse_while_paused(self) -> None:
        with self._lock:
            left = self._paused_until - self._monotonic()
            if left > 0:
                raise ChatServerFailed(
                    f"{self._host} has failed {self._failures} times; it is asked again in {left:.0f} s"
                )

    def _failed(self, error: ChatServerFailed) -> None:
        with self._lock:
            self._failures += 1
            if self._failures == 1:
                logger.warning("summaries are quotes until it is back: %s", error)
            if self._failures >= FAILURES_UNTIL_PAUSE:
                self._paused_until = self._monotonic() + PAUSE_SECONDS

    def _succeeded(self) -> None:
        with self._lock:
            if self._failures:
                logger.warning("%s writes summaries again", self._host)
            self._failures, self._paused_until = 0, 0.0


class _NotUnderstood(Exception):
    """The server takes no JSON schema."""


def _content(answer: Any) -> str:
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise ChatServerFailed("its answer has no choices") from None
    if not isinstance(content, str):
        raise ChatServerFailed("its answer has no text")
    return content


def _key(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"llm_key_file {file} cannot be read: {error}") from error
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigurationError(f"llm_key_file {file} holds no key")
    return key


def _cause(error: Exception) -> str:
    """What is behind it, in words: libraries wrap one in another."""
    inner = [one for one in (getattr(error, "reason", None), *reversed(error.args)) if isinstance(one, Exception)]
    if inner:
        return _cause(inner[0])
    return " ".join(str(error).rpartition(": ")[2].split()) or type(error).__name__
