"""Assertions and certificates that other people's libraries made are accepted.

PyJWT, Authlib, auth0-python, npm's jose, node-auth0 and openssl sign with keys made here, and `startgate decide` judges them.
"""

import base64
import json
import shlex
import subprocess
import sys
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# As long as HS512 asks for (RFC 7518 section 3.2).
SECRET = "not-a-real-secret-for-tests-but-long-enough-for-hmac-with-sha-512"  # noqa: S105
MACS = ["HS256", "HS384", "HS512"]
SIGNED = {
    **dict.fromkeys(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"], "rsa"),
    "ES256": "p256",
    "ES384": "p384",
    "ES512": "p521",
    "EdDSA": "ed25519",
}


def run(*command: object) -> str:
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, timeout=120).stdout


def openssl(command: str) -> str:
    return run("openssl", *shlex.split(command))


def made_by(*command: object) -> list[dict]:
    return [json.loads(line) for line in run(*command).splitlines()]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("keys")
    kinds = {"rsa": "RSA -pkeyopt rsa_keygen_bits:2048", "ed25519": "ED25519"}
    kinds |= {f"p{bits}": f"EC -pkeyopt ec_paramgen_curve:P-{bits}" for bits in [256, 384, 521]}
    for name, kind in kinds.items():
        openssl(f"genpkey -algorithm {kind} -out {here}/{name}.pem")
        openssl(f"pkey -in {here}/{name}.pem -pubout -out {here}/{name}.pub")
    return here


def decide(
    directory: Path, applications: list, lines: Iterable[dict], policy: dict | None = None, keys: dict | None = None
) -> list[dict]:
    rules = {"profile": "auth0", "issuer": "https://acme.example/", **(policy or {})}
    files = {"policy": rules, "applications": applications, "keys": keys or {}}
    options = []
    for name, content in files.items():
        (directory / f"{name}.json").write_text(json.dumps(content))
        options += [f"--{name}", str(directory / f"{name}.json")]
    text = "".join(json.dumps({"peer": "203.0.113.9", "headers": [], **line}) + "\n" for line in lines)
    command = [sys.executable, "-m", "startgate", "decide", *options]
    done = subprocess.run(command, input=text, check=True, capture_output=True, text=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_key(keys: Path, algorithm: str, client_id: str) -> dict:
    credential = {"id": "cred_1", "pem": (keys / f"{SIGNED[algorithm]}.pub").read_text(), "alg": algorithm}
    return {
        "client_id": client_id,
        "app_type": "regular_web",
        "client_authentication_methods": {"private_key_jwt": {"credentials": [credential]}},
    }


def judged(directory: Path, keys: Path, made: list[dict]) -> list[tuple[dict, dict]]:
    applications = [by_key(keys, algorithm, f"app-{algorithm}") for algorithm in SIGNED]
    applications += [{"client_id": f"app-{algorithm}", "app_type": "regular_web"} for algorithm in MACS]
    secrets = {f"app-{a}": {"secrets": [{"value": SECRET}], "assertion_secret_algorithms": [a]} for a in MACS}
    start = {"connection": "email", "email": "ada@example.com"}
    lines = [{"body": one["body"] if "connection" in one["body"] else {**one["body"], **start}} for one in made]
    return list(zip(made, decide(directory, applications, lines, keys={"applications": secrets}), strict=True))


def assert_proved(results: list[tuple[dict, dict]]) -> None:
    for made, decision in results:
        method = "client_secret_jwt" if made["algorithm"] in MACS else "private_key_jwt"
        proof = (decision["authentication"]["result"], decision["authentication"]["method"], decision["authentication"]["reason"])
        assert proof == ("proved", method, "assertion_valid"), (made["by"], made["algorithm"], decision["authentication"])


def test_assertions_of_python_libraries_are_accepted(tmp_path: Path, keys: Path, peers: Path) -> None:
    made = made_by(peers / "python" / "bin" / "python", HERE / "client_assertions.py", keys, SECRET)
    results = judged(tmp_path, keys, made)
    long_lived = [r for r in results if "default lifetime" in r[0]["by"]]
    assert Counter(r[0]["by"] for r in results) == Counter(
        {"PyJWT": 13, "Authlib": 13, "Authlib with its default lifetime": 13, "auth0-python email": 3, "auth0-python sms": 3}
    )
    assert_proved([r for r in results if r not in long_lived])
    assert {d["authentication"]["reason"] for _, d in long_lived} == {"assertion_lifetime_too_long"}


def test_assertions_of_node_libraries_are_accepted(tmp_path: Path, keys: Path, peers: Path) -> None:
    made = made_by(peers / "python" / "bin" / "node", HERE / "client_assertions.mjs", peers / "node", keys, SECRET)
    assert Counter(one["by"] for one in made) == Counter({"jose": 13, "node-auth0-4": 6, "node-auth0-5": 6})
    assert_proved(judged(tmp_path, keys, made))


def test_a_replayed_assertion_of_a_library_is_refused(tmp_path: Path, keys: Path, peers: Path) -> None:
    made = made_by(peers / "python" / "bin" / "python", HERE / "client_assertions.py", keys, SECRET)[:1]
    reasons = [d["authentication"]["reason"] for _, d in judged(tmp_path, keys, made * 2)]
    assert reasons == ["assertion_valid", "assertion_replayed"]


@pytest.mark.parametrize(("algorithm", "digest"), [("RS256", "sha256"), ("RS512", "sha512")])
def test_signatures_of_the_openssl_command_are_accepted(tmp_path: Path, keys: Path, algorithm: str, digest: str) -> None:
    def text_of(part: dict | bytes) -> str:
        raw = part if isinstance(part, bytes) else json.dumps(part).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    now = int(time.time())
    claims = {"iss": "app", "sub": "app", "aud": "https://acme.example/", "jti": "1", "exp": now + 60}
    signed = f"{text_of({'alg': algorithm})}.{text_of(claims)}"
    (tmp_path / "input").write_text(signed)
    openssl(f"dgst -{digest} -sign {keys}/rsa.pem -out {tmp_path}/signature {tmp_path}/input")
    body = {
        "client_id": "app",
        "client_assertion": f"{signed}.{text_of((tmp_path / 'signature').read_bytes())}",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "connection": "email",
        "email": "ada@example.com",
    }
    [decision] = decide(tmp_path, [by_key(keys, algorithm, "app")], [{"body": body}])
    assert decision["authentication"]["reason"] == "assertion_valid"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority and a client certificate of its, as the openssl command makes them."""
    here = tmp_path_factory.mktemp("certificates")
    new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl(f"req -x509 {new_key} -keyout {here}/ca.key -out {here}/ca.pem -subj '/CN=acme test authority' -days 2")
    openssl(f"req {new_key} -keyout {here}/app.key -out {here}/app.csr -subj '/C=SE/O=Acme, Inc./CN=app'")
    (here / "extensions").write_text("extendedKeyUsage=clientAuth\nsubjectAltName=DNS:app.acme.example,IP:192.0.2.1\n")
    signed_by = f"-CA {here}/ca.pem -CAkey {here}/ca.key -CAcreateserial -extfile {here}/extensions -days 2"
    openssl(f"x509 -req -in {here}/app.csr {signed_by} -out {here}/app.pem")
    return here


def test_certificates_of_the_openssl_command_are_accepted_in_every_header_format(tmp_path: Path, certificates: Path) -> None:
    pem, authority = (certificates / "app.pem").read_text(), (certificates / "ca.pem").read_text()
    openssl(f"x509 -in {certificates}/app.pem -outform DER -out {tmp_path}/der")
    der = base64.b64encode((tmp_path / "der").read_bytes()).decode()
    escaped = urllib.parse.quote(pem, safe="")
    formats = {
        "nginx": escaped,
        "rfc9440": f":{der}:",
        "xfcc": f'By=spiffe://acme/gate;Cert="{escaped}";Subject="CN=app"',
    }
    # What openssl prints as the subject in RFC 2253 order is what an operator would register.
    subject = openssl(f"x509 -in {certificates}/app.pem -noout -subject -nameopt RFC2253").strip().removeprefix("subject=")
    body = {"client_id": "app", "connection": "email", "email": "ada@example.com"}
    application = {"client_id": "app", "app_type": "regular_web"}
    for registered, method in [
        ({"subject": {"dn": subject}}, "tls_client_auth"),
        ({"subject": {"san_dns": "app.acme.example"}}, "tls_client_auth"),
        ({"subject": {"san_ip": "192.0.2.1"}}, "tls_client_auth"),
        ({"certificates": [pem]}, "self_signed_tls_client_auth"),
    ]:
        for form, value in formats.items():
            policy = {
                "client_address": {"trusted_proxies": ["203.0.113.0/24"], "header": "x-forwarded-for"},
                "client_authentication": {
                    "certificate_authorities": [authority],
                    "certificate_header": {"name": "x-client-cert", "format": form},
                },
            }
            line = {"headers": [["x-client-cert", value]], "body": body}
            [decision] = decide(tmp_path, [application], [line], policy, {"applications": {"app": registered}})
            proof = (decision["authentication"]["result"], decision["authentication"]["method"])
            assert proof == ("proved", method), (registered, form, decision["authentication"])
