"""Roads: the network, points on it, road and chainage, and the words for a place on a road."""
