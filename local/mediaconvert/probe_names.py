"""FFmpeg's names for formats, codecs and colours, and what the Probe operation calls them."""

from __future__ import annotations

from av.container import InputContainer
from av.stream import Stream

CONTAINERS = {
    "matroska,webm": "matroska",
    "mpegts": "mpegts",
    "mpeg": "mpegps",
    "mxf": "mxf",
    "avi": "avi",
    "asf": "asf",
    "wav": "wave",
    "mp3": "mp3",
    "flac": "flac",
    "ogg": "ogg",
    "aac": "aac",
    "ac3": "ac3",
    "eac3": "eac3",
}
_BRANDS = {"qt  ": "quicktime", "3gp": "three_gp", "3g2": "three_g2"}
SIGNATURES = (
    (4, b"ftyp"),
    (4, b"moov"),
    (4, b"mdat"),
    (4, b"wide"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"RIFF"),
    (0, b"\x00\x00\x01\xba"),
    (0, b"\x06\x0e\x2b\x34"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"\x30\x26\xb2\x75"),
    (0, b"FLV"),
)

_CODECS = {
    "h264": "AVC", "hevc": "HEVC", "av1": "AV1", "vp8": "VP8", "vp9": "VP9", "prores": "PRORES",
    "mpeg2video": "MPEG2", "mpeg1video": "MPEG1", "mpeg4": "MP4V", "mjpeg": "MJPEG", "dnxhd": "VC3",
    "dvvideo": "DV", "vc1": "VC1", "wmv3": "VC1", "theora": "THEORA", "qtrle": "QTRLE", "h263": "H263",
    "jpeg2000": "JPEG2000", "rawvideo": "UNCOMPRESSED", "v210": "UNCOMPRESSED", "aac": "AAC", "ac3": "AC3",
    "eac3": "EAC3", "flac": "FLAC", "mp2": "MP2", "mp3": "MP3", "mp3float": "MP3", "opus": "OPUS",
    "libopus": "OPUS", "vorbis": "VORBIS", "wmav1": "WMA", "wmav2": "WMA2", "wmapro": "WMAPRO",
    "amrnb": "AMR", "amrwb": "AMR", "eia_608": "C608", "webvtt": "WEBVTT", "libdav1d": "AV1",
    "libvpx-vp9": "VP9", "libvpx": "VP8",
}  # fmt: skip

PRIMARIES = {
    1: "ITU_709", 2: "UNSPECIFIED", 4: "ITU_470M", 5: "ITU_470BG", 6: "SMPTE_170M", 7: "SMPTE_240M",
    8: "GENERIC_FILM", 9: "ITU_2020", 10: "SMPTE_428_1", 11: "SMPTE_431_2", 12: "SMPTE_EG_432_1",
    22: "EBU_3213_E",
}  # fmt: skip
TRANSFERS = {
    1: "ITU_709", 2: "UNSPECIFIED", 4: "ITU_470M", 5: "ITU_470BG", 6: "SMPTE_170M", 7: "SMPTE_240M",
    8: "LINEAR", 9: "LOG10_2", 10: "LOC10_2_5", 11: "IEC_61966_2_4", 12: "ITU_1361", 13: "IEC_61966_2_1",
    14: "ITU_2020_10bit", 15: "ITU_2020_12bit", 16: "SMPTE_2084", 17: "SMPTE_428_1", 18: "ARIB_B67",
}  # fmt: skip
MATRICES = {
    0: "RGB", 1: "ITU_709", 2: "UNSPECIFIED", 4: "FCC", 5: "ITU_470BG", 6: "SMPTE_170M", 7: "SMPTE_240M",
    8: "YCgCo", 9: "ITU_2020_NCL", 10: "ITU_2020_CL", 11: "SMPTE_2085", 12: "CD_NCL", 13: "CD_CL",
    14: "ITU_2100ICtCp",
}  # fmt: skip
CHROMA = {(True, True): "4:2:0", (True, False): "4:2:2", (False, False): "4:4:4"}


def container_name(container: InputContainer) -> str | None:
    """The format as Probe names it; None for one that MediaConvert's Probe does not know."""
    name = container.format.name
    if name.startswith("mov,mp4"):
        brand = container.metadata.get("major_brand", "qt  ")
        return next((known for mark, known in _BRANDS.items() if brand.startswith(mark)), "mp4")
    known = CONTAINERS.get(name)
    if known == "matroska":
        codecs = {codec_name(stream) for stream in container.streams}
        return "webm" if codecs <= {"VP8", "VP9", "AV1", "OPUS", "VORBIS", "WEBVTT"} else "matroska"
    return known


def codec_name(stream: Stream) -> str:
    """The codec of a track as Probe names it."""
    if stream.codec_context is None:
        return "UNKNOWN"
    name = stream.codec_context.name
    return "PCM" if name.startswith("pcm_") else _CODECS.get(name, "UNKNOWN")
