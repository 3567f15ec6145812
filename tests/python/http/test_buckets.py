"""Buckets over a restart: kept in a file, so that ending the process forgives nobody."""

import shutil
import signal
from pathlib import Path
from typing import Any

THREE = {"limits": {"start_per_address": {"count": 3, "period_s": 3600, "burst": 3}}}


def passes(server, calls: int) -> int:
    return sum(server.start(client_id="membersAreaVYC8D5o91DkCkF1nt7WvI").status == 200 for _ in range(calls))


def test_a_restart_forgives_nobody(launch, tmp_path: Path) -> None:
    kept = tmp_path / "buckets"
    first = launch(policy=THREE, buckets=str(kept))
    assert passes(first, 2) == 2
    assert first.stop()[0] == 0
    assert kept.stat().st_mode & 0o777 == 0o600
    again = launch(policy=THREE, buckets=str(kept))
    assert passes(again, 5) == 1
    again.stop()
    assert passes(launch(policy=THREE), 5) == 3, "without the file it would have"


def test_a_reload_keeps_the_buckets_that_came_from_the_file(launch, tmp_path: Path) -> None:
    kept = tmp_path / "buckets"
    first = launch(policy=THREE, buckets=str(kept))
    passes(first, 2)
    first.stop()
    again = launch(policy=THREE, buckets=str(kept))
    again.process.send_signal(signal.SIGHUP)
    assert passes(again, 5) == 1


def refused(launch: Any, kept: Path) -> str:
    try:
        launch(policy=THREE, buckets=str(kept))
    except AssertionError as ended:
        return str(ended)
    raise AssertionError("the server started")


def test_a_file_that_is_no_good_ends_the_start_with_one_line_and_stays_as_it_is(launch, tmp_path: Path) -> None:
    kept = tmp_path / "buckets"
    kept.write_bytes(b"{}")
    kept.chmod(0o600)
    assert f"startgate serve: {kept}: the file is not a snapshot of this version" in refused(launch, kept)
    kept.chmod(0o644)
    assert "its owner alone may read and write" in refused(launch, kept)
    assert kept.read_bytes() == b"{}"


def test_a_folder_that_is_missing_ends_the_start(launch, tmp_path: Path) -> None:
    assert "No such file or directory" in refused(launch, tmp_path / "missing" / "buckets")


def test_a_file_that_cannot_be_written_at_the_end_is_told_and_ends_in_status_1(launch, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    server = launch(policy=THREE, buckets=str(folder / "buckets"))
    assert passes(server, 1) == 1
    shutil.rmtree(folder)
    status, said = server.stop()
    assert status == 1
    assert b"the snapshot cannot be opened" in said


def test_two_servers_do_not_keep_their_buckets_in_one_file(launch, tmp_path: Path) -> None:
    first = launch(policy=THREE, buckets=str(tmp_path / "buckets"))
    assert "another server keeps its buckets there" in refused(launch, tmp_path / "buckets")
    first.stop()
    assert passes(launch(policy=THREE, buckets=str(tmp_path / "buckets")), 5) == 3


def test_with_a_store_the_file_is_not_written_and_the_server_says_so(launch, tmp_path: Path) -> None:
    kept = tmp_path / "buckets"
    server = launch(policy={"store": {"url": "redis://127.0.0.1:1"}}, buckets=str(kept))
    status, said = server.stop()
    assert status == 0
    assert b"--buckets: the store of the policy keeps the buckets" in said
    assert not kept.exists()
