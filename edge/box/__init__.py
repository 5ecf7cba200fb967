"""Several cameras on one box: one process each, watched over by one that does nothing else."""
