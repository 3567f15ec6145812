"""Where nginx, Apache and npm's proxy-addr answer as we do, and where they do not, the vector says why.

nginx and Apache see a connection from PROXY, which they trust, and the vector's peer as one more member on the right. By the
walk's own rule that is the same question.
"""

import ipaddress
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".dev" / "peers"
PROXY = "127.77.77.77"
LIST = "x-forwarded-for"
pytestmark = pytest.mark.usefixtures("peers")
VECTORS = json.loads((ROOT / "tests" / "vectors" / "client_ip.json").read_text())["transport"]

Vector = dict
Ask = Callable[[Vector], str]


def servers_of(vectors: list[Vector]) -> dict[str, str]:
    """A server name for each set of trusted proxies."""
    sets = dict.fromkeys(json.dumps(v["settings"].get("trusted_proxies", [])) for v in vectors)
    return {trusted: f"set{number}.example" for number, trusted in enumerate(sets)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def lines_with_peer(vector: Vector) -> list[tuple[str, str]]:
    lines = [tuple(line) for line in vector["headers"]]
    lists = [i for i, (name, _) in enumerate(lines) if name.lower() == LIST]
    if not lists:
        return [*lines, (LIST, vector["peer"])]
    name, value = lines[lists[-1]]
    lines[lists[-1]] = (name, f"{value}, {vector['peer']}")
    return lines


def exchange(port: int, host: str, lines: list[tuple[str, str]]) -> str:
    """The value of X-Client in the answer to one request."""
    request = [f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", *(f"{n}: {v}\r\n" for n, v in lines), "\r\n"]
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(PROXY, 0)) as connection:
        connection.sendall("".join(request).encode())
        answer = b""
        while data := connection.recv(65536):
            answer += data
    for line in answer.decode("latin-1").split("\r\n\r\n")[0].split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "x-client":
            return value
    raise AssertionError(f"no X-Client in {answer[:200]!r}")


@contextmanager
def server(command: list[str], port: int) -> Iterator[None]:
    libraries = ":".join(str(p) for p in (PEERS / "root/usr/lib").glob("*-linux-gnu*"))
    process = subprocess.Popen(command, env={**os.environ, "LD_LIBRARY_PATH": libraries}, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def nginx(vectors: list[Vector], directory: Path) -> Iterator[Ask]:
    port, names = free_port(), servers_of(vectors)
    blocks = "".join(
        f"""server {{ listen 127.0.0.1:{port}; server_name {name}; real_ip_header X-Forwarded-For; real_ip_recursive on;
  {" ".join(f"set_real_ip_from {p};" for p in [PROXY, *json.loads(trusted)])}
  location / {{ add_header X-Client $remote_addr always; return 204; }} }}
"""
        for trusted, name in names.items()
    )
    temporary = " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    (directory / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} server_names_hash_bucket_size 128;\n{blocks}}}\n"
    )
    command = [
        str(PEERS / "root/usr/sbin/nginx"),
        "-p",
        str(directory),
        "-c",
        str(directory / "nginx.conf"),
        "-e",
        str(directory / "error.log"),
    ]
    with server(command, port):
        yield lambda v: exchange(port, names[json.dumps(v["settings"].get("trusted_proxies", []))], lines_with_peer(v))


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
    with server(command, port):
        yield lambda v: exchange(port, names[json.dumps(v["settings"].get("trusted_proxies", []))], lines_with_peer(v))


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


def comparable(vector: dict, peer: str) -> bool:
    """Whether the peer can be given the vector's settings at all."""
    settings = vector["settings"]
    if settings.get("header", LIST).lower() != LIST or {"on_invalid", "on_all_trusted"} & settings.keys():
        return False
    prefixes = settings.get("trusted_proxies", [])
    # Refused when they read their configuration: by both a length of 0, by Apache also mapped networks.
    if peer != "nginx" and any(p.endswith("/0") for p in prefixes):
        return False
    if peer == "apache" and any(p.startswith("::ffff:") for p in prefixes):
        return False
    return peer == "proxy_addr" or "hops" not in settings


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
