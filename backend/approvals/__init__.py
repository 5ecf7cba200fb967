"""What one person may not do alone: asked for by one, approved or refused by another."""
