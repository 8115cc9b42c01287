"""Trouble of the platform itself; what a submission does wrong is an outcome, not an error."""


class EvaluatorError(Exception):
    """Root of everything that the evaluator raises; `code` is for programs, the text for people."""

    code = "evaluator-error"


class SandboxUnavailable(EvaluatorError):
    """No sandbox can be started here; the text says what to install or switch on."""

    code = "sandbox-unavailable"


class InputUnavailable(EvaluatorError):
    """A blob that a job names cannot be fetched or does not have its digest."""

    code = "input-unavailable"


class ImageUnavailable(EvaluatorError):
    """The container image that a job asks for is not on this host."""

    code = "image-unavailable"
