"""The api over the Unix socket in the data folder: whoever can open it is the administrator."""

from __future__ import annotations

import http.client
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from appliance.errors import ApplianceError, ConfigurationError
from appliance.process.local_socket import UnixConnection
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder, become_owner

TIMEOUT_SECONDS = 30.0


class LocalApiRefused(ApplianceError):
    """The running api answered with an error."""


def initialised_folder(settings: Settings) -> DataFolder:
    """The data folder, as whose owner this process acts from here on; raises ConfigurationError unless it is set up."""
    become_owner(settings.data_dir)
    folder = DataFolder(settings.data_dir)
    if not folder.is_initialised:
        raise ConfigurationError(f"{folder.root} is not set up: run `vbot init` first")
    return folder


def ask(path: Path, method: str, route: str, body: object | None = None) -> Any | None:
    """The reply's JSON, or None when no api is running there. Raises LocalApiRefused."""
    connection = UnixConnection(path, TIMEOUT_SECONDS)
    try:
        connection.request(method, route, None if body is None else json.dumps(body))
        response = connection.getresponse()
        reply = json.loads(response.read())
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LocalApiRefused(f"the running api does not answer on {path}: {error}") from error
    finally:
        connection.close()
    if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
        why = "; ".join(item["problem"] for item in reply.get("details", []))
        raise LocalApiRefused(f"{why or reply.get('message', 'the api takes nothing now')}: see `vbot doctor`")
    if response.status != 200:
        details = "; ".join(f"{item['field']}: {item['problem']}" for item in reply.get("details", []))
        raise LocalApiRefused(details or reply.get("message", f"the api answered {response.status}"))
    return reply
