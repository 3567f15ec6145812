"""Attack protection from Python: the host reports what came of starts, and the service holds back."""

import json

import pytest

from startgate import Service

NOW = 1_795_514_400_000_000_000
APPLICATIONS = ("applications.json", '[{"client_id": "spa", "app_type": "spa"}]')


def reason(service: Service, email: str = "ada@example.com", address: str = "198.51.100.7") -> str:
    body = {"client_id": "spa", "connection": "email", "email": email}
    decision = json.loads(service.decide_line(json.dumps({"peer": address, "headers": [], "body": body}), NOW))
    return str(decision["reason"])


def report(service: Service, **members: str) -> None:
    service.report_line(json.dumps({"address": "198.51.100.7", "recipient": "ada@example.com"} | members), NOW)


def test_failed_logins_hold_one_recipient_at_one_address_back_until_a_login() -> None:
    service = Service(applications=APPLICATIONS)
    for _ in range(10):
        assert reason(service) == "allowed_public_application"
        report(service, event="failed_login")
    assert reason(service) == "attack_brute_force"
    assert reason(service, email="grace@example.com") == "allowed_public_application"
    assert reason(service, address="192.0.2.1") == "allowed_public_application"
    report(service, event="login")
    assert reason(service) == "allowed_public_application"


def test_what_was_long_ago_counts_for_its_own_time() -> None:
    service = Service(applications=APPLICATIONS)
    for _ in range(10):
        report(service, event="failed_login", at="2025-01-01T00:00:00Z")
    assert reason(service) == "allowed_public_application"


def test_sign_ups_throttle_their_address() -> None:
    service = Service(applications=APPLICATIONS)
    for _ in range(50):
        report(service, event="sign_up")
    assert reason(service) == "attack_suspicious_ip"
    assert reason(service, address="192.0.2.1") == "allowed_public_application"


def test_a_report_that_is_wrong_names_its_member_and_counts_nothing() -> None:
    with pytest.raises(ValueError, match="report:1: event: expected `failed_login`, `login` or `sign_up`"):
        report(Service(applications=APPLICATIONS), event="logout")
