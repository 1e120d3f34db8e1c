"""Fetching a model from a Hugging Face hub, for sites that reach one."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from engine.errors import ModelPackError
from engine.models.catalogue_entry import HubRepository
from engine.models.progress import Progress, megabytes
from engine.models.verification import sha256_of

_REVISION = re.compile(r"[0-9a-f]{40}")


class FetchFromHub(Protocol):
    """Downloads `OWNER/NAME` into a folder: these files or all that an import takes, as of this commit or the latest.

    Returns the commit.
    """

    def __call__(
        self, repository: str, folder: Path, revision: str | None = None, files: Sequence[str] | None = None
    ) -> str: ...


# Only what an import takes: no other frameworks' weights, no Python.
_PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.md", "LICENSE*"]
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EIO}


def check_revision(revision: str) -> str:
    """The commit, if it is one: a branch or a tag may be another tomorrow. Raises ModelPackError."""
    if not _REVISION.fullmatch(revision):
        raise ModelPackError(f"{revision!r} is no commit of a hub: 40 hexadecimal digits, in small letters")
    return revision


def fetch_from_hub(
    repository: str, folder: Path, revision: str | None = None, files: Sequence[str] | None = None
) -> str:
    """As FetchFromHub says, under huggingface_hub's own settings (`HF_ENDPOINT`, `HF_TOKEN`, proxies).

    Raises ModelPackError when the hub is not reachable, has no such repository, or another commit than was asked for.
    """
    try:
        from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415 - of the extra `worker`
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled  # noqa: PLC0415
        from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415
    except ImportError as error:
        raise ModelPackError("huggingface_hub is missing: install vbot-appliance[worker]") from error
    if not sys.stderr.isatty():
        disable_progress_bars()
    # OSError, and the error of whichever HTTP library this version of huggingface_hub uses.
    hub_errors: tuple[type[BaseException], ...] = (OfflineModeIsEnabled, *HfHubHTTPError.__bases__)
    try:
        information = HfApi().model_info(repository, revision=revision)
        if revision is not None and information.sha != revision:
            raise ModelPackError(f"the hub gives {information.sha} of {repository} for the commit {revision}")
        names = {sibling.rfilename for sibling in information.siblings or []}
        patterns = list(files) if files is not None else None if "hyperparams.yaml" in names else _PATTERNS
        snapshot_download(repository, revision=information.sha, local_dir=folder, allow_patterns=patterns)
    except HFValidationError as error:
        raise ModelPackError(f"{repository!r} is no name of a model on a hub: it is OWNER/NAME") from error
    except hub_errors as error:
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelPackError(
            f"cannot fetch {repository} from the hub: {reason} "
            "(where no hub is reachable: carry the folder on a stick and run `vbot models import PATH`)"
        ) from error
    return str(information.sha)


def take_published(fetch: FetchFromHub, hub: HubRepository, fetched: Path, pack: Path, progress: Progress) -> None:
    """Download what the catalogue names into `fetched`, nothing else, and move what has its sum into the pack.

    Raises ModelPackError naming the file that is missing or has another sum.
    """
    progress.say(f"downloading {hub.name} from the hub ({megabytes(sum(file.size for file in hub.files))})")
    fetch(hub.name, fetched, hub.revision, [file.path for file in hub.files])
    for file in hub.files:
        path = fetched / file.path
        if not path.is_file():
            raise ModelPackError(f"the hub has no {file.path} of {hub.name}, revision {hub.revision}")
        with progress.step(f"verifying {file.path}", file.size) as advance:
            found = sha256_of(path, advance)
        if found != file.sha256:
            raise ModelPackError(
                f"{file.path} of {hub.name} is damaged or not the one we know: its SHA-256 is {found}, "
                f"not {file.sha256}"
            )
        path.rename(pack / file.path)
