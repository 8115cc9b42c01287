"""The scores of the CellMap challenge: objects of electron microscopy, and masks of organelles.

Two profiles: `clean`, and `peer-2026-06`, which gives the numbers of the challenge's own scorer as
it was in June 2026, oddities included.
"""
