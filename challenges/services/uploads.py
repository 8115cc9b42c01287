"""Begins uploads, notes what has come of them, and hands them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from challenges.blobindex import BlobIndex, SizesDiffer
from challenges.blobs import site_blobs
from challenges.errors import UploadEmpty, UploadNameInvalid, UploadTooLarge
from challenges.models import MissingBlob, Phase, Submission, Team, TeamBlob, Upload, User
from challenges.services.blob_rows import (
    add_missing,
    add_of_team,
    batches,
    note_submitted,
    use_of_team,
)
from challenges.services.submissions import Details, StoredUpload, check_may_submit, submit
from challenges.services.upload_room import expiry, make_room
from challenges.upload_errors import (
    ManifestInvalid,
    UploadExpired,
    UploadFinished,
    UploadIncomplete,
)
from evaluator.manifests import Manifest, checked_path


@dataclass(frozen=True)
class Announced:
    """What a team wants to send."""

    name: str
    manifest: Manifest

    @cached_property
    def digest(self) -> str:
        """Digest of the manifest."""
        return self.manifest.digest


def begin(
    *, team: Team, phase: Phase, user: User | None, announced: Announced
) -> tuple[Upload, bool]:
    """Return the upload of a manifest, and whether it is new; the same one is gone on with.

    Raises: UploadEmpty, UploadNameInvalid, UploadTooLarge, ManifestInvalid, PhaseNotOpen,
    PhaseClosed, TooManyInFlight, SubmissionQuotaExceeded, TooMuchUnfinished.
    """
    index = _checked(announced, phase)
    check_may_submit(team, phase)
    with transaction.atomic():
        # The lock makes uploads of one team take turns: none misses what another has just sent.
        Team.objects.select_for_update().get(pk=team.pk)
        upload, is_new = _find_or_make(team, phase, user, announced, index)
        _list_missing(upload, index)
        make_room(upload)
    return upload, is_new


def received(*, upload: Upload, sizes: Mapping[str, int]) -> None:
    """Note that blobs of an upload, given with their sizes, are durable in the store."""
    if not sizes:
        return
    now = timezone.now()
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=upload.team_id)
        add_of_team(upload.team_id, sizes.items(), now)
        waiting = list(Upload.objects.unfinished().filter(team=upload.team_id).values_list("pk"))
        rows = MissingBlob.objects.filter(upload__in=[pk for (pk,) in waiting])
        for digests in batches(list(sizes)):
            rows.filter(sha256__among=digests).delete()
    postpone_expiry(upload)


def postpone_expiry(upload: Upload) -> None:
    """Count the days until an open upload expires from now: something of it has come."""
    Upload.objects.open().filter(pk=upload.pk).update(expires_at=expiry(timezone.now()))


def forget(*, upload: Upload) -> None:
    """End an upload without a submission; what has come still need not be sent again.

    Raises: UploadFinished.
    """
    deleted, _ = Upload.objects.unfinished().filter(pk=upload.pk).delete()
    if not deleted:
        raise UploadFinished


def check_open(upload: Upload) -> None:
    """Let an upload pass that takes bytes. Raises: UploadFinished, UploadExpired."""
    if upload.submission_id is not None:
        raise UploadFinished
    if upload.expires_at <= timezone.now():
        raise UploadExpired


def hand_in(*, upload: Upload, user: User | None, details: Details) -> tuple[Submission, bool]:
    """Return the submission of an upload that is whole, and whether it was made just now.

    Raises: UploadExpired, UploadIncomplete, and what `submit` raises; the upload stays as it is.
    """
    if upload.submission is not None:
        return upload.submission, False
    index = upload.blobs
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=upload.team_id)
        rows = Upload.objects.select_related("submission", "team", "phase__challenge__current")
        fresh = rows.defer("manifest_json", "index").get(pk=upload.pk)
        if fresh.submission is not None:  # another request of the team was quicker
            return fresh.submission, False
        check_open(fresh)
        missing = _list_missing(fresh, index)
        if not missing:
            arrived = StoredUpload(fresh.name, fresh.size_bytes, upload.manifest_json)
            submission = _submit(fresh, user, details, arrived)
            note_submitted(fresh.team_id, [digest for digest, _ in index])
            return submission, True
    raise UploadIncomplete(len(missing), sum(size for _, size in missing))


def _submit(
    upload: Upload, user: User | None, details: Details, arrived: StoredUpload
) -> Submission:
    submission = submit(
        team=upload.team, phase=upload.phase, user=user, upload=arrived, details=details
    )
    upload.submission, upload.manifest_json, upload.index = submission, "", b""
    upload.save(update_fields=["submission", "manifest_json", "index"])
    return submission


def _checked(announced: Announced, phase: Phase) -> BlobIndex:
    name, manifest = announced.name, announced.manifest
    if manifest.size_bytes == 0:
        raise UploadEmpty
    limit = phase.config.limits.upload
    if manifest.size_bytes > limit:
        raise UploadTooLarge(limit)
    if "/" in name:
        raise UploadNameInvalid(f"{name!a} holds a slash.")
    try:
        checked_path(name)
    except ValueError as error:
        raise UploadNameInvalid(str(error)) from error
    _check_folders(manifest)
    try:
        return BlobIndex.of((entry.sha256, entry.size) for entry in manifest.files)
    except SizesDiffer as error:
        raise ManifestInvalid({"files": str(error)}) from error


def _check_folders(manifest: Manifest) -> None:
    """Let paths pass of which none is another one's folder, on no computer."""
    names = {entry.path.casefold() for entry in manifest.files}
    folders: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    both = sorted(names & folders)
    if both:
        raise ManifestInvalid({"files": f"{both[0]!a} is a file and a folder"})


def _find_or_make(
    team: Team, phase: Phase, user: User | None, announced: Announced, index: BlobIndex
) -> tuple[Upload, bool]:
    manifest, expires_at = announced.manifest, expiry(timezone.now())
    mine = Upload.objects.unfinished().filter(team=team)
    upload = mine.filter(phase=phase, digest=announced.digest).first()
    if upload is not None:
        upload.team, upload.phase = team, phase
        is_new = upload.expires_at <= timezone.now()
        upload.name, upload.expires_at = announced.name, expires_at
        upload.save(update_fields=["name", "expires_at"])
        return upload, is_new
    upload = Upload.objects.create(
        team=team,
        phase=phase,
        user=user,
        name=announced.name,
        digest=announced.digest,
        files=len(manifest.files),
        size_bytes=manifest.size_bytes,
        manifest_json=manifest.model_dump_json(),
        index=index.data,
        expires_at=expires_at,
    )
    return upload, True


def _list_missing(upload: Upload, index: BlobIndex) -> list[tuple[str, int]]:
    """Write down and return digest and size of each blob that the team is to send.

    Raises: ManifestInvalid when a blob that is here has another size.
    """
    held = use_of_team(upload.team_id, [digest for digest, _ in index])
    _forget_lost(upload.team_id, held)
    missing = []
    for digest, size in index:
        found = held.get(digest)
        if found is None:
            missing.append((digest, size))
        elif found != size:
            raise ManifestInvalid({"files": f"{digest} has {found} bytes, not {size}"})
    upload.missing.all().delete()
    add_missing(upload, missing)
    return missing


def _forget_lost(team_id: int, held: dict[str, int]) -> None:
    """Have a team send again what is no more in the store, as after a restored backup."""
    store = site_blobs()
    lost = [digest for digest, size in held.items() if store.size_of(digest) != size]
    for digests in batches(lost):
        TeamBlob.objects.filter(team=team_id, sha256__among=digests).delete()
    for digest in lost:
        del held[digest]
