"""Telling operators that something needs them, once, until somebody has taken it on or it is over."""
