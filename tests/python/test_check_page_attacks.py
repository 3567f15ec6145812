"""Pages of somebody who wants to be called good: each loses the state, or may, and none is said to forward it."""

import pytest

from startgate.page.check import check_page

SHORT = {
    "GOOD": "var p = {state: STATE};",
    "LOCK": "new Auth0Lock(1, 2, {auth: {params: p}});",
    "FORWARDS": "new Auth0Lock(1, 2, {auth: {params: {state: STATE}}});",
    "CLIENT": "var w = new auth0.WebAuth({state: STATE});",
    "STATE": "config.internalOptions.state",
}

ATTACKS = {
    "thrown and changed where it is caught": "GOOD try { throw p; } catch (e) { e.state = 'x'; }LOCK",
    "thrown within an object": "GOOD try { throw {o: p}; } catch (e) { e.o.state = 'x'; }LOCK",
    "thrown by a function": "GOOD function t() { throw p; } try { t(); } catch (e) { e.state = 'x'; }LOCK",
    "a variable under a computed name": "GOOD window[n].state = 'x';LOCK",
    "a variable that is replaced under a computed name": "GOOD window[n] = {};LOCK",
    "a widget under a computed name": "CLIENT window[n][m]({authParams: {state: 1}});",
    "a tag of its own": "GOOD function t(s, o) { o.state = 'x'; } t`${p}`;LOCK",
    "a tag from elsewhere": "GOOD tag`${p}`;LOCK",
    "a tag that is a method": "var o = {t(s, q) { q.state = 'x'; }}; GOOD o.t`a${p}`;LOCK",
    "a class that returns another object": "class A { constructor() { this.state = STATE; return {}; } }new Auth0Lock(1, 2, "
    "{auth: {params: new A()}});",
    "a constructor that returns another object": "function A() { this.state = STATE; return {}; }new Auth0Lock(1, 2, {auth: "
    "{params: new A()}});",
    "a conversion to JSON of its own": "GOOD p.toJSON = function () { return {}; };new Auth0Lock(1, 2, {auth: {params: "
    "JSON.parse(JSON.stringify(p))}});",
    "a body with a conversion of its own": "fetch('/passwordless/start', {body: JSON.stringify({authParams: "
    "config.internalOptions, toJSON() { return {}; }})});",
    "an import of a text": "GOOD import('data:text/javascript,p.state=1');LOCK",
    "arguments that never happen": "var p = {}; var o = null; o?.f(p.state = STATE);LOCK",
    "arguments of a setting that is not there": "var p = {}; config.extra?.f(p.state = STATE);LOCK",
    "a key that never happens": "var p = {}; config.extra?.[p.state = STATE];LOCK",
    "the rest of the parameters": "GOOD function f(...a) { a[0].state = 'x'; } f(p);LOCK",
    "the window of an event": "GOOD b.onclick = e => { e.view.p = {}; }; b.onmouseup = () => { LOCK };",
    "variables that are assigned together": "GOOD Object.assign(window, {p: {}});LOCK",
    "an address in pieces around a variable": "FORWARDSvar a = 'pass'; fetch(`/${a}wordless/start`, {body: '{}'});",
    "an address with escapes": "FORWARDSfetch('/pass\\x77ordless/start', {body: '{}'});",
    "an encoded address": "FORWARDSfetch('/%70asswordless/start', {body: '{}'});",
    "an address that is joined by a method": "FORWARDSfetch('/password'.concat('less/start'), {body: '{}'});",
    "an address in base64": "FORWARDSfetch(atob('L3Bhc3N3b3JkbGVzcy9zdGFydA=='), {body: '{}'});",
    "an address of characters": "FORWARDSfetch(String.fromCharCode(47) + 'password' + 'less/start', {body: '{}'});",
    "an address of the settings": "FORWARDSfetch(config.extraParams.startUrl, {body: '{}'});",
    "an address of the document": "FORWARDSfetch(document.body.dataset.url, {body: '{}'});",
    "settings beside the body": "fetch('/passwordless/start', {method: 'POST', authParams: {state: STATE}});",
    "a body that is an object": "fetch('/passwordless/start', {body: {authParams: {state: STATE}}});",
    "a body that was written before": "var o = {authParams: {}}; var b = JSON.stringify(o); o.authParams.state = STATE; "
    "fetch('/passwordless/start', {body: b});",
    "a handler in written markup": "GOOD document.write('<img src=x onerror=\"p.state=1\">'); addEventListener('load', () => { "
    "LOCK });",
    "a handler in set markup": "GOOD a.innerHTML = '<img src=x onerror=\"p.state=1\">'; addEventListener('load', () => { LOCK "
    "});",
    "a handler in a set attribute": "GOOD b.setAttribute('onclick', 'p.state=1'); addEventListener('x', () => { LOCK });",
    "a script as the next page": "GOOD location.href = 'javascript:p.state=1'; addEventListener('x', () => { LOCK });",
    "a script that replaces the page": "GOOD location.replace('javascript:p.state=1'); addEventListener('x', () => { LOCK });",
    "a script in a new window": "GOOD window.open('javascript:opener.p.state=1'); addEventListener('x', () => { LOCK });",
    "a program for a timer in pieces": "GOOD setTimeout('p.' + name + '= 1'); addEventListener('x', () => { LOCK });",
    "a proxy": "var p = new Proxy({state: STATE}, {get() { return 'x'; }});LOCK",
    "changed through a proxy": "GOOD var q = new Proxy(p, {}); q.state = 'x';LOCK",
    "a member of all objects": "Object.prototype.state = 'x'; var p = {};LOCK",
    "an inherited member is not copied": "var p = {__proto__: {state: STATE}}; p = {...p};LOCK",
    "set by reflection": "GOOD Reflect.set(p, 'state', 'x');LOCK",
    "a member that is not copied": "var p = {}; Object.defineProperty(p, 'state', {value: STATE}); p = {...p};LOCK",
    "a setter that ignores": "var p = {set state(v) {}}; p.state = STATE;LOCK",
    "a private field": "class P { #s = 1; constructor() { this.state = STATE; this.state = this.#s; } }new Auth0Lock(1, 2, "
    "{auth: {params: new P()}});",
    "a static method": "class A { static go() { this.state = 'x'; return this; } } A.state = STATE; A.go();new Auth0Lock(1, "
    "2, {auth: {params: A}});",
    "a method of the parent": "class B { set(p) { p.state = 'x'; } } class A extends B { go(p) { super.set(p); } } GOOD new "
    "A().go(p);LOCK",
    "changed after a wait": "GOOD (async () => { await 0; p.state = 'x'; })(); setTimeout(() => { LOCK });",
    "changed when a promise is kept": "GOOD Promise.resolve(p).then(q => { q.state = 'x'; }); setTimeout(() => { LOCK });",
    "given out by a generator": "GOOD function* g() { yield p; } for (var q of g()) { q.state = 'x'; }LOCK",
    "an iterator of its own": "GOOD for (var q of {[Symbol.iterator]() { p.state = 'x'; return [][Symbol.iterator](); }}) ;LOCK",
    "a conversion to a number": "GOOD var o = {[Symbol.toPrimitive]() { p.state = 'x'; return 1; }}; +o;LOCK",
    "a function of a loop": "GOOD var fs = {}; for (let i of [1]) { fs.f = () => { p.state = i; }; } fs.f();LOCK",
    "read before it is there": "var p = {}; try { p.state = s; } catch (e) {} let s = STATE;LOCK",
    "the last function of a name": "function f() { return {state: STATE}; } var p = f(); function f() { return {}; }LOCK",
    "a function before a variable": "var p = f(); function f() { return {}; } var f = function () { return {state: STATE}; "
    "};LOCK",
    "config is a parameter": "function f(config) { new Auth0Lock(1, 2, {auth: {params: config.internalOptions}}); } "
    "f({internalOptions: {}});",
    "config is an error": "try { throw {internalOptions: {}} } catch (config) { new Auth0Lock(1, 2, {auth: {params: "
    "config.internalOptions}}); }",
    "config is imported": "import config from './c.js'; new Auth0Lock(1, 2, {auth: {params: config.internalOptions}});",
    "config is a class": "class config { static internalOptions = {}; }new Auth0Lock(1, 2, {auth: {params: "
    "config.internalOptions}});",
    "&&= of what is missing": "var p = {}; p.state &&= STATE;LOCK",
    "??= of what is there": "var p = {state: 'x'}; p.state ??= STATE;LOCK",
    "??= that does not happen": "var p = {x: 1}; p.x ??= (p.state = STATE);LOCK",
    "destructured into a member": "GOOD ({a: p.state} = {a: 'x'});LOCK",
    "a computed key with an effect": "GOOD var {[(p.state = 'x', 'a')]: z} = {};LOCK",
    "a loop over keys into a member": "GOOD for (p.state in {a: 1}) ;LOCK",
    "frozen before it is set": "var p = Object.freeze({}); p.state = STATE;LOCK",
    "closed before it is set": "var p = {}; Object.preventExtensions(p); p.state = STATE;LOCK",
    "a shallow copy shares": "var o = {auth: {params: {state: STATE}}}; var q = Object.assign({}, o); q.auth.params.state = "
    "'x'; new Auth0Lock(1, 2, o);",
    "within an export": "GOOD export default (p.state = 'x');LOCK",
    "a line that goes on": "GOOD\nvar f = function (o) { o.state = 'x' }\n(p)\nLOCK",
    "a return that ends with its line": "function f() { return\n {state: STATE}; }new Auth0Lock(1, 2, {auth: {params: f()}});",
    "a function that is replaced": "function params() { return {state: STATE}; } window.params = function () { return {}; "
    "};new Auth0Lock(1, 2, {auth: {params: params()}});",
    "another name of the window": "GOOD var g = window; g.p.state = 'x';LOCK",
    "a class that is replaced": "Object.assign(auth0, {WebAuth: M}); new auth0.WebAuth({state: STATE});",
    "a class under a name of its own": "const {WebAuth: W} = window.auth0; new W({domain: 1});",
    "a bound class": "new (auth0.WebAuth.bind(null, {}))();FORWARDS",
    "a function that makes it": "function make(C, o) { return new C(o); } make(auth0.WebAuth, {});FORWARDS",
    "settings of a call by a getter": "CLIENT w.passwordlessStart({get authParams() { return {state: 'x'}; }});",
    "settings of a call that change": "CLIENT var o = {authParams: {}}; b.onclick = () => w.passwordlessStart(o); "
    "o.authParams.state = 'x';",
    "start of the prototype": "CLIENT auth0.WebAuth.prototype.passwordlessStart.call(w, {authParams: {state: 'x'}});",
    "start, if it is there": "CLIENT w?.passwordlessStart?.({authParams: {state: 'x'}});",
    "a request with an address in parts": "FORWARDSvar x = new XMLHttpRequest(); x.open('POST', '/pass' + 'wordless/start'); "
    "x.send('{}');",
    "a beacon": "FORWARDSnavigator.sendBeacon('/passwordless/start', '{}');",
    "a form that is made": "FORWARDSvar f = document.createElement('form'); f.action = '/passwordless/start'; f.submit();",
    "a body that is replaced": "var o = {body: JSON.stringify({authParams: {state: STATE}})}; o.body = '{}'; "
    "fetch('/passwordless/start', o);",
    "a member of undefined throws": "var c = no ? config : undefined, p = {state: 'x'}; try { p.state = "
    "c.internalOptions.state; } catch (e) {}LOCK",
    "a variable of another script": "if (yes) { q = {state: STATE}; }new Auth0Lock(1, 2, {auth: {params: {state: q.state}}});",
    "a member that may be missing": "var c; if (yes) { c = config; }new Auth0Lock(1, 2, {auth: {params: {state: "
    "c?.internalOptions?.state}}});",
    "a member that may be missing, called": "var c = null; if (yes) { c = {f() { return STATE; }}; }new Auth0Lock(1, 2, "
    "{auth: {params: {state: c?.f()}}});",
    "heard and fired in one line": "GOOD $(b).click(function () { p.state = 'x'; }).click();LOCK",
    "a deep copy shares nothing": "var o = {p: {}}, q = structuredClone(o); o.p.state = STATE;new Auth0Lock(1, 2, {auth: "
    "{params: q.p}});",
    "a text stays as it was written": "var o = {p: {}}, t = JSON.stringify(o); o.p.state = STATE;new Auth0Lock(1, 2, {auth: "
    "{params: JSON.parse(t).p}});",
    "two readings of one text": "var t = JSON.stringify({p: {}}), a = JSON.parse(t), b = JSON.parse(t); b.p.state = "
    "STATE;new Auth0Lock(1, 2, {auth: {params: a.p}});",
    "a text of deleted settings": "var s = STATE; delete STATE; var t = JSON.stringify({authParams: "
    "config.internalOptions}); STATE = s; fetch('/passwordless/start', {body: t});",
    "a copy of the settings": "var c = structuredClone(config); c.internalOptions = {};new Auth0Lock(1, 2, {auth: {params: "
    "c.internalOptions}});",
    "settings that a copy shares": "var c = {...config}; c.internalOptions.state = 'x';new Auth0Lock(1, 2, {auth: {params: "
    "config.internalOptions}});",
    "a decoder of its own": "window.atob = function () { return '{}'; }; var config = JSON.parse(atob('@@config@@'));new "
    "Auth0Lock(1, 2, {auth: {params: config.internalOptions}});",
    "a function that hides a decoder": "function escape() { return ''; } var config = "
    "JSON.parse(decodeURIComponent(escape(atob('@@config@@'))));new Auth0Lock(1, 2, {auth: {params: config.internalOptions}});",
    "an Object of its own": "var Object = {assign: function (a) { return {}; }};new Auth0Lock(1, 2, {auth: {params: "
    "Object.assign({}, config.internalOptions)}});",
    "a private object": "class A { #p = {state: STATE}; constructor() { this.#p = {}; } get() { return this.#p; } }new "
    "Auth0Lock(1, 2, {auth: {params: new A().get()}});",
    "a constructor of the parent": "class B { constructor(o) { o.state = 'x'; } } GOOD class A extends B { constructor() { "
    "super(p); } } new A();LOCK",
    "a method of a prototype": "GOOD function A() {} A.prototype.f = function () { p.state = 'x'; }; new A().f();LOCK",
    "the rest of an object": "GOOD var {state, ...p2} = p;new Auth0Lock(1, 2, {auth: {params: p2}});",
    "settings of a request that may be missing": "axios.post('/passwordless/start', yes ? {data: {authParams: {state: "
    "STATE}}} : undefined);",
    "two bodies": "$.ajax('/passwordless/start', {body: JSON.stringify({authParams: {state: STATE}}), data: '{}'});",
    "an address with an unknown beginning": "FORWARDSfetch(config.base + '/start', {body: '{}'});",
    "an address that a function gets": "FORWARDSfunction post(url) { fetch(url, {method: 'POST'}); } post(window.URLS.start);",
    "an address in the settings of a request": "FORWARDS$.ajax({type: 'POST', url: url});",
    "fetch under another name": "FORWARDSconst {fetch: f} = window; f(u, {method: 'POST'});",
    "fetch that is called": "FORWARDSfetch.call(window, u, {method: 'POST'});",
    "fetch that is applied": "FORWARDSfetch.apply(window, [u]);",
    "fetch that is reflected": "FORWARDSReflect.apply(fetch, window, [u]);",
    "one of two addresses": "FORWARDSvar u = '/log'; if (yes) u = x; fetch(u, {});",
    "an address of unknown parts": "FORWARDSfetch(`${a}/${b}`, {});",
    "a request with an unknown address": "FORWARDSx.open('post', u, true);",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_trick_makes_a_page_that_loses_the_state_one_that_forwards_it(name: str) -> None:
    page = ATTACKS[name]
    for short, text in SHORT.items():
        page = page.replace(short, text)
    assert check_page(page, "page.js")["verdict"] != "forwards"
