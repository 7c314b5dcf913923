"""Hazards of the road: kinds H01-H15, who answers for them, how grave they are, what was done; roadside markets."""
