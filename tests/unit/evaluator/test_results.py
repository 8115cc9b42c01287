import json

import pytest

from evaluator.codes import Code
from evaluator.results import Result, ResultInvalid, read_result

INVALID, MISSING, NOT_FINITE = Code.RESULT_INVALID, Code.SCORE_MISSING, Code.SCORE_NOT_FINITE

BAD: dict[str, tuple[bytes, Code]] = {
    "empty": (b"", INVALID),
    "white space only": (b" \n", INVALID),
    "cut off": (b'{"scores": {"dice": 0.5}', INVALID),
    "null": (b"null", INVALID),
    "a list": (b'[{"scores": {"dice": 1}}]', INVALID),
    "a bare number": (b"0.5", INVALID),
    "two documents": (b'{"scores": {"dice": 0.5}}{"scores": {"dice": 1}}', INVALID),
    "trailing NUL": (b'{"scores": {"dice": 0.5}}\0', INVALID),
    "trailing comma": (b'{"scores": {"dice": 0.5},}', INVALID),
    "single quotes": (b"{'scores': {'dice': 0.5}}", INVALID),
    "byte order mark": (b'\xef\xbb\xbf{"scores": {"dice": 0.5}}', INVALID),
    "UTF-16": ('{"scores": {"dice": 0.5}}'.encode("utf-16"), INVALID),
    "not UTF-8": (b'{"scores": {"dice": 0.5}, "cases": {"\xff": {}}}', INVALID),
    "pickle": (b"\x80\x04K\x01.", INVALID),
    "no scores": (b"{}", INVALID),
    "scores is null": (b'{"scores": null}', INVALID),
    "scores is a list": (b'{"scores": [0.5]}', INVALID),
    "score is null": (b'{"scores": {"dice": null}}', INVALID),
    "score is true": (b'{"scores": {"dice": true}}', INVALID),
    "score is a text": (b'{"scores": {"dice": "0.9"}}', INVALID),
    "score is a list": (b'{"scores": {"dice": [0.9]}}', INVALID),
    "score is an object": (b'{"scores": {"dice": {"value": 0.9}}}', INVALID),
    "NaN": (b'{"scores": {"dice": NaN}}', NOT_FINITE),
    "Infinity": (b'{"scores": {"dice": Infinity}}', NOT_FINITE),
    "-Infinity": (b'{"scores": {"dice": -Infinity}}', NOT_FINITE),
    "1e999": (b'{"scores": {"dice": 1e999}}', NOT_FINITE),
    "-1e999 in a case": (b'{"scores": {"dice": 1}, "cases": {"a": {"dice": -1e999}}}', NOT_FINITE),
    "an integer of 401 digits": (b'{"scores": {"dice": 1%s}}' % (b"0" * 400), NOT_FINITE),
    "an integer of 5001 digits": (b'{"scores": {"dice": 1%s}}' % (b"0" * 5000), INVALID),
    "the same key twice": (b'{"scores": {"dice": 0.1, "dice": 0.9}}', INVALID),
    "the same part twice": (b'{"scores": {"dice": 1}, "scores": {"dice": 0.9}}', INVALID),
    "an unknown part": (b'{"scores": {"dice": 0.1}, "rank": 1}', INVALID),
    "wanted key absent": (b'{"scores": {"iou": 0.1}}', MISSING),
    "no score at all": (b'{"scores": {}}', MISSING),
    "key in capitals": (b'{"scores": {"dice": 0.1, "Dice": 0.1}}', INVALID),
    "look-alike key": ('{"scores": {"dice": 0.1, "di\u0441e": 0.1}}'.encode(), INVALID),
    "key with a final newline": (b'{"scores": {"dice": 0.1, "iou\\n": 0.1}}', INVALID),
    "key of 41 letters": (b'{"scores": {"dice": 0.1, "%s": 0.1}}' % (b"a" * 41), INVALID),
    "empty key": (b'{"scores": {"dice": 0.1, "": 0.1}}', INVALID),
    "NUL in a case": (b'{"scores": {"dice": 1}, "cases": {"a\\u0000": {"dice": 1}}}', INVALID),
    "half a surrogate pair": (b'{"scores": {"dice": 1}, "artifacts": ["\\ud800"]}', INVALID),
    "100 000 brackets": (b"[" * 100_000, INVALID),
    "21 levels": (b'{"scores": %s1%s}' % (b'{"a":' * 20, b"}" * 20), INVALID),
    "more than a MiB": (b'{"scores": {"dice": 0.1}}' + b" " * 1024**2, INVALID),
    "201 scores": (json.dumps({"scores": {f"k{n}": 1 for n in range(201)}}).encode(), INVALID),
    "cases is a list": (b'{"scores": {"dice": 1}, "cases": [{"dice": 1}]}', INVALID),
    "a case is a number": (b'{"scores": {"dice": 1}, "cases": {"a": 1}}', INVALID),
    "case outside": (b'{"scores": {"dice": 1}, "cases": {"../a": {"dice": 1}}}', INVALID),
    "a case's score is false": (
        b'{"scores": {"dice": 1}, "cases": {"a": {"dice": false}}}',
        INVALID,
    ),
    "replicates is a list": (b'{"scores": {"dice": 1}, "replicates": [1]}', INVALID),
    "a replicate is a number": (b'{"scores": {"dice": 1}, "replicates": {"dice": 1}}', INVALID),
    "a replicate holds null": (b'{"scores": {"dice": 1}, "replicates": {"dice": [null]}}', INVALID),
    "artifacts is a text": (b'{"scores": {"dice": 1}, "artifacts": "a.png"}', INVALID),
    "artifact is absolute": (b'{"scores": {"dice": 1}, "artifacts": ["/etc/passwd"]}', INVALID),
    "artifact is outside": (b'{"scores": {"dice": 1}, "artifacts": ["a/../../b"]}', INVALID),
    "artifact is a number": (b'{"scores": {"dice": 1}, "artifacts": [1]}', INVALID),
    "artifact named twice": (b'{"scores": {"dice": 1}, "artifacts": ["a", "A"]}', INVALID),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_result_file_is_refused_with_its_code_and_a_sentence(data: bytes, code: Code) -> None:
    with pytest.raises(ResultInvalid) as caught:
        read_result(data, ["dice"])

    assert caught.value.code is code
    assert str(caught.value).startswith("The result file ")
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


def test_a_full_result_file_is_read_with_all_its_parts() -> None:
    data = json.dumps(
        {
            "scores": {"dice": 0.91, "extra": 3},
            "cases": {"case-01": {"dice": 0.93}, "sub/case é": {}},
            "replicates": {"dice": [0.9, 1, -0.5]},
            "artifacts": ["overlay.png", "plots/a.png"],
        }
    ).encode()

    result = read_result(data, ["dice"])

    assert result == Result(
        scores={"dice": 0.91, "extra": 3.0},
        cases={"case-01": {"dice": 0.93}, "sub/case é": {}},
        replicates={"dice": (0.9, 1.0, -0.5)},
        artifacts=("overlay.png", "plots/a.png"),
    )
    assert type(result.scores["extra"]) is float


def test_only_scores_are_required() -> None:
    result = read_result(b'{"scores": {"s": 0.5}}', ["s"])

    assert result == Result(scores={"s": 0.5}, cases={}, replicates={}, artifacts=())


def test_minus_zero_becomes_zero() -> None:
    result = read_result(b'{"scores": {"s": -0.0}}', ["s"])

    assert str(result.scores["s"]) == "0.0"


def test_every_digit_of_a_score_is_kept() -> None:
    value = 0.1 + 0.2

    result = read_result(json.dumps({"scores": {"s": value}}).encode(), ["s"])

    assert result.scores["s"] == value


def test_a_missing_score_is_named_beside_those_that_are_there() -> None:
    with pytest.raises(ResultInvalid, match=r"lacks the scores dice, iou; has rmse\."):
        read_result(b'{"scores": {"rmse": 1}}', ["iou", "dice", "rmse"])


def test_the_size_limit_can_be_raised_for_many_cases() -> None:
    data = b'{"scores": {"s": 1}}' + b" " * 1024**2

    assert read_result(data, ["s"], max_bytes=2 * 1024**2).scores == {"s": 1.0}
