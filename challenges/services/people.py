"""What people say about themselves."""

from challenges.models import User


def rename_person(*, user: User, name: str) -> User:
    """Change how others see a person."""
    user.name = name
    user.save(update_fields=["name"])
    return user
