"""CORS as browser SDKs need it: auth0-js calls from another origin, without credentials, with its own header."""

ORIGIN = {"origin": "https://shop.example"}


def preflight(server, headers: str):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": headers}
    return server.call("OPTIONS", "/passwordless/start", None, ORIGIN | asked)


def test_the_preflight_of_auth0_js_is_allowed_as_it_asks(server) -> None:
    answer = preflight(server, "auth0-client,content-type")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("access-control-allow-headers") == "auth0-client, content-type"
    assert answer.header("access-control-allow-methods") == "POST"
    assert answer.header("content-length") is None


def test_only_headers_that_sdks_send_are_allowed(server) -> None:
    allowed = preflight(server, "Auth0-Client, X-Request-Language,authorization, x-evil, auth0-forwarded-for\t").header(
        "access-control-allow-headers"
    )
    assert allowed == "auth0-client, x-request-language, authorization"
    assert preflight(server, "x-evil").header("access-control-allow-headers") is None


def test_a_page_of_any_origin_may_read_a_refusal_and_its_limits_but_sends_no_credentials(server) -> None:
    server.toggle(True)
    answer = server.start(headers=ORIGIN)
    assert answer.status == 403
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("access-control-allow-credentials") is None
    exposed = (answer.header("access-control-expose-headers") or "").split(", ")
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"} <= set(exposed)


def test_a_plain_options_says_what_the_path_takes_and_nothing_about_origins(server) -> None:
    answer = server.call("OPTIONS", "/passwordless/start")
    assert (answer.status, answer.header("allow")) == (204, "POST, OPTIONS")
    assert answer.header("access-control-allow-origin") is None


def test_no_other_path_is_shared_with_other_origins(server) -> None:
    for path in ("/", "/health", "/api/v2/logs", "/outbox", "/login", "/login/code", "/v1/decide"):
        assert server.manage("GET", path, None, ORIGIN).header("access-control-allow-origin") is None
