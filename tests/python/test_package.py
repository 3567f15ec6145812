"""What is shipped: the wheel's contents, its two commands, its types, and the C++ headers inside it.

The wheel is built by pip in an isolated environment, as a user's `pip install .` does it. STARTGATE_WHEEL names one that is
built already.
"""

import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib import metadata, resources
from pathlib import Path

import pytest

import startgate

ROOT = Path(__file__).parents[2]
VERSION = re.search(r'STARTGATE_VERSION "([^"]+)"', (ROOT / "include/startgate/version.hpp").read_text())


def run(*command: str | Path) -> str:
    """The output of a command that must succeed; what it says otherwise is in the failure."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if ready := os.environ.get("STARTGATE_WHEEL"):
        return Path(ready)
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ".")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a new environment that has the wheel and what the wheel asks for, nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel)
    return python.parent


def below(folder: str, pattern: str) -> set[str]:
    return {str(path.relative_to(ROOT / folder)) for path in (ROOT / folder).rglob(pattern) if path.is_file()}


def test_the_wheel_holds_the_package_the_headers_and_the_cmake_files_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert VERSION is not None
    extension = {name for name in names if re.fullmatch(r"startgate/_core\.[\w.-]+\.so", name)}
    python = {name for name in below("python", "*") if "__pycache__" not in name}
    headers = {f"startgate/include/{name}" for name in below("include", "*.hpp")}
    parts = ("config", "config-version", "core-targets", "json-targets", "openssl-targets", "redis-targets", "tls-targets")
    cmake = {f"startgate/share/cmake/startgate/startgate-{part}.cmake" for part in parts}
    cmake.add("startgate/share/cmake/startgate/FindHiredis.cmake")

    assert len(extension) == 1
    assert {"startgate/py.typed", "startgate/_core.pyi", "startgate/cli.py"} <= python
    assert "startgate/include/startgate/json/document.hpp" in headers
    assert names == python | headers | cmake | extension | {f"startgate-{VERSION[1]}.data/scripts/startgate-serve"}


def test_the_wheel_carries_its_licence_and_the_version_of_the_header(wheel: Path) -> None:
    assert VERSION is not None
    assert wheel.name.startswith(f"startgate-{VERSION[1]}-")
    assert f"startgate-{VERSION[1]}.dist-info/licenses/LICENSE" in zipfile.ZipFile(wheel).namelist()


def test_the_installed_console_script_and_module_run(installed: Path) -> None:
    assert VERSION is not None
    assert run(installed / "startgate", "version") == f"{VERSION[1]}\n"
    assert run(installed / "python", "-m", "startgate", "version") == f"{VERSION[1]}\n"


def test_the_installed_package_serves(installed: Path) -> None:
    assert VERSION is not None
    assert run(installed / "startgate", "serve", "--version") == f"{VERSION[1]}\n"


def test_a_cpp_project_builds_against_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    cmake_dir = run(installed / "python", "-c", "import startgate; print(startgate.get_cmake_dir())").strip()
    run("cmake", "-S", ROOT / "tests/consume/find_package", "-B", tmp_path, "-G", "Ninja", f"-Dstartgate_DIR={cmake_dir}")
    run("cmake", "--build", tmp_path)
    run(tmp_path / "core_consumer")
    run(tmp_path / "edges_consumer")


def test_get_include_holds_the_headers() -> None:
    assert Path(startgate.get_include(), "startgate", "judge.hpp").is_file()


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files("startgate").joinpath("py.typed").is_file()
    assert "Typing :: Typed" in (metadata.metadata("startgate").get_all("Classifier") or [])


def test_the_stub_is_what_the_extension_says_of_itself() -> None:
    generated = run(sys.executable, ROOT / "tests/python/stub.py")
    committed = (ROOT / "python/startgate/_core.pyi").read_text()
    assert committed == generated, "renew it: .venv/bin/python tests/python/stub.py >python/startgate/_core.pyi"


def test_the_package_and_the_header_agree_on_the_version() -> None:
    assert VERSION is not None
    assert startgate.__version__ == metadata.version("startgate") == VERSION[1]
