// Opens every page of examples/pages in headless Chromium with the real auth0.js and Lock, uses it as a person would, and
// compares what its start request carries with what expected.json says of it.
//
//   node run_pages.mjs PAGES_FOLDER MODULES_FOLDER CHROMIUM
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserFiles } from './bundle.mjs';
import { open } from './drive_browser.mjs';
import { listen } from './server.mjs';

const [pages, modules, chromium] = process.argv.slice(2);
const given = { scope: 'openid profile', _csrf: 'the-csrf-token-of-the-page', state: 'the-state-of-the-page' };
const config = {
  clientID: 'loyaltyClub',
  auth0Domain: 'acme.example',
  callbackURL: 'https://app.acme.example/callback',
  configurationBaseUrl: 'https://acme.example',
  internalOptions: given,
  extraParams: {},
};

function files(libraries) {
  const served = {
    '/auth0.min.js': libraries['/auth0-js-9.32.0.js'],
    '/lock.min.js': Buffer.concat([
      Buffer.from(libraries['/auth0-lock-14.3.0.js']),
      Buffer.from(';Auth0Lock = Auth0LockPasswordless;'),
    ]),
  };
  for (const name of Object.keys(expected)) {
    const text = readFileSync(join(pages, name), 'utf8');
    served[`/${name}`] = text.replace('@@config@@', Buffer.from(JSON.stringify(config)).toString('base64'));
  }
  return served;
}

// Whatever there is to fill in and press: the form of the page, or Lock's own.
async function use(tab) {
  const field = await tab.waitForSelector('#start input, .auth0-lock-input', { visible: true, timeout: 4000 }).catch(() => null);
  if (!field) return;
  await field.type('ada@example.com');
  await tab.click('#start button, .auth0-lock-submit');
}

async function sentBy(path) {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  tab.on('dialog', (dialog) => dialog.accept('ada@example.com'));
  await tab.goto(`https://acme.example/${path}`);
  await use(tab);
  for (let tries = 0, seen; tries < 20; tries++) {
    if ((seen = server.take()).length) return context.close().then(() => JSON.parse(seen[0].body).authParams ?? {});
    await new Promise((later) => setTimeout(later, 100));
  }
  await context.close();
  return null;
}

// A member that is lost may be there all the same under another value: the widget invents a state and has a scope of its own.
// Lock sends _csrf with links only, whatever the page gives it.
function missing(sent, name) {
  const lock = readFileSync(join(pages, name), 'utf8').includes('Auth0Lock');
  return Object.keys(given).filter((member) => sent[member] !== given[member] && !(lock && member === '_csrf'));
}

function agrees(row, lost) {
  if (row.verdict === 'cannot_tell') return true;
  return lost !== null && lost.includes('state') === (row.verdict === 'lost');
}

const expected = JSON.parse(readFileSync(join(pages, 'expected.json')));
const scratch = mkdtempSync(join(tmpdir(), 'startgate-pages-'));
const [key, cert] = [join(scratch, 'key'), join(scratch, 'cert')];
execFileSync(
  'openssl',
  ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=acme.example', '-keyout', key, '-out', cert],
  {
    stdio: 'ignore',
  },
);
const libraries = await browserFiles(['auth0-js-9.32.0', 'auth0-lock-14.3.0'], modules);
const server = await listen({ key: readFileSync(key), cert: readFileSync(cert), files: files(libraries) });
const browser = await open(server.port, chromium);
let wrong = 0;
try {
  for (const [name, row] of Object.entries(expected)) {
    const sent = await sentBy(name.includes('one-of-two') ? `${name}#plain` : name);
    const lost = sent && missing(sent, name);
    wrong += !agrees(row, lost);
    console.log(agrees(row, lost) ? 'as expected' : 'OTHERWISE', name, row.verdict, lost ? `missing: ${lost}` : 'sent nothing');
  }
} finally {
  await browser.close();
  server.close();
  rmSync(scratch, { recursive: true });
}
process.exitCode = wrong ? 1 : 0;
