"""Decides, explains and rehearses who may start a passwordless login."""

from pathlib import Path

from . import _core, scrubbed  # noqa: F401 (it wraps the functions that the next line takes)
from ._core import Service, __version__, findings, fixes, normalise_recipient, parse_instant, print_instant, profile, reasons

__all__ = [
    "Service",
    "__version__",
    "findings",
    "fixes",
    "get_cmake_dir",
    "get_include",
    "normalise_recipient",
    "parse_instant",
    "print_instant",
    "profile",
    "reasons",
]


def _installed() -> Path:
    # Headers and CMake files are installed beside the extension, also where the Python code is used from its source tree.
    return Path(_core.__file__).parent


def get_include() -> str:
    """The folder to give a C++ compiler, so that it finds `startgate/startgate.hpp`."""
    return str(_installed() / "include")


def get_cmake_dir() -> str:
    """The folder to give CMake as `startgate_DIR`, so that `find_package(startgate)` finds this package."""
    return str(_installed() / "share" / "cmake" / "startgate")
