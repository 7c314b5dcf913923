"""Fields that a mapping may name, for the sheets of crashes, vehicles and casualties."""

from __future__ import annotations

from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind, Sheet

CASUALTIES = "casualties"
VEHICLES = "vehicles"

T, C, N, F = Kind.TEXT, Kind.CODE, Kind.INTEGER, Kind.FLAG


def _count(name: str, label: str, help: str = "") -> ImportField:
    return ImportField(name, label, N, help, least=0, most=100_000)


def _code(name: str, label: str, list_: str = "") -> ImportField:
    return ImportField(name, label, C, dictionary=f"crash.{list_ or name}")


CRASH_FIELDS = (
    ImportField("number", "事故编号", T, "唯一;多列合成时在 options.key 里写明", required=True, longest=60),
    ImportField("case_number", "案件编号", T, longest=60),
    ImportField("occurred_at", "发生时间", Kind.MOMENT, "日期和时间可分在两列;只有日期也可以", required=True),
    ImportField("reported_at", "接报时间", Kind.MOMENT),
    ImportField("filed_at", "立案时间", Kind.MOMENT),
    ImportField("determined_on", "认定日期", Kind.DAY),
    ImportField("closed_on", "结案日期", Kind.DAY),
    ImportField("town", "辖区", T, "乡镇街道(或区)的代码或名称", longest=60),
    ImportField("unit", "办理单位", T, "单位的代码或名称;空则按辖区分工", longest=80),
    ImportField("road", "道路", T, "编号或名称", longest=120),
    ImportField("stake", "桩号", T, "写作 K12+345", longest=20),
    ImportField("chainage_km", "桩号公里数", Kind.DECIMAL, least=0, most=10_000),
    ImportField("chainage_m", "桩号米数", Kind.DECIMAL, "有公里数时为余下的米数", least=0, most=10_000_000),
    ImportField("place_text", "地点", T, "原文", longest=300),
    ImportField("lon", "经度", Kind.DECIMAL, "或东坐标;坐标系见 options.crs"),
    ImportField("lat", "纬度", Kind.DECIMAL, "或北坐标"),
    _code("severity", "后果"),
    _code("procedure", "处理程序"),
    _code("scene", "现场"),
    ImportField("hit_and_run", "逃逸", F),
    _code("close_method", "结案方式"),
    _code("mediation", "调解方式"),
    _code("form", "事故形态"),
    _code("vehicle_form", "车辆间事故"),
    _code("object_hit", "碰撞物"),
    _code("cause", "认定原因分类"),
    ImportField("cause_detail", "认定原因", T, "违法行为代码", longest=10),
    ImportField("secondary_crash", "二次事故", F),
    ImportField("dangerous_goods", "涉危险品", F),
    ImportField("description", "简要案情", T, longest=4000),
    _code("weather", "天气"),
    _code("visibility", "能见度"),
    _code("light", "照明条件"),
    _code("surface", "路表情况"),
    _code("pavement", "路面状况"),
    _code("pavement_material", "路面结构"),
    _code("terrain", "地形"),
    _code("road_class", "道路类型"),
    _code("road_rank", "公路行政等级"),
    _code("junction", "路口路段类型"),
    _code("cross_section", "横断面位置"),
    ImportField("control", "交通信号方式", Kind.CODES, dictionary="crash.control"),
    _code("separation", "道路物理隔离"),
    _code("roadside_protection", "路侧防护"),
    _code("central_separation", "中央隔离设施"),
    _code("road_safety", "道路安全属性"),
    ImportField("speed_limit_kmh", "限速", N, "公里/小时", least=1, most=200),
    ImportField("sight_obstruction", "影响视线障碍物", T, longest=120),
    _count("killed", "死亡人数", "7日内;有当事人明细时以明细为准"),
    _count("seriously_injured", "重伤人数"),
    _count("slightly_injured", "轻伤人数"),
    _count("injured", "受伤人数"),
    _count("casualties", "伤亡人数", "只用来与明细核对,或在没有明细时推算受伤人数"),
    ImportField("loss_cny", "直接财产损失", Kind.DECIMAL, "元", least=0, most=999_999_999_999),
    _count("vehicles_count", "车辆数"),
)

VEHICLE_FIELDS = (
    ImportField("number", "事故编号", T, "与事故表相同", required=True, longest=60),
    ImportField("seq", "车辆序号", N, "空则按文件次序", least=1, most=30_000),
    _code("vehicle_class", "车辆类型"),
    ImportField("plate_kind", "号牌种类", T, "号牌种类代码", longest=4),
    ImportField("plate", "号牌号码", T, longest=20, private=True),
    ImportField("usage", "使用性质", T, longest=4),
    ImportField("make", "厂牌型号", T, longest=60),
    ImportField("year_made", "出厂年份", N, least=1900, most=2100),
    _code("insured", "交强险"),
    _code("manoeuvre", "行驶状态"),
    _code("object_hit", "碰撞物"),
    _code("first_impact", "首撞部位"),
    ImportField("driver_age", "驾驶人年龄", N, least=0, most=120, out_of_bounds="age_impossible"),
    _code("driver_sex", "驾驶人性别", "sex"),
)

PARTY_FIELDS = (
    ImportField("number", "事故编号", T, "与事故表相同", required=True, longest=60),
    ImportField("seq", "当事人序号", N, "空则按文件次序", least=1, most=30_000),
    ImportField("vehicle_seq", "所在车辆序号", N, least=1, most=30_000),
    ImportField("name", "姓名", T, longest=60, private=True),
    ImportField("id_number", "证件号码", Kind.PERSONAL, "加密保存,页面遮盖"),
    ImportField("phone", "电话", Kind.PERSONAL, "加密保存,页面遮盖"),
    _code("sex", "性别"),
    ImportField("age", "年龄", N, least=0, most=120, out_of_bounds="age_impossible"),
    _code("role", "角色"),
    _code("mode", "交通方式"),
    _code("injury", "伤害程度"),
    ImportField("died_at", "死亡时间", Kind.MOMENT, "超过7日的不计入死亡统计"),
    _code("liability", "事故责任"),
    _code("helmet", "安全头盔", "protection"),
    _code("belt", "安全带", "protection"),
    _code("child_seat", "儿童座椅", "protection"),
    _code("drink", "饮酒"),
    ImportField("violation_code", "违法行为代码", T, longest=10),
    ImportField("licence_class", "准驾车型", T, longest=10),
)

SHEETS = (
    Sheet(MAIN, "事故", CRASH_FIELDS),
    Sheet(VEHICLES, "车辆", VEHICLE_FIELDS),
    Sheet(CASUALTIES, "伤亡与当事人", PARTY_FIELDS),
)
