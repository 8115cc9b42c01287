import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.codes import Code
from evaluator.inside.archives import read_listing, unpack
from evaluator.inside.errors import UploadRefused
from evaluator.inside.expected import Expected
from evaluator.inside.places import Places
from evaluator.inside.uploads import take_in
from evaluator.plans import Case
from tests.hostile.uploads.archives import HONEST, HOSTILE, LIMIT_BYTES
from tests.hostile.uploads.zip_writer import DEFLATED, FOLDER, Member, write_zip
from tests.unit.evaluator.inside.submissions import case

NOTHING_EXPECTED = Expected(())


def take(
    places: Places, data: bytes, name: str = "upload.zip", *, expected: Expected = NOTHING_EXPECTED
) -> dict[str, bytes]:
    """Hand in an archive and return the files of the submission."""
    (places.upload / name).write_bytes(data)
    tree = take_in(places, expected, limit_bytes=LIMIT_BYTES).tree
    return {path: tree.path(path).read_bytes() for path in sorted(tree.files)}


@pytest.mark.parametrize(("make", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_refused_and_writes_nothing_outside_its_folder(
    make: Callable[[], bytes], code: Code, places: Places, tmp_path: Path
) -> None:
    neighbours = sorted(tmp_path.parent.iterdir())

    with pytest.raises(UploadRefused) as caught:
        take(places, make())

    assert caught.value.code is code
    assert str(caught.value).endswith(".")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    written = [path for path in places.output.rglob("*") if not path.is_dir()]
    assert all(stat.S_ISREG(path.lstat().st_mode) for path in written)
    assert all(path.is_relative_to(places.submission) for path in written)
    assert sum(path.stat().st_size for path in written) <= LIMIT_BYTES
    assert sorted(tmp_path.parent.iterdir()) == neighbours


def test_an_archive_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"

    for length in range(len(HONEST)):
        archive.write_bytes(HONEST[:length])
        with pytest.raises(UploadRefused) as caught:
            read_listing(archive, limit_bytes=LIMIT_BYTES)
        assert caught.value.code is Code.ARCHIVE_INVALID


def test_an_archive_with_any_byte_flipped_never_ends_in_another_error(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"

    for place in range(len(HONEST)):
        data = bytearray(HONEST)
        data[place] ^= 0x55
        archive.write_bytes(data)
        target = tmp_path / str(place)
        try:
            listing = read_listing(archive, limit_bytes=LIMIT_BYTES)
            sizes = unpack(archive, listing, target, lambda name: name)
        except UploadRefused:
            continue
        assert all(path.lower() in {"a.csv", "b/c.csv"} or len(path) < 10 for path in sizes)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_come_back_byte_by_byte(method: int, places: Places) -> None:
    files = {"a.csv": b"", "b/c/0.0": bytes(range(256)) * 4000, "b/d": b"x"}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)

    assert take(places, target.getvalue()) == files


class Pipe(io.RawIOBase):
    """A target that cannot be rewound, so that sizes stand behind the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]  # any buffer, as io says
        return len(data)  # type: ignore[arg-type]


def test_an_archive_written_to_a_pipe_is_taken(places: Places) -> None:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"1" * 1000)
        archive.writestr("b.csv", b"2" * 1000)

    assert take(places, pipe.data) == {"a.csv": b"1" * 1000, "b.csv": b"2" * 1000}


def test_a_zip64_archive_is_taken(places: Places) -> None:
    assert take(places, write_zip([Member("a.csv")], zip64=True)) == {"a.csv": b"data"}


def test_sizes_in_zip64_fields_are_understood(places: Places) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        with archive.open("a.csv", "w", force_zip64=True) as file:
            file.write(b"one")
        archive.writestr("b.csv", b"two")

    assert take(places, target.getvalue()) == {"a.csv": b"one", "b.csv": b"two"}


def test_a_comment_at_the_end_does_no_harm(places: Places) -> None:
    archive = write_zip([Member("a.csv")], comment=b"PK\x05\x06 made by hand")

    assert take(places, archive) == {"a.csv": b"data"}


def test_what_macos_and_windows_leave_is_not_unpacked(places: Places) -> None:
    archive = write_zip(
        [
            Member("a.csv"),
            Member("__MACOSX/._a.csv"),
            Member(".DS_Store"),
            Member("b/.DS_Store"),
            Member("b/Thumbs.db"),
            Member("b/._c"),
            Member("b/c"),
        ]
    )

    assert take(places, archive) == {"a.csv": b"data", "b/c": b"data"}


def test_names_that_macos_takes_apart_are_put_together(places: Places) -> None:
    assert take(places, write_zip([Member("e\u0301.csv", flags=0)])) == {"\xe9.csv": b"data"}


WRAPPED = [Member("mine/", b"", mode=FOLDER), Member("mine/a.csv"), Member("mine/b/c.csv")]


def test_a_folder_around_everything_is_taken_away(places: Places) -> None:
    expected = Expected((Case.model_validate(case(1)),))

    files = take(places, write_zip(WRAPPED), expected=expected)

    assert files == {"a.csv": b"data", "b/c.csv": b"data"}


def test_a_folder_around_everything_stays_where_nothing_is_expected_by_name(
    places: Places,
) -> None:
    assert take(places, write_zip(WRAPPED)) == {"mine/a.csv": b"data", "mine/b/c.csv": b"data"}


def test_a_store_packed_without_its_folder_gets_the_name_of_its_archive(places: Places) -> None:
    archive = write_zip([Member("zarr.json"), Member("c/0")])

    assert set(take(places, archive, "a.zarr.zip")) == {"a.zarr/zarr.json", "a.zarr/c/0"}


def test_what_looks_like_a_store_stays_where_nobody_speaks_of_one(places: Places) -> None:
    archive = write_zip([Member("zarr.json"), Member("c/0")])

    assert set(take(places, archive, "predictions.zip")) == {"zarr.json", "c/0"}


def test_an_archive_is_known_by_its_bytes_and_not_by_its_name(places: Places) -> None:
    assert take(places, write_zip([Member("a.csv")]), name="predictions") == {"a.csv": b"data"}


def test_a_file_of_nothing_but_zeros_is_a_bomb_only_when_it_is_big(tmp_path: Path) -> None:
    small = write_zip([Member("a.npy", bytes(10**6), DEFLATED)])
    (tmp_path / "small.zip").write_bytes(small)
    big = write_zip([Member("a.npy", b"x" * 1000, plain_bytes=300 * 1024**2)])
    (tmp_path / "big.zip").write_bytes(big)

    listing = read_listing(tmp_path / "small.zip", limit_bytes=2**40)

    assert listing.plain_bytes == 10**6
    with pytest.raises(UploadRefused, match=r"unpacks from 1000 to 314572800 bytes") as caught:
        read_listing(tmp_path / "big.zip", limit_bytes=2**40)
    assert caught.value.code is Code.ARCHIVE_TOO_LARGE


def test_200_000_entries_stated_cost_nothing_to_refuse(places: Places) -> None:
    archive = write_zip([Member("a.csv")], zip64=True, count=2**40)

    with pytest.raises(UploadRefused, match="has 1099511627776 entries; the limit is 200000"):
        take(places, archive)
