// npm's proxy-addr on the benchmark's list: nanoseconds of processor time for one answer, the best of twenty rounds.
const proxyaddr = require('proxy-addr')

const { peer, header, prefixes, answer } = JSON.parse(process.argv[2])
const trust = proxyaddr.compile(prefixes)
const request = { headers: { 'x-forwarded-for': header }, connection: { remoteAddress: peer } }
if (proxyaddr(request, trust) !== answer) throw new Error('another answer')

const rounds = 20
const calls = 20_000
let best = Infinity
for (let round = 0; round < rounds; round++) {
  const start = process.cpuUsage()
  for (let i = 0; i < calls; i++) proxyaddr(request, trust)
  const { user, system } = process.cpuUsage(start)
  best = Math.min(best, ((user + system) * 1000) / calls)
}
console.log(best.toFixed(1))
