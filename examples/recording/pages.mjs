// One page for the tenant's own login page and for a customer's page alike: what differs is the origin it is loaded from, and
// what the scenario in its address makes it do.
export const page = `<!doctype html><meta charset="utf-8"><title>start</title><div id="lock"></div>
<script>
  const scenario = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  window.finished = new Promise((resolve) => (window.finish = resolve));
  const script = document.createElement('script');
  script.src = '/' + scenario.sdk + '.js';
  script.onload = () => (scenario.call === 'lock' ? lock() : webAuth());
  document.head.append(script);

  function webAuth() {
    const client = new auth0.WebAuth({ domain: 'acme.example', ...scenario.options });
    client[scenario.call](scenario.arguments, (error) => window.finish(error ? JSON.stringify(error) : 'sent'));
  }

  // A person types the address and presses the button; the driver does that.
  function lock() {
    const { clientID, ...options } = scenario.options;
    new Auth0LockPasswordless(clientID, 'acme.example', { container: 'lock', ...options }).show();
  }
</script>`;
