"""The Celery application: it only carries; the database is the queue."""

from celery import Celery
from kombu.entity import Queue

from evaluator.settings import HostSettings

SITE_QUEUE = "site"

app = Celery("agon")


def configure(settings: HostSettings) -> Celery:
    """Return the application, set up for a broker. Reasons: docs/decisions/queue.md."""
    app.conf.update(
        broker_url=_with_host(settings.broker),
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(settings.broker),
        task_queues=[_queue(settings.queue), _queue(SITE_QUEUE)],
        task_default_queue=settings.queue,
        task_create_missing_queues=True,
        task_acks_late=False,  # the row is the truth; a lost message costs one lease
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=10,
        task_publish_retry=False,  # the dispatcher takes the row back at once instead
    )
    return app


def _with_host(broker: str) -> str:
    """Return the address with the host that kombu wants to see even of memory."""
    return "memory://localhost/" if broker.startswith("memory:") else broker


def _queue(name: str) -> Queue:
    return Queue(name)  # type: ignore[no-untyped-call]  # kombu has no types


def _transport_options(broker: str) -> dict[str, object]:
    if broker.startswith("memory:"):
        # The consumer's default poll of one second would be most of a small job's time.
        return {"polling_interval": 0.01}
    return {"socket_connect_timeout": 5, "socket_keepalive": True, "health_check_interval": 10}
