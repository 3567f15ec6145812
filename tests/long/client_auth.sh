#!/usr/bin/env bash
# Client authentication at length: every fuzz target for a minute, and what other people's libraries sign.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
status=0
tests/fuzz/run.sh 60 || status=1
.venv/bin/python -m pytest tests/integration/test_client_auth_peers.py || status=1
exit "$status"
