"""What can go wrong while a machine is made ready; each text says what to do now."""

from __future__ import annotations


class SetupError(Exception):
    """Root of everything that the scripts in `deploy/` raise for the person at the keyboard."""

    code = "setup-error"


class PythonTooOld(SetupError):
    """No Python of a version that Agon needs is on this machine."""

    code = "python-too-old"


class PortTaken(SetupError):
    """The port for the site cannot be listened on."""

    code = "port-taken"


class PackagesMissing(SetupError):
    """Packages of the operating system are missing and cannot be installed from here."""

    code = "packages-missing"


class EngineMissing(SetupError):
    """No Docker engine answers."""

    code = "engine-missing"


class BaseUnfit(SetupError):
    """An image cannot be what the scorer image starts from."""

    code = "base-unfit"


class ServiceFailed(SetupError):
    """A service that the tests need did not start."""

    code = "service-failed"


class CommandFailed(SetupError):
    """A program ended badly; the text holds the end of what it printed."""

    code = "command-failed"

    def __init__(self, what: str, command: str, exit_code: int, output: str) -> None:
        self.exit_code = exit_code
        self.output = output
        tail = "\n".join("    " + line for line in output.strip().splitlines()[-15:])
        super().__init__(f"{what} failed: `{command}` ended with {exit_code}.\n{tail}".rstrip())
