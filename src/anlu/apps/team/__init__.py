"""Team (队伍建设): the party tree, study and writing, organisation life, warning, training, the great discussion."""
