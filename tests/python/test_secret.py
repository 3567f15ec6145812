"""`startgate secret`: the import of a client secret into a verifier for the keys file."""

import io
import json
import sys

import pytest

from startgate.cli import main

APPLICATION = "web"
SECRET = "correct horse battery staple"  # noqa: S105


def decide_with(verifier: str, secret: str, tmp_path, feed, capsys) -> str:
    (tmp_path / "clients.json").write_text(json.dumps([{"client_id": APPLICATION, "app_type": "regular_web"}]))
    keys = {"applications": {APPLICATION: {"secrets": [{"verifier": verifier}]}}}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    body = {"client_id": APPLICATION, "client_secret": secret, "connection": "email", "email": "ada@example.com"}
    feed(json.dumps({"peer": "203.0.113.9", "headers": [], "body": body}).encode())
    assert main(["decide", "-a", str(tmp_path / "clients.json"), "-k", str(tmp_path / "keys.json")]) == 0
    return json.loads(capsys.readouterr().out)["authentication"]["result"]


@pytest.mark.parametrize("form", ["sha256", "pbkdf2", "scrypt"])
def test_what_it_prints_authenticates_the_secret_in_decide_and_no_other(form, tmp_path, feed, capsys):
    feed(SECRET.encode() + b"\n")
    assert main(["secret", "--form", form]) == 0
    verifier = capsys.readouterr().out.strip()
    assert verifier.startswith(f"{form}:")
    assert SECRET not in verifier
    assert decide_with(verifier, SECRET, tmp_path, feed, capsys) == "proved"
    assert decide_with(verifier, SECRET + "\n", tmp_path, feed, capsys) == "refused"


def test_without_a_form_a_generated_secret_gets_a_digest_and_a_short_one_a_slow_form(feed, capsys):
    for secret, form in [(b"x" * 32, "sha256"), (b"x" * 31, "scrypt")]:
        feed(secret + b"\r\n")
        assert main(["secret"]) == 0
        assert capsys.readouterr().out.startswith(f"{form}:")


@pytest.mark.parametrize(
    ("data", "arguments", "told"),
    [
        (b"\n", [], "an empty secret is no secret"),
        (b"two\nlines\n", [], "printable ASCII"),
        (b"caf\xff", [], "printable ASCII"),
        (b"good", ["--form", "md5"], "expected `sha256`, `pbkdf2` or `scrypt`"),
    ],
)
def test_what_cannot_be_a_secret_is_one_line_and_status_two(feed, capsys, data, arguments, told):
    feed(data)
    assert main(["secret", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert "good" not in error
    assert "lines" not in error


def test_a_person_at_a_terminal_is_asked_without_an_echo(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: "y" * 40)
    assert main(["secret"]) == 0
    assert capsys.readouterr().out.startswith("sha256:")
