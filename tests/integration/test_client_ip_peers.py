"""Where nginx, Apache and npm's proxy-addr answer as we do, and where they do not, the vector says why.

nginx and Apache see a connection from PROXY, which they trust, and the vector's peer as one more member on the right. By the
walk's own rule that is the same question.
"""

import ipaddress
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import exchange, free_port, nginx_command, running

from startgate._core import IpReader

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".dev" / "peers"
PROXY = "127.77.77.77"
LIST = "x-forwarded-for"
pytestmark = pytest.mark.usefixtures("peers")
VECTORS = json.loads((ROOT / "tests" / "vectors" / "client_ip.json").read_text())["transport"]

Vector = dict
Ask = Callable[[Vector], str]


def trusted_of(vector: Vector) -> str:
    return json.dumps(vector["settings"].get("trusted_proxies", []))


def servers_of(vectors: list[Vector]) -> dict[str, str]:
    """A server name for each set of trusted proxies."""
    return {trusted: f"set{number}.example" for number, trusted in enumerate(dict.fromkeys(map(trusted_of, vectors)))}


def lines_with_peer(vector: Vector) -> list[tuple[str, str]]:
    lines = [tuple(line) for line in vector["headers"]]
    lists = [i for i, (name, _) in enumerate(lines) if name.lower() == LIST]
    if not lists:
        return [*lines, (LIST, vector["peer"])]
    name, value = lines[lists[-1]]
    lines[lists[-1]] = (name, f"{value}, {vector['peer']}")
    return lines


def told(port: int, host: str, lines: list[tuple[str, str]], source: str = PROXY) -> str:
    """The value of X-Client in the answer to one request."""
    request = [f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", *(f"{n}: {v}\r\n" for n, v in lines), "\r\n"]
    answer = exchange(port, "".join(request).encode(), source)
    for line in answer.decode("latin-1").split("\r\n\r\n")[0].split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "x-client":
            return value
    raise AssertionError(f"no X-Client in {answer[:200]!r}")


def with_libraries() -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(str(p) for p in (PEERS / "root/usr/lib").glob("*-linux-gnu*"))}


@contextmanager
def nginx_asked_with(vectors: list[Vector], directory: Path, header: str, recursive: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(port, name of the server for each set of proxies) of an nginx whose X-Client is the address it found."""
    port, names = free_port(), servers_of(vectors)
    blocks = "".join(
        f"""server {{ listen 127.0.0.1:{port}; server_name {name}; real_ip_header {header}; real_ip_recursive {recursive};
  {" ".join(f"set_real_ip_from {p};" for p in [PROXY, *json.loads(trusted)])}
  location / {{ add_header X-Client $remote_addr always; return 204; }} }}
"""
        for trusted, name in names.items()
    )
    with running(nginx_command(PEERS / "root/usr/sbin/nginx", directory, blocks), port, with_libraries()):
        yield port, names


@contextmanager
def nginx(vectors: list[Vector], directory: Path) -> Iterator[Ask]:
    with nginx_asked_with(vectors, directory, "X-Forwarded-For", "on") as (port, names):
        yield lambda v: told(port, names[trusted_of(v)], lines_with_peer(v))


@contextmanager
def apache(vectors: list[Vector], directory: Path) -> Iterator[Ask]:
    port, names = free_port(), servers_of(vectors)
    modules = PEERS / "root/usr/lib/apache2/modules"
    loads = "".join(f"LoadModule {m}_module {modules}/mod_{m}.so\n" for m in ["mpm_event", "authz_core", "headers", "remoteip"])
    hosts = "".join(
        f"<VirtualHost 127.0.0.1:{port}>\nServerName {name}\nRemoteIPHeader X-Forwarded-For\n"
        + "".join(f"RemoteIPInternalProxy {p}\n" for p in [PROXY, *json.loads(trusted)])
        + 'Header always set X-Client "expr=%{REMOTE_ADDR}"\n</VirtualHost>\n'
        for trusted, name in names.items()
    )
    (directory / "apache.conf").write_text(
        f"ServerRoot {directory}\nServerName localhost\nPidFile {directory}/pid\nErrorLog {directory}/error.log\n"
        f"DefaultRuntimeDir {directory}\nDocumentRoot {directory}\nUser nobody\nGroup nogroup\n"
        f"Listen 127.0.0.1:{port}\n{loads}{hosts}"
    )
    command = [str(PEERS / "root/usr/sbin/apache2"), "-X", "-f", str(directory / "apache.conf")]
    with running(command, port, with_libraries()):
        yield lambda v: told(port, names[trusted_of(v)], lines_with_peer(v))


@contextmanager
def proxy_addr(vectors: list[Vector], _directory: Path) -> Iterator[Ask]:
    run = subprocess.run(
        [PEERS / "python/bin/node", Path(__file__).parent / "proxy_addr.js"],
        input=json.dumps(vectors),
        env={**os.environ, "NODE_PATH": str(PEERS / "node/node_modules")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers = dict(zip((v["name"] for v in vectors), json.loads(run.stdout), strict=True))
    yield lambda v: answers[v["name"]]


RUN = {"nginx": nginx, "apache": apache, "proxy_addr": proxy_addr}


def normal(text: str | None) -> str | None:
    """One spelling for each address, IPv4-mapped as IPv4; what is no address stays as it is."""
    if text is None:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(getattr(address, "ipv4_mapped", None) or address)


def sendable(vector: Vector) -> bool:
    """Whether HTTP/1.1 has a way to say it: a line break or NUL in a value, or a name that is none, never gets past a server."""
    names = all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) for name, _ in vector["headers"])
    return names and not any(re.search(r"[\0-\x08\x0a-\x1f\x7f]", value) for _, value in vector["headers"])


def comparable(vector: Vector, peer: str) -> bool:
    """Whether the peer can be given the vector's settings and lines at all."""
    settings = vector["settings"]
    if settings.get("header", LIST).lower() != LIST or {"on_invalid", "on_all_trusted"} & settings.keys():
        return False
    if peer == "proxy_addr":
        return not any(p.endswith("/0") for p in settings.get("trusted_proxies", []))
    return "hops" not in settings and sendable(vector) and has_networks_for(vector, peer)


def has_networks_for(vector: Vector, peer: str) -> bool:
    # Refused when it reads its configuration: by Apache a length of 0 and mapped networks.
    prefixes = vector["settings"].get("trusted_proxies", [])
    return peer == "nginx" or not any(p.endswith("/0") or p.startswith("::ffff:") for p in prefixes)


@pytest.mark.parametrize("peer", RUN)
def test_answers_as_the_peer_does_unless_the_vector_says_why(peer: str, tmp_path: Path) -> None:
    vectors = [v for v in VECTORS if comparable(v, peer)]
    assert len(vectors) > 150
    wrong = []
    with RUN[peer](vectors, tmp_path) as ask:
        for vector in vectors:
            expected = vector.get("differs", {}).get(peer, vector["expect"])
            answer = ask(vector)
            if normal(answer) != normal(expected["address"]):
                wrong.append({"name": vector["name"], "peer": answer, "expected": expected["address"]})
    assert wrong == []


def test_a_difference_is_one_and_has_a_reason() -> None:
    for vector in VECTORS:
        for peer, other in vector.get("differs", {}).items():
            assert normal(other["address"]) != normal(vector["expect"]["address"]), (vector["name"], peer)
            assert other["why"], (vector["name"], peer)


# Where real nginx answers otherwise than its preset and no vector says why: what nginx does with a line, which no preset copies.
SINGLE = {"twice from an untrusted peer": "takes the first of two lines, where it is asked from an address that it trusts"}
LONG = "walks through any number of trusted proxies"
QUIRKS = {
    ("X-Forwarded-For", "nginx"): {},
    ("X-Forwarded-For", "nginx_recursive"): {
        "the cap, when an unusable header means the peer": LONG,
        "the cap, when an unusable header means no address": LONG,
    },
    ("X-Real-IP", "nginx"): SINGLE,
    ("X-Real-IP", "nginx_recursive"): SINGLE,
}


def preset_says(preset: str, header: str, vector: Vector, lines: list[tuple[str, str]], peer: str) -> str:
    reader = IpReader([PROXY, *json.loads(trusted_of(vector))], header, preset=preset)
    return json.loads(reader.line(json.dumps({"peer": peer, "headers": lines}))[0])["address"]


# nginx is asked from an address that it trusts, and from one that it does not; the list is the vector's own.
@pytest.mark.parametrize(("preset", "recursive"), [("nginx", "off"), ("nginx_recursive", "on")])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP"])  # written otherwise nginx knows neither as what it is
def test_a_preset_answers_as_real_nginx_does(preset: str, recursive: str, header: str, tmp_path: Path) -> None:
    vectors = [v for v in VECTORS if v["settings"].get("header", LIST).lower() == header.lower() and sendable(v)]
    assert len(vectors) > 10
    wrong = {}
    with nginx_asked_with(vectors, tmp_path, header, recursive) as (port, names):
        for vector in vectors:
            lines = [(name, value) for name, value in vector["headers"]]
            for source in [PROXY, "127.0.0.9"]:
                ours = preset_says(preset, header, vector, lines, source)
                theirs = told(port, names[trusted_of(vector)], lines, source)
                if normal(ours) != normal(theirs):
                    wrong[vector["name"]] = (theirs, ours)
    explained = {v["name"] for v in vectors if "nginx" in v.get("differs", {})}
    assert wrong.keys() - explained == QUIRKS[header, preset].keys(), wrong
