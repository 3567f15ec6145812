"""Login pages as HTML: which of their scripts a browser runs, when, and what else on a page may start logins."""

import base64
from urllib.parse import quote

import pytest

from startgate.page.check import check_page

LOCK = "new Auth0Lock(1, 2, {auth: {params: p}});"
GOOD = "var p = {state: config.internalOptions.state};"
LOST = "var p = {};"
BAD_START = f"{LOST} {LOCK}"
PAGE = f"<script>{GOOD} {LOCK}</script>"
CODE = "p.state = 'x';"
SVG = "<svg>%s</svg>"
FRAME = f'<iframe srcdoc="<script>parent.{CODE}</script>"></iframe>'
CSP = '<meta http-equiv="content-security-policy" content="%s">'

# Somewhere in these the state is lost, or may be.
TRAPS = {
    "an iframe in a noscript ends with it": f"<noscript><iframe></noscript><script>{BAD_START}</script>",
    "a template in a title is text": f"{PAGE}<title><template></title><script>{BAD_START}</script>",
    "a style in a text field is text": f"{PAGE}<textarea><style></textarea><script>{BAD_START}</script>",
    "an end without a beginning": f"<template></style><script>p = {{}};</script></template></noscript>{PAGE}"
    f"<script>{BAD_START}</script>",
    "templates nest": f"<script>{LOST}</script><template><template></template><script>{GOOD}</script></template>"
    f"<script>{LOCK}</script>",
    "a style that is never closed": f"<script>{LOST}</script><script>{LOCK}</script><style><script>{GOOD}</script>",
    "a text field that is never closed": f"<script>{BAD_START}</script><textarea>{PAGE}",
    "a script within a comment of a script": f"<script>{LOST}</script><script><!--<script></script>{GOOD}--></script>"
    f"<script>{LOCK}</script>",
    "plain text to the end": f"<script>{BAD_START}</script><plaintext>{PAGE}",
    "a style within a drawing is no text": f"{PAGE}{SVG % f'<style><script>{BAD_START}</script></style>'}",
    "a script of a drawing with an address": f"<script>{LOST}</script>{SVG % f'<script href=a.js>{GOOD}</script>'}"
    f"<script>{LOCK}</script>",
    "a script of a drawing has no src": f"<script>{GOOD}</script>{SVG % f'<script src=a.js>{CODE}</script>'}"
    f"<script>{LOCK}</script>",
    "a script of a drawing in CDATA": f"<script>{GOOD}</script>{SVG % f'<script><![CDATA[{CODE}]]></script>'}"
    f"<script>{LOCK}</script>",
    "a script of a drawing with characters by number": f"<script>{GOOD}</script>"
    f"{SVG % '<script>&#112;.state = 1;</script>'}<script>{LOCK}</script>",
    "a script whose address is its text": f"<script>{GOOD}</script><script src=\"data:text/javascript,{quote(CODE)}\"></script>"
    f"<script>{LOCK}</script>",
    "a script whose address is its text in base64": f"<script>{GOOD}</script>"
    f"<script src='data:text/javascript;base64,{base64.b64encode(CODE.encode()).decode()}'></script><script>{LOCK}</script>",
    "a script of a language": f"<script>{LOST}</script><script language='vbscript'>{GOOD}</script><script>{LOCK}</script>",
    "a script for an event": f"<script>{LOST}</script><script for=a event=b>{GOOD}</script><script>{LOCK}</script>",
    "a script for old browsers": f"<script>{LOST}</script><script nomodule>{GOOD}</script><script>{LOCK}</script>",
    "a module that does not wait": f"<script type=module async>{CODE}</script><script>{GOOD}; q = {{...p}};"
    " addEventListener('load', () => new auth0.WebAuth(q));</script>",
    "names of modules are changed": "<script type=importmap>{}</script><script type=module>import {WebAuth} from 'auth0-js';"
    "new WebAuth(config.internalOptions);</script>",
    "a button of a template": f'{PAGE}<template><button onclick="{CODE}"></template>',
    "the first of two handlers counts": f'{PAGE}<button onclick="{CODE}" onclick="">',
    "a script in an address with spaces": f'{PAGE}<a href=" java\nscript:{CODE}">',
    "a script in an address, encoded": f'{PAGE}<a href="javascript:{quote(CODE)}">',
    "a script of a frame": PAGE + FRAME,
    "a page in an address": f"{PAGE}<iframe src='data:text/html,a'></iframe>",
    "a script instead of a page": f"{PAGE}<meta http-equiv=Refresh content=\"0;url=javascript:{CODE}\">",
    "scripts that may not run": CSP % "script-src 'nonce-a'" + f"<script nonce=b>{GOOD}</script>{PAGE}",
    "a form": f"{PAGE}<form method=post action=https://x/passwordless/start><input name=email></form>",
    "a button of a form": f"{PAGE}<form method=post><button formaction='/passwordless/start'>a</button></form>",
    "a form below a base": f"{PAGE}<base href='https://x/passwordless/'><form method=post action=start></form>",
    "a form with an encoded address": f"{PAGE}<form method=post action='/%70asswordless/st&#97;rt'></form>",
    "a form with a broken address": f"{PAGE}<form method=post action='\\pass\nwordless\\start'></form>",
    "an address in the page": f"{PAGE}<i id=a data-url='/passwordless/start'></i><script>fetch(a.dataset.url, {{}});</script>",
    "an element of the name config": "<form id=config></form><script>new auth0.WebAuth(config.internalOptions);</script>",
}  # fmt: skip

FORWARDS = {
    "text around": f"<title>Log in</title><style>p > a {{}}</style><noscript><p>Needs <script></noscript>{PAGE}"
    "<textarea></textarea>",
    "text that is never closed": f"{PAGE}<style>p {{}}",
    "a comment that closes at once": f"<!-->{PAGE}",
    "a comment that closes otherwise": f"<!-- a --!>{PAGE}<!-- b -->",
    "comments for an old browser": f"<!--[if lt IE 9]><script>{LOST}</script><![endif]-->{PAGE}",
    "text before the page": f"\ufeff{PAGE}",
    "a script that hides from old browsers": f"<script><!--\n{GOOD} {LOCK}\n//--></script>",
    "a script of a drawing": f"<script>{GOOD}</script>{SVG % '<script>draw();</script>'}{PAGE}",
    "a script in a table": f"<table><tr>{PAGE}<td>a</table>",
    "a form of its own": PAGE
    + "<form action='/login' class='passwordless' id='passwordless'><a href='javascript:void(0)'>b</a></form>",
    "the address that a code is checked at": f"{PAGE}<form action='/passwordless/verify_redirect'></form>",
    "a page that goes elsewhere": f"<meta http-equiv=refresh content='600;url=/login'>{PAGE}",
    "scripts that may run": CSP % "script-src 'self' 'unsafe-inline'" + PAGE,
    "a frame": f"{PAGE}<iframe src='https://cookies.example'></iframe><img src='data:image/png;base64,AAAA'>",
    "an element of the name config beside it": "<p id=config><script>var config = JSON.parse(atob('@@config@@'));</script>"
    + PAGE,
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_html_that_loses_the_state_is_never_said_to_forward_it(name: str) -> None:
    assert check_page(TRAPS[name], "page.html")["verdict"] != "forwards"


@pytest.mark.parametrize("name", FORWARDS)
def test_html_around_a_good_script_does_not_matter(name: str) -> None:
    assert check_page(FORWARDS[name], "page.html")["verdict"] == "forwards"


def test_a_script_after_a_frame_within_a_noscript_is_read() -> None:
    answer = check_page(TRAPS["an iframe in a noscript ends with it"], "page.html")
    assert (answer["verdict"], answer["reason"]) == ("lost", "no state is given")


def test_a_form_that_starts_logins_is_named_by_its_line() -> None:
    answer = check_page(f"{PAGE}\n<form\n action='/passwordless/start'></form>", "page.html")
    assert (answer["verdict"], answer["line"]) == ("cannot_tell", 2)
    assert answer["reason"] == "/passwordless/start is named outside of the scripts"


def test_scripts_of_other_files_are_named_where_they_are_no_known_libraries() -> None:
    known = (
        "https://cdn.auth0.com/js/lock/14.3/lock.min.js", "https://cdn.auth0.com/js/auth0/9.32/auth0.min.js?v=1",
        "https://cdn.auth0.com/js/polyfills/1.0/object-assign.min.js", "//code.jquery.com/jquery-3.7.1.slim.min.js",
        "https://unpkg.com/auth0-js@9.32.0/dist/auth0.min.js", "/js/es6-shim.js", "jquery.js", "a/bootstrap.bundle.min.js",
    )  # fmt: skip
    page = "".join(f'<script src="{each}"></script>\n' for each in known) + PAGE
    assert check_page(page, "page.html")["notes"] == ["line 9: _csrf is not forwarded", "line 9: scope is not forwarded"]
    page += "\n<script src='/assets/login.js'></script>\n<svg><script xlink:href='lock-it.js'></script></svg>"
    answer = check_page(page, "page.html")
    assert answer["verdict"] == "forwards"
    assert answer["notes"][2:] == [
        "line 10: the script at /assets/login.js was not read",
        "line 11: the script at lock-it.js was not read",
    ]


def test_the_line_of_a_script_is_right_whatever_the_lines_end_with() -> None:
    for end in ("\n", "\r\n", "\r"):
        page = end.join(["<!doctype html>", "<script", "  id=a", "  >", "", BAD_START, "</script>"])
        assert check_page(page, "login.html")["line"] == 6
