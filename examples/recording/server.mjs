// The recording server: a stand-in for the tenant on loopback TLS. It keeps every POST /passwordless/start exactly as it came and
// answers as the real endpoint does, so that the SDK under recording runs to its end.
import https from 'node:https';
import { page } from './pages.mjs';

export async function listen({ key, cert, files }) {
  const captured = [];
  const server = https.createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, async (request, response) => {
    const body = await read(request);
    const path = request.url.split('?')[0];
    if (request.method === 'POST' && path === '/passwordless/start') captured.push(describe(request, body));
    answer(request, response, path, files);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { port: server.address().port, take: () => captured.splice(0), close: () => server.close() };
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

// Header names, their case, order and repetition are part of what was received.
function describe(request, body) {
  const headers = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) headers.push([request.rawHeaders[i], request.rawHeaders[i + 1]]);
  const certificate = request.socket.getPeerCertificate?.();
  return { headers, body, certificate: certificate?.raw };
}

// Everything is allowed to cross origins here: what a strict server would refuse is not what is being recorded.
function answer(request, response, path, files) {
  const headers = {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-allow-credentials': 'true',
  };
  const send = (type, text) => response.writeHead(200, { ...headers, 'content-type': type }).end(text);
  if (request.method === 'OPTIONS') return response.writeHead(204, headers).end();
  if (path === '/passwordless/start') return send('application/json', '{"_id":"000000000000000000000000"}');
  if (path.startsWith('/user/')) return send('application/json', '{}');
  if (path.endsWith('/challenge')) return send('application/json', '{"required":false}');
  if (path.startsWith('/client/')) return send('text/javascript', clientInfo(path));
  if (files[path]) return send(path.endsWith('.html') ? 'text/html' : 'text/javascript', files[path]);
  return send('text/html', page);
}

// What Lock asks the tenant's configuration host for: the application's connections.
function clientInfo(path) {
  const id = path.slice('/client/'.length).replace(/\.js$/, '');
  const strategies = ['email', 'sms'].map((name) => ({ name, connections: [{ name, forgot_password_url: '', signup_url: '' }] }));
  return `Auth0.setClient(${JSON.stringify({ id, tenant: 'acme', allowed: true, strategies })});`;
}
