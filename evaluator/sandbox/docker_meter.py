"""What a container takes, asked of the engine where its control group is not ours to read."""

from dataclasses import replace
from typing import Any

from docker.models.containers import Container

from evaluator.sandbox.base import End
from evaluator.sandbox.cgroups.base import Reading
from evaluator.sandbox.docker_engine import ENGINE_ERRORS


class EngineMeter:
    """Samples the engine's statistics; what happens between two samples is not seen."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._reading = Reading()
        self.peak_bytes = 0

    def check(self) -> End | None:
        """Take a sample; the engine itself keeps the limits."""
        try:
            stats = self._container.stats(stream=False, one_shot=True)
        except ENGINE_ERRORS:
            return None  # ended just now, or the engine is away: the one who waits will see
        if isinstance(stats, dict):
            self._note(stats)
        return None

    def began(self, pid: int) -> None:
        """Nothing to note: the engine knows its container."""

    def reading(self) -> Reading:
        """The last sample."""
        return self._reading

    def _note(self, stats: dict[str, Any]) -> None:
        """Source: Docker engine API 1.41, GET /containers/{id}/stats."""
        memory = stats.get("memory_stats", {})
        used = max(0, memory.get("usage", 0) - _page_cache(memory.get("stats", {})))
        processes = stats.get("pids_stats", {}).get("current", 0)
        sizes = (stats.get("blkio_stats") or {}).get("io_service_bytes_recursive") or []
        self.peak_bytes = max(self.peak_bytes, used)
        self._reading = replace(
            self._reading,
            cpu_seconds=stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage", 0) / 1e9,
            memory_bytes=used,
            read_bytes=_sum(sizes, "read"),
            written_bytes=_sum(sizes, "write"),
            processes_peak=max(self._reading.processes_peak, processes),
        )


def _sum(rows: list[dict[str, Any]], operation: str) -> int:
    return sum(int(row["value"]) for row in rows if str(row["op"]).lower() == operation)


def _page_cache(stats: dict[str, int]) -> int:
    """Files that could be read again; memory file systems are counted among them, and are not."""
    cache = stats.get("total_cache", stats.get("file", 0))
    return cache - stats.get("total_shmem", stats.get("shmem", 0))
