"""Writes what the code itself knows into the reference pages."""
