"""What participants say is text of strangers."""

import pytest

from web.templatetags.metadata import said


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//elsewhere.example",
        "http:",
        "https://",
        "http://[broken",
        "x onmouseover=alert(1) y",
        "https://ok.example/ onmouseover=alert(1)",
        "ftp://files.example",
    ],
)
def test_only_web_addresses_become_links(text: str) -> None:
    assert said(text) == text


def test_links_are_quoted_and_give_no_credit() -> None:
    assert said("https://ok.example/\"'><script>") == (
        '<a href="https://ok.example/&quot;&#x27;&gt;&lt;script&gt;" rel="nofollow ugc noopener">'
        "ok.example/&quot;&#x27;&gt;&lt;script&gt;</a>"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        ("", "\N{EN DASH}"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1.5, "1.5"),
    ],
)
def test_other_values_are_text(value: object, text: str) -> None:
    assert said(value) == text
