"""Starting and stopping: options, files, signals, and a log of which nothing is lost."""

import json
import os
import signal
import socket
import stat
import subprocess
import sysconfig
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

PROGRAM = Path(sysconfig.get_path("scripts")) / "startgate-serve"
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=20, check=False)


def records(server) -> list[dict[str, str]]:
    return [json.loads(line) for line in server.log.read_text().splitlines()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_every_answer_that_went_out_is_in_the_log_after_a_stop(server, how: signal.Signals) -> None:
    answered: list[int] = []

    def call() -> None:
        try:
            while True:
                answered.append(server.start(client_id="nobody").status)
        except OSError:
            pass

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    status, _ = server.stop(how)
    for thread in threads:
        thread.join()
    assert status == 0
    assert len(answered) > 20
    assert len(records(server)) >= len(answered)


def test_a_request_that_is_under_way_is_finished_before_the_end(server) -> None:
    body = json.dumps({"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com"}).encode()
    with socket.create_connection(server.address, timeout=10) as connection, socket.create_connection(server.address) as idle:
        connection.sendall(b"POST /passwordless/start HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:5])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(10) == b"", "nothing is under way here"
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(server.address)
        connection.sendall(body[5:])
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in answer
    assert server.process.wait(timeout=10) == 0
    assert [record["type"] for record in records(server)] == ["depnote", "cls"]


def test_a_request_that_never_ends_does_not_hold_up_the_stop(server) -> None:
    with socket.create_connection(server.address) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        time.sleep(0.2)
        begun = time.monotonic()
        assert server.stop()[0] == 0
        assert time.monotonic() - begun < 9


def test_the_log_is_appended_to_and_only_its_owner_may_read_it(launch, tmp_path: Path) -> None:
    log = str(tmp_path / "kept.ndjson")
    for _ in range(2):
        server = launch(log=log)
        server.start(client_id="nobody")
        server.stop()
    ids = [json.loads(line)["log_id"] for line in Path(log).read_text().splitlines()]
    assert ids == sorted(set(ids))
    assert len(ids) == 2
    assert stat.S_IMODE(os.stat(log).st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_told_and_ends_in_status_1(launch) -> None:
    server = launch(log="/dev/full")
    assert server.start().status == 200
    status, said = server.stop()
    assert status == 1
    assert said.count(b"the log cannot be written: No space left on device\n") == 1


def test_it_stops_by_itself(launch) -> None:
    assert launch(seconds="1").process.wait(timeout=10) == 0


def test_a_token_file_is_made_for_its_owner_and_read_the_next_time(launch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    for _ in range(2):
        server = launch(**{"token-file": str(file)})
        assert server.token == ""
        server.token = file.read_text().strip()
        assert server.outbox() == []
        assert server.token.encode() not in server.stop()[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_hang_up_reads_the_files_again_and_a_broken_one_changes_nothing(launch, tmp_path: Path) -> None:
    server = launch()
    policy = tmp_path / "policy.json"
    policy.write_text('{"enforcement": {"mode": "on"}}')
    server.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert server.start(connection="fax").json["error"] == "bad.connection"
    policy.write_text('{"request": {"max_body_bytes": 64}}')
    server.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert server.start().status == 413
    assert b"policy.json:1: enforcement.mode: expected" in server.stop()[1]


def test_a_login_page_that_was_open_at_a_hang_up_works_after_it_although_there_is_no_keys_file(launch, tmp_path: Path) -> None:
    server = launch(keys="", tenant="tenant-locked.json")
    location = server.call("GET", f"/authorize?client_id={CHECKOUT}").header("location") or ""
    state = parse_qs(urlsplit(location).query)["state"][0]
    (tmp_path / "policy.json").write_text('{"issuer": "https://acme.example/", "request": {"strict_members": true}}')
    server.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 20
    while server.start(unknown=1).status != 400 and time.monotonic() < until:
        time.sleep(0.02)
    assert server.start({"origin": server.url}, authParams={"state": state}).status == 200


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--applications is needed"),
        (["--nonsense", "1"], "`--nonsense`"),
        (["--applications"], "`--applications`"),
        (["-a", "none.json"], "none.json: No such file"),
        (["-a", "/"], "/: Is a directory"),
        (["-a", "/dev/null", "--listen", "localhost"], "--listen"),
        (["-a", "/dev/null", "--listen", "example.com:80"], "--listen"),
        (["-a", "/dev/null", "--listen", "127.0.0.1:99999"], "--listen"),
        (["-a", "/dev/null", "--seconds", "-1"], "`--seconds`"),
        (["-a", str(PROGRAM), "--listen", "127.0.0.1:0"], "startgate-serve:1: not valid JSON"),
    ],
    ids=str,
)
def test_wrong_usage_and_unreadable_files_are_one_line_and_status_2(options: list[str], told: str) -> None:
    done = run(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_told(server) -> None:
    done = run("-a", "/dev/null", "--listen", "{}:{}".format(*server.address))
    assert done.returncode == 2
    assert "Address already in use" in done.stderr


def test_the_console_script_hands_over_to_the_server() -> None:
    script = PROGRAM.with_name("startgate")
    done = subprocess.run([script, "serve", "--help"], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.startswith("usage: startgate serve")
    assert subprocess.run([script, "serve", "--nonsense"], capture_output=True, timeout=20, check=False).returncode == 2
