"""Data on stdout, the rest on stderr; nothing that a terminal would obey."""

import io
import json

import pytest

from agon.errors import ClientError, NotFound, SubmissionRejected
from agon.output import Output, printable, table_lines


@pytest.fixture
def output() -> Output:
    return Output(out=io.StringIO(), err=io.StringIO())


def texts(output: Output) -> tuple[str, str]:
    assert isinstance(output.out, io.StringIO)
    assert isinstance(output.err, io.StringIO)
    return output.out.getvalue(), output.err.getvalue()


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    lines = table_lines(["Rank", "Team", "Dice"], [["1", "Ants", "0.95"], ["10", "B", "-1"]])

    assert lines == ["Rank  Team  Dice", "   1  Ants  0.95", "  10  B       -1"]


def test_a_table_without_rows_has_its_titles() -> None:
    assert table_lines(["Rank", "Team"], []) == ["Rank  Team"]


def test_a_name_cannot_move_the_cursor() -> None:
    assert printable("Ants\x1b[2J\r\nX\u202e") == "Ants�[2J� X�"


def test_names_and_values_stand_below_each_other(output: Output) -> None:
    output.pairs([("Name", "Grace"), ("Nothing", ""), ("E-mail", "g@example.org")])

    assert texts(output)[0] == "Name    Grace\nE-mail  g@example.org\n"


def test_quiet_says_data_and_errors_only() -> None:
    output = Output(is_quiet=True, out=io.StringIO(), err=io.StringIO())
    output.line("data")
    output.say("good to know")
    output.error(NotFound("There is no challenge 'x'."))

    assert texts(output) == ("data\n", "agon: There is no challenge 'x'.\n")


def test_an_error_comes_with_what_to_mend_and_what_to_do(output: Output) -> None:
    problems = [{"message": "a is missing"}, {"message": "b is missing"}, {"message": "Mend it."}]
    output.error(SubmissionRejected("Mend it.", hint="Do this.", details={"problems": problems}))

    assert texts(output)[1] == "agon: Mend it.\n  a is missing\n  b is missing\nDo this.\n"


def test_with_json_an_error_is_one_line_of_json() -> None:
    output = Output(is_json=True, out=io.StringIO(), err=io.StringIO())
    output.error(ClientError("No.", code="some-code", details={"x": 1}))

    assert json.loads(texts(output)[1]) == {
        "code": "some-code",
        "message": "No.",
        "hint": "",
        "details": {"x": 1},
    }


def test_documents_are_json_that_people_can_read(output: Output) -> None:
    output.document({"name": "Ö"})

    assert texts(output)[0] == '{\n  "name": "Ö"\n}\n'
