"""The reference pages say what the code does: all of it, and nothing else."""

import json
import re
import tomllib
from argparse import ArgumentParser, _SubParsersAction
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any

import jsonschema
import pytest
import yaml
from django.core.management.base import BaseCommand
from pydantic import BaseModel, TypeAdapter

import challenges.management.commands
import web.management.commands
from challenges.config import ChallengeConfig, boards, phases, scoring
from docs.generator import keys
from docs.generator.markdown import BlocksDiffer, with_blocks
from docs.generator.pages import DOCS, SCHEMA, stale
from evaluator.codes import Code
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.results import read_result
from evaluator.settings import FOREIGN, PREFIX, HostSettings
from tests.unit.docs.reading import PAGES, ROOT, fences, name_of, sections
from web.api import api
from web.environment import SiteSettings

CODES = DOCS / "reference" / "codes.md"
COMMANDS = DOCS / "reference" / "commands.md"
DEPENDENCIES = DOCS / "decisions" / "dependencies.md"
GALLERY = sorted((ROOT / "challenges" / "gallery").glob("*/challenge.yaml"))


def test_the_generated_parts_are_up_to_date() -> None:
    assert [name_of(path) for path in stale()] == [], "run: python docs/generate.py"


def test_a_page_without_its_generated_block_is_refused() -> None:
    text = "<!-- begin: one -->\n<!-- end: one -->\n"

    with pytest.raises(BlocksDiffer):
        with_blocks("page.md", text, {"one": "", "two": ""})


def test_every_code_has_a_section_and_every_section_with_a_code_is_one() -> None:
    titles = [section.title for section in sections(CODES)]

    assert [title for title in titles if re.fullmatch(r"[a-z]+(-[a-z]+)*", title)] == list(Code)


@pytest.mark.parametrize("code", list(Code))
def test_a_code_has_a_few_sentences_that_say_whose_fault_it_is(code: Code) -> None:
    text = next(section.text for section in sections(CODES) if section.title == code)

    assert 2 <= len(re.findall(r"[.!?](?=\s|$)", text)) <= 4
    assert re.search(r"fault|affair|mistake|Rejected", text)


def _model(name: str) -> type[BaseModel]:
    found: type[BaseModel] = next(
        getattr(module, name)
        for module in (boards, phases, scoring, import_module("challenges.config"))
        if hasattr(module, name)
    )
    return found


@pytest.mark.parametrize(
    ("part", "key"), [(part, key) for part, text in keys.parts().items() for key in text.keys]
)
def test_the_example_of_a_key_is_one_that_the_model_takes(part: str, key: str) -> None:
    example = yaml.safe_load(keys.parts()[part].keys[key].example)
    field = _model(part).model_fields[key]

    kind: Any = Annotated[field.annotation, field]  # a type made at run time

    TypeAdapter(kind).validate_python(example[key])


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.parent.name)
def test_editors_find_no_fault_with_the_gallery(file: Path) -> None:
    class PlainLoader(yaml.SafeLoader):
        """Leaves times as texts, as editors do."""

    PlainLoader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in forms if not tag.endswith(":timestamp")]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    document = yaml.load(file.read_text(encoding="utf-8"), PlainLoader)

    jsonschema.validate(document, json.loads((DOCS / SCHEMA).read_text(encoding="utf-8")))


def test_the_schema_is_that_of_the_model() -> None:
    schema = json.loads((DOCS / SCHEMA).read_text(encoding="utf-8"))

    assert schema == ChallengeConfig.model_json_schema()


def test_every_metric_has_a_section() -> None:
    titles = [section.title for section in sections(DOCS / "organise" / "metrics.md")]

    assert [title for title in titles if title in CATALOGUE] == list(CATALOGUE)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_only_settings_that_exist(page: Path) -> None:
    known = {
        f"{PREFIX}{name.upper()}" for m in (SiteSettings, HostSettings) for name in m.model_fields
    }
    known |= {f"{name}_FILE" for name in known}
    # In a program's environment, in a shell's example, and in the sentence about a typo.
    known |= {"AGON_CASES", "AGON_SEED", "AGON_SITE", "AGON_TOKEN", "AGON_PROT", "AGON_NAME_FILE"}
    named = set(re.findall(r"AGON_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))

    assert {name for name in named if not name.startswith(FOREIGN)} - known <= {"AGON_TEST"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_only_addresses_of_the_api_that_exist(page: Path) -> None:
    own = ["/api/v1/openapi.json", "/api/v1/docs", "/api/v1/"]
    paths = [*api.get_openapi_schema(path_prefix="/api/v1/")["paths"], *own]
    patterns = [re.sub(r"\{\w+\}", "[^/]+", path) for path in paths]
    named = re.findall(r"/api/v1/[\w./-]*", page.read_text(encoding="utf-8"))

    assert [path for path in named if not any(re.fullmatch(p, path) for p in patterns)] == []


def _own_commands() -> dict[str, BaseCommand]:
    packages = (challenges.management.commands, web.management.commands)
    names = [(p.__name__, m.name) for p in packages for m in iter_modules(p.__path__)]
    return {name: import_module(f"{package}.{name}").Command() for package, name in names}


def _words(parser: ArgumentParser, common: set[str]) -> set[str]:
    words: set[str] = set()
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for verb, inner in action.choices.items():
                words |= {verb} | _words(inner, common)
        words |= {option for option in action.option_strings if option not in common}
    return words


@pytest.mark.parametrize("name", sorted(_own_commands()))
def test_a_command_has_a_section_with_all_its_words(name: str) -> None:
    common = _words(BaseCommand().create_parser("agon-site", "any"), set())
    words = _words(_own_commands()[name].create_parser("agon-site", name), common)
    section = next(s for s in sections(COMMANDS) if s.title == f"agon-site {name}")

    assert {word for word in words if word not in section.text} == set()


def test_no_command_is_described_that_is_not_there() -> None:
    described = {s.title for s in sections(COMMANDS) if s.title.startswith("agon-site ")}

    assert described == {f"agon-site {name}" for name in (*_own_commands(), "worker")}


def _rows(page: Path) -> set[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    return {match[1] for line in lines if (match := re.match(r"\| `([\w.-]+)` \|", line))}


def test_every_direct_dependency_has_its_reason() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    packages = {re.split(r"[\[><=;, ]", line)[0] for line in lines} - {"agon-site"}
    vendored = {path.name.rpartition("-")[0] for path in (ROOT / "web/static/vendor").glob("*-*")}

    assert _rows(DEPENDENCIES) == packages | vendored


def test_the_result_file_of_the_page_is_one_that_is_taken() -> None:
    example = fences(DOCS / "organise" / "scoring-program.md", "json")[0]

    result = read_result(example.encode(), ("f1", "mean_iou"))

    assert result.scores == {"f1": 0.92, "mean_iou": 0.89}
