"""Measuring the eyes on labelled pictures: what a data set is, how it is scored, how that is told."""
