"""`agon-site person`: accounts and tokens, for operators and scripts."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from challenges.models import Scope, User
from challenges.services.tokens import create_token, free_name


class Command(BaseCommand):
    """Makes accounts with a verified address, and tokens for them."""

    help = "Make an account whose address counts as verified, or a token for one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the sub-commands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="make an account; it signs in after a password reset")
        add.add_argument("email")
        add.add_argument("--name", required=True, help="how others see the person")
        add.add_argument("--staff", action="store_true", help="may do everything on the site")
        token = verbs.add_parser("token", help="print a new token of an account")
        token.add_argument("email")
        token.add_argument("--name", default="made by the operator", help="what the token is for")
        token.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what the token may do; several may be given; all by default",
        )

    def handle(self, *_: Any, **options: Any) -> None:  # Django's signature
        """Run a sub-command."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if options["verb"] == "add":
            if user is not None:
                raise CommandError(f"{options['email']} has an account already.")
            self._add(options["email"], options["name"], is_staff=options["staff"])
        elif user is None:
            raise CommandError(f"Nobody has an account with the address {options['email']}.")
        else:
            name = free_name(user, options["name"])
            self.stdout.write(
                create_token(user=user, name=name, scopes=options["scope"] or Scope.values)
            )

    @transaction.atomic
    def _add(self, email: str, name: str, *, is_staff: bool) -> None:
        user = User.objects.create_user(email, name=name, is_staff=is_staff, is_superuser=is_staff)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        self.stdout.write(f"{user.email} has an account.")
