"""Uploads on their way: what is to come, what a team has sent before."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from challenges.blobindex import BlobIndex
from challenges.models.challenge import Phase
from challenges.models.submission import Submission
from challenges.models.team import Team
from evaluator.manifests import Manifest


class UploadState(models.TextChoices):
    """Where an upload is."""

    OPEN = "open"
    FINISHED = "finished"
    EXPIRED = "expired"


class UploadQuerySet(models.QuerySet["Upload"]):
    """Names filters."""

    def unfinished(self) -> "UploadQuerySet":
        """Those without a submission, expired or not."""
        return self.filter(submission=None)

    def open(self) -> "UploadQuerySet":
        """Those that take bytes."""
        return self.unfinished().filter(expires_at__gt=timezone.now())


class Upload(models.Model):
    """A manifest whose blobs a team sends, until it is handed in as a submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="uploads")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="uploads"
    )
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)  # of the manifest
    files = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    # Both are emptied when the upload is handed in: the submission has the manifest then.
    manifest_json = models.TextField()
    index = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, null=True, related_name="upload"
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "phase", "digest"],
                condition=models.Q(submission=None),
                name="upload_unfinished_once",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]

    def __str__(self) -> str:
        return f"{self.name} of {self.team}"

    @property
    def state(self) -> UploadState:
        """Where the upload is now."""
        if self.submission_id is not None:
            return UploadState.FINISHED
        return UploadState.OPEN if self.expires_at > timezone.now() else UploadState.EXPIRED

    @property
    def manifest(self) -> Manifest:
        """The files that are to come."""
        return Manifest.model_validate_json(self.manifest_json)

    @property
    def blobs(self) -> BlobIndex:
        """Digest and size of each of its blobs."""
        return BlobIndex(bytes(self.index))


class MissingBlob(models.Model):
    """A blob of an unfinished upload that has not come; its row goes when the blob is durable.

    The constraint's index serves the foreign key too: there are thousands of rows an upload.
    """

    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="missing", db_index=False
    )
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "sha256"], name="missing_blob_once")
        ]

    def __str__(self) -> str:
        return self.sha256


class TeamBlob(models.Model):
    """A blob that a team has sent whole: it need not send it again.

    What others have sent is no team's affair. If it were enough to name a digest, naming the
    digest of the truth would hand the truth in.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="blobs", db_index=False)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    used_at = models.DateTimeField()  # sent, or named by an upload
    is_submitted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "sha256"], name="team_blob_once")]
        indexes = [models.Index(fields=["sha256"], name="team_blob_digest")]

    def __str__(self) -> str:
        return self.sha256
