"""Where things lie: provinces and wards with the days they were valid, and which cameras stand in them."""
