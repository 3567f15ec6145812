// Client assertions as npm's jose and node-auth0 make them, one line each: {"by", "algorithm", "body"}.
// client_assertions.mjs MODULES KEYS SECRET, where KEYS holds rsa.pem, p256.pem, p384.pem, p521.pem and ed25519.pem (PKCS #8).
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, keys, secret] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'x.js'));
const jose = await import(pathToFileURL(require.resolve('jose')));

const issuer = 'https://acme.example/';
const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const files = { ES256: 'p256', ES384: 'p384', ES512: 'p521', EdDSA: 'ed25519' };
for (const algorithm of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']) files[algorithm] = 'rsa';
const pem = (algorithm) => readFileSync(join(keys, `${files[algorithm]}.pem`), 'utf8');
const tell = (by, algorithm, body) => console.log(JSON.stringify({ by, algorithm, body }));

for (const algorithm of [...Object.keys(files), 'HS256', 'HS384', 'HS512']) {
  const key = algorithm.startsWith('HS') ? new TextEncoder().encode(secret) : await jose.importPKCS8(pem(algorithm), algorithm);
  const client_id = `app-${algorithm}`;
  const client_assertion = await new jose.SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: 'client-authentication+jwt' })
    .setIssuer(client_id).setSubject(client_id).setAudience(issuer).setJti(randomUUID()).setIssuedAt().setExpirationTime('1m')
    .sign(key);
  tell('jose', algorithm, { client_id, client_assertion, client_assertion_type: type });
}

// What the SDK would have posted: its fetch is replaced, nothing leaves the machine.
for (const line of ['auth0-4', 'auth0-5']) {
  const { AuthenticationClient } = require(line);
  for (const algorithm of ['RS256', 'RS384', 'PS256']) {
    const sdk = new AuthenticationClient({
      domain: 'acme.example',
      clientId: `app-${algorithm}`,
      clientAssertionSigningKey: pem(algorithm),
      clientAssertionSigningAlg: algorithm,
      fetch: async (_url, init) => {
        tell(`node-${line}`, algorithm, JSON.parse(init.body));
        return new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } });
      },
    });
    await sdk.passwordless.sendEmail({ email: 'ada@example.com', send: 'code' });
    await sdk.passwordless.sendSMS({ phone_number: '+46700000000' });
  }
}
