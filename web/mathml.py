"""Formulas in pages: LaTeX to MathML on the server, so that no script is needed to read them."""

from html import escape

from latex2mathml import exceptions
from latex2mathml.converter import convert

# A formula of a page is short; deep nesting costs time and stack.
MAX_LATEX_CHARACTERS = 4000
# The library has no common root for what it raises, and some odd input escapes as these.
LATEX_ERRORS = (
    exceptions.NumeratorNotFoundError,
    exceptions.DenominatorNotFoundError,
    exceptions.ExtraLeftOrMissingRightError,
    exceptions.MissingSuperScriptOrSubscriptError,
    exceptions.DoubleSubscriptsError,
    exceptions.DoubleSuperscriptsError,
    exceptions.NoAvailableTokensError,
    exceptions.InvalidStyleForGenfracError,
    exceptions.MissingEndError,
    exceptions.InvalidAlignmentError,
    exceptions.InvalidWidthError,
    exceptions.LimitsMustFollowMathOperatorError,
    IndexError,
    KeyError,
    RecursionError,
    StopIteration,
    RuntimeError,
    TypeError,
    ValueError,
)

# The library would pass `\\text{<b>}` through as an element; these characters of no meaning stand
# for the signs until it is done.
_SIGNS = {"\ue000": "&lt;", "\ue001": "&gt;"}
_HIDE = str.maketrans("<>", "".join(_SIGNS))


def mathml(latex: str, *, is_block: bool) -> str:
    """Return MathML for a formula; its source as code when it is none.

    The result still has to be sanitised: the library takes attributes from the formula.
    """
    if len(latex) > MAX_LATEX_CHARACTERS:
        return f"<code>{escape(latex[:MAX_LATEX_CHARACTERS])}</code>"
    try:
        found = convert(latex.translate(_HIDE), display="block" if is_block else "inline")
    except LATEX_ERRORS:
        return f"<code>{escape(latex)}</code>"
    for character, sign in _SIGNS.items():
        found = found.replace(f"<mi>{character}</mi>", f"<mo>{sign}</mo>").replace(character, sign)
    return found
