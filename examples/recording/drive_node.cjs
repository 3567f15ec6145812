// Makes one start request with one version of npm `auth0`, as the scenario says, and nothing else.
const scenario = JSON.parse(process.env.RECORD_SCENARIO);
const { AuthenticationClient } = require(`${process.env.RECORD_MODULES}/${scenario.sdk}`);

// `headers_function` stands for the form of initOverrides that a JSON file cannot hold.
function overrides(options) {
  if (!options?.headers_function) return options;
  return async ({ init }) => ({ headers: { ...init.headers, ...options.headers_function } });
}

const client = new AuthenticationClient({ domain: 'acme.example', ...scenario.client });
client.passwordless[scenario.call](scenario.arguments, overrides(scenario.options)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
