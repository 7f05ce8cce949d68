"""Writes a number as Word's number formats do: 一, 壹, 甲, ①, IV, aa (R67)."""

_DIGITS = "〇一二三四五六七八九"
_PLAIN = ("〇一二三四五六七八九", "十", "百")
_FORMAL = ("零壹贰叁肆伍陆柒捌玖", "拾", "佰")
_FORMAL_TRADITIONAL = ("零壹貳參肆伍陸柒捌玖", "拾", "佰")
_COUNTING = {
    "chineseCounting": _PLAIN,
    "chineseCountingThousand": _PLAIN,
    "japaneseCounting": _PLAIN,
    "taiwaneseCounting": _PLAIN,
    "taiwaneseCountingThousand": _PLAIN,
    "koreanDigital2": _PLAIN,
    "chineseLegalSimplified": _FORMAL,
    "ideographLegalTraditional": _FORMAL_TRADITIONAL,
    "japaneseLegal": ("零壱弐参四伍六七八九", "拾", "百"),
}
_ROWS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "irohaFullWidth": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_BY_DIGIT = {
    "ideographDigital": _DIGITS,
    "japaneseDigitalTenThousand": _DIGITS,
    "taiwaneseDigital": "○一二三四五六七八九",
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
}
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_MOST_COUNTED, _MOST_ROMAN, _MOST_LETTERS = 999, 3999, 26 * 30


def written(number: int, number_format: str) -> str:
    """A number as its format writes it; digits where the format has no sign for it, or is none that we know."""
    row = _ROWS.get(number_format, "")
    if 1 <= number <= len(row):
        return row[number - 1]
    if number_format in _COUNTING and 0 <= number <= _MOST_COUNTED:
        return _counted(number, *_COUNTING[number_format])
    if number_format in _BY_DIGIT:
        return "".join(_BY_DIGIT[number_format][int(digit)] for digit in str(number))
    return _western(number, number_format)


def _western(number: int, number_format: str) -> str:
    match number_format:
        case "upperLetter" | "lowerLetter" if 1 <= number <= _MOST_LETTERS:
            again, letter = divmod(number - 1, 26)
            return chr((65 if number_format == "upperLetter" else 97) + letter) * (again + 1)
        case "upperRoman" if 1 <= number <= _MOST_ROMAN:
            return _roman(number)
        case "lowerRoman" if 1 <= number <= _MOST_ROMAN:
            return _roman(number).lower()
        case "decimalZero":
            return f"{number:02d}"
        case "ordinal":
            return f"{number}{_ending(number)}"
        case _:
            return str(number)


def _counted(number: int, digits: str, ten: str, hundred: str) -> str:
    hundreds, below = divmod(number, 100)
    tens, ones = divmod(below, 10)
    if not hundreds and not tens:
        return digits[ones]
    head = digits[hundreds] + hundred if hundreds else ""
    lone_ten = tens == 1 and not hundreds and ten == "十"
    middle = ("" if lone_ten else digits[tens]) + ten if tens else (digits[0] if ones else "")
    return head + middle + (digits[ones] if ones else "")


def _roman(number: int) -> str:
    letters = ""
    for worth, sign in _ROMAN:
        times, number = divmod(number, worth)
        letters += sign * times
    return letters


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
