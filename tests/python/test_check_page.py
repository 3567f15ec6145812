"""Login pages as people write them: what still forwards the state, what lost it, and what nobody can tell."""

import json
from pathlib import Path

import pytest

from startgate.cli import main
from startgate.page.check import check_page

DECODE = "var config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@'))));\n"
LOCK = "new Auth0Lock(config.clientID, config.auth0Domain, {auth: {params: %s}});"
GOOD = "{scope: config.internalOptions.scope, _csrf: config.internalOptions._csrf, state: config.internalOptions.state}"

FORWARDS = {
    "the guide's Lock": LOCK % GOOD,
    "the guide's auth0.js": f"var params = Object.assign({GOOD}, {{\n// ...auth params\n}});\n"
    "var webAuth = new auth0.WebAuth(params);",
    "all of internalOptions": LOCK % "config.internalOptions",
    "with a default": LOCK % "(config.internalOptions || {})",
    "the default template": "var params = Object.assign({domain: config.auth0Domain}, config.internalOptions);"
    "var webAuth = new auth0.WebAuth(params);",
    "spread": LOCK % "{...config.internalOptions, foo: 1}",
    "jQuery": LOCK % "$.extend(true, {}, config.internalOptions, {foo: 1})",
    "renamed": "var c = config, io = c.internalOptions;" + LOCK % "{state: io.state, scope: io.scope, _csrf: io._csrf}",
    "destructured": "const {internalOptions: {state: s, ...more}} = config;" + LOCK % "{...more, state: s}",
    "by brackets": LOCK % "{state: config['internalOptions']['state']}",
    "set later": "var p = {}; p.state = config.internalOptions.state;" + LOCK % "p",
    "in a function": f"function go(o) {{ return {LOCK % 'o.internalOptions'} }} go(config);",
    "beside a plugin": "$.fn.plugin = function () {}; document.title = 'Log in'; location.hash = '';" + LOCK % GOOD,
    "in a handler": f"document.addEventListener('load', function () {{ {LOCK % GOOD} }});",
    "a handler that is registered before the settings are read": "addEventListener('load', () => { new auth0.WebAuth(late); });"
    "var late = Object.assign({}, config.internalOptions);",
    "returned": f"function params() {{ if (x) {{ return {GOOD}; }} return config.internalOptions; }}" + LOCK % "params()",
    "both ways": f"var p; if (mobile) {{ p = {GOOD}; }} else {{ p = config.internalOptions; }}" + LOCK % "p",
    "an alias of the class": "var L = window.Auth0Lock; new L(1, 2, {auth: {params: config.internalOptions}});",
    "overwritten again": "var p = {state: 'mine'}; p.state = config.internalOptions.state;" + LOCK % "p",
    "a template string": LOCK % "{state: `${config.internalOptions.state}`}",
    "a copy": LOCK % "JSON.parse(JSON.stringify(config.internalOptions))",
    "fetch": "fetch('https://x/passwordless/start', {method: 'POST', body: JSON.stringify({client_id: config.clientID,"
    " authParams: {state: config.internalOptions.state}})});",
    "start without a state of its own": "var w = new auth0.WebAuth(config.internalOptions);"
    "w.passwordlessStart({connection: 'email', send: 'code', email: e, authParams: {scope: 'openid'}});",
    "a class": f"class Login {{ show() {{ {LOCK % GOOD} }} }} new Login().show();",
    "one of two classes": f"var L = config.passwordless ? Auth0LockPasswordless : Auth0Lock; {LOCK % GOOD}".replace(
        "Auth0Lock(", "L("
    ),
    "fetch with the address in a variable": "var url = '/passwordless/start'; fetch(url, {body: JSON.stringify("
    "{authParams: {state: config.internalOptions.state}})});",
    "fetch with the address in parts": "fetch('https://' + config.auth0Domain + '/passwordless/start', {body: JSON.stringify("
    "{authParams: {state: config.internalOptions.state}})});",
    "fetch, and the code checked": "fetch('/passwordless/start', {body: JSON.stringify({authParams: config.internalOptions})});"
    "fetch('/passwordless/verify', {body: code});",
    "show of an element": f"var lock = {LOCK % GOOD} $('#box').show(); $('#box').show('slow', then); m.show({{title: 'Hi'}});",
    "start with the state": "var w = new auth0.WebAuth({domain: 1});"
    f"w.passwordlessStart({{connection: 'email', authParams: {GOOD}}}, then); w.passwordlessVerify({{code: c}}, then);",
    "start with settings that are missing": "var w = new auth0.WebAuth(config.internalOptions);"
    "w.passwordlessStart({connection: 'email', authParams: null}, then); w.passwordlessStart({authParams: y ? {} : undefined});",
    "show with the state": f"var lock = null; if (x) {{ lock = {LOCK % GOOD} }} lock.show({{auth: {{params: {GOOD}}}}});",
    "a loop that does something else": "for (var i = 0; i < 3; i++) { draw(i); }" + LOCK % GOOD,
    "logged": "console.log(config);" + LOCK % "config.internalOptions",
}

LOST = {
    "an escaped name": "var p = Object.assign({}, config.internalOptions); p.st\\u0061te = 'mine';" + LOCK % "p",
    "an escaped key": LOCK % "{...config.internalOptions, st\\u0061te: 'mine'}",
    "an escaped shorthand": "var st\\u0061te = 'mine';" + LOCK % "{...config.internalOptions, st\\u0061te}",
    "an escaped variable": "var p = config.internalOptions; \\u0070 = {};" + LOCK % "p",
    "never there": LOCK % "{scope: 'openid'}",
    "no options": "new Auth0Lock(config.clientID, config.auth0Domain);",
    "a return path": LOCK % "{...config.internalOptions, state: '/dashboard'}",
    "overwritten by Object.assign": "new auth0.WebAuth(Object.assign({state: config.internalOptions.state}, {state: 'mine'}));",
    "deleted": "var p = Object.assign({}, config.internalOptions); delete p.state;" + LOCK % "p",
    "deleted from the settings": "delete config.internalOptions.state;" + LOCK % "config.internalOptions",
    "the wrong state": LOCK % "{state: config.state}",
    "left out by destructuring": "const {state, ...others} = config.internalOptions;" + LOCK % "others",
    "an alias overwrote it": "var p = {state: config.internalOptions.state}; var q = p; q.state = 'x';" + LOCK % "p",
    "commented out": LOCK % "{/* state: config.internalOptions.state */}",
    "shadowed": "let s = 'x'; { let s = config.internalOptions.state; }" + LOCK % "{state: s}",
    "one of two widgets": LOCK % GOOD + "new auth0.WebAuth({domain: 'x'});",
    "hidden by the call": "var w = new auth0.WebAuth(config.internalOptions);"
    "w.passwordlessStart({connection: 'email', authParams: {state: 'mine'}});",
    "hidden by show": f"var lock = {LOCK % GOOD} lock.show({{auth: {{params: {{state: 'mine'}}}}}});",
    "undefined in the call": "var w = new auth0.WebAuth(config.internalOptions);"
    "w.passwordlessStart({connection: 'email', authParams: {state: undefined}});",
    "void in the call": "var w = new auth0.WebAuth(config.internalOptions), s;"
    "w.passwordlessStart({connection: 'email', authParams: Object.assign({state: void 0}, {scope: s})});",
    "undefined in show": f"var lock = {LOCK % GOOD} lock.show({{auth: {{params: {{state: undefined}}}}}});",
    "a start without it beside one with it": "var w = new auth0.WebAuth({domain: 1});"
    f"w.passwordlessStart({{authParams: {GOOD}}}); b.onclick = function () {{ w.passwordlessStart({{send: 'code'}}); }};",
    "a start with it of another widget": "var w = new auth0.WebAuth({domain: 1}), v = new auth0.WebAuth({domain: 1});"
    f"w.passwordlessStart({{authParams: {GOOD}}}, then);",
    "a login beside a start with it": "var w = new auth0.WebAuth({domain: 1});"
    f"w.passwordlessStart({{authParams: {GOOD}}}); w.redirect.loginWithCredentials({{password: p}}, then);",
    "the address of the page": LOCK % "{...config.internalOptions, state: document.location.pathname}",
    "made by chance": LOCK % "{state: Math.random().toString(36).slice(2)}",
    "made by chance and time": LOCK % "{state: 'a' + Date.now() + '-' + Math.random()}",
    "set after Lock has copied it": "var p = {};" + LOCK % "p" + "p.state = config.internalOptions.state;",
    "one of two classes": "var L = mobile ? Auth0LockPasswordless : Auth0Lock; new L(1, 2, {auth: {params: {}}});",
    "fetch without it": "fetch('/passwordless/start', {body: JSON.stringify({authParams: {scope: 'openid'}})});",
    "after a return": "function p() { return {}; return config.internalOptions; }" + LOCK % "p()",
    "restored too late": "var s = config.internalOptions.state; delete config.internalOptions.state;"
    "var p = Object.assign({}, config.internalOptions); config.internalOptions.state = s;" + LOCK % "p",
    "a loop overwrote it": "var p = {state: config.internalOptions.state}; do { p.state = 'x'; break; } while (1);"
    "p.state = 'y';" + LOCK % "p",
}

CANNOT_TELL = {
    "no widget": "var a = 1;",
    "only one way": "var p = {}; if (x) { p = config.internalOptions; }" + LOCK % "p",
    "a function from elsewhere": LOCK % "make(config)",
    "changed by a function from elsewhere": "var p = Object.assign({}, config.internalOptions); tidy(p);" + LOCK % "p",
    "an unknown key": "var p = Object.assign({}, config.internalOptions); p[k] = 1;" + LOCK % "p",
    "a spread of something": LOCK % "{...config.internalOptions, ...theirs}",
    "eval": "eval(code);" + LOCK % GOOD,
    "a syntax error": LOCK % GOOD + "\nfunction {",
    "a callback that may run at once": "var p = Object.assign({}, config.internalOptions);"
    "['state'].forEach(function (k) { delete p[k]; });" + LOCK % "p",
    "a break out of a loop": "var p = {state: config.internalOptions.state}; for (;;) { if (x) { p.state = 'x'; break; } break; }"
    + LOCK % "p",
    "thrown": "var p = Object.assign({}, config.internalOptions); try { p.state = 'x'; risky(); } catch (e) { }"
    + LOCK % "{state: b ? p.state : 0}",
    "encoded": LOCK % "{state: encodeURIComponent(config.internalOptions.state)}",
    "decoded by something else": "var config = decode('@@config@@');" + LOCK % GOOD,
    "wrapped into an object": LOCK % "{state: Object.assign(config.internalOptions.state, {})}",
    "a getter": LOCK % "{get state() { return config.internalOptions.state; }}",
    "spread arguments": "new Auth0Lock(...everything);",
    "Object.assign of its own": "Object.assign = function (a) { return a; };"
    + LOCK % "Object.assign({}, config.internalOptions)",
    "Object.assign where it is missing": "if (!Object.assign) { Object['assign'] = function (a) { return a; }; }"
    + LOCK % "Object.assign({}, config.internalOptions)",
    "Object.assign by definition": "Object.defineProperty(Object, 'assign', {value: f});"
    + LOCK % "Object.assign({}, config.internalOptions)",
    "extend of its own": "jQuery.extend = mine;" + LOCK % "jQuery.extend({}, config.internalOptions)",
    "JSON of its own": "Object.assign(JSON, {parse: mine});" + LOCK % GOOD,
    "a name of any function": "Object[name] = mine;" + LOCK % GOOD,
    "a widget that is changed": "auth0.WebAuth.prototype.passwordlessStart = mine; new auth0.WebAuth(config.internalOptions);",
    "a getter of all objects": "Object.defineProperty(Object.prototype, 'state', {set: f});" + LOCK % GOOD,
    "some state of the address": LOCK % "{state: location.hash.slice(1)}",
    "something by chance, or not": LOCK % "{state: Math.random().toString().replace(/.*/, s)}",
    "only when it is missing": "var p = config.internalOptions; var s = flag && p.state;" + LOCK % "{state: s}",
}


@pytest.mark.parametrize("decode", ["", DECODE])
@pytest.mark.parametrize(
    ("verdict", "name"),
    [(v, n) for v, pages in (("forwards", FORWARDS), ("lost", LOST), ("cannot_tell", CANNOT_TELL)) for n in pages],
)
def test_verdict(verdict: str, name: str, decode: str) -> None:
    page = {"forwards": FORWARDS, "lost": LOST, "cannot_tell": CANNOT_TELL}[verdict][name]
    if decode and name == "decoded by something else":
        decode = ""
    assert check_page(decode + page, "page.js")["verdict"] == verdict


def test_the_line_is_the_line_of_the_page() -> None:
    page = f"<html>\n<body>\n<script\n  nonce='x'>\n{DECODE}\n{LOCK % '{}'}\n</script>\n</body></html>"
    answer = check_page(page, "login.html")
    assert (answer["verdict"], answer["line"]) == ("lost", 7)
    assert answer["reason"] == "no state is given"


def test_a_handler_of_an_earlier_script_keeps_its_own_line() -> None:
    page = f"<script>\n\nfunction go() {{ {LOCK % '{}'} }}\n</script>\n<script>\nvar a = 1;\n\n\ngo();\n</script>"
    assert check_page(page, "login.html")["line"] == 3


def test_the_loss_of_csrf_and_scope_is_noted_beside_the_verdict() -> None:
    answer = check_page(LOCK % "{state: config.internalOptions.state}", "page.js")
    assert answer["verdict"] == "forwards"
    assert answer["notes"] == ["line 1: _csrf is not forwarded", "line 1: scope is not forwarded"]
    assert check_page(LOCK % GOOD, "page.js")["notes"] == []


def test_scripts_of_a_page_share_their_names_and_data_is_no_script() -> None:
    page = (
        f"<script type='application/json'>{{</script><script>{DECODE}</script><script>var p = config.internalOptions;</script>"
        f"<script src='https://cdn.example/lock.js'></script><script>{LOCK % 'p'}</script><!-- <script>{LOCK % '{}'}</script> -->"
    )
    assert check_page(page, "login.html")["verdict"] == "forwards"


def test_a_handler_in_an_attribute_is_read_too() -> None:
    page = f'<script>{LOCK % GOOD}</script><button onclick="new Auth0Lock(1, 2, {{}})">'
    assert check_page(page, "login.html")["verdict"] == "lost"


def test_every_loss_of_one_line_of_a_good_page_is_noticed() -> None:
    lines = [
        DECODE.strip(), "var extra = {foo: 1};", "var params = {};", "params.scope = config.internalOptions.scope;",
        "params.state = config.internalOptions.state;", "var options = {auth: {params: params}};",
        "new Auth0Lock(1, 2, options);",
    ]  # fmt: skip
    assert check_page("\n".join(lines), "page.js")["verdict"] == "forwards"
    for at in (2, 4, 5):
        without = [line for n, line in enumerate(lines) if n != at]
        assert check_page("\n".join(without), "page.js")["verdict"] != "forwards", lines[at]


def test_a_huge_or_deep_script_is_not_followed_for_ever() -> None:
    deep = "x(" * 5_000 + ")" * 5_000
    assert check_page(LOCK % GOOD + deep, "page.js")["verdict"] == "cannot_tell"
    branches = "".join(f"if (a{i}) {{ b{i} = {{}}; }}\n" for i in range(2_000))
    assert check_page(LOCK % GOOD + branches, "page.js")["verdict"] in ("forwards", "cannot_tell")


def test_objects_that_are_made_in_many_ways_are_looked_into_once() -> None:
    ways = "if (yes) { Object.assign(p, theirs); p.x = 1; }" * 40  # as often as there are ways, it would take for ever
    assert check_page(f"var p = {{}}; {ways} {LOCK % 'p'}", "page.js")["verdict"] == "cannot_tell"


def test_the_command_answers_in_json_and_exits_with_zero_only_for_forwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.js", tmp_path / "bad.js"
    good.write_text(LOCK % GOOD)
    bad.write_text(LOCK % "{}")
    assert main(["check-page", str(good), "--json"]) == 0
    assert {"file": str(good), "verdict": "forwards", "line": 1}.items() <= json.loads(capsys.readouterr().out).items()
    assert main(["check-page", str(good), str(bad), "--json"]) == 1
    assert [json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()] == ["forwards", "lost"]
    assert main(["check-page", str(tmp_path), "--json"]) == 1
    assert [Path(json.loads(line)["file"]).name for line in capsys.readouterr().out.splitlines()] == ["bad.js", "good.js"]
    assert main(["check-page", str(bad)]) == 1
    assert "lost the state" in capsys.readouterr().out


PAGES = Path(__file__).parents[2] / "examples" / "pages"
EXPECTED = json.loads((PAGES / "expected.json").read_text())


def test_the_list_of_examples_is_complete() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in PAGES.glob("*.html"))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_example_is_answered_as_a_browser_showed(name: str) -> None:
    answer = check_page((PAGES / name).read_text(), name)
    assert answer["verdict"] == EXPECTED[name]["verdict"]
    if answer["verdict"] != "cannot_tell":
        lost = {each for each in ("_csrf", "scope") if any(f"{each} is not forwarded" in note for note in answer["notes"])}
        assert lost == set(EXPECTED[name].get("also_lost", ()))
