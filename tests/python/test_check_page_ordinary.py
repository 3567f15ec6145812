"""Pages as people have them, in the style of the public templates: what is ordinary should be said to forward."""

import pytest

from startgate.page.check import check_page

SHORT = {
    "SETUP": (
        "var settings = Object.assign({domain: config.auth0Domain, clientID: config.clientID, redirectUri: "
        "config.callbackURL}, config.internalOptions); if (!isNaN(parseInt(config.internalOptions.leeway))) { "
        "settings.leeway = parseInt(config.internalOptions.leeway); } var webAuth = new auth0.WebAuth(settings);"
    ),
    "LOOK": (
        "var extra = config.extraParams || {}; var words, language; if (config.dict && config.dict.signin && "
        "config.dict.signin.title) { words = {title: config.dict.signin.title}; } else if (typeof config.dict === "
        "'string') { language = config.dict; } var colors = config.colors || {};"
    ),
    "OPTIONS": (
        "{auth: {redirectUrl: config.callbackURL, responseType: (config.internalOptions || {}).response_type || "
        "(config.callbackOnLocationHash ? 'token' : 'code'), params: config.internalOptions}, assetsUrl: "
        "config.assetsUrl, allowedConnections: config.connection ? [config.connection] : null, rememberLastLogin: "
        "!config.prompt, language: language, languageDictionary: words, theme: {primaryColor: colors.primary ? "
        "colors.primary : 'green'}, prefill: extra.login_hint ? {email: extra.login_hint} : null, closable: false}"
    ),
    "DECODE": ("var config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@'))));"),
}

ORDINARY = {
    "Lock with colours": (
        "DECODE LOOK  var lock = new Auth0Lock(config.clientID, config.auth0Domain, OPTIONS); if (colors.page_background) "
        "{ var css = '.auth0-lock.auth0-lock .auth0-lock-overlay { background: ' + colors.page_background + ' }'; var "
        "style = document.createElement('style'); style.appendChild(document.createTextNode(css)); "
        "document.body.appendChild(style); } lock.show();"
    ),
    "Lock for codes": (
        "DECODE LOOK  var isMagiclink = config.passwordlessMethod === 'link'; var lock = new "
        "Auth0LockPasswordless(config.clientID, config.auth0Domain, OPTIONS); if (config.connection) { "
        "lock.show({allowedConnections: [config.connection]}); } else { lock.show(); }"
    ),
    "auth0.js with forms and a captcha": (
        "DECODE SETUP  window.addEventListener('load', function () { var captcha = "
        "webAuth.renderCaptcha(document.querySelector('.captcha-container'), { callback: function () {} }); function "
        "login(e) { e.preventDefault(); var button = this; var username = document.getElementById('email').value; var "
        "password = document.getElementById('password').value; button.disabled = true;  webAuth.login({ realm: "
        "databaseConnection, username: username, password: password, captcha: captcha.getValue() }, function (err) { if "
        "(err) displayError(err); button.disabled = false; }); } function signup() { var button = this; var email = "
        "document.getElementById('email').value; webAuth.redirect.signupAndLogin({connection: databaseConnection, email: "
        "email, password: 1, captcha: captcha.getValue()}, function (err) { if (err) displayError(err); }); } function "
        "loginWithGoogle() { webAuth.authorize({ connection: 'google-oauth2' }, function (err) { if (err) "
        "displayError(err); }); } function displayError(err) { captcha.reload(); var errorMessage = "
        "document.getElementById('error-message'); errorMessage.innerHTML = err.policy || err.description; "
        "errorMessage.style.display = 'block'; } document.getElementById('btn-login').addEventListener('click', login); "
        "document.getElementById('btn-google').addEventListener('click', loginWithGoogle); "
        "document.getElementById('btn-signup').addEventListener('click', signup); });"
    ),
    "auth0.js with jQuery": (
        "DECODE SETUP  function start(e) { e.preventDefault(); webAuth.passwordlessStart({connection: 'email', send: "
        "'code', email: $('#email').val()}, function (err, res) { if (err) { $('.error').html('<p class=\"x\">' + "
        "err.description + '</p>').show(); return; } $('.step1').hide(); $('.step2').show(); }); } function verify(e) { "
        "webAuth.passwordlessLogin({connection: 'email', email: $('#email').val(), verificationCode: $('#code').val()}, "
        "function (err) { alert('error: ' + err.description); }); } $(document).ready(function () { "
        "$('.submit-email').on('click', start); $('.submit-code').on('click', verify); });"
    ),
    "auth0.js with many buttons": (
        "DECODE SETUP  $('.social').each(function (i, el) { $(el).click(function () { webAuth.authorize({connection: "
        "$(el).data('connection')}); }); }); $('#f').submit(function (e) { e.preventDefault(); "
        "webAuth.passwordlessStart({connection: 'sms', send: 'code', phoneNumber: $('#p').val()}, function () {}); });"
    ),
    "settings that may not be readable": (
        "var config; try { config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@')))); } catch (e) { "
        "console.error(e); } var lock = new Auth0Lock(config.clientID, config.auth0Domain, {auth: {params: "
        "config.internalOptions}}); lock.show();"
    ),
    "all within a try": (
        "try { DECODE  var lock = new Auth0Lock(config.clientID, config.auth0Domain, {auth: {params: "
        "config.internalOptions}}); lock.show(); } catch (e) { document.getElementById('err').textContent = 'Sorry: ' + "
        "e.message; }"
    ),
    "beside a tag manager": (
        "(function (w, d, name, id) { w[name] = w[name] || []; w[name].push({start: new Date().getTime()}); var tag = "
        "d.createElement('script'); tag.async = true; tag.src = 'https://tags.example/t.js?id=' + id; "
        "d.head.appendChild(tag); })(window, document, 'layer', 'X'); DECODE  new Auth0Lock(config.clientID, "
        "config.auth0Domain, {auth: {params: config.internalOptions}}).show();"
    ),
    "a hint from the address": (
        "DECODE SETUP  function qs(name) { var m = RegExp('[?&]' + name + '=([^&]*)').exec(window.location.search); "
        "return m && decodeURIComponent(m[1].replace(/\\+/g, ' ')); } var hint = qs('login_hint'); if (hint) "
        "document.getElementById('email').value = hint; document.getElementById('f').onsubmit = function () { "
        "webAuth.passwordlessStart({connection: 'email', send: 'link', email: hint}, function () {}); return false; };"
    ),
    "modern syntax": (
        "const config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@')))); const { internalOptions, "
        "clientID, auth0Domain, callbackURL } = config; const webAuth = new auth0.WebAuth({ domain: auth0Domain, "
        "clientID, redirectUri: callbackURL, responseType: 'code', ...internalOptions }); const form = "
        "document.querySelector('form'); form.addEventListener('submit', (e) => { e.preventDefault(); const { email } = "
        "Object.fromEntries(new FormData(form)); webAuth.passwordlessStart({ connection: 'email', send: 'code', email }, "
        "(err) => { if (err) { form.querySelector('.error').textContent = err.description ?? 'Failed'; } }); });"
    ),
    "a log of its own": (
        "DECODE SETUP  function log(e) { var url = config.extraParams.api + '/log'; fetch(url, {method: 'POST', body: "
        "JSON.stringify({e: e})}); } document.getElementById('f').onsubmit = function () { log('x'); "
        "webAuth.passwordlessStart({connection: 'email', send: 'link', email: 'a'}, function () {}); return false; };"
    ),
    "Lock with events": (
        "DECODE  var lock = new Auth0Lock(config.clientID, config.auth0Domain, {auth: {params: config.internalOptions, "
        "sso: true}}); lock.on('signin ready', function () { var el = $('.auth0-lock-input-email'); "
        "el.before('<p>Hi</p>'); }); lock.on('authorization_error', function (err) { lock.show({flashMessage: {type: "
        "'error', text: err.description}}); }); lock.show();"
    ),
    "a table of languages": (
        "DECODE  var dict = {en: {title: 'Sign in'}, de: {title: 'Anmelden'}}; var lang = (navigator.language || "
        "'en').split('-')[0]; var lock = new Auth0Lock(config.clientID, config.auth0Domain, {auth: {params: "
        "config.internalOptions}, language: lang, languageDictionary: dict[lang] || dict.en}); lock.show();"
    ),
    "a class": (
        "DECODE  class LoginPage { constructor(config) { this.webAuth = new auth0.WebAuth({domain: config.auth0Domain, "
        "clientID: config.clientID, ...config.internalOptions}); this.bind(); } bind() { "
        "document.getElementById('f').addEventListener('submit', (e) => this.submit(e)); } submit(e) { "
        "e.preventDefault(); this.webAuth.passwordlessStart({connection: 'email', send: 'code', email: "
        "e.target.email.value}, (err) => this.done(err)); } done(err) { if (err) alert(err.description); } } new "
        "LoginPage(config);"
    ),
    "a list that is drawn": (
        "DECODE  var items = ['a', 'b'], html = ''; for (var i = 0; i < items.length; i++) { html += '<li>' + items[i] + "
        "'</li>'; } document.getElementById('l').innerHTML = html; new Auth0Lock(config.clientID, config.auth0Domain, "
        "{auth: {params: config.internalOptions}}).show();"
    ),
    "optional chaining": (
        "DECODE  const params = { scope: config?.internalOptions?.scope, state: config?.internalOptions?.state, _csrf: "
        "config?.internalOptions?._csrf }; const lock = new Auth0Lock(config.clientID, config.auth0Domain, {auth: "
        "{params}}); lock?.show?.();"
    ),
    "a whole page": (
        "<!DOCTYPE html><html><head><title>x</title></head><body><!--[if IE 8]><script "
        "src='//cdnjs.cloudflare.com/ajax/libs/ie8/0.2.5/ie8.js'></script><![endif]--><script "
        "src='https://cdn.auth0.com/js/lock/14.3/lock.min.js'></script><script>DECODE LOOK  var lock = new "
        "Auth0Lock(config.clientID, config.auth0Domain, OPTIONS); lock.show();</script></body></html>"
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_is_said_to_forward_the_state(name: str) -> None:
    page = ORDINARY[name]
    for short, text in SHORT.items():
        page = page.replace(short, text)
    assert check_page(page, "page")["verdict"] == "forwards"
    assert check_page(page.replace("internalOptions", "otherOptions"), "page")["verdict"] != "forwards"
