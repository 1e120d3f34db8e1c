"""What lintian says of each package's description, scripts and overrides, whatever else is in it.

Built as for a release, but for the libraries: of those there is one file, as a worker with torch takes half an hour to
look through. Whole ones are looked through in test_whole_packages.py and test_admin.py, vbot-appliance in
test_appliance.py, vbot-post in ../pbx/.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.cases import long_but
from tests.support.lintian import lintian
from tests.support.package_with_one_file import build_with_one_file

PACKAGES = ("vbot-worker-cpu", "vbot-worker-cuda", "vbot-models-base", "vbot-admin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
]


@pytest.mark.parametrize("name", long_but(["vbot-worker-cpu", "vbot-admin"], PACKAGES))
def test_no_error_and_no_warning_that_is_not_argued(name: str, tmp_path: Path) -> None:
    assert lintian(build_with_one_file(name, tmp_path)) == ("", 0)
