"""What a picture shows, in words that hold nothing but numbers."""

import pytest
from pydantic import TypeAdapter, ValidationError

from evaluator.pictures import LabelFacts, NumberFacts, PictureFacts

READER: TypeAdapter[PictureFacts] = TypeAdapter(PictureFacts)


def test_words_of_labels_say_where_the_slice_lies_and_what_was_counted() -> None:
    facts = LabelFacts(
        number=0, index=(1, 12), lengths=(3, 30), step=3, agree=1204, extra=30, missed=4, other=2
    )

    assert facts.words() == (
        "The slice at index 1, 12 (the last is 2, 29): prediction, truth and error side by side. "
        "Of the foreground, 1,204 elements agree, 30 are too many, 4 are missed, 2 have another "
        "label. Every 3rd row and column is drawn."
    )


@pytest.mark.parametrize(
    ("step", "word"), [(2, "2nd"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")]
)
def test_steps_are_ordinals(step: int, word: str) -> None:
    facts = NumberFacts(number=0, step=step, low=0, high=1, largest=0, mean=0)

    assert f"Every {word} row" in facts.words()


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "labels", "number": 0, "agree": -1, "extra": 0, "missed": 0}',
        '{"kind": "labels", "number": 20, "agree": 1, "extra": 0, "missed": 0}',
        '{"kind": "labels", "number": 0, "agree": "<b>", "extra": 0, "missed": 0}',
        '{"kind": "labels", "number": 0, "agree": 1, "extra": 0, "missed": 0, "text": "hi"}',
        '{"kind": "labels", "number": 0, "agree": 1%s, "extra": 0, "missed": 0}' % ("0" * 30),
        '{"kind": "numbers", "number": 0, "low": NaN, "high": 1, "largest": 1, "mean": 1}',
        '{"kind": "other", "number": 0}',
    ],
)
def test_facts_that_an_upload_could_have_written_are_numbers_or_nothing(text: str) -> None:
    with pytest.raises(ValidationError):
        READER.validate_json(text)
