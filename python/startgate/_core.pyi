"""
The engine, as compiled from the C++ headers.
"""
from __future__ import annotations
import collections.abc
import typing
__all__: list[str] = ['IpReader', 'LimitReader', 'LogSearch', 'PlanScan', 'Service', 'check_query', 'diff_policies', 'findings', 'fixes', 'import_secret', 'ip_presets', 'normalise_recipient', 'parse_instant', 'plan_findings', 'plan_reasons', 'print_instant', 'profile', 'reasons']
class LogSearch:
    """
    A tenant log search over logs that arrive in chunks.
    """
    def __init__(self, text: str, private_cloud: bool = False) -> None:
        ...
    def feed(self, data: bytes, last: bool = False) -> tuple[bytes, list[tuple[int, str]]]:
        """
        The records found in this chunk as NDJSON, and what could not be read: (line, what was expected). `last` closes a file.
        """
    @property
    def found(self) -> int:
        """
        Records found so far.
        """
    @property
    def read(self) -> int:
        """
        Records read so far.
        """
class PlanScan:
    """
    Reads tenant logs, in any order and with duplicates, for the plan.
    """
    def __init__(self, events_in_memory: typing.SupportsInt | typing.SupportsIndex = 2000000) -> None:
        ...
    def feed(self, data: bytes, last: bool = False) -> list[tuple[int, str]]:
        """
        Reads a chunk; returns what could not be read: (line, what was expected). `last` closes a file.
        """
    def finish(self, applications: tuple[str, str], enforced: bool = False, per_second: typing.SupportsInt | typing.SupportsIndex = 100, partly_unread: bool = False) -> str:
        """
        JSON text with the verdict for each application of the client export (name for messages, text) and for those that only the log knows, with window, evidence, causes, fixes and the rehearsal of the limits. `per_second` is the tenant's Authentication API limit; `partly_unread`: something could not even be fed. Raises ValueError naming file, line and member where the export cannot be read.
        """
class IpReader:
    """
    Tells who is calling, from a peer and its headers.
    """
    @staticmethod
    def of_policy(policy: tuple[str, str], compare: str | None = None, key: bool = False, trace: bool = False) -> IpReader:
        """
        `policy`: (name, text) of a policy file, whose `client_address` says whom to believe and how to group for limits. Raises ValueError with the line and the member that is wrong.
        """
    def __init__(self, trusted: collections.abc.Sequence[str], header: str = 'x-forwarded-for', hops: typing.SupportsInt | typing.SupportsIndex | None = None, preset: str = 'auth0', compare: str | None = None, key: bool = False, trace: bool = False) -> None:
        """
        `trusted`: prefixes of proxies; `hops`: their number from the right; `preset` and `compare`: names of presets. Raises ValueError for a prefix, header or count that cannot be used.
        """
    def line(self, line: bytes | str) -> tuple[str, bool, bool]:
        """
        (answer as JSON text, whether there is an address, whether it is the compared one) of one line {peer, headers}.
        """
class LimitReader:
    """
    Buckets under one quota, asked line by line.
    """
    def __init__(self, count: typing.SupportsInt | typing.SupportsIndex, period_ns: typing.SupportsInt | typing.SupportsIndex, burst: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        `count` per `period_ns` nanoseconds in the long run, `burst` at once. Raises ValueError for a quota that cannot be.
        """
    def line(self, line: bytes | str) -> tuple[str, bool]:
        """
        (answer as JSON text, whether the line could be read) of one line {key, now_ns, cost, op}.
        """
class Service:
    """
    A loaded policy at work: request lines in, decision lines out. Safe to use from several threads.
    """
    def __init__(self, policy: tuple[str, str] = ('policy', ''), applications: tuple[str, str] = ('applications', ''), tenant: tuple[str, str] = ('tenant', ''), keys: tuple[str, str] = ('keys', ''), rehearsal: bool = False) -> None:
        """
        Each file is (name for messages, text); an empty text means that there is none. A rehearsal keeps its buckets in this process, whatever store the policy names, so that nothing real is spent. Raises ValueError with one line that names the file, the line and the member.
        """
    def check_state(self, state: str, client_id: str, now: typing.SupportsInt | typing.SupportsIndex, cookie: str = '') -> str:
        """
        What a state is, as JSON text with a reason code.
        """
    def decide_line(self, line: bytes | str, now: typing.SupportsInt | typing.SupportsIndex) -> str:
        """
        The decision line of one request line; `now`, in nanoseconds since the epoch, is for lines without `at`.
        """
    def decide_lines(self, lines: collections.abc.Sequence[bytes | str], now: typing.SupportsInt | typing.SupportsIndex) -> list[str]:
        """
        The decision lines of many request lines, in order, without the GIL.
        """
    def explain_line(self, line: bytes | str, now: typing.SupportsInt | typing.SupportsIndex) -> str:
        """
        JSON text with the `decision` of one request line and its `explanation`.
        """
    def issue_state(self, client_id: str, at: typing.SupportsInt | typing.SupportsIndex, transaction: str = '', cookie: str = '') -> str:
        """
        A hosted page's state for the policy's issuer. Raises ValueError where there is no key or no such application.
        """
    def report_line(self, line: bytes | str, now: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Count what came of a start, for attack protection: JSON text with `event` (failed_login, login or sign_up), the resolved `address`, the `recipient` and, where it was not `now`, `at`. Raises ValueError with one line that names the member.
        """
    def set_toggle(self, on: bool) -> None:
        """
        Turn the tenant's toggle on or off; buckets and keys stay.
        """
    @property
    def store_trouble(self) -> str:
        """
        Why the shared store of the policy cannot be asked at the moment; empty where it can, or where there is none.
        """
def check_query(text: str, private_cloud: bool = False) -> tuple[int, str] | None:
    """
    None for a tenant log search that can be run, else where it stops making sense: characters before the fault, one sentence.
    """
def diff_policies(before: tuple[str, str], after: tuple[str, str]) -> str:
    """
    JSON text of what differs between two policies, each (name, text): `verdicts`, groups of combinations of facts that they judge differently, and `members`, every other member that differs. Raises ValueError for a file that is no policy.
    """
def findings() -> list[dict[str, str]]:
    """
    Every finding with its sentence.
    """
def fixes() -> list[dict[str, str]]:
    """
    Every fix with its sentence.
    """
def import_secret(secret: bytes | str, form: str | None = None) -> str:
    """
    The verifier of a client secret, for `verifier` in the keys file: "sha256:...", "pbkdf2:..." or "scrypt:...".
    
    Without a form: sha256 for 32 characters and more, as a generated secret has, and scrypt for a shorter one, which people may have chosen. ValueError for a secret that is empty or has other than printable ASCII characters (RFC 6749 A.2).
    """
def ip_presets() -> list[tuple[str, str]]:
    """
    (name, sentence) of every preset.
    """
def normalise_recipient(recipient: str) -> bytes:
    """
    The form that limits count an email address or a phone number by: UTF-8, at most 256 bytes, or a digest of 17 bytes that begins with 0xFF. For counting and for joining logs, never to send to.
    """
def parse_instant(text: str) -> int | None:
    """
    Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time or a bare date, or None where it is neither.
    """
def plan_findings() -> dict[str, str]:
    """
    Every finding of the plan by its code, with its sentence.
    """
def plan_reasons() -> dict[str, str]:
    """
    Every cause of a verdict of a plan, with its sentence.
    """
def print_instant(instant: int) -> str:
    """
    RFC 3339 in UTC with milliseconds, as tenant logs carry it.
    """
def profile(name: str) -> str | None:
    """
    The policy file of a profile, as text, or None where no profile has this name.
    """
def reasons() -> list[dict[str, str]]:
    """
    Every reason code with its sentence and the code of its usual fix, in the order of the engine's closed list.
    """
__version__: str
