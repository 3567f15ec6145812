"""Law 13, `no_secret_leaves`, at the Python edge.

No output, error, exception, repr or file carries what requests, logs and keys hold in confidence.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tenant_logs import lines, notice, record, send

import startgate
from startgate import Service
from startgate.cli import main

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
CLIENTS = json.loads((TENANT / "clients.json").read_text())
REQUESTS = [json.loads(line) for line in (TENANT / "requests.ndjson").read_text().splitlines()]
POLICY, ENFORCED = (str(TENANT / name) for name in ("policy.json", "policy-enforced.json"))
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
NOW = 1_795_514_400_000_000_000

MARK = "MARKED-not-a-real"
SECRET, STATE, COOKIE, CODE = f"{MARK}-secret", f"{MARK}-state", f"{MARK}-cookie", f"{MARK}-code"
RECIPIENT = f"{MARK.lower()}-recipient@example.com"


def base64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def assertion(client_id: str) -> str:
    claims = {"iss": client_id, "sub": client_id, "aud": "https://acme.example/", "jti": f"{MARK}-jti", "exp": NOW // 10**9 + 60}
    return f"{base64url(json.dumps({'alg': 'RS256'}))}.{base64url(json.dumps(claims))}.{base64url(MARK + '-signature')}"


Request = dict[str, Any]


def with_body(request: Request, **members: Any) -> Request:
    body = request["body"]
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = {}
    body = body if isinstance(body, dict) else {}
    recipient = {"phone_number": "+4670999000111"} if "phone_number" in body else {"email": RECIPIENT}
    return {**request, "body": {**body, **recipient, **members}}


def with_headers(request: Request, *headers: tuple[str, str]) -> Request:
    names = {name for name, _ in headers}
    kept = [pair for pair in request["headers"] if pair[0].lower() not in names]
    return {**request, "headers": [*kept, *headers]}


def mutations(request: Request) -> Iterator[str]:
    """The request as it is and with marked credentials of every kind, rightly and wrongly written; as lines."""
    who = with_body(request)["body"].get("client_id") or CHECKOUT
    marked = [
        with_body(request, client_secret=SECRET),
        with_body(request, client_secret={"value": SECRET}),
        with_body(request, client_secret=[SECRET], client_assertion=1),
        with_body(
            request,
            client_assertion=assertion(who),
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        with_body(request, client_assertion=f"{SECRET}.{SECRET}.{SECRET}", client_secret=SECRET),
        with_body(request, authParams={"state": STATE, "code": CODE}, state=STATE),
        with_body(request, authParams={"state": {"s": STATE}}, send=SECRET, connection=SECRET),
        with_body(request, otp=CODE, verification_code=CODE, code=CODE, password=SECRET),
        with_headers(
            with_body(request),
            ("authorization", basic(who, SECRET)),
            ("cookie", f"startgate_transaction={COOKIE}; auth0={COOKIE}"),
        ),
        with_headers(with_body(request), ("authorization", "Basic " + base64.b64encode(SECRET.encode()).decode())),
        with_headers(
            with_body(request), ("authorization", f"Bearer {SECRET}"), ("cookie", COOKIE), ("proxy-authorization", SECRET)
        ),
        with_headers(with_body(request), ("authorization", f"Basic {SECRET}"), ("authorization", basic(who, SECRET))),
        {**request, "client_certificate": SECRET},
    ]
    for mutated in marked:
        yield json.dumps(mutated)
    whole = json.dumps(with_body(request, client_secret=SECRET)["body"])
    for text in (whole[:-1], whole[:-1] + f', "client_secret": "{SECRET}"}}', f"client_secret={SECRET}", whole + SECRET):
        yield json.dumps({**request, "body": text})
    yield json.dumps({**request, "body": whole})[:-3]
    yield json.dumps({**request, "body": whole, "body_base64": base64.b64encode(whole.encode()).decode()})


LINES = [line for request in REQUESTS for line in mutations(request)]
NEEDLES = [
    MARK,
    MARK.lower(),
    "+4670999000111",
    base64url(MARK)[:-2],
    base64.b64encode(f"{CHECKOUT}:{MARK}".encode()).decode()[:-8],
]
JWT_PARTS = [part for line in LINES[3:4] for part in re.findall(r"ey[\w-]+\.(ey[\w-]+)\.", line)]


def assert_clean(*texts: object) -> None:
    shown = "\n".join(map(str, texts))
    assert [needle for needle in (*NEEDLES, *JWT_PARTS) if needle in shown] == []


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sample tenant, its secrets marked; runs in a folder of its own, so that files that are written can be looked at."""
    clients, keys = tmp_path / "in" / "clients.json", tmp_path / "in" / "keys.json"
    clients.parent.mkdir()
    marked = [{**client, "client_secret": f"{SECRET}-{i}"} if i % 2 else client for i, client in enumerate(CLIENTS)]
    clients.write_text(json.dumps(marked))
    state_key = base64url(f"{MARK}-state-key-of-at-least-32-bytes")
    keys.write_text(
        json.dumps(
            {"state_keys": [{"kid": "k", "secret": state_key}], "applications": {CHECKOUT: {"secrets": [{"value": SECRET}]}}}
        )
    )
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return ["-a", str(clients), "-k", str(keys)]


def written() -> list[str]:
    return [path.read_bytes().decode(errors="replace") for path in Path().rglob("*") if path.is_file()]


def test_the_marked_requests_are_what_they_should_be(tenant: list[str]) -> None:
    """The law means something only if the marks are read: some calls are proved by one, others refused because of one."""
    service = Service(applications=("a", Path(tenant[1]).read_text()), keys=("k", Path(tenant[3]).read_text()))
    decided = [json.loads(line) for line in service.decide_lines(LINES, NOW)]
    assert len(LINES) > 900
    assert {"proved", "refused", "absent"} <= {d["authentication"]["result"] for d in decided}
    assert {d["authentication"]["method"] for d in decided} >= {"client_secret_post", "client_secret_basic", "private_key_jwt"}
    assert {d["reason"] for d in decided} >= {"request_unreadable_line"}
    assert len(JWT_PARTS) == 1


class TestNoSecretLeaves:
    """Law 13, one command after the other."""

    @pytest.mark.parametrize("policy", [POLICY, ENFORCED], ids=["notice", "enforce"])
    def test_decide(self, policy: str, tenant: list[str], feed, capsys) -> None:
        feed("".join(f"{line}\n" for line in LINES))
        assert main(["decide", *tenant, "-p", policy]) == 1
        said = capsys.readouterr()
        assert len(said.out.splitlines()) == len(LINES)
        assert_clean(said.out, said.err, *written())

    def test_explain_of_every_line(self, tenant: list[str]) -> None:
        service = Service(applications=("a", Path(tenant[1]).read_text()), keys=("k", Path(tenant[3]).read_text()))
        assert_clean(*(service.explain_line(line, NOW) for line in LINES), repr(service), str(service), service.__dir__())

    def test_explain(self, tenant: list[str], feed, capsys) -> None:
        for line in LINES[:: len(LINES) // 60]:
            feed(line)
            main(["explain", *tenant])
            feed(line)
            main(["explain", *tenant, "--json"])
        said = capsys.readouterr()
        assert "fix" in said.out
        assert_clean(said.out, said.err, *written())

    @pytest.mark.parametrize("view", [[], ["--json"]], ids=["people", "json"])
    def test_replay(self, view: list[str], tenant: list[str], tmp_path: Path, capsys) -> None:
        requests = tmp_path / "in" / "requests.ndjson"
        requests.write_text("".join(f"{line}\n" for line in LINES))
        assert main(["replay", str(requests), *tenant, "-p", POLICY, "--against", ENFORCED, *view]) == 1
        said = capsys.readouterr()
        assert_clean(said.out, said.err, *written())

    def test_state(self, tenant: list[str], feed, capsys) -> None:
        cookie = ["--cookie", COOKIE]
        assert main(["state", "issue", *tenant, "--application", CHECKOUT, *cookie]) == 0
        issued = capsys.readouterr()
        assert_clean(issued.out, issued.err)
        for state in (STATE, issued.out.strip(), issued.out.strip() + MARK):
            feed(state)
            main(["state", "check", *tenant, "--application", CHECKOUT, *cookie])
            said = capsys.readouterr()
            assert_clean(said.out, said.err)
            assert state.strip() not in said.out + said.err

    def test_ip(self, feed, capsys) -> None:
        headers = [["authorization", SECRET], ["cookie", COOKIE], ["x-forwarded-for", "198.51.100.7"]]
        feed(json.dumps({"peer": "10.0.0.1", "headers": headers}) + f"\n{SECRET}\n")
        main(["ip", "--trusted", "10.0.0.0/8", "--trace"])
        said = capsys.readouterr()
        assert "198.51.100.7" in said.out
        assert_clean(said.out, said.err)

    def test_plan(self, tenant: list[str], tmp_path: Path, capsys) -> None:
        body = {"client_id": CHECKOUT, "email": RECIPIENT, "client_secret": SECRET, "authParams": {"state": STATE}, "otp": CODE}
        link = f"https://acme.example/passwordless/verify_redirect?verification_code={CODE}"
        details = {
            "body": body,
            "headers": {"authorization": basic(CHECKOUT, SECRET), "cookie": COOKIE},
            "link": link,
            "code": CODE,
        }
        records = [
            notice(CHECKOUT, 1, details=details, user_name=RECIPIENT),
            send(CHECKOUT, 2, details=details, user_id=RECIPIENT),
        ]
        records += [record("f", CHECKOUT, 3, details=details, description=f"{SECRET} {RECIPIENT}")]
        logs = tmp_path / "in" / "logs.ndjson"
        logs.write_text(lines(records) + f'{{"broken": "{SECRET}\n')
        outputs = [f"--{name}=out.{name}" for name in ("html", "markdown", "sarif", "ndjson", "canary")]
        main(["plan", str(logs), *tenant[:2], "--keep-going", "--snippets", *outputs])
        main(["plan", str(logs), *tenant[:2], "--keep-going", "--json"])
        main(["plan", str(logs), *tenant[:2]])
        said = capsys.readouterr()
        assert CHECKOUT in said.out
        assert len(written()) == len(outputs)
        assert_clean(said.out, said.err, *written())

    def test_a_wrong_keys_file_is_refused_without_a_word_of_it(self, tenant: list[str], capsys) -> None:
        keys = Path(tenant[3])
        entry = {CHECKOUT: {"secrets": [{"value": SECRET}]}}
        wrong = [
            f'{{"state_keys": [{{"kid": "k", "secret": "{SECRET}"}}]}}',
            f'{{"state_keys": [{{"kid": "{SECRET} ", "secret": "{SECRET}"}}]}}',
            f'{{"state_keys": "{SECRET}"}}',
            f'{{"applications": {{"{CHECKOUT}": {{"secrets": ["{SECRET}"]}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"secrets": [{{"verifier": "{SECRET}"}}]}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"secrets": [{{"value": "{SECRET}", "expires_at": "{SECRET}"}}]}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"secrets": [{{"value": "{SECRET}", "verifier": "{SECRET}"}}]}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"certificates": ["{SECRET}"]}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"jwks": {{"keys": [{{"kty": "oct", "k": "{SECRET}"}}]}}}}}}}}',
            f'{{"applications": {{"{CHECKOUT}": {{"assertion_secret_algorithms": ["{SECRET}"]}}}}}}',
            json.dumps({"applications": entry})[:-1],
            json.dumps({"applications": {"nobody": entry[CHECKOUT]}}),
            SECRET,
        ]
        for text in wrong:
            keys.write_text(text)
            assert main(["decide", *tenant]) == 2, text
            with pytest.raises(ValueError, match="keys") as raised:
                Service(applications=("a", Path(tenant[1]).read_text()), keys=("keys", text))
            said = capsys.readouterr()
            assert_clean(said.out, said.err, raised.value, repr(raised.value))

    @pytest.mark.parametrize(
        "call",
        [
            lambda service: service.decide_line(LINES[0]),
            lambda service: service.decide_line(LINES[0], "now"),
            lambda service: service.decide_line(LINES[0], now=NOW, then=NOW),
            lambda service: service.decide_lines(LINES[0], NOW),
            lambda service: service.decide_lines([LINES[0], None], NOW),
            lambda service: service.explain_line({"line": LINES[0]}, NOW),
            lambda service: service.check_state(STATE, CHECKOUT),
            lambda service: service.check_state(STATE, CHECKOUT, NOW, cookie=[COOKIE]),
            lambda service: service.issue_state(CHECKOUT, NOW, "", COOKIE, COOKIE),
            lambda _: Service(SECRET),
            lambda _: Service(keys=("keys", SECRET, SECRET)),
            lambda _: Service(keys={"keys": SECRET}),
            lambda _: startgate.normalise_recipient([RECIPIENT]),
        ],
    )
    def test_a_wrong_call_raises_without_its_arguments(self, call: Callable[[Service], object]) -> None:
        with pytest.raises(TypeError, match="incompatible") as raised:
            call(Service())
        assert_clean(
            raised.value,
            repr(raised.value),
            raised.value.__cause__,
            raised.value.__context__ if not raised.value.__suppress_context__ else "",
        )
