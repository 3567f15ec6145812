// What is recorded: one row per start request, in the order in which it is made. `{{state:KEY}}` stands for a state that the
// tenant's hosted page was given for that application (fill_states.py), `@key:KEY` for the private key made for it when the
// recording runs, `@id` for the client id of the row's application.
const ada = 'ada@example.com';
const grace = 'grace@example.com';
const phone = '+15550100';
const secret = (key) => `not-a-real-secret-of-${key}`;
const forwarded = (address) => ({ headers: { 'auth0-forwarded-for': address } });

const node = (version, what, application, peer, client, call, args, options) => ({
  id: `node-auth0-${version}-${what}`,
  driver: 'node',
  sdk: `auth0-${version}`,
  application,
  peer,
  client,
  call,
  arguments: args,
  options,
});
const python = (version, what, application, peer, client, call, args) => ({
  id: `auth0-python-${version}-${what}`,
  driver: 'python',
  sdk: version,
  application,
  peer,
  client,
  call,
  arguments: args,
});
const browser = (sdk, what, application, peer, page, options, args, call = 'passwordlessStart') => ({
  id: `${sdk}-${what}`,
  driver: 'browser',
  sdk,
  application,
  peer,
  page,
  options,
  call,
  arguments: args,
});
const lock = (what, application, peer, params, allowed) => ({
  ...browser(
    'auth0-lock-14.3.0',
    what,
    application,
    peer,
    'https://acme.example/login',
    {
      passwordlessMethod: what.endsWith('link') ? 'link' : 'code',
      allowedConnections: [allowed],
      configurationBaseUrl: 'https://acme.example',
      auth: { redirectUrl: 'https://app.acme.example/callback', responseType: 'code', params },
    },
    undefined,
    'lock',
  ),
  types: ada,
});
const curl = (what, application, peer, args, data) => ({
  id: `curl-${what}`,
  driver: 'curl',
  application,
  peer,
  arguments: args,
  data,
});
const json = ['--header', 'content-type: application/json'];

const egress = '203.0.113.10'; // the backends share one way out
const code = { connection: 'email', send: 'code', email: ada };
const page = { redirectUri: 'https://app.acme.example/callback', responseType: 'code' };
const hosted = (state) => ({ ...page, scope: 'openid profile', _csrf: 'not-a-real-csrf-token', state });

export const scenarios = [
  // Backends that prove themselves.
  node(
    '4.37.1',
    'secret-forwarded',
    'shopBackend',
    egress,
    { clientSecret: secret('shopBackend'), ...forwarded('198.51.100.7') },
    'sendEmail',
    { email: ada, send: 'code' },
  ),
  node(
    '4.37.1',
    'secret-forwarded-by-init-overrides',
    'shopBackend',
    egress,
    { clientSecret: secret('shopBackend') },
    'sendEmail',
    { email: ada, send: 'code' },
    forwarded('198.51.100.7'),
  ),
  node(
    '4.37.1',
    'secret-forwarded-by-init-function',
    'shopBackend',
    egress,
    { clientSecret: secret('shopBackend') },
    'sendEmail',
    { email: grace, send: 'code' },
    { headers_function: { 'auth0-forwarded-for': '2001:db8:7::1' } },
  ),
  node('6.4.0', 'secret-link-own-state', 'shopBackend', egress, { clientSecret: secret('shopBackend') }, 'sendEmail', {
    email: ada,
    send: 'link',
    authParams: { scope: 'openid', state: 'the-state-of-the-application' },
  }),
  node(
    '2.44.1',
    'secret-forwarded',
    'shopBackend',
    egress,
    { clientSecret: secret('shopBackend') },
    'sendEmail',
    { email: grace, send: 'code' },
    { forwardedFor: '198.51.100.9' },
  ),
  node('6.4.0', 'assertion', 'payments', egress, { clientAssertionSigningKey: '@key:payments' }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node(
    '4.37.1',
    'assertion-sms-forwarded',
    'payments',
    egress,
    { clientAssertionSigningKey: '@key:payments', ...forwarded('198.51.100.23') },
    'sendSMS',
    { phone_number: phone },
  ),
  node('4.37.1', 'assertion-and-secret', 'payments', egress, { clientAssertionSigningKey: '@key:payments' }, 'sendEmail', {
    email: ada,
    send: 'code',
    client_secret: secret('payments'),
  }),
  node(
    '4.37.1',
    'secret-sms-forwarded-loopback',
    'alerts',
    '203.0.113.44',
    { clientSecret: secret('alerts'), ...forwarded('127.0.0.1') },
    'sendSMS',
    { phone_number: '+15550123' },
  ),
  python('6.8.0', 'secret', 'supportDesk', egress, { client_id: '@id', client_secret: secret('supportDesk') }, 'email', {
    email: ada,
    send: 'code',
  }),
  python('6.8.0', 'secret-link', 'hrOnboarding', egress, { client_id: '@id', client_secret: secret('hrOnboarding') }, 'email', {
    email: ada,
    auth_params: { scope: 'openid', state: 'the-state-of-the-application' },
  }),
  python(
    '6.8.0',
    'secret-before-rotation',
    'hrOnboarding',
    egress,
    { client_id: '@id', client_secret: 'not-a-real-secret-before-rotation' },
    'email',
    { email: grace, send: 'code' },
  ),
  python('6.8.0', 'secret-sms', 'kioskSouth', '198.51.100.61', { client_id: '@id', client_secret: secret('kioskSouth') }, 'sms', {
    phone_number: phone,
  }),
  python('6.8.0', 'assertion', 'payments', egress, { client_id: '@id', client_assertion_signing_key: '@key:payments' }, 'email', {
    email: ada,
    send: 'code',
  }),
  curl('basic', 'partnerPortal', '198.51.100.80', [...json, '--user', `@id:${secret('partnerPortal')}`], code),

  // Backends that do not.
  curl('no-secret', 'checkout', '203.0.113.20', json, { connection: 'sms', phone_number: phone }),
  node(
    '2.44.1',
    'no-secret-forwarded',
    'checkout',
    '203.0.113.20',
    {},
    'sendSMS',
    { phone_number: phone },
    { forwardedFor: '198.51.100.7' },
  ),
  node('2.44.1', 'empty-secret', 'checkout', '203.0.113.20', { clientSecret: '' }, 'sendEmail', { email: ada, send: 'code' }),
  node('3.7.2', 'empty-secret', 'checkout', '203.0.113.20', { clientSecret: '' }, 'sendEmail', { email: ada, send: 'code' }),
  node('2.23.0', 'secret-configured', 'billingPortal', '203.0.113.30', { clientSecret: secret('billingPortal') }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('2.24.0', 'secret-configured', 'billingPortal', '203.0.113.30', { clientSecret: secret('billingPortal') }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('2.44.1', 'key-configured', 'insurance', '203.0.113.40', { clientAssertionSigningKey: '@key:insurance' }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('3.7.2', 'key-configured', 'insurance', '203.0.113.40', { clientAssertionSigningKey: '@key:insurance' }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('4.37.1', 'mtls', 'bankGateway', '203.0.113.50', { useMTLS: true }, 'sendEmail', { email: ada, send: 'code' }),
  python('3.9.0', 'no-secret', 'hrOnboarding', egress, {}, 'email', { client_id: '@id', email: ada, send: 'code' }),
  python('3.10.0', 'secret-in-the-call', 'hrOnboarding', egress, {}, 'email', {
    client_id: '@id',
    email: ada,
    send: 'code',
    client_secret: secret('hrOnboarding'),
  }),
  python('6.8.0', 'no-secret', 'ticketing', egress, { client_id: '@id' }, 'email', { email: ada, send: 'code' }),
  python('6.8.0', 'no-secret-sms', 'kioskNorth', '198.51.100.60', { client_id: '@id' }, 'sms', { phone_number: phone }),
  python(
    '6.8.0',
    'expired-secret',
    'supportDesk',
    egress,
    { client_id: '@id', client_secret: 'not-a-real-secret-long-gone' },
    'email',
    { email: ada, send: 'code' },
  ),
  node('6.4.0', 'wrong-secret', 'ticketing', egress, { clientSecret: 'not-a-real-secret-of-anyone' }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('4.37.1', 'secret', 'calendarSync', '198.51.100.90', { clientSecret: secret('calendarSync') }, 'sendEmail', {
    email: ada,
    send: 'code',
  }),
  node('3.7.2', 'no-secret-link', 'intranet', '203.0.113.60', {}, 'sendEmail', { email: 'alan@example.com', send: 'link' }),
  node(
    '2.44.1',
    'no-secret-hostile',
    'guestbook',
    '203.0.113.70',
    { headers: { 'User-Agent': '<script>alert(1)</script> [link=https://evil.example]x[/link]' } },
    'sendEmail',
    { email: '"<b>[red]**x**"@example.com', send: 'code' },
  ),
  curl('self-signed-certificate', 'deviceRegistry', '203.0.113.51', [...json, '--cert', '@certificate:deviceRegistry'], {
    connection: 'sms',
    phone_number: phone,
  }),
  curl('state-at-top-level', 'checkout', '203.0.113.20', json, { ...code, state: 'the-state-of-the-application' }),
  curl('form', 'checkout', '203.0.113.20', [], 'client_id=@id&connection=email&email=ada%40example.com&send=code'),
  curl('unknown-application', 'nobody', '203.0.113.21', json, { ...code, client_secret: 'not-a-real-secret-of-nobody' }),

  // Pages of a customer's own web application, where neither a secret nor a state of the tenant can be.
  browser('auth0-js-9.32.0', 'own-page', 'partnerPortal', '198.51.100.101', 'https://partner.example/', page, code),
  browser(
    'auth0-js-9.32.0',
    'own-page-own-state',
    'partnerPortal',
    '198.51.100.102',
    'https://partner.example/',
    { ...page, state: '/dashboard' },
    code,
  ),
  browser('auth0-js-9.32.0', 'own-page-secret', 'studentUnion', '198.51.100.103', 'https://students.example/', page, {
    ...code,
    clientSecret: secret('studentUnion'),
  }),

  // Public applications.
  browser('auth0-js-10.2.1', 'single-page', 'storefront', '2001:db8:1:1::5', 'https://store.example/', page, code),
  browser('auth0-js-10.2.1', 'single-page-sms', 'storefront', '2001:db8:1:2::5', 'https://store.example/', page, {
    connection: 'sms',
    send: 'code',
    phoneNumber: phone,
  }),
  browser('auth0-js-9.32.0', 'single-page-link', 'dashboard', '198.51.100.104', 'https://dashboard.example/', page, {
    ...code,
    send: 'link',
  }),
  browser('auth0-js-9.32.0', 'method-none-link', 'newsletter', '198.51.100.105', 'https://news.example/', page, {
    ...code,
    send: 'link',
    email: grace,
  }),

  // The tenant's own Classic Login page.
  browser(
    'auth0-js-9.32.0',
    'login-page-state',
    'loyaltyClub',
    '198.51.100.110',
    'https://acme.example/login',
    hosted('{{state:loyaltyClub}}'),
    code,
  ),
  browser(
    'auth0-js-10.2.1',
    'login-page-state-link',
    'loyaltyClub',
    '2001:db8:2:1::9',
    'https://acme.example/login',
    hosted('{{state:loyaltyClub}}'),
    { ...code, send: 'link' },
  ),
  browser(
    'auth0-js-9.32.0',
    'login-page-state-sms',
    'loyaltyClub',
    '198.51.100.111',
    'https://acme.example/login',
    hosted('{{state:loyaltyClub}}'),
    { connection: 'sms', send: 'code', phoneNumber: phone },
  ),
  browser('auth0-js-9.32.0', 'login-page-state-lost', 'membersArea', '198.51.100.112', 'https://acme.example/login', page, code),
  browser(
    'auth0-js-9.32.0',
    'login-page-state-of-another',
    'membersArea',
    '198.51.100.113',
    'https://acme.example/login',
    hosted('{{state:loyaltyClub}}'),
    code,
  ),
  lock(
    'login-page-state-code',
    'loyaltyClub',
    '198.51.100.114',
    { scope: 'openid profile', _csrf: 'not-a-real-csrf-token', _intstate: 'deprecated', state: '{{state:loyaltyClub}}' },
    'email',
  ),
  lock(
    'login-page-state-link',
    'loyaltyClub',
    '198.51.100.115',
    { scope: 'openid profile', _csrf: 'not-a-real-csrf-token', _intstate: 'deprecated', state: '{{state:loyaltyClub}}' },
    'email',
  ),
  lock('login-page-state-lost-link', 'membersArea', '198.51.100.116', { scope: 'openid profile' }, 'email'),
];
