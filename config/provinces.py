"""Tells in which province a unit has its seat, as far as its name says so (R12, R137)."""

from collections.abc import Mapping
from functools import lru_cache

_CITIES: Mapping[str, str] = {  # the prefecture-level cities of each province
    "北京": "", "天津": "", "上海": "", "重庆": "", "香港": "", "澳门": "", "台湾": "",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 宜春 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧",
    "西藏": "拉萨 日喀则 昌都 林芝 那曲",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南",
    "青海": "西宁 海东",
    "宁夏": "银川 石嘴山 吴忠 固原",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 石河子 喀什",
}  # fmt: skip
_SCHOOLS: Mapping[str, str] = {  # whose names say no place
    "清华大学": "北京", "北方工业大学": "北京", "中国农业大学": "北京", "南开大学": "天津", "燕山大学": "河北",
    "中北大学": "山西", "东北大学": "辽宁", "复旦大学": "上海", "同济大学": "上海", "东华大学": "上海",
    "华东理工大学": "上海", "华东师范大学": "上海", "东南大学": "江苏", "江南大学": "江苏", "河海大学": "江苏",
    "中国矿业大学": "江苏", "中国科学技术大学": "安徽", "华侨大学": "福建", "华东交通大学": "江西",
    "中国石油大学": "山东", "华中科技大学": "湖北", "中南大学": "湖南", "国防科技大学": "湖南",
    "华南理工大学": "广东", "中山大学": "广东", "暨南大学": "广东", "电子科技大学": "四川", "西南交通大学": "四川",
    "西南大学": "重庆", "西北工业大学": "陕西", "长安大学": "陕西",
}  # fmt: skip

PROVINCES: tuple[str, ...] = tuple(_CITIES)
_PLACES: Mapping[str, str] = {province: province for province in PROVINCES} | {
    city: province for province, cities in _CITIES.items() for city in cities.split()
}


@lru_cache(maxsize=20_000)
def province_of(unit: str) -> str:
    """The province that the name of a unit tells, by a known school or by the place it names first; empty where none.

    A hint and no more: who sits elsewhere than the name says stands in the office's table of units.
    """
    school = next((province for name, province in _SCHOOLS.items() if unit.startswith(name)), "")
    places = [(unit.index(place), -len(place), province) for place, province in _PLACES.items() if place in unit]
    return school or min(places, default=(0, 0, ""))[2]
