"""The scorer image: what runs inside a Docker sandbox."""
