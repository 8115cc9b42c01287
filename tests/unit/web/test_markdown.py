"""Pages in Markdown: what they may hold, and what must never come through."""

import pytest

from web.markdown import MAX_NESTING, render


def resolve(href: str) -> str | None:
    """Know one file, pages, fragments and the web."""
    if href == "public/a.png":
        return "/files/a.png"
    return href if href.startswith(("#", "https://")) else None


def html(text: str) -> str:
    return render(text, resolve).html


def test_the_first_heading_is_the_title_and_leaves_the_text() -> None:
    rendered = render("# Rain *tomorrow*\n\nText.", resolve)

    assert rendered.title == "Rain tomorrow"
    assert rendered.html == "<p>Text.</p>\n"


def test_front_matter_gives_the_title() -> None:
    rendered = render("---\ntitle: The data\n---\n# Files\n\nText.", resolve)

    assert rendered.title == "The data"
    assert "Files</h1>" in rendered.html
    assert "title:" not in rendered.html


@pytest.mark.parametrize("matter", ["title: [", "- list", "title: 3", "title: !!python/none x"])
def test_odd_front_matter_is_no_title(matter: str) -> None:
    rendered = render(f"---\n{matter}\n---\nText.", resolve)

    assert rendered.title == ""
    assert "Text." in rendered.html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "![x](javascript:alert(1))",
        "![x](https://elsewhere.example/pixel.png)",
        '<https://ok.example" onmouseover="alert(1)>',
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{position:fixed}{x}$",
        r"$\text{<script>alert(1)</script>}$",
        r"$$\text{<img src=x onerror=alert(1)>}$$",
        ":::{note} <b onclick=alert(1)>\n<script>alert(1)</script>\n:::",
        "```{math}\n\\href{javascript:alert(1)}{x}\n```",
        "[x]: javascript:alert(1)\n\n[x]",
        "# <script>alert(1)</script>",
        "---\ntitle: <script>alert(1)</script>\n---\n# x",
        "[^1]\n\n[^1]: <script>alert(1)</script>",
    ],
)
def test_nothing_that_runs_comes_through(attack: str) -> None:
    found = html(attack).casefold()

    assert "<script" not in found
    assert 'href="javascript' not in found
    assert 'href="data' not in found
    assert 'href="vbscript' not in found
    assert "style=" not in found
    assert " onerror=" not in found.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    assert " onclick=" not in found.replace("&lt;b onclick=alert(1)&gt;", "")
    assert "<img" not in found


def test_formulas_become_mathml() -> None:
    found = html(r"Mean $\frac{1}{n}$ and $a < b$.")

    assert "<mfrac>" in found
    assert "<mo>&lt;</mo>" in found


@pytest.mark.parametrize("latex", [r"\frac", "{" * 2000, r"a_b_c", "x" * 5000])
def test_a_formula_that_is_none_shows_its_source(latex: str) -> None:
    found = html(f"${latex}$")

    assert "<math" not in found
    assert latex[:10] in found


def test_money_is_no_formula() -> None:
    assert html("From 5$ to 6$.") == "<p>From 5$ to 6$.</p>\n"


def test_admonitions_hold_markdown_and_nest() -> None:
    found = html("::::{tip} Mind\n**Bold**\n\n:::{warning}\nDeep\n:::\n::::")

    assert '<aside class="admonition admonition--tip" role="note">' in found
    assert '<p class="admonition__title">Mind</p>' in found
    assert "<strong>Bold</strong>" in found
    assert '<p class="admonition__title">Warning</p>' in found


def test_directives_nest_only_so_deep() -> None:
    depth = MAX_NESTING + 3
    text = "\n".join(":" * (3 + depth - n) + "{note}" for n in range(depth))
    text += "\ninnermost\n" + "\n".join(":" * (3 + n) for n in range(1, depth + 1))

    assert html(text).count("<aside") == MAX_NESTING


def test_unknown_directives_show_their_content_as_it_stands() -> None:
    assert "<pre" in html("```{unheard-of}\n<b>\n```")
    assert "&lt;b&gt;" in html("```{unheard-of}\n<b>\n```")


def test_tables_scroll_in_a_box_and_align_by_class() -> None:
    found = html("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert '<div class="prose__table"' in found
    assert 'class="prose__cell--end prose__cell"' in found


def test_tasks_have_labels() -> None:
    assert '<label><input checked="checked" disabled="disabled" type="checkbox"> done' in html(
        "- [x] done"
    )


def test_footnotes_lead_there_and_back() -> None:
    found = html("Text[^1]\n\n[^1]: Note")

    assert 'href="#page-fn1" id="page-fnref1"' in found
    assert 'id="page-fn1"' in found


def test_headings_have_anchors_that_cannot_take_the_sites_own_names() -> None:
    found = html("# Title\n\n## Content\n\n[there](#content)")

    assert '<h2 id="page-content"' in found
    assert 'href="#page-content"' in found


def test_pictures_come_from_the_public_files_only() -> None:
    assert '<img src="/files/a.png" alt="map" loading="lazy"' in html("![map](public/a.png)")
    assert html("![map](../truth/a.png)") == "<p>map</p>\n"


def test_links_that_lead_nowhere_keep_their_words() -> None:
    assert html("[word](truth/a.csv)") == '<p><a rel="nofollow noopener">word</a></p>\n'
