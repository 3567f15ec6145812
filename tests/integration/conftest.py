"""Other people's programs, brought once for all tests of this folder."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def peers() -> Path:
    """Folder with `root` (Debian's packages), `python` (a venv, with Node) and `node` (npm's packages)."""
    subprocess.run([HERE / "setup_peers.sh"], check=True, timeout=600)
    return HERE.parents[1] / ".dev" / "peers"
