"""In charge of saying in Chinese why a seal could not be told. The readers' reasons are English, for the record."""

_CHINESE = {
    "OFD without a signature; pictures on it are not judged": "OFD 文件未见电子签章，其中图片未作判断",
    "a red ring, not whole and without a legible legend": "印章不完整，印文无法辨认",
    "a ring so faint that it may be a stain": "印迹过浅，可能是污渍",
    "a stamp annotation without a seal's ring": "有图章批注，但未见公章轮廓",
    "grey scan, no ring seen": "黑白扫描件，未见印章轮廓",
    "grey scan, ring seen": "黑白扫描件，可见印章轮廓",
    "no page could be looked at": "页面无法显示",
    "page too large to draw": "页面尺寸过大，未能显示",
    "part of a red ring: faint or cut off": "印章颜色过浅或不完整",
    "red ink that could be a seal, no ring made out": "有红色印迹，未能辨认印章轮廓",
    "square seal: a person's name seal, or not an office's": "方形印章，可能是个人名章",
    "not looked at": "未作识别",
}


def why_unclear(reason: str) -> str:
    """Return a reader's reason in Chinese, several joined by ；; what has no words here is left out."""
    told = reason
    said = []
    for english, chinese in _CHINESE.items():
        if english in told:
            said.append(chinese)
            told = told.replace(english, "")
    return "；".join(said)
