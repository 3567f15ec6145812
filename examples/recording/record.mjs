// Runs every scenario against the recording server, one after the other, and writes the request lines.
//
//   node record.mjs TENANT_FOLDER MODULES_FOLDER PYTHON_PREFIX CHROMIUM
//
// Keys and certificates live in a temporary folder for as long as this runs; only their public halves go into the tenant's
// keys file.
import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserFiles } from './bundle.mjs';
import { drive, open } from './drive_browser.mjs';
import { scenarios } from './scenarios.mjs';
import { listen } from './server.mjs';

const [tenant, modules, python, chromium] = process.argv.slice(2);
const here = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), 'startgate-recording-'));
const first = Date.parse('2026-11-24T10:00:00.000Z');
const step = 61_007; // all of them inside one hour

// One RSA key per application that signs, one self-signed certificate per application that shows one, and the server's own.
function make(name, subject) {
  const [key, cert] = [join(scratch, `${name}.key`), join(scratch, `${name}.pem`)];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      subject,
      '-addext',
      'subjectAltName=DNS:acme.example',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  return { key, cert };
}

const made = {
  server: make('server', '/CN=acme.example'),
  payments: make('payments', '/CN=payments'),
  insurance: make('insurance', '/CN=insurance'),
  deviceRegistry: make('deviceRegistry', '/CN=device-registry.acme.example'),
};
const clients = JSON.parse(readFileSync(join(tenant, 'clients.json')));
const idOf = (key) =>
  clients.find((c) => c.client_id.startsWith(key) && c.client_id.length === 32)?.client_id ?? 'nobodyKnowsThisApplication000000';

function fill(scenario) {
  const text = JSON.stringify(scenario)
    .replaceAll('@id', idOf(scenario.application))
    .replace(/\{\{state:(\w+):(\d+)\}\}/g, (_, key, age) => `{{state:${idOf(key)}:${age}}}`)
    .replace(/@key:(\w+)/g, (_, key) => readFileSync(made[key].key, 'utf8').replaceAll('\n', '\\n'))
    .replace(/@certificate:(\w+)/g, (_, key) => made[key].cert);
  return JSON.parse(text);
}

const drivers = {
  node: (s) =>
    run('node', ['--require', join(here, 'preload.cjs'), join(here, 'drive_node.cjs')], {
      ...s,
      client: { clientId: idOf(s.application), ...s.client },
    }),
  python: (s) => run(`${python}${s.sdk}/bin/python`, [join(here, 'drive_python.py')], s),
  browser: (s) => drive(browser, { ...s, options: { clientID: idOf(s.application), ...s.options } }),
  curl: (s) => run('curl', curlArguments(s), s),
};

function curlArguments(s) {
  const data = typeof s.data === 'string' ? s.data : JSON.stringify({ client_id: idOf(s.application), ...s.data });
  const key = s.arguments.includes('--cert') ? ['--key', made[s.application].key] : [];
  return [
    '--silent',
    '--show-error',
    '--http1.1',
    '--cacert',
    made.server.cert,
    '--connect-to',
    `acme.example:443:127.0.0.1:${server.port}`,
    ...s.arguments,
    ...key,
    '--data',
    data,
    'https://acme.example/passwordless/start',
  ];
}

// Asynchronous: the server answers from this very process.
async function run(command, args, scenario) {
  const env = {
    ...process.env,
    RECORD_SCENARIO: JSON.stringify(scenario),
    RECORD_PORT: String(server.port),
    RECORD_AT: scenario.at,
    RECORD_MODULES: modules,
    NODE_EXTRA_CA_CERTS: made.server.cert,
    REQUESTS_CA_BUNDLE: made.server.cert,
    SSL_CERT_FILE: made.server.cert,
    NO_PROXY: '*',
  };
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 30_000 });
  const status = await new Promise((done) => child.on('close', done));
  if (status !== 0) throw new Error(`${scenario.id}: ${command} ended with ${status}`);
}

// An object where writing it out again gives the bytes that were received, else the text itself.
function bodyOf(text, headers) {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!type.startsWith('application/json')) return text;
  const parsed = JSON.parse(text);
  return JSON.stringify(parsed) === text ? parsed : text;
}

const pem = (der) =>
  `-----BEGIN CERTIFICATE-----\n${der
    .toString('base64')
    .match(/.{1,64}/g)
    .join('\n')}\n-----END CERTIFICATE-----\n`;

function lineOf(scenario, { headers, body, certificate }) {
  const line = { id: scenario.id, at: scenario.at, peer: scenario.peer, headers, body: bodyOf(body, headers) };
  return JSON.stringify(certificate ? { ...line, client_certificate: pem(certificate) } : line);
}

function writePublicKeys() {
  const path = join(tenant, 'keys.json');
  const keys = JSON.parse(readFileSync(path));
  for (const key of ['payments', 'insurance']) {
    const jwk = createPublicKey(readFileSync(made[key].cert)).export({ format: 'jwk' });
    keys.applications[idOf(key)] = { jwks: { keys: [{ ...jwk, alg: 'RS256', use: 'sig' }] } };
  }
  keys.applications[idOf('deviceRegistry')] = { certificates: [readFileSync(made.deviceRegistry.cert, 'utf8')] };
  writeFileSync(path, JSON.stringify(keys, null, 2) + '\n');
}

const sdks = new Set(scenarios.filter((s) => s.driver === 'browser').map((s) => s.sdk));
const files = await browserFiles(sdks, modules);
const server = await listen({ key: readFileSync(made.server.key), cert: readFileSync(made.server.cert), files });
const browser = await open(server.port, chromium);
const lines = [];
try {
  for (const [i, scenario] of scenarios.entries()) {
    const s = fill({ ...scenario, at: new Date(first + i * step).toISOString() });
    await drivers[s.driver](s);
    const seen = server.take();
    if (seen.length !== 1) throw new Error(`${s.id}: ${seen.length} start requests were received, not one`);
    lines.push(lineOf(s, seen[0]));
    process.stderr.write(`recorded ${s.id}\n`);
  }
  writeFileSync(join(tenant, 'requests.ndjson'), lines.join('\n') + '\n');
  writePublicKeys();
} finally {
  await browser.close();
  server.close();
  rmSync(scratch, { recursive: true });
}
