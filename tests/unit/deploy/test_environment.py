"""Packages are installed again only when a lock, or the Python, has changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.environment import Environment, is_installed, link_project, write_stamp
from deploy.locks import covers, pins

HASH = "    --hash=sha256:" + "0" * 64
PYTHON = (sys.version_info[0], sys.version_info[1])


def lock_of(*lines: str) -> str:
    return "".join(f"{line} \\\n{HASH}\n" for line in lines)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    environment = Environment(tmp_path)
    (tmp_path / "requirements").mkdir()
    library = environment.folder / "lib" / f"python{PYTHON[0]}.{PYTHON[1]}" / "site-packages"
    library.mkdir(parents=True)
    environment.python.parent.mkdir()
    environment.python.symlink_to(sys.executable)
    environment.lock("run.txt").write_text(lock_of("numpy==2.4.6 ; python_version < '3.12'"))
    environment.lock("test.txt").write_text(
        lock_of("numpy==2.4.6 ; python_version < '3.12'", "pytest==8.3.0")
    )
    return environment


def test_nothing_is_installed_at_first(environment: Environment) -> None:
    assert not is_installed(environment, "run.txt", PYTHON)


def test_an_installed_lock_is_known_again(environment: Environment) -> None:
    write_stamp(environment, "run.txt", PYTHON)

    assert is_installed(environment, "run.txt", PYTHON)
    assert not is_installed(environment, "test.txt", PYTHON)


def test_the_larger_lock_counts_for_the_smaller_one(environment: Environment) -> None:
    write_stamp(environment, "test.txt", PYTHON)

    assert is_installed(environment, "run.txt", PYTHON)


def test_a_changed_lock_is_installed_anew(environment: Environment) -> None:
    write_stamp(environment, "run.txt", PYTHON)
    environment.lock("run.txt").write_text(lock_of("numpy==2.4.7"))

    assert not is_installed(environment, "run.txt", PYTHON)


def test_another_python_is_installed_for_anew(environment: Environment) -> None:
    write_stamp(environment, "run.txt", PYTHON)

    assert not is_installed(environment, "run.txt", (PYTHON[0], PYTHON[1] + 1))


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_broken_stamp_counts_for_nothing(environment: Environment, text: str) -> None:
    environment.stamp.write_text(text)

    assert not is_installed(environment, "run.txt", PYTHON)


def test_pins_are_read_without_their_hashes(environment: Environment) -> None:
    lock = environment.lock("test.txt")

    assert pins(lock) == {"numpy==2.4.6 ; python_version < '3.12'", "pytest==8.3.0"}


def test_a_lock_at_other_versions_covers_nothing(environment: Environment) -> None:
    environment.lock("test.txt").write_text(lock_of("numpy==2.5.0", "pytest==8.3.0"))

    assert not covers(environment.lock("test.txt"), environment.lock("run.txt"))


@pytest.mark.parametrize(
    ("name", "home"), [("agon-site", "web/commandline.py"), ("agon", "client/agon/cli.py")]
)
def test_a_command_starts_the_project_where_it_lies(
    environment: Environment, name: str, home: str
) -> None:
    module = environment.root / home
    module.parent.mkdir(parents=True)
    module.write_text("import sys\n\n\ndef main():\n    print(__file__, *sys.argv)\n    return 3\n")
    marker = environment.folder / "pyvenv.cfg"  # makes Python take the folder as its own
    marker.write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    link_project(environment, PYTHON)
    link = environment.root / "anywhere"
    link.symlink_to(environment.program(name))

    done = subprocess.run(
        [link, "up", "two words"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath},
    )

    assert done.stdout == f"{module} {name} up two words\n"
    assert done.returncode == 3
