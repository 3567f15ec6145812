// Preloaded into every Node driver: connections to the tenant's name end at the recording server, and the clock stands at the
// moment the request line will carry, so that the times inside client assertions agree with it.
const net = require('node:net');

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options?.host === 'acme.example') Object.assign(options, { host: '127.0.0.1', port: Number(process.env.RECORD_PORT) });
  return connect.apply(this, args);
};

const offset = Date.parse(process.env.RECORD_AT) - Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length ? args : [RealDate.now() + offset]));
  }
  static now() {
    return RealDate.now() + offset;
  }
};
