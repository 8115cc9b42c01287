"""The form in which a person enters the code that a program shows."""

from allauth.idp.oidc.forms import ConfirmCodeForm

HALF = 4


class DeviceCodeForm(ConfirmCodeForm):  # type: ignore[misc]  # allauth has no types
    """Takes the code in any case, with or without its dash; `device_code` is what it stands for."""

    def clean_code(self) -> str:
        """Return the code as it was handed out."""
        plain = "".join(c for c in str(self.cleaned_data["code"]).upper() if c.isalnum())
        self.cleaned_data["code"] = f"{plain[:HALF]}-{plain[HALF:]}"
        return str(super().clean_code())
