"""Another version of this program on a box: fetched, tried, taken over, or gone back from by itself."""
