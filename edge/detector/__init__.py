"""The eyes of the edge: vehicles, plates and signal heads; training and evaluation of the models."""
