"""Tells organisers what needs them."""

from django.core.mail import send_mail
from django.db import transaction

from challenges.models import Evaluation
from evaluator.outcomes import Outcome


def tell_organisers(evaluation: Evaluation, outcome: Outcome) -> None:
    """Write to the challenge's organisers that an evaluation failed, once the row is stored."""
    challenge = evaluation.task.phase.challenge
    addresses = list(challenge.organisers.values_list("email", flat=True))
    if not addresses:
        return
    subject = f"[{challenge.slug}] scoring failed: {outcome.code}"
    body = (
        f"Submission {evaluation.submission_id} of team '{evaluation.submission.team}' could not "
        f"be scored in phase '{evaluation.task.phase}'.\n\n{outcome.message}\n\n"
        f"The log is on the submission's page: {evaluation.submission.get_absolute_url()}\n"
    )
    transaction.on_commit(lambda: send_mail(subject, body, None, addresses, fail_silently=True))
