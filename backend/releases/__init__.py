"""Releases of the boxes' software: checked, kept, rolled out in steps, and gone back from."""
