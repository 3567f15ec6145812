// What each browser SDK is to a page: auth0.js as its package ships it; Lock bundled, since its package ships modules only.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function browserFiles(sdks, modules) {
  const files = {};
  for (const sdk of sdks) {
    files[`/${sdk}.js`] = sdk.startsWith('auth0-js')
      ? readFileSync(join(modules, sdk, 'dist/auth0.min.js'))
      : await bundleLock(sdk, modules);
  }
  return files;
}

// auth0-js calls itself an ES module, but its main file is none: a bundler has to be led to the one that is.
const realModule = (modules) => ({
  name: 'auth0-js',
  setup: (on) => on.onResolve({ filter: /^auth0-js$/ }, () => ({ path: join(modules, 'auth0-js/dist/auth0.min.esm.js') })),
});

async function bundleLock(sdk, modules) {
  const contents = `window.Auth0LockPasswordless = require('${sdk}').Auth0LockPasswordless;`;
  const built = await build({
    stdin: { contents, resolveDir: modules },
    bundle: true,
    write: false,
    format: 'iife',
    define: { global: 'window' },
    logLevel: 'error',
    plugins: [realModule(modules)],
  });
  return built.outputFiles[0].contents;
}
