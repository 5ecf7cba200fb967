"""Whether a camera still sees what it was set up to see.

`look` makes a small value of a picture; `monitor` turns looks and times into states with since when; the rest
says how. No clock, file or socket: the worker gives times and keeps the reference picture.
"""
