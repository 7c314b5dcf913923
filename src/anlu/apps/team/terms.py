"""Names of the dictionaries of team building."""

TOPICS = "team.topic"  # 学习主题, with the days on which each may be chosen
ACTIONS = "team.action"  # 五大行动
THEMES = "team.theme"  # words of a great discussion (四比)
SUBJECTS = "team.subject"  # subjects of training
