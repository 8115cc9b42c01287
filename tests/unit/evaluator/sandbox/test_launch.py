from pathlib import Path

from evaluator.sandbox import mounts
from evaluator.sandbox.launch import bubblewrap_words, stage
from evaluator.sandbox.layout import Layout, Scratch, Shown
from evaluator.sandbox.scorer_tree import find_scorer_tree


def words(layout: Layout) -> str:
    made = bubblewrap_words(layout, environment={"A": "b"}, workdir="/agon", seccomp=7, status=8)
    return " ".join(made)


def test_inputs_are_bound_read_only_and_the_output_writable(tmp_path: Path) -> None:
    layout = Layout((Shown(tmp_path, "/agon/in"), Shown(tmp_path, "/agon/output", writable=True)))

    said = words(layout)

    assert f"--ro-bind {tmp_path} /agon/in" in said
    assert f" --bind {tmp_path} /agon/output" in said


def test_the_walls_are_always_there() -> None:
    said = words(Layout(()))

    for wall in ("--unshare-net", "--unshare-pid", "--disable-userns", "--cap-drop ALL"):
        assert wall in said
    assert "--clearenv" in said
    assert said.index("--clearenv") < said.index("--setenv A b")
    assert said.endswith("--chdir /agon --seccomp 7 --json-status-fd 8")


def test_links_work_in_environments_and_not_in_inputs(tmp_path: Path) -> None:
    layout = Layout((Shown(tmp_path, "/a"), Shown(tmp_path, "/b", follow_links=False)))

    shown, _, _ = stage(layout)

    assert not shown[0]["flags"] & mounts.NO_LINKS
    assert shown[1]["flags"] & mounts.NO_LINKS
    assert all(order["flags"] & mounts.READ_ONLY for order in shown)


def test_a_staged_layout_names_nothing_of_the_host(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.touch()
    layout = Layout(
        (Shown(tmp_path, "/a"), Shown(file, "/b"), Shown(tmp_path, "/out", writable=True)),
        (Scratch("/tmp", 100),),
    )

    shown, scratch, staged = stage(layout)

    assert [str(item.source) for item in staged.shown] == [
        "/tmp/0",
        "/tmp/1.file",
        "/tmp/2",
        "/tmp/3",
    ]
    assert [order["file"] for order in shown] == ["", "one.txt", ""]
    assert [order["hide"] for order in shown] == [True, True, False]
    assert scratch == [{"size": 100, "files": 4096}]


def test_the_scorers_tree_holds_no_secrets_and_resolves_python() -> None:
    tree = find_scorer_tree()

    targets = {item.target for item in tree.shown}
    assert "/agon/lib/evaluator" in targets
    assert not targets & {"/", "/etc", "/home", "/root", "/var"}
    assert {name for name, _ in tree.etc} <= {
        "group",
        "ld.so.cache",
        "localtime",
        "nsswitch.conf",
        "passwd",
    }
    assert tree.path.startswith("/agon/runtime/bin:")


def test_a_python_of_the_system_is_found_by_its_short_name() -> None:
    tree = find_scorer_tree(Path("/usr"))

    assert ("/agon/runtime/bin/python", "/usr/bin/python3") in tree.links
