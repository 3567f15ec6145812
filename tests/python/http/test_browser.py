"""The login page in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Page

CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    page = Page(tmp_path / "profile")
    yield page
    page.close()


def test_a_person_signs_in_through_the_page_where_everything_is_enforced(launch, page: Page) -> None:
    server = launch(tenant="tenant-locked.json")
    assert server.start().status == 403, "without the page's state the same call is refused"
    page.open(f"{server.url}/authorize?client_id={CHECKOUT}")
    assert page.do("document.title") == "Sign in to Checkout"
    assert page.do("document.cookie") == "", "scripts do not see the transaction cookie"
    page.write("to", "ada@example.com")
    page.press("#send-code")
    page.until("!document.getElementById('enter').hidden")
    assert page.do("document.getElementById('sent-to').textContent") == "ada@example.com"
    assert server.logs("type:cls")[0]["details"] == {
        "method": "POST",
        "path": "/passwordless/start",
        "reason": "allowed_authenticated",
        "authentication": "login_state",
        "send": "code",
    }

    page.write("code", "12345x")
    page.press("#check button")
    assert page.do("document.getElementById('done').hidden")
    page.do("document.getElementById('code').value = ''")
    page.write("code", server.outbox()[0]["code"])
    page.press("#check button")
    page.until("!document.getElementById('done').hidden")
    assert page.complaints == [], "neither the content security policy nor a script's fault"


def test_the_page_sends_links_and_text_messages_and_shows_a_refusal(launch, page: Page) -> None:
    server = launch(tenant="tenant-locked.json")
    page.open(f"{server.url}/authorize?client_id={CHECKOUT}")
    page.write("to", "ada@example.com")
    page.press("#send-link")
    page.until("!document.getElementById('mailed').hidden")
    page.press("#mailed [data-back]")
    page.press("#by-sms")
    page.write("to", "+4915112345678")
    page.press("#send-code")
    page.until("!document.getElementById('enter').hidden")
    assert [message["send"] for message in server.outbox()] == ["code", "link"]
    page.press("#enter [data-back]")
    page.do("document.getElementById('to').value = ''")
    page.write("to", "0151")
    page.press("#send-code")
    page.until("!document.getElementById('alert').hidden")
    assert "pattern" in page.do("document.getElementById('alert').textContent")


def test_a_person_sees_the_code_in_the_outbox(server, page: Page) -> None:
    server.start()
    page.open(f"{server.url}/outbox#{server.token}")
    page.until("!document.getElementById('list').hidden")
    assert server.outbox()[0]["code"] in page.do("document.getElementById('list').innerText")
    assert page.do("location.href") == f"{server.url}/outbox", "the token does not stay in the address bar"


def test_the_start_page_leads_to_the_login_page(server, page: Page) -> None:
    page.open(server.url + "/")
    assert page.do("document.querySelectorAll('#list tbody tr').length") > 10
    page.press(f'#list a[href$="{CHECKOUT}"]')
    page.until("document.title === 'Sign in to Checkout'")
    assert page.complaints == []
