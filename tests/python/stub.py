"""Prints the stub of the extension as it is installed: `.venv/bin/python tests/python/stub.py >python/startgate/_core.pyi`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path


def generate() -> str:
    """The text that pybind11-stubgen writes, without the value of the version, whose one home is version.hpp."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pybind11_stubgen", "startgate._core", "--exit-code", "-o", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        text = Path(folder, "startgate", "_core.pyi").read_text()
    return re.sub(r"(?m)^(__version__: str) = .*$", r"\1", text)


if __name__ == "__main__":
    sys.stdout.write(generate())
