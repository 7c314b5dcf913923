"""Names of the dictionaries of hazards."""

SOURCE = "hazards.source"  # 民警巡查, 镇街排查 ...
GRADE = "hazards.grade"  # 一般, 重大
ASPECT = "hazards.aspect"  # 设施, 绿化, 占道经营 ...: what of the road somebody answers for
ROAD_CLASS = "hazards.road_class"
MEASURE = "hazards.measure"  # 取缔, 搬迁, 修剪 ...
WORK = "hazards.work"  # 清移树木(棵) ...: what quantities of work are counted in
INTERIM = "hazards.interim"  # 警示标志, 临时值守 ...
RULE_FACT = "hazards.rule_fact"
MARKET_KIND = "hazards.market_kind"
MARKET_STATE = "hazards.market_state"
CALENDAR = "hazards.calendar"
CHECKS = "hazards.check"  # hazards.check.<kind>: the checklist of a kind

MAJOR, GENERAL = "major", "general"
