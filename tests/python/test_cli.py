"""The command line as a whole; each command has a file of its own."""

import subprocess
import sys

import pytest

from startgate import cli
from startgate.errors import InputError


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "Usage: startgate" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], ["version", "--nonsense"], ["version", "nonsense"]], ids=" ".join)
def test_wrong_usage_is_one_line_on_standard_error_and_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("startgate: ")
    assert said.err.count("\n") == 1


def test_unreadable_input_is_one_line_on_standard_error_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreadable(**_: object) -> None:
        raise InputError("policy.json:3: `mode` is\nnone of its words")

    monkeypatch.setattr(cli, "app", unreadable)
    assert cli.main([]) == 2
    assert capsys.readouterr().err == "startgate: policy.json:3: `mode` is none of its words\n"


def test_a_fault_of_our_own_is_not_dressed_up_as_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main([])


@pytest.mark.parametrize("status", [None, 0, 1])
def test_the_status_is_what_the_command_returns(status: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "app", lambda **_: status)
    assert cli.main([]) == (status or 0)


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    script = "import sys; from startgate import cli; cli.app = lambda **_: print('x' * 999_999); sys.exit(cli.main([]))"
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.close()
    _, said = writer.communicate(timeout=30)
    assert writer.returncode == 1
    assert said == b""


def test_the_help_imports_nothing_slow() -> None:
    script = "import sys; from startgate.cli import main; main([]); sys.exit(bool({'rich', 'asyncio'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)
