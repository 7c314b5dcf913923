"""Activities (活动): what was planned and held, who came, and what has to be held in which rhythm."""
