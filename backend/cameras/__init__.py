"""Cameras as operators set them up: files in versions, roll-outs, asks of boxes, and faults on record."""
