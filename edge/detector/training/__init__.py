"""Training and export of the models; needs the `train` extra (torch, ultralytics), the edge does not."""
