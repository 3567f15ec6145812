"""limits and throttled-py in memory: nanoseconds of processor time for one hit, the best of five rounds."""

import json
import time
from datetime import timedelta

import limits
import throttled

CALLS = 20_000


def best(one) -> float:
    rounds = []
    for _ in range(5):
        begin = time.process_time_ns()
        for _ in range(CALLS):
            one()
        rounds.append((time.process_time_ns() - begin) / CALLS)
    return min(rounds)


window = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())
plenty = limits.parse("1000000000/hour")
quota = throttled.rate_limiter.per_duration(timedelta(hours=1), 1_000_000_000, 1_000_000_000)
gcra = throttled.Throttled(using="gcra", quota=quota, store=throttled.MemoryStore())
print(json.dumps({"limits": best(lambda: window.hit(plenty, "key")), "throttled": best(lambda: gcra.limit("key"))}))
