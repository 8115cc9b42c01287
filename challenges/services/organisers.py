"""Who may organise a challenge: people with a verified address that its folder names."""

from allauth.account.models import EmailAddress

from challenges.models import Challenge, User


def sync_organisers(challenge: Challenge) -> None:
    """Make a challenge's organisers those whose verified address the current revision names."""
    named = challenge.revision.config.organisers
    verified = EmailAddress.objects.filter(
        email__in=named, verified=True, user__is_active=True
    ).values("user")
    challenge.organisers.set(User.objects.filter(pk__in=verified))


def sync_organised(user: User) -> None:
    """Give a person the challenges that name one of their verified addresses, and only those."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {address.lower() for address in verified}
    challenges = Challenge.objects.exclude(current=None).select_related("current")
    named = [c for c in challenges if not addresses.isdisjoint(c.revision.config.organisers)]
    user.organised.set(named)
