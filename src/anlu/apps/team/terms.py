"""Names of the dictionaries of team building."""

TOPICS = "team.topic"  # 学习主题, with the days on which each may be chosen
ACTIONS = "team.action"  # 五大行动
THEMES = "team.theme"  # words of a great discussion (四比)
SUBJECTS = "team.subject"  # subjects of training
SOURCES = "team.problem_source"  # 问题来源: 自己找, 相互提, 上级点 ...
