"""The words that the demo's firms, people and products are called by."""

from __future__ import annotations

TEAMS = (
    ("Sales", None),
    ("Sales China", "Sales"),
    ("Sales Europe", "Sales"),
    ("Shanghai", "Sales China"),
    ("Beijing", "Sales China"),
    ("London", "Sales Europe"),
)
"""Name and the team above, which stands earlier in the list."""

USERS = (
    ("Helen Marsh", "helen.marsh", "Sales", "Sales Manager", "Europe/London", "en"),
    ("陈静", "chen.jing", "Sales China", "Sales Manager", "Asia/Shanghai", "zh_CN"),
    ("James Okafor", "james.okafor", "Sales Europe", "Sales Manager", "Europe/London", "en"),
    ("李伟", "li.wei", "Shanghai", "Salesperson", "Asia/Shanghai", "zh_CN"),
    ("王芳", "wang.fang", "Shanghai", "Salesperson", "Asia/Shanghai", "zh_CN"),
    ("赵磊", "zhao.lei", "Beijing", "Salesperson", "Asia/Shanghai", "zh_CN"),
    ("Emma Lindqvist", "emma.lindqvist", "London", "Salesperson", "Europe/London", "en"),
    ("Tom Becker", "tom.becker", "London", "Service Agent", "Europe/London", "en"),
)
"""Name, first part of the e-mail address, team, role, time zone, language."""

CHINESE_PLACES = (
    ("上海", "上海市浦东新区世纪大道 {} 号", "200120"),
    ("北京", "北京市朝阳区建国路 {} 号", "100022"),
    ("杭州", "浙江省杭州市西湖区文三路 {} 号", "310012"),
    ("深圳", "广东省深圳市南山区科技南路 {} 号", "518057"),
    ("苏州", "江苏省苏州市吴中区东吴北路 {} 号", "215128"),
    ("青岛", "山东省青岛市市北区延安路 {} 号", "266023"),
)
CHINESE_WORDS = (
    "华光",
    "东方",
    "远大",
    "恒通",
    "瑞丰",
    "新科",
    "金桥",
    "海润",
    "天成",
    "明德",
    "宏图",
    "长青",
)
CHINESE_TRADES = (
    ("精密机械", "Machinery"),
    ("电子科技", "Electronics"),
    ("医疗器械", "Medical devices"),
    ("食品", "Food"),
    ("物流", "Logistics"),
)

ENGLISH_PLACES = (
    ("London", "{} Kingsway", "WC2B 6XF"),
    ("Manchester", "{} Deansgate", "M3 2BW"),
    ("Bristol", "{} Park Street", "BS1 5JA"),
    ("Leeds", "{} The Headrow", "LS1 6PU"),
    ("Glasgow", "{} Buchanan Street", "G1 3HL"),
)
ENGLISH_WORDS = (
    "Harbour",
    "Northgate",
    "Ashford",
    "Kestrel",
    "Meridian",
    "Oakfield",
    "Pennine",
    "Redwood",
    "Stirling",
)
ENGLISH_TRADES = (
    ("Engineering Ltd", "Machinery"),
    ("Electronics Ltd", "Electronics"),
    ("Medical plc", "Medical devices"),
    ("Foods Ltd", "Food"),
    ("Freight Ltd", "Logistics"),
)

CHINESE_PEOPLE = (
    "张三丰",
    "刘洋",
    "周敏",
    "吴昊",
    "徐丽",
    "孙强",
    "马超",
    "朱琳",
    "欧阳娜",
    "单雄",
    "何洁",
    "高原",
    "林涛",
)
ENGLISH_PEOPLE = (
    *(
        "Amelia Clark",
        "Oliver Hughes",
        "Priya Shah",
        "George Evans",
        "Zoë Martin",
        "Daniel Osei",
        "Grace Kelly",
    ),
    *("Łukasz Nowak", "Isla Fraser", "Noah Bennett", "Chloé Dubois", "Harry Singh"),
)
CHINESE_TITLES = ("采购经理", "总经理", "生产主管", "财务总监")
ENGLISH_TITLES = ("Purchasing Manager", "Managing Director", "Head of Production", "Finance Director")
ROLES = ("BUYER", "DECISION_MAKER", "USER", "FINANCE")
SOURCES = ("Trade fair", "Website", "Recommendation", "Cold call", "Partner")

PRODUCTS = (
    (
        "Machines",
        "MX",
        ("MX-100 Drill press", 1900),
        ("MX-200 Milling machine", 8400),
        ("MX-300 Lathe", 12500),
    ),
    ("Sensors", "SN", ("SN-10 Pressure sensor", 85), ("SN-20 Flow sensor", 140), ("SN-30 Camera", 620)),
    ("Spare parts", "SP", ("SP-1 Spindle", 310), ("SP-2 Drive belt", 24), ("SP-3 Filter set", 18)),
    (
        "Services",
        "SV",
        ("SV-1 Installation", 950),
        ("SV-2 Yearly maintenance", 1200),
        ("SV-3 Training day", 700),
    ),
)
"""Category, series, then products with their price in euros."""

SUBJECTS = {
    "CALL": (
        "Asked for a quotation",
        "Followed up the offer",
        "Question about delivery",
        "Complaint about a belt",
    ),
    "VISIT": ("Presented the MX-300", "Walked through the factory", "Yearly review"),
    "MEETING": ("Talked about next year", "Kick-off of the pilot"),
    "EMAIL": ("Sent the catalogue", "Confirmed the appointment", "Answered technical questions"),
    "CHAT": ("微信: 报价", "微信: 交货时间"),
    "NOTE": ("Budget is decided in autumn", "New production line planned"),
}
OUTCOMES = ("Wants an offer", "Call again next month", "Interested", "No need at present", "Solved")
