"""Client assertions as Python libraries make them, one line each: {"by", "algorithm", "body"}.

Runs in the peers' own environment: client_assertions.py KEYS SECRET, where KEYS holds rsa.pem, p256.pem, p384.pem, p521.pem and
ed25519.pem.
"""

import json
import sys
import time
import uuid
from pathlib import Path

import jwt
import requests
from auth0.authentication import Passwordless
from authlib.oauth2.rfc7523 import client_secret_jwt_sign, private_key_jwt_sign

ISSUER = "https://acme.example/"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
KEYS = dict.fromkeys(RSA, "rsa.pem") | {"ES256": "p256.pem", "ES384": "p384.pem", "ES512": "p521.pem", "EdDSA": "ed25519.pem"}
MACS = ["HS256", "HS384", "HS512"]


def tell(by: str, algorithm: str, body: dict) -> None:
    print(json.dumps({"by": by, "algorithm": algorithm, "body": body}))


def with_assertion(algorithm: str, assertion: str) -> dict:
    return {"client_id": f"app-{algorithm}", "client_assertion": assertion, "client_assertion_type": TYPE}


def by_pyjwt(algorithm: str, key: str) -> None:
    client, now = f"app-{algorithm}", int(time.time())
    claims = {"iss": client, "sub": client, "aud": ISSUER, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60}
    tell("PyJWT", algorithm, with_assertion(algorithm, jwt.encode(claims, key, algorithm)))


def by_authlib(algorithm: str, key: str) -> None:
    sign = client_secret_jwt_sign if algorithm in MACS else private_key_jwt_sign
    token = sign(key, f"app-{algorithm}", ISSUER, algorithm, expires_in=60)
    tell("Authlib", algorithm, with_assertion(algorithm, token))
    # Its own default is an hour, which a server that follows the five minutes of the published page refuses.
    hour = sign(key, f"app-{algorithm}", ISSUER, algorithm)
    tell("Authlib with its default lifetime", algorithm, with_assertion(algorithm, hour))


def by_auth0_python(algorithm: str, key: str) -> None:
    """What the SDK would have posted: its transport is replaced, nothing leaves the machine."""
    sent = []

    def record(self: requests.Session, method: str, url: str, **options: object) -> requests.Response:
        sent.append(options["json"])
        answer = requests.Response()
        answer.status_code, answer._content = 200, b"{}"
        return answer

    requests.Session.request = record
    signing = {"client_assertion_signing_key": key, "client_assertion_signing_alg": algorithm}
    sdk = Passwordless("acme.example", f"app-{algorithm}", **signing)
    sdk.email("ada@example.com", "code")
    sdk.sms("+46700000000")
    for body in sent:
        tell(f"auth0-python {body['connection']}", algorithm, body)


def main(keys: Path, secret: str) -> None:
    for algorithm, file in KEYS.items():
        key = (keys / file).read_text()
        by_pyjwt(algorithm, key)
        by_authlib(algorithm, key)
    for algorithm in MACS:
        by_pyjwt(algorithm, secret)
        by_authlib(algorithm, secret)
    for algorithm in ["RS256", "RS384", "PS256"]:
        by_auth0_python(algorithm, (keys / "rsa.pem").read_text())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
