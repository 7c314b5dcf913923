"""综合治理: the road-safety committee and its members, meetings and their decisions, tasks of superiors."""
