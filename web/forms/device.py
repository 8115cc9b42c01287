"""The form in which a person enters the code that a program shows."""

from allauth.idp.oidc.forms import ConfirmCodeForm
from django.core.exceptions import ValidationError

HALF = 4
UNKNOWN = "No program waits with this code. Compare it; codes are good for 15 minutes."


class DeviceCodeForm(ConfirmCodeForm):  # type: ignore[misc]  # allauth has no types
    """Takes the code in any case, with or without its dash; `device_code` is what it stands for."""

    def clean_code(self) -> str:
        """Return the code as it was handed out."""
        plain = "".join(c for c in str(self.cleaned_data["code"]).upper() if c.isalnum())
        self.cleaned_data["code"] = f"{plain[:HALF]}-{plain[HALF:]}"
        try:
            return str(super().clean_code())
        except ValidationError as error:
            if error.code == "incorrect_code":
                raise ValidationError(UNKNOWN) from error
            raise
