"""How a camera is calibrated: from surveyed points, from lengths on the road, from the traffic itself."""
