"""Languages as people write them, against languages as media files carry them.

An upload asks for a BCP 47 tag (``en``, ``pt-BR``); a container names its
tracks in ISO 639-2 or 639-3 (``eng``), sometimes by the older bibliographic
code (``ger`` for ``deu``). Both are brought to the terminological ISO 639-2
code before they are compared.
"""

from __future__ import annotations

import re
from typing import Final

_ISO_639_1_TABLE: Final = (
    "aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel "
    "bg:bul bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu "
    "cv:chv cy:cym da:dan de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas "
    "ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb "
    "hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido "
    "is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor "
    "kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub "
    "lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde "
    "ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan "
    "pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme "
    "sg:sag si:sin sk:slk sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe sw:swa "
    "ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah "
    "ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho "
    "zu:zul"
)

_BIBLIOGRAPHIC_TABLE: Final = (
    "alb:sqi arm:hye baq:eus bur:mya chi:zho cze:ces dut:nld fre:fra geo:kat ger:deu gre:ell ice:isl "
    "mac:mkd mao:mri may:msa per:fas rum:ron slo:slk tib:bod wel:cym"
)


def _table(pairs: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+):(\w+)", pairs))


_ISO_639_1: Final = _table(_ISO_639_1_TABLE)
_BIBLIOGRAPHIC: Final = _table(_BIBLIOGRAPHIC_TABLE)

_NO_LANGUAGE: Final = frozenset({"", "und", "mul", "mis", "zxx"})
"""ISO 639-2 codes that name no language: undetermined, several, uncoded, none."""


def language_code(tag: str | None) -> str | None:
    """Bring a language tag to its three-letter ISO 639-2/T code, in lower case.

    Args:
        tag: ``en``, ``pt-BR``, ``ENG``, ``ger``; anything behind the first
            hyphen or underscore is left out of account.

    Returns:
        The code; the primary subtag itself when it is in neither list;
        None where the tag names no language.
    """
    primary = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    if primary in _NO_LANGUAGE:
        return None
    return _ISO_639_1.get(primary) or _BIBLIOGRAPHIC.get(primary, primary)
