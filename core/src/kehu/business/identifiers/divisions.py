"""China's provinces and prefectures by name: what an address begins with.

Source: GB/T 2260 and ISO 3166-2:CN; the prefectures are those in force since 2019. Counties and districts are
told by how their names end (see districts.py). Cities and counties of Taiwan are not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Province:
    """A province, autonomous region, municipality or special administrative region.

    `code` is its ISO 3166-2 code, `short` the name without its rank, `aliases` other full names. One that
    `is_city` has districts and no prefectures.
    """

    code: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    is_city: bool = False

    @property
    def full_names(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Prefecture:
    """A prefecture-level city, prefecture, league or autonomous prefecture: what addresses call the city."""

    name: str
    short: str
    province: Province

    @property
    def full_names(self) -> tuple[str, ...]:
        """The name, and for autonomous prefectures the one in daily use (`恩施州`)."""
        return (self.name, f"{self.short}州") if self.name.endswith("自治州") else (self.name,)


PROVINCES = (
    Province("CN-BJ", "北京市", "北京", is_city=True),
    Province("CN-TJ", "天津市", "天津", is_city=True),
    Province("CN-HE", "河北省", "河北"),
    Province("CN-SX", "山西省", "山西"),
    Province("CN-NM", "内蒙古自治区", "内蒙古"),
    Province("CN-LN", "辽宁省", "辽宁"),
    Province("CN-JL", "吉林省", "吉林"),
    Province("CN-HL", "黑龙江省", "黑龙江"),
    Province("CN-SH", "上海市", "上海", is_city=True),
    Province("CN-JS", "江苏省", "江苏"),
    Province("CN-ZJ", "浙江省", "浙江"),
    Province("CN-AH", "安徽省", "安徽"),
    Province("CN-FJ", "福建省", "福建"),
    Province("CN-JX", "江西省", "江西"),
    Province("CN-SD", "山东省", "山东"),
    Province("CN-HA", "河南省", "河南"),
    Province("CN-HB", "湖北省", "湖北"),
    Province("CN-HN", "湖南省", "湖南"),
    Province("CN-GD", "广东省", "广东"),
    Province("CN-GX", "广西壮族自治区", "广西", ("广西自治区",)),
    Province("CN-HI", "海南省", "海南"),
    Province("CN-CQ", "重庆市", "重庆", is_city=True),
    Province("CN-SC", "四川省", "四川"),
    Province("CN-GZ", "贵州省", "贵州"),
    Province("CN-YN", "云南省", "云南"),
    Province("CN-XZ", "西藏自治区", "西藏"),
    Province("CN-SN", "陕西省", "陕西"),
    Province("CN-GS", "甘肃省", "甘肃"),
    Province("CN-QH", "青海省", "青海"),
    Province("CN-NX", "宁夏回族自治区", "宁夏", ("宁夏自治区",)),
    Province("CN-XJ", "新疆维吾尔自治区", "新疆", ("新疆自治区",)),
    Province("CN-TW", "台湾省", "台湾", ("台灣省", "臺灣省")),
    Province("CN-HK", "香港特别行政区", "香港", ("香港特別行政區",), is_city=True),
    Province("CN-MO", "澳门特别行政区", "澳门", ("澳門特別行政區",), is_city=True),
)

# A word is a city (市); what follows a bar is the rest of another name.
_PREFECTURES_BY_PROVINCE = {
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": (
        "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安|盟 锡林郭勒|盟 阿拉善|盟"
    ),
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 吉林 四平 辽源 通化 白山 松原 白城 延边|朝鲜族自治州",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭|地区",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施|土家族苗族自治州",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西|土家族苗族自治州",
    "广东": (
        "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 "
        "潮州 揭阳 云浮"
    ),
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": (
        "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 "
        "阿坝|藏族羌族自治州 甘孜|藏族自治州 凉山|彝族自治州"
    ),
    "贵州": (
        "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南|布依族苗族自治州 黔东南|苗族侗族自治州 黔南|布依族苗族自治州"
    ),
    "云南": (
        "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄|彝族自治州 红河|哈尼族彝族自治州 文山|壮族苗族自治州 "
        "西双版纳|傣族自治州 大理|白族自治州 德宏|傣族景颇族自治州 怒江|傈僳族自治州 迪庆|藏族自治州"
    ),
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里|地区",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏|回族自治州 甘南|藏族自治州",
    "青海": (
        "西宁 海东 海北|藏族自治州 黄南|藏族自治州 海南|藏族自治州 果洛|藏族自治州 玉树|藏族自治州 "
        "海西|蒙古族藏族自治州"
    ),
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": (
        "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉|回族自治州 博尔塔拉|蒙古自治州 巴音郭楞|蒙古自治州 阿克苏|地区 "
        "克孜勒苏|柯尔克孜自治州 喀什|地区 和田|地区 伊犁|哈萨克自治州 塔城|地区 阿勒泰|地区"
    ),
}

# Cities without counties or districts: a town or a street follows at once.
UNDIVIDED = frozenset({"东莞市", "中山市", "儋州市", "嘉峪关市"})


def _prefecture(entry: str, province: Province) -> Prefecture:
    short, _, rank = entry.partition("|")
    return Prefecture(short + (rank or "市"), short, province)


PREFECTURES: Mapping[Province, tuple[Prefecture, ...]] = MappingProxyType(
    {
        province: tuple(
            _prefecture(entry, province) for entry in _PREFECTURES_BY_PROVINCE.get(province.short, "").split()
        )
        for province in PROVINCES
    }
)
