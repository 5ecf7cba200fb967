"""The eyes of the edge: model runtime, vehicles, plates, signal heads; training and evaluation of the models."""
