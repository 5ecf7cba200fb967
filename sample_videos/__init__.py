"""Rendered sample videos with exact ground truth (see README.md in this folder)."""
