"""What is run by hand when the repository itself is worked on."""
