"""The example in examples/nginx, run as it stands: nginx asks startgate who is calling and tells the application."""

import http.server
import re
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import exchange, free_port, nginx_command, running

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "nginx"
SOURCE = (ROOT / "include" / "startgate" / "ignored_headers.hpp").read_text()
CLAIMS = set(re.findall(r'^    "([a-z0-9-]+)",$', SOURCE, re.MULTILINE))


class Application(http.server.BaseHTTPRequestHandler):
    """Says what it was told: every header but those that any request has."""

    def do_GET(self) -> None:
        told = "|".join(f"{name}={value}" for name, value in self.headers.items() if name not in {"Host", "Connection"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_arguments: object) -> None:
        pass


@dataclass
class Site:
    nginx: int
    service: int

    def told(self, *lines: str, source: str = "127.0.0.1") -> str:
        """What the application says to a request from that address with those header lines."""
        request = "\r\n".join(["GET / HTTP/1.1", "Host: a.example", "Connection: close", *lines, "", ""]).encode()
        answer = exchange(self.nginx, request, source)
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
        return answer.partition(b"\r\n\r\n")[2].decode()


@pytest.fixture(scope="module")
def site(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("nginx")
    program = directory / "client_address"
    flags = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "include"]
    subprocess.run(["g++", *flags, EXAMPLE / "client_address.cpp", "-o", program, "-lpthread"], check=True, timeout=300)

    application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    with subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        service_port = re.search(r":(\d+)$", service.stdout.readline())
        assert service_port
        ports = {"8080": free_port(), "8081": int(service_port[1]), "8082": application.server_port}
        conf = re.sub(r"\b808[012]\b", lambda m: str(ports[m[0]]), (EXAMPLE / "client_address.conf").read_text())
        try:
            with running(nginx_command(peers / "root/usr/sbin/nginx", directory, conf), ports["8080"]):
                yield Site(ports["8080"], ports["8081"])
        finally:
            service.kill()
            application.shutdown()
            application.server_close()


def test_the_application_is_told_the_address_that_nginx_sees(site: Site) -> None:
    assert site.told(source="127.0.0.5") == "X-Client-Address=127.0.0.5"


def test_a_trusted_proxy_before_nginx_is_believed(site: Site) -> None:
    assert site.told("X-Forwarded-For: 6.6.6.6, 198.51.100.7") == "X-Client-Address=198.51.100.7"


@pytest.mark.parametrize("name", ["X-Client-Address", "x-client-address"])
def test_no_caller_can_set_what_the_application_is_told(site: Site, name: str) -> None:
    assert site.told(f"{name}: 6.6.6.6", f"{name}: 6.6.6.6", source="127.0.0.5") == "X-Client-Address=127.0.0.5"


def test_no_other_header_that_claims_a_caller_reaches_the_application(site: Site) -> None:
    # auth0-forwarded-for counts with a client credential alone; whether it does is for the application behind to decide.
    assert len(CLAIMS) > 20
    for name in CLAIMS - {"auth0-forwarded-for", "x-forwarded-for"}:
        value = "for=6.6.6.6" if name == "forwarded" else "6.6.6.6"
        assert site.told(f"{name}: {value}", source="127.0.0.5") == "X-Client-Address=127.0.0.5", name


def test_junk_from_a_trusted_proxy_leaves_the_proxy(site: Site) -> None:
    assert site.told("X-Forwarded-For: 6.6.6.6, unknown", source="127.0.0.5") == "X-Client-Address=127.0.0.5"


def test_connections_that_are_reset_leave_the_service_running(site: Site) -> None:
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", site.service), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() sends RST
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
    assert site.told(source="127.0.0.5") == "X-Client-Address=127.0.0.5"


def test_a_connection_that_stays_silent_holds_nobody_up_and_is_let_go(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.service), timeout=20) as silent:
        assert site.told(source="127.0.0.5") == "X-Client-Address=127.0.0.5"
        assert silent.recv(1) == b""
