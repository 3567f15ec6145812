#!/usr/bin/env bash
# Brings the other programs that the client address is compared with: nginx and Apache as Debian builds them, npm's proxy-addr.
# Everything lands in .dev/peers (packages are unpacked, not installed: no service starts and nothing outside changes). A second run
# does nothing.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

readonly peers=.dev/peers proxy_addr=2.0.8

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

node() {
  mkdir -p "$peers/node"
  npm install --silent --no-audit --no-fund --no-save --prefix "$peers/node" "proxy-addr@$proxy_addr" >/dev/null
}

[[ -x $peers/root/usr/sbin/nginx && -x $peers/root/usr/sbin/apache2 ]] || debian
[[ -f $peers/node/node_modules/proxy-addr/package.json ]] || node
