"""Pages that lose the state in a way that is easily overlooked: whatever else is said of them, never that they forward it."""

import pytest

from startgate.page.check import check_page

STATE = "config.internalOptions.state"
LOCK = "new Auth0Lock(1, 2, {auth: {params: %s}});"
GOOD_PARAMS = "{state: config.internalOptions.state}"
GOOD = "var p = {state: config.internalOptions.state};"
START = "'/passwordless/start'"
FETCH = f"fetch({START}, {{body: JSON.stringify({{authParams: {{state: config.internalOptions.state}}}})}});"

TRAPS = {
    "a labelled break": f"{GOOD} a: {{ if (yes) {{ p.state = 'x'; break a; }} }}" + LOCK % "p",
    "a break out of two loops": f"{GOOD} a: for (;;) {{ for (;;) {{ p.state = 'x'; break a; }} p.state = {STATE}; }}"
    + LOCK % "p",
    "a continue within a switch": "var p = {}; for (var i = 0; i < 1; i++) { switch (1) { case 1: p.state = 'x'; continue; }"
    f" p.state = {STATE}; }}" + LOCK % "p",
    "what comes after a continue": f"{GOOD} for (var i = 0; i < 1; p.state = 'x', i++) {{ continue; }}" + LOCK % "p",
    "a round after a continue": f"{GOOD} var t = {STATE}; for (var i = 0; i < 2; i++) {{ if (i == 0) {{ t = 'x'; continue; }}"
    " p.state = t; }" + LOCK % "p",
    "a third round": f"{GOOD} var a = {STATE}, b = a, c = 'x';"
    "for (var i = 0; i < 3; i++) { p.state = a; a = b; b = c; }" + LOCK % "p",
    "a ninth round": f"{GOOD} var v = [1], a = {STATE}, b = a, c = a, d = a, e = a, f = a, g = a, h = a, j = 'x';"
    "for (var i = 0; i < 9; i++) { p.state = a; a = b; b = c; c = d; d = e; e = f; f = g; g = h; h = j; }" + LOCK % "p",
    "thrown between": f"{GOOD} try {{ p.state = 'x'; missing(); p.state = {STATE}; }} catch (e) {{ }}" + LOCK % "p",
    "thrown within one statement": f"{GOOD} try {{ p.state = 'x', missing(), p.state = {STATE}; }} catch (e) {{ }}" + LOCK % "p",
    "thrown by a function": f"{GOOD} function f() {{ p.state = 'x'; throw 1; }}"
    f"try {{ f(); p.state = {STATE}; }} catch (e) {{ }}" + LOCK % "p",
    "a finally after a return": f"{GOOD} function f() {{ try {{ return 1; }} finally {{ p.state = 'x'; }} }} f();" + LOCK % "p",
    "a finally after a break": f"{GOOD} for (;;) {{ try {{ break; }} finally {{ p.state = 'x'; }} }}" + LOCK % "p",
    "a var of the function": f"var p = {{}}; (function () {{ var p; p = {{state: {STATE}}}; }})();" + LOCK % "p",
    "a var that comes later": f"var p = {{}}; (function () {{ p = {{state: {STATE}}}; var p; }})();" + LOCK % "p",
    "a let of a loop": f"var s = 'x'; for (let s = {STATE}; ;) {{ break; }}" + LOCK % "{state: s}",
    "a let of a switch": f"var s = 'x'; switch (1) {{ case 1: let s = {STATE}; }}" + LOCK % "{state: s}",
    "a function in a block": f"function f() {{ return {{state: {STATE}}}; }} if (yes) {{ function f() {{ return {{}}; }} }}"
    + LOCK % "f()",
    "the arguments": f"{GOOD} function f() {{ arguments[0].state = 'x'; }} f(p);" + LOCK % "p",
    "an element": f"{GOOD} var all = [p]; all[0].state = 'x';" + LOCK % "p",
    "each of an array": f"{GOOD} [p].forEach(function (o) {{ o.state = 'x'; }});" + LOCK % "p",
    "a loop over an array": f"{GOOD} for (var o of [p]) {{ o.state = 'x'; }}" + LOCK % "p",
    "kept by an array": f"var p = {{}}, all = []; all.push(p); p.state = {STATE}; all[0].state = 'x';" + LOCK % "p",
    "the values of an object": f"{GOOD} Object.values({{p: p}})[0].state = 'x';" + LOCK % "p",
    "the value of an object": f"{GOOD} p.valueOf().state = 'x';" + LOCK % "p",
    "kept by the document": f"{GOOD} document.p = p; document.p.state = 'x';" + LOCK % "p",
    "a name of the document": f"{GOOD} document.name = 'x'; var d = document; d.kept = p; d.kept.state = 'x';" + LOCK % "p",
    "this of the page": f"{GOOD} this.p.state = 'x';" + LOCK % "p",
    "this of a function": f"{GOOD} function f() {{ this.p = {{}}; }} f();" + LOCK % "p",
    "frames": f"{GOOD} frames.p = {{}};" + LOCK % "p",
    "a bound function": f"var p = {{}}; function f() {{ p.state = 'x'; }} var g = f.bind(null); p.state = {STATE}; g();"
    + LOCK % "p",
    "an applied function": f"{GOOD} function f(o) {{ o.state = 'x'; }} f.apply(null, [p]);" + LOCK % "p",
    "an event that is fired": f"{GOOD} document.addEventListener('x', function () {{ p.state = 'x'; }});"
    "document.dispatchEvent(new Event('x'));" + LOCK % "p",
    "an async function that waits": f"var p = {{}}; (async function () {{ await null; p.state = {STATE}; }})();" + LOCK % "p",
    "a promise of the settings": f"async function f() {{ return {{state: {STATE}}}; }} new auth0.WebAuth(f());",
    "changed while an async function waits": f"{GOOD} (async function () {{ await null; {LOCK % 'p'} }})(); p.state = 'x';",
    "a generator that nobody asks": f"var p = {{}}; function* f() {{ p.state = {STATE}; yield 1; }} f();" + LOCK % "p",
    "a later timer is the earlier one": f"{GOOD} setTimeout(function () {{ {LOCK % 'p'} }}, 100);"
    "setTimeout(function () { p.state = 'x'; }, 0);",
    "a handler that was called once": f"{GOOD} function go() {{ {LOCK % 'p'} }} go(); document.onclick = go; p.state = 'x';",
    "a handler in an object": f"{GOOD} function go() {{ {LOCK % 'p'} }} go(); register({{go: go}}); p.state = 'x';",
    "a default that is not needed": f"var p = {{}}; function f(a = (p.state = {STATE})) {{ }} f(1);" + LOCK % "p",
    "a default of a member": f"var p = {{}}; var {{a = (p.state = {STATE})}} = {{a: 1}};" + LOCK % "p",
    "a setting that is not there": f"var p = {{}}; config.extra && (p.state = {STATE});" + LOCK % "p",
    "empty is not missing": LOCK % f"{{state: '' ?? {STATE}}}",
    "a case that does something": f"{GOOD} switch (1) {{ case (p.state = 'x'): }}" + LOCK % "p",
    "a function that calls itself": f"{GOOD} var t = {STATE}; function f(n) {{ var s = t;"
    " if (n) { t = 'x'; f(n - 1); } else { p.state = s; } } f(1);" + LOCK % "p",
    "a named function that calls itself": f"{GOOD} var t = {STATE}; (function f(n) {{ var s = t;"
    " if (n) { t = 'x'; f(n - 1); } else { p.state = s; } })(1);" + LOCK % "p",
    "a reviver": LOCK % f"JSON.parse(JSON.stringify({{state: {STATE}}}), function (k, v) {{ return k ? 'x' : v; }})",
    "a list of members": LOCK % f"JSON.parse(JSON.stringify({{state: {STATE}}}, ['scope']))",
    "a text of the settings": f"new auth0.WebAuth(JSON.stringify({{state: {STATE}}}));",
    "the settings as a string": "new auth0.WebAuth(String(config.internalOptions));",
    "a state that is decoded": LOCK % f"{{state: atob({STATE})}}",
    "frozen before": f"var p = Object.freeze({{}}); p.state = {STATE};" + LOCK % "p",
    "a getter that does something": f"{GOOD} var o = {{get a() {{ p.state = 'x'; return 1; }}}}; o.a;" + LOCK % "p",
    "a text of an object": f"{GOOD} '' + {{toString: function () {{ p.state = 'x'; return ''; }}}};" + LOCK % "p",
    "a field of a class": f"var p = {{}}; class A {{ x = (p.state = {STATE}); }}" + LOCK % "p",
    "a block of a class": f"var p = {{}}; class A {{ static {{ if (no) {{ p.state = {STATE}; }} }} }}" + LOCK % "p",
    "an inherited constructor": f"{GOOD} class B {{ constructor() {{ p.state = 'x'; }} }} class A extends B {{ }} new A();"
    + LOCK % "p",
    "what a class extends": f"{GOOD} function f() {{ p.state = 'x'; return Object; }} class A extends f() {{ }}" + LOCK % "p",
    "Function": f"{GOOD} Function(\"p.state = 'x'\")();" + LOCK % "p",
    "a constructor of a function": f"{GOOD} (function () {{ }}).constructor(\"p.state = 'x'\")();" + LOCK % "p",
    "a written script": f"{GOOD} document.write('<script>p.state = 1</scr' + 'ipt>');" + LOCK % "p",
    "a made script": f"{GOOD} var s = document.createElement('script'); s.text = \"p.state = 'x'\"; document.body.appendChild(s);"
    + LOCK % "p",
    "keys of its own": f"{GOOD} Object.keys = function (o) {{ o.state = 'x'; }}; Object.keys(p);" + LOCK % "p",
    "a console of its own": f"{GOOD} console.log = function (o) {{ o.state = 'x'; }}; console.log(p);" + LOCK % "p",
    "a second call": LOCK % f"{{state: {STATE}}}"
    + "fetch('https://' + config.auth0Domain + '/passwordless/start', {method: 'POST', body: '{}'});",
    "a second call in a template string": LOCK % f"{{state: {STATE}}}"
    + "fetch(`https://${config.auth0Domain}/passwordless/start`, {method: 'POST', body: '{}'});",
    "a second call in pieces": LOCK % f"{{state: {STATE}}}"
    + "var path = ['', 'passwordless', 'start'].join('/'); fetch(path, {method: 'POST', body: '{}'});",
    "a second widget by a computed name": LOCK % f"{{state: {STATE}}}" + "var n = 'Lock'; new window['Auth0' + n](1, 2, {});",
    "a second widget under another name": LOCK % f"{{state: {STATE}}}" + "new auth0js.WebAuth({});",
    "a widget that is imported": f"import {{WebAuth as W}} from 'auth0-js'; {LOCK % f'{{state: {STATE}}}'} new W({{}});",
    "a widget that is required": LOCK % f"{{state: {STATE}}}" + "new (require('auth0-lock').Auth0Lock)(1, 2, {});",
    "a widget that is reflected": LOCK % f"{{state: {STATE}}}" + "Reflect.construct(Auth0Lock, [1, 2, {}]);",
    "settings that change later": f"var o = {{state: {STATE}}}; var w = new auth0.WebAuth(o); delete o.state;"
    "w.passwordlessStart({connection: 'email'});",
    "the widget's own settings": f"var w = new auth0.WebAuth({{state: {STATE}}}); w.baseOptions.state = 'x';",
    "the widget's own settings, merged": f"var w = new auth0.WebAuth({{state: {STATE}}});"
    "Object.assign(w.baseOptions, {state: 'x'});",
    "hidden by the call of a kept widget": f"var app = {{}}; app.w = new auth0.WebAuth({{state: {STATE}}}); register(app);"
    "app.w.passwordlessStart({connection: 'email', authParams: {state: 'mine'}});",
    "an error that ends the script": f"<script>{GOOD} if (yes) {{ p.state = 'x'; throw 1; }}</script>"
    f"<script>{LOCK % 'p'}</script>",
    "a script with an address": f"<script>var p = {{}};</script><script src='a.js'>p.state = {STATE};</script>"
    f"<script>{LOCK % 'p'}</script>",
    "a script in a template": f"<script>var p = {{}};</script><template><script>p.state = {STATE};</script></template>"
    f"<script>{LOCK % 'p'}</script>",
    "a script in a text field": f"<script>var p = {{}};</script><textarea><script>p.state = {STATE};</script></textarea>"
    f"<script>{LOCK % 'p'}</script>",
    "a script without scripts": f"<script>var p = {{}};</script><noscript><script>p.state = {STATE};</script></noscript>"
    f"<script>{LOCK % 'p'}</script>",
    "a module comes last": f"<script>var p = {{}};</script><script type='module'>p.state = {STATE};</script>"
    f"<script>{LOCK % 'p'}</script>",
    "a name of a module": f"<script>var s = 'x';</script><script type='module'>var s = {STATE};</script>"
    f"<script type='module'>{LOCK % '{state: s}'}</script>",
    "a script of an old type": f"<script>{GOOD}</script><script type='application/x-javascript'>p.state = 'x';</script>"
    f"<script>{LOCK % 'p'}</script>",
    "a button above the script": f"<button onclick=\"p.state = 'x'\"></button><script>{GOOD} function go() {{ {LOCK % 'p'} }}"
    "document.addEventListener('x', go);</script>",
    "an address that is a script": f"<a href=\"javascript:p.state = 'x'\">a</a><script>{GOOD} function go() {{ {LOCK % 'p'} }}"
    "document.addEventListener('x', go);</script>",
    "a comment of HTML in a script": f"<script>var p = {{}};\n<!-- p.state = {STATE};\n{LOCK % 'p'}\n</script>",
    "a comment that is empty": f"<script>{GOOD}</script><!--><script>p.state = 'x';</script>--><script>{LOCK % 'p'}</script>",
    "a comment that closes otherwise": f"<script>{GOOD}</script><!-- a --!><script>p.state = 'x';</script><!-- -->"
    f"<script>{LOCK % 'p'}</script>",
    "a comment that is never closed": f"<script>var p = {{}}; {LOCK % 'p'}</script><!-- <script>p = config.internalOptions;",
    "hidden by show of a lock that may be missing": f"let lock = null; if (window.Auth0Lock) {{ lock = {LOCK % GOOD_PARAMS} }}"
    "lock.show({auth: {params: {state: 'mine'}}});",
    "hidden by show of a lock that comes later": f"var lock; function go() {{ lock = {LOCK % GOOD_PARAMS} }}"
    "addEventListener('load', go); b.onclick = function () { lock.show({auth: {params: {state: 'mine'}}}); };",
    "hidden by show of one of the locks": f"var locks = {{}}; locks.main = {LOCK % GOOD_PARAMS}"
    "for (var k in locks) { locks[k].show({auth: {params: {state: 'mine'}}}); }",
    "hidden by show of a lock that is made when it is asked for": f"let lock = null; function get() {{"
    f" if (!lock) lock = {LOCK % GOOD_PARAMS} return lock; }} get().show({{auth: {{params: {{state: Math.random()}}}}}});",
    "hidden by show of a kept lock": f"app.lock = {LOCK % GOOD_PARAMS} app.lock.show({{auth: {{params: {{state: 'mine'}}}}}});",
    "hidden by show under a name that is computed": f"var lock; if (yes) {{ lock = {LOCK % GOOD_PARAMS} }}"
    "lock[how]({auth: {params: {state: 'mine'}}});",
    "a widget of one of two classes": f"new auth0.WebAuth({{state: {STATE}}});"
    "var L = config.passwordless ? Auth0LockPasswordless : Auth0Lock; new L(1, 2, {auth: {params: {scope: 'openid'}}});",
    "a widget of a class that may be another's": f"new auth0.WebAuth({{state: {STATE}}});"
    "var L; try { L = window.MyLock || Auth0Lock; } catch (e) { L = Auth0Lock; } new L(1, 2, {});",
    "a widget of a class that may be missing": f"new auth0.WebAuth({{state: {STATE}}});"
    "var L = null; if (yes) { L = Auth0Lock; } new L(1, 2, {});",
    "changed by a class that may be another's": f"{GOOD} new (window.MyLock || Auth0Lock)(1, 2, {{auth: {{params: p}}}});",
    "hidden by show of a lock of one of two classes": f"var lock = new (yes ? Auth0Lock : Auth0LockPasswordless)"
    f"(1, 2, {{auth: {{params: {GOOD_PARAMS}}}}}); lock.show({{auth: {{params: {{state: 'mine'}}}}}});",
    "one of two classes that is handed over": f"new auth0.WebAuth({{state: {STATE}}});"
    "make(yes ? Auth0Lock : Auth0LockPasswordless);",
    "a second call by a request": f"{FETCH} function again() {{ fetch(new Request('/passwordless/start', {{body: '{{}}'}})); }}",
    "a second call by its settings": f"{FETCH} function again() {{ $.ajax({{url: '/passwordless/start', data: {{}}}}); }}",
    "a second call in pieces beside a good one": f"{FETCH} var u = ['', 'passwordless', 'start'].join('/'); fetch(u, {{}});",
    "a second call with the address of the first": f"var url = '/passwordless/start'; {FETCH.replace(START, 'url')}"
    "function again() { $.ajax({url: url, data: {}}); }",
    "a second call with a template of the address": f"var url = '/passwordless/start'; {FETCH.replace(START, 'url')}"
    "fetch(`${url}?again=1`, {body: '{}'});",
    "a second call with the address in a table": f"var urls = {{a: '/passwordless/start'}}; {FETCH.replace(START, 'urls.a')}"
    "fetch(urls[which], {body: '{}'});",
    "a second call with the address in an object": f"var url = '/passwordless/start'; {FETCH.replace(START, 'url')}"
    "app.url = url; fetch(app.url, {body: '{}'});",
    "a second call with the first half of the address": f"var u = '/passwordless'; {FETCH.replace(START, 'u + SLASH')}".replace(
        "SLASH", "'/start'"
    )
    + "fetch(`${u}/start`, {body: '{}'});",
    "a second call with escaped slashes": f"{FETCH} fetch('\\/passwordless\\/start', {{body: '{{}}'}});",
    "a start that is bound": f"var w = new auth0.WebAuth({{state: {STATE}}}); var start = w.passwordlessStart.bind(w);"
    "start({connection: 'email', authParams: {state: 'mine'}}, then);",
    "a start that is taken out": f"var w = new auth0.WebAuth({{state: {STATE}}}); const {{passwordlessStart}} = w;"
    "passwordlessStart.call(w, {connection: 'email', authParams: {state: 'mine'}}, then);",
    "a start that is renamed": f"var w = new auth0.WebAuth({{state: {STATE}}}); const {{passwordlessStart: go}} = w;"
    "go.call(w, {connection: 'email', authParams: {state: 'mine'}}, then);",
    "a start by its name in brackets": f"var w = new auth0.WebAuth({{state: {STATE}}}); var go = w['passwordlessStart'];"
    "go.call(w, {connection: 'email', authParams: {state: 'mine'}}, then);",
    "a start under a name that is computed": f"var w = new auth0.WebAuth({{state: {STATE}}}); var go = w[how];"
    "go.call(w, {connection: 'email', authParams: {state: 'mine'}}, then);",
    "a start of the client": f"var w = new auth0.WebAuth({{state: {STATE}}});"
    "w.client.passwordless.start({connection: 'email', authParams: {state: 'mine'}}, then);",
    "a show that is bound": f"var lock = {LOCK % GOOD_PARAMS} var show = lock.show.bind(lock);"
    "show({auth: {params: {state: 'mine'}}});",
    "a show that is taken out": f"var lock = {LOCK % GOOD_PARAMS} const {{show}} = lock;"
    "show.call(lock, {auth: {params: {state: 'mine'}}});",
    "a start without it of a widget that may be another": f"var w = new auth0.WebAuth({{a: 1}});"
    f"w.passwordlessStart({{authParams: {GOOD_PARAMS}}}); window[name].passwordlessStart({{send: 'code'}});",
    "a widget that is handed over": f"var w = new auth0.WebAuth({{a: 1}}); w.passwordlessStart({{authParams: {GOOD_PARAMS}}});"
    "register({w: w});",
    "a widget that is promised": f"var w = new auth0.WebAuth({{a: 1}}); w.passwordlessStart({{authParams: {GOOD_PARAMS}}});"
    "async function f() { return w; } f().then(register);",
    "undefined in show of what may be a lock": f"app.lock = {LOCK % GOOD_PARAMS} "
    "app.lock.show({auth: {params: {state: void 0}}});",
    "perhaps undefined in the call": f"var w = new auth0.WebAuth({{state: {STATE}}}), q = {{}};"
    "if (yes) { q.state = undefined; } w.passwordlessStart({authParams: q});",
    "undefined under a name in the call": f"var w = new auth0.WebAuth({{state: {STATE}}}), state;"
    "w.passwordlessStart({authParams: {state}});",
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_page_that_loses_the_state_is_never_said_to_forward_it(name: str) -> None:
    assert check_page(TRAPS[name], "page")["verdict"] != "forwards"
