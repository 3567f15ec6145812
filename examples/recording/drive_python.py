"""Makes one start request with one version of PyPI `auth0-python`, as the scenario says, and nothing else."""

import json
import os
import socket

import time_machine

scenario = json.loads(os.environ["RECORD_SCENARIO"])
resolve = socket.getaddrinfo


def to_the_recorder(host, port, *rest, **more):
    if host == "acme.example":
        host, port = "127.0.0.1", int(os.environ["RECORD_PORT"])
    return resolve(host, port, *rest, **more)


socket.getaddrinfo = to_the_recorder

try:
    from auth0.authentication import Passwordless
except ImportError:  # before 4.0 the package kept its versions apart
    from auth0.v3.authentication import Passwordless

# The clock stands at the moment that the request line will carry, so that the times inside client assertions agree with it.
with time_machine.travel(os.environ["RECORD_AT"], tick=True):
    passwordless = Passwordless("acme.example", **scenario["client"])
    getattr(passwordless, scenario["call"])(**scenario["arguments"])
