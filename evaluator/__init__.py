"""Everything that scores: jobs, outcomes, sandboxes, blobs, arrays, metrics, the worker."""

# Part of every scorer's digest: grows when a built-in metric gives other numbers than before.
SCORER_RELEASE = "1"
