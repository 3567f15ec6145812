// What is recorded: one row per start request, in the order in which it is made. `{{state:KEY:AGE}}` stands for a state that
// the tenant's hosted page was given for that application so many seconds before (fill_states.py), `@key:KEY` for the private
// key made for it when the recording runs, `@id` for the client id of the row's application.
const ada = 'ada@example.com';
const phone = '+15550100';
const code = { email: ada, send: 'code' };
const link = { email: ada, send: 'link' };
const sms = { phone_number: phone };
const egress = '203.0.113.10'; // the backends share one way out

const secret = (key) => ({ clientSecret: `not-a-real-secret-of-${key}` });
const key = (name) => ({ clientAssertionSigningKey: `@key:${name}` });
const forwarded = (address) => ({ headers: { 'auth0-forwarded-for': address } });

// `version`, what it shows, application, peer; then the constructor's options, the call's arguments, and the call's own options.
function node(version, what, application, peer, client, args, options) {
  const call = args.phone_number ? 'sendSMS' : 'sendEmail';
  return {
    id: `node-auth0-${version}-${what}`,
    driver: 'node',
    sdk: `auth0-${version}`,
    application,
    peer,
    client,
    call,
    arguments: args,
    options,
  };
}

// 3.x takes the application's members in the call, later versions in the constructor.
function python(version, what, application, peer, credential, args) {
  const member = { client_id: '@id', ...credential };
  const call = args.phone_number ? 'sms' : 'email';
  const [client, rest] = version.startsWith('3.') ? [{}, member] : [member, {}];
  return {
    id: `auth0-python-${version}-${what}`,
    driver: 'python',
    sdk: version,
    application,
    peer,
    client,
    call,
    arguments: { ...rest, ...args },
  };
}

function curl(what, application, peer, args, data) {
  return { id: `curl-${what}`, driver: 'curl', application, peer, arguments: args, data };
}
const json = ['--header', 'content-type: application/json'];

function webAuth(version, what, application, peer, page, options, args) {
  const sdk = `auth0-js-${version}`;
  const settings = { redirectUri: 'https://app.acme.example/callback', responseType: 'code', ...options };
  return {
    id: `${sdk}-${what}`,
    driver: 'browser',
    sdk,
    application,
    peer,
    page,
    options: settings,
    call: 'passwordlessStart',
    arguments: args,
  };
}
const emailCode = { connection: 'email', ...code };
const emailLink = { connection: 'email', ...link };
const smsCode = { connection: 'sms', send: 'code', phoneNumber: phone };

function lock(what, application, peer, passwordlessMethod, params) {
  const auth = { redirectUrl: 'https://app.acme.example/callback', responseType: 'code', params };
  const options = { passwordlessMethod, allowedConnections: ['email'], configurationBaseUrl: 'https://acme.example', auth };
  const sdk = 'auth0-lock-14.3.0';
  return { id: `${sdk}-${what}`, driver: 'browser', sdk, application, peer, page: loginPage, options, call: 'lock', types: ada };
}
const loginPage = 'https://acme.example/login';
const fromTenant = (state) => ({ scope: 'openid profile', _csrf: 'not-a-real-csrf-token', _intstate: 'deprecated', state });
const fresh = fromTenant('{{state:loyaltyClub:30}}');
const stale = fromTenant('{{state:loyaltyClub:7200}}');

const hostileAgent = { headers: { 'User-Agent': '<script>alert(1)</script> [link=https://evil.example]x[/link]' } };
const hostileAddress = { email: "**bold**`code`{red}=cmd|'/c'!A1@example.com", send: 'code' };

// prettier-ignore
export const scenarios = [
  // Backends that prove themselves.
  node('4.37.1', 'secret-forwarded', 'shopBackend', egress,
    { ...secret('shopBackend'), ...forwarded('198.51.100.7') }, code),
  node('4.37.1', 'secret-forwarded-by-init-overrides', 'shopBackend', egress, secret('shopBackend'), code,
    forwarded('198.51.100.7')),
  node('4.37.1', 'secret-forwarded-by-init-function', 'shopBackend', egress, secret('shopBackend'), code,
    { headers_function: { 'auth0-forwarded-for': '2001:db8:7::1' } }),
  node('6.4.0', 'secret-link-own-state', 'shopBackend', egress, secret('shopBackend'),
    { ...link, authParams: { scope: 'openid', state: 'the-state-of-the-application' } }),
  node('2.44.1', 'secret-forwarded', 'shopBackend', egress, secret('shopBackend'), code, { forwardedFor: '198.51.100.9' }),
  node('6.4.0', 'assertion', 'payments', egress, key('payments'), code),
  node('4.37.1', 'assertion-sms-forwarded', 'payments', egress,
    { ...key('payments'), ...forwarded('198.51.100.23') }, sms),
  node('4.37.1', 'assertion-and-secret', 'payments', egress, key('payments'),
    { ...code, client_secret: 'not-a-real-secret-of-payments' }),
  node('4.37.1', 'secret-forwarded-switched-off', 'supportDesk', egress,
    { ...secret('supportDesk'), ...forwarded('198.51.100.31') }, code),
  node('4.37.1', 'secret-sms-forwarded-loopback', 'alerts', '203.0.113.44',
    { ...secret('alerts'), ...forwarded('127.0.0.1') }, sms),
  python('6.8.0', 'secret', 'supportDesk', egress, { client_secret: 'not-a-real-secret-of-supportDesk' }, code),
  python('6.8.0', 'secret-link', 'hrOnboarding', egress, { client_secret: 'not-a-real-secret-of-hrOnboarding' },
    { email: ada, auth_params: { scope: 'openid', state: 'the-state-of-the-application' } }),
  python('6.8.0', 'secret-before-rotation', 'hrOnboarding', egress, { client_secret: 'not-a-real-secret-before-rotation' }, code),
  python('6.8.0', 'secret-sms', 'kioskSouth', '198.51.100.61', { client_secret: 'not-a-real-secret-of-kioskSouth' }, sms),
  python('6.8.0', 'assertion', 'payments', egress, { client_assertion_signing_key: '@key:payments' }, code),
  curl('basic', 'partnerPortal', '198.51.100.80', [...json, '--user', '@id:not-a-real-secret-of-partnerPortal'], emailCode),

  // Backends that do not.
  curl('no-secret', 'checkout', '203.0.113.20', json, { connection: 'sms', ...sms }),
  node('2.44.1', 'no-secret-forwarded', 'checkout', '203.0.113.20', {}, sms, { forwardedFor: '198.51.100.7' }),
  node('2.44.1', 'empty-secret', 'checkout', '203.0.113.20', { clientSecret: '' }, code),
  node('3.7.2', 'empty-secret', 'checkout', '203.0.113.20', { clientSecret: '' }, code),
  node('2.23.0', 'secret-configured', 'billingPortal', '203.0.113.30', secret('billingPortal'), code),
  node('2.24.0', 'secret-configured', 'billingPortal', '203.0.113.30', secret('billingPortal'), code),
  node('2.44.1', 'key-configured', 'insurance', '203.0.113.40', key('insurance'), code),
  node('3.7.2', 'key-configured', 'insurance', '203.0.113.40', key('insurance'), code),
  node('4.37.1', 'mtls', 'bankGateway', '203.0.113.50', { useMTLS: true }, code),
  python('3.9.0', 'no-secret', 'hrOnboarding', egress, {}, code),
  python('3.10.0', 'secret-in-the-call', 'hrOnboarding', egress, { client_secret: 'not-a-real-secret-of-hrOnboarding' }, code),
  python('6.8.0', 'no-secret', 'ticketing', egress, {}, code),
  python('6.8.0', 'no-secret-sms', 'kioskNorth', '198.51.100.60', {}, sms),
  python('6.8.0', 'expired-secret', 'supportDesk', egress, { client_secret: 'not-a-real-secret-long-gone' }, code),
  node('6.4.0', 'wrong-secret', 'ticketing', egress, { clientSecret: 'not-a-real-secret-of-anyone' }, code),
  node('4.37.1', 'secret', 'calendarSync', '198.51.100.90', secret('calendarSync'), code),
  node('3.7.2', 'no-secret-link', 'intranet', '203.0.113.60', {}, link),
  node('2.44.1', 'no-secret-hostile', 'guestbook', '203.0.113.70', hostileAgent, hostileAddress),
  curl('self-signed-certificate', 'deviceRegistry', '203.0.113.51', [...json, '--cert', '@certificate:deviceRegistry'],
    { connection: 'sms', ...sms }),
  curl('state-at-top-level', 'checkout', '203.0.113.20', json, { ...emailCode, state: 'the-state-of-the-application' }),
  curl('form', 'checkout', '203.0.113.20', [], 'client_id=@id&connection=email&email=ada%40example.com&send=code'),
  curl('unknown-application', 'nobody', '203.0.113.21', json, { ...emailCode, client_secret: 'not-a-real-secret-of-nobody' }),

  // Pages of a customer's own web application, where neither a secret nor a state of the tenant can be.
  webAuth('9.32.0', 'own-page', 'partnerPortal', '198.51.100.101', 'https://partner.example/', {}, emailCode),
  webAuth('9.32.0', 'own-page-own-state', 'partnerPortal', '198.51.100.102', 'https://partner.example/',
    { state: '/dashboard' }, emailCode),
  webAuth('9.32.0', 'own-page-secret', 'studentUnion', '198.51.100.103', 'https://students.example/', {},
    { ...emailCode, ...secret('studentUnion') }),

  // Public applications.
  webAuth('10.2.1', 'single-page', 'storefront', '2001:db8:1:1::5', 'https://store.example/', {}, emailCode),
  webAuth('10.2.1', 'single-page-sms', 'storefront', '2001:db8:1:2::5', 'https://store.example/', {}, smsCode),
  webAuth('9.32.0', 'single-page-link', 'dashboard', '198.51.100.104', 'https://dashboard.example/', {}, emailLink),
  webAuth('9.32.0', 'method-none-link', 'newsletter', '198.51.100.105', 'https://news.example/', {}, emailLink),

  // The tenant's own Classic Login page.
  webAuth('9.32.0', 'login-page-state', 'loyaltyClub', '198.51.100.110', loginPage, fresh, emailCode),
  webAuth('10.2.1', 'login-page-state-link', 'loyaltyClub', '2001:db8:2:1::9', loginPage, fresh, emailLink),
  webAuth('9.32.0', 'login-page-state-sms', 'loyaltyClub', '198.51.100.111', loginPage, fresh, smsCode),
  webAuth('9.32.0', 'login-page-state-expired', 'loyaltyClub', '198.51.100.117', loginPage, stale, emailCode),
  webAuth('9.32.0', 'login-page-state-lost', 'membersArea', '198.51.100.112', loginPage, {}, emailCode),
  webAuth('9.32.0', 'login-page-state-of-another', 'membersArea', '198.51.100.113', loginPage, fresh, emailCode),
  lock('login-page-state-code', 'loyaltyClub', '198.51.100.114', 'code', fresh),
  lock('login-page-state-link', 'loyaltyClub', '198.51.100.115', 'link', fresh),
  lock('login-page-state-lost-link', 'membersArea', '198.51.100.116', 'link', { scope: 'openid profile' }),
];
