"""Average speed between two cameras: who passed a gate when, and how fast he went to the next."""
