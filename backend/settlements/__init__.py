"""What the ways to pay have passed on to the State Treasury, and what still lies with them."""
