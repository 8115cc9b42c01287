"""Killing, cutting off and restarting real processes loses nothing and scores nothing twice."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.system.conftest import MakeSite, big_settings
from tests.integration.system.site import Site, free_port, kill, wait_for

RECOVERY_SECONDS = 60  # how soon a run that was cut off must be taken up again


def wish(seconds: float, accuracy: float) -> bytes:
    return json.dumps({"seconds": seconds, "accuracy": accuracy}).encode()


def submit(site: Site, seconds: float, accuracy: float) -> str:
    return site.submit("rain", wish(seconds, accuracy), "wish.json")


def scores_of(site: Site, submissions: list[str], seconds: float = 120) -> list[float]:
    """Return the final scores, in order; AssertionError when one is not scored in time."""
    found = []
    for submission in submissions:
        answer = site.wait_until(submission, "scored", "failed", "rejected", seconds=seconds)
        assert answer["status"] == "scored", answer
        found.append(answer["scores"]["accuracy"])
    return found


def assert_each_was_scored_once(site: Site, submissions: list[str]) -> None:
    """Every submission has exactly one scored move and stands once in the counting of the board."""
    counted = site.command("shell", "--verbosity=0", "-c", COUNT)
    assert counted.splitlines()[-1] == f"{len(submissions)} {len(submissions)}"
    board = site.call("GET", "challenges/rain/phases/main/leaderboard")
    assert [row["entries"] for row in board["rows"]] == [len(submissions)]


COUNT = (
    "from challenges.models import Event, Score;"
    "print(Event.objects.filter(status='scored').count(), Score.objects.count())"
)


@pytest.mark.bubblewrap
def test_a_killed_engine_is_replaced_and_its_run_taken_up_again(
    make_site: MakeSite, embedded: dict[str, str]
) -> None:
    site = make_site(embedded)
    submission = submit(site, 4, 0.5)
    site.wait_until(submission, "running")
    killed_at = time.monotonic()

    kill(site.pid_of("engine"))

    assert scores_of(site, [submission]) == [0.5]
    assert time.monotonic() - killed_at < RECOVERY_SECONDS
    assert_each_was_scored_once(site, [submission])


@pytest.mark.bubblewrap
def test_stopping_everything_in_good_order_keeps_what_runs_and_what_waits(
    make_site: MakeSite, embedded: dict[str, str]
) -> None:
    site = make_site(embedded)
    submissions = [submit(site, 3, number / 10) for number in range(5)]
    site.wait_until(submissions[0], "running")

    site.stop()
    site.start()

    assert scores_of(site, submissions) == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert_each_was_scored_once(site, submissions)


@pytest.mark.bubblewrap
def test_a_power_cut_loses_nothing(make_site: MakeSite, embedded: dict[str, str]) -> None:
    site = make_site(embedded)
    submissions = [submit(site, 2, number / 10) for number in range(4)]
    site.wait_until(submissions[0], "running")

    site.kill_everything()
    site.start()

    assert scores_of(site, submissions) == [0.0, 0.1, 0.2, 0.3]
    assert_each_was_scored_once(site, submissions)


@pytest.mark.bubblewrap
def test_a_second_site_on_the_same_home_is_refused_with_a_sentence(
    make_site: MakeSite, embedded: dict[str, str]
) -> None:
    site = make_site(embedded)
    environment = {**site.environment, "AGON_PORT": str(free_port())}

    second = subprocess.run(
        [sys.executable, "-m", "web", "engine"],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert "Another site is running from" in second.stderr


@pytest.mark.docker
@pytest.mark.postgres
@pytest.mark.redis
def test_a_killed_worker_loses_its_lease_and_the_run_goes_to_another(
    make_site: MakeSite, database: str, redis_url: str, scorer_image: str
) -> None:
    site = make_site(big_settings(database, redis_url, scorer_image))
    submission = submit(site, 5, 0.7)
    site.wait_until(submission, "running")
    killed_at = time.monotonic()

    kill(site.pid_of("worker"))

    assert scores_of(site, [submission]) == [0.7]
    assert time.monotonic() - killed_at < RECOVERY_SECONDS + 5
    assert_each_was_scored_once(site, [submission])


class PrivateRedis:
    """A Redis of our own that a test may kill."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._answers, seconds=10, what="Redis")

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def _answers(self) -> bool:
        ping = ["redis-cli", "-p", str(self.port), "ping"]
        return subprocess.run(ping, capture_output=True, check=False).stdout.strip() == b"PONG"


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    redis = PrivateRedis(tmp_path)
    redis.start()
    yield redis
    redis.kill()


@pytest.mark.docker
@pytest.mark.postgres
@pytest.mark.redis
def test_a_broker_that_dies_and_comes_back_loses_nothing(
    make_site: MakeSite, database: str, private_redis: PrivateRedis, scorer_image: str
) -> None:
    site = make_site(big_settings(database, private_redis.url, scorer_image))
    submissions = [submit(site, 1, number / 10) for number in range(4)]
    site.wait_until(submissions[0], "running")

    private_redis.kill()
    submissions.append(submit(site, 0, 0.4))  # handing in does not need the broker
    private_redis.start()

    assert scores_of(site, submissions, seconds=150) == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert_each_was_scored_once(site, submissions)
