"""The demo: every part of the product on one machine, from the playing camera to the closed case."""
