"""What to change, where, and in which words of the SDK in use. Placeholders only: no value of an export stands in a snippet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    language: str
    where: str
    code: str


RAW = Snippet("http", "the call to /passwordless/start, in the backend", """\
POST https://YOUR_DOMAIN/passwordless/start
content-type: application/json
auth0-forwarded-for: THE_END_USERS_ADDRESS

{
  "client_id": "YOUR_CLIENT_ID",
  "client_secret": "YOUR_CLIENT_SECRET",
  "connection": "email",
  "email": "THE_USERS_EMAIL",
  "send": "code"
}""")  # fmt: skip

SEND_SECRET: dict[str, Snippet] = {
    "node-auth0": Snippet("javascript", "where the backend makes its AuthenticationClient", """\
const auth0 = new AuthenticationClient({
  domain: 'YOUR_DOMAIN',
  clientId: 'YOUR_CLIENT_ID',
  clientSecret: process.env.AUTH0_CLIENT_SECRET,
});
await auth0.passwordless.sendEmail({ email, send: 'code' });"""),
    "auth0-python": Snippet("python", "where the backend makes its Passwordless client", """\
passwordless = Passwordless(
    "YOUR_DOMAIN", "YOUR_CLIENT_ID", client_secret=os.environ["AUTH0_CLIENT_SECRET"]
)
passwordless.email(email, send="code")"""),
    "auth0-php": Snippet("php", "where the backend makes its Auth0 object", """\
$auth0 = new \\Auth0\\SDK\\Auth0([
    'domain' => 'YOUR_DOMAIN',
    'clientId' => 'YOUR_CLIENT_ID',
    'clientSecret' => getenv('AUTH0_CLIENT_SECRET'),
    'cookieSecret' => getenv('AUTH0_COOKIE_SECRET'),
]);
$auth0->authentication()->emailPasswordlessStart($email, 'code');"""),
    "ruby-auth0": Snippet("ruby", "where the backend makes its client", """\
client = Auth0Client.new(
  domain: 'YOUR_DOMAIN',
  client_id: 'YOUR_CLIENT_ID',
  client_secret: ENV.fetch('AUTH0_CLIENT_SECRET')
)
client.start_passwordless_email_flow(email, 'code')"""),
    "auth0-java": Snippet("java", "where the backend makes its AuthAPI", """\
AuthAPI auth = AuthAPI.newBuilder(
    "YOUR_DOMAIN", "YOUR_CLIENT_ID", System.getenv("AUTH0_CLIENT_SECRET")).build();
auth.startPasswordlessEmailFlow(email, PasswordlessEmailType.CODE).execute();"""),
    "auth0.net": Snippet("csharp", "the request of the backend", """\
await client.StartPasswordlessEmailFlowAsync(new PasswordlessEmailRequest {
    ClientId = "YOUR_CLIENT_ID",
    ClientSecret = Environment.GetEnvironmentVariable("AUTH0_CLIENT_SECRET"),
    Email = email,
    Type = PasswordlessEmailRequestType.Code
});"""),
    "go-auth0": Snippet("go", "where the backend makes its authentication client", """\
auth, err := authentication.New(ctx, "YOUR_DOMAIN",
    authentication.WithClientID("YOUR_CLIENT_ID"),
    authentication.WithClientSecret(os.Getenv("AUTH0_CLIENT_SECRET")))
_, err = auth.Passwordless.SendEmail(ctx, passwordless.SendEmailRequest{
    Email: email, Connection: "email", Send: "code"})"""),
}  # fmt: skip

FORWARD_STATE = Snippet("javascript", "the login page template of the tenant, where Lock or auth0.js is made", """\
var lock = new Auth0Lock(config.clientID, config.auth0Domain, {
  auth: {
    params: {
      scope: config.internalOptions.scope,
      _csrf: config.internalOptions._csrf,
      state: config.internalOptions.state
    }
  }
});
// auth0.js: new auth0.WebAuth(Object.assign({
//   scope: config.internalOptions.scope,
//   _csrf: config.internalOptions._csrf,
//   state: config.internalOptions.state
// }, { /* your settings */ }))
// Then: startgate check-page login.html""")  # fmt: skip

MOVE_TO_BACKEND = Snippet("javascript", "the page posts to its own backend, which adds the secret and the user's address", """\
// page
await fetch('/login/start', { method: 'POST', body: new URLSearchParams({ email }) });

// backend (here express), never in the page
app.post('/login/start', async (req, res) => {
  await fetch('https://YOUR_DOMAIN/passwordless/start', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'auth0-forwarded-for': req.ip },
    body: JSON.stringify({
      client_id: 'YOUR_CLIENT_ID',
      client_secret: process.env.AUTH0_CLIENT_SECRET,
      connection: 'email', email: req.body.email, send: 'code',
    }),
  });
  res.sendStatus(204);
});""")  # fmt: skip

SIGN_ASSERTION = Snippet("javascript", "where the backend makes its AuthenticationClient", """\
const auth0 = new AuthenticationClient({
  domain: 'YOUR_DOMAIN',
  clientId: 'YOUR_CLIENT_ID',
  clientAssertionSigningKey: process.env.AUTH0_SIGNING_KEY,
});
await auth0.passwordless.sendEmail({ email, send: 'code' });
// Over plain HTTP: add client_assertion (aud: https://YOUR_DOMAIN/, exp: at most 5 minutes, a new jti) and
// client_assertion_type: urn:ietf:params:oauth:client-assertion-type:jwt-bearer to the body.""")  # fmt: skip

REGISTER_METHOD = Snippet("http", "the Management API: start takes no certificates, so register a key beside them", """\
POST https://YOUR_DOMAIN/api/v2/clients/YOUR_CLIENT_ID/credentials
content-type: application/json

{ "credential_type": "public_key", "name": "passwordless", "pem": "YOUR_PUBLIC_KEY_PEM" }

PATCH https://YOUR_DOMAIN/api/v2/clients/YOUR_CLIENT_ID

{ "client_authentication_methods": { "private_key_jwt": { "credentials": [ { "id": "CREDENTIAL_ID" } ] } } }""")  # fmt: skip

ROTATE_SECRET = Snippet("http", "after the call has moved to the backend: the old secret is public and must go", """\
POST https://YOUR_DOMAIN/api/v2/clients/YOUR_CLIENT_ID/rotate-secret
authorization: Bearer YOUR_MANAGEMENT_TOKEN""")  # fmt: skip

BY_FIX = {
    "forward_page_state": FORWARD_STATE,
    "move_call_to_backend": MOVE_TO_BACKEND,
    "sign_client_assertion": SIGN_ASSERTION,
    "register_client_authentication": REGISTER_METHOD,
    "rotate_leaked_secret": ROTATE_SECRET,
}


def snippet_for(fix: str, sdk: str | None) -> Snippet | None:
    """The code to copy for a fix, in the SDK's own words where it is known and over plain HTTP where it is not."""
    if fix in ("send_client_secret", "upgrade_sdk"):
        return SEND_SECRET.get((sdk or "").lower(), RAW)
    return BY_FIX.get(fix)
