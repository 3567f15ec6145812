#!/usr/bin/env bash
# Brings the libraries that other people sign client assertions with: PyJWT, Authlib and auth0-python into a venv of their own, npm's
# jose and node-auth0 (the two lines in use). Everything lands in .dev/peers; a second run does nothing.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

readonly peers=.dev/peers

python_libraries() {
  "${PYTHON:-python3}" -m venv "$peers/auth"
  "$peers/auth/bin/python" -m pip install -q "PyJWT[crypto]==2.15.1" "Authlib==1.9.9" "auth0-python==6.8.0"
}

node_libraries() {
  mkdir -p "$peers/auth-node"
  npm install --silent --no-audit --no-fund --no-save --prefix "$peers/auth-node" \
    jose@6.2.18 auth0-4@npm:auth0@4.37.1 auth0-5@npm:auth0@5.14.1 >/dev/null
}

[[ -d $peers/auth/lib && -x $peers/auth/bin/python ]] && "$peers/auth/bin/python" -c 'import jwt, authlib, auth0' 2>/dev/null || python_libraries
[[ -f $peers/auth-node/node_modules/auth0-5/package.json ]] || node_libraries
