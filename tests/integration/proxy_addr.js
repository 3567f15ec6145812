// Vectors on standard input, npm's proxy-addr's answers on standard output, both as JSON arrays.
const { readFileSync } = require('node:fs')
const proxyaddr = require('proxy-addr')

const answer = ({ settings, peer, headers }) => {
  const inside = proxyaddr.compile(settings.trusted_proxies ?? [])
  const all = (settings.trusted_proxies ?? []).length === 0 && settings.hops !== undefined
  const trust = (address, hop) => hop < (settings.hops ?? Infinity) && (all || inside(address, hop))
  const lines = headers.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value)
  // Node joins the lines of a list header like this.
  const joined = lines.length > 0 ? { 'x-forwarded-for': lines.join(', ') } : {}
  return proxyaddr({ headers: joined, connection: { remoteAddress: peer } }, trust)
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(answer)))
