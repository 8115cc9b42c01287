"""Counts requests against limits, for all processes of the site together.

Each counter is a leaky bucket in one row: it runs empty at the limit's rate, and is full when the
whole limit has been used at once. Requests are paid for in portions, which a process then spends
from its memory, so that not every request writes to the database.

Source: ATM Forum AF-TM-0121.000, generic cell rate algorithm (virtual scheduling).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import time
from typing import TypeVar

from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest

from challenges.models import RequestRate

PORTIONS = 50  # of a limit: how much two processes may misjudge it by
MAX_KEPT = 10_000  # counters that a process keeps portions of
FORGET_SECONDS = 3600.0  # how often empty counters are deleted
N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Limit:
    """So many requests in a period; all may come at once."""

    name: str
    requests: int
    seconds: float

    @property
    def portion(self) -> int:
        """How many requests are paid for at a time."""
        return max(1, self.requests // PORTIONS)


@dataclass
class Rates:
    """The counters as one process sees them."""

    clock: Callable[[], float] = time
    _paid: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _full_until: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _forgot_at: float = 0.0

    def spend(self, limit: Limit, who: str) -> float:
        """Count one request of somebody; return 0, or after how many seconds to try again."""
        key = f"{limit.name}:{who}"
        if self._spend_paid(key):
            return 0.0
        wait = self._full_until.get(key, 0.0) - self.clock()
        if wait > 0:  # a bucket runs empty with time alone: whoever goes on asking asks only us
            return wait
        for requests in dict.fromkeys((limit.portion, 1)):
            wait = self._pay(key, limit, requests)
            if not wait:
                self._add_paid(key, requests - 1)
                return 0.0
        with self._lock:
            _keep(self._full_until, key, self.clock() + wait)
        return wait

    def _spend_paid(self, key: str) -> bool:
        with self._lock:
            left = self._paid.get(key, 0)
            if left:
                self._paid[key] = left - 1
            return left > 0

    def _add_paid(self, key: str, requests: int) -> None:
        with self._lock:
            _keep(self._paid, key, self._paid.get(key, 0) + requests)

    def _pay(self, key: str, limit: Limit, requests: int) -> float:
        """Put requests into the bucket; return 0, or for how many seconds they do not fit."""
        now, cost = self.clock(), requests * limit.seconds / limit.requests
        rows = RequestRate.objects.filter(pk=key)
        # One statement: whoever comes at the same time finds the bucket as it is afterwards.
        begin = Greatest(F("empty_at"), Value(now), output_field=FloatField())
        room = now + limit.seconds - cost
        if rows.filter(empty_at__lte=room).update(empty_at=begin + cost):
            return 0.0
        fullness = rows.values_list("empty_at", flat=True).first()
        if fullness is not None and fullness > room:
            return float(fullness - room)
        self._begin(key, now)
        return self._pay(key, limit, requests)

    def _begin(self, key: str, now: float) -> None:
        RequestRate.objects.bulk_create([RequestRate(key=key, empty_at=now)], ignore_conflicts=True)
        if now - self._forgot_at > FORGET_SECONDS:
            self._forgot_at = now
            RequestRate.objects.filter(empty_at__lt=now - FORGET_SECONDS).delete()


def _keep(memory: OrderedDict[str, N], key: str, value: N) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > MAX_KEPT:
        memory.popitem(last=False)


rates = Rates()
