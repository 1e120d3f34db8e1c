"""Fetching a model from a Hugging Face hub, for sites that reach one."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path

from engine.errors import ModelPackError

# Downloads a repository of the hub into a folder and returns the revision that it got.
FetchFromHub = Callable[[str, Path], str]

# Only what an import takes: no other frameworks' weights, no Python.
_PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.md", "LICENSE*"]
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EIO}


def fetch_from_hub(repository: str, folder: Path) -> str:
    """Download `OWNER/NAME` under huggingface_hub's own settings (`HF_ENDPOINT`, `HF_TOKEN`, proxies).

    Raises ModelPackError when the hub is not reachable or has no such repository.
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
        information = HfApi().model_info(repository)
        names = {sibling.rfilename for sibling in information.siblings or []}
        patterns = None if "hyperparams.yaml" in names else _PATTERNS
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
