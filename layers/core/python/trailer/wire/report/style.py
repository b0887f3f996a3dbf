"""The look of the report page: one style sheet, light and dark, screen and paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{--ground:#f6f6f3;--card:#fff;--ink:#1b1c1f;--soft:#666b73;--line:#dfe0dc;--lane:#e3e4df;
--lane-odd:#d5d7d0;--used:#b3bbb0;--gate:#b9bdc4;--gate-line:#8c929b;--spoil:#efe3c2;--accent:#2456c7;
--warn:#fff4d6;--warn-line:#d8a520;
--hook:#d9791a;--setup:#2f6fd6;--conflict:#cf3450;--montage:#7d4bd0;--button:#12897c;--other:#70767f;
--p-label:#4d8b45;--p-emotion:#bf4f96;--p-celebrity:#b8860b;--p-face:#3f97b5;--p-style:#8b6f5c;--p-rest:#8d939b}
@media(prefers-color-scheme:dark){:root{--ground:#131417;--card:#1c1e22;--ink:#ecedee;--soft:#9aa0a8;
--line:#30333a;--lane:#2c2f35;--lane-odd:#363a41;--used:#566053;--gate:#3d4149;--gate-line:#6d737d;
--spoil:#4a3f22;--accent:#86aaff;--warn:#33290f;--warn-line:#b48717;
--hook:#f09a45;--setup:#6ba0ff;--conflict:#f5647d;--montage:#ab83f5;--button:#35bdab;--other:#9aa0a8;
--p-label:#7fbf74;--p-emotion:#e07fbd;--p-celebrity:#dcb13f;--p-face:#6cc3e0;--p-style:#bb9d88}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 28px}
header{padding-top:44px}
.eyebrow{margin:0;text-transform:uppercase;letter-spacing:.14em;font-size:12px;color:var(--soft)}
h1{margin:6px 0 2px;font-size:34px;line-height:1.15;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{margin:0 0 14px;font-size:19px;letter-spacing:-.01em}
.sub{margin:0 0 26px;color:var(--soft)}.sub b{color:var(--ink)}
section{margin:0 0 44px}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:3px}
.soft{color:var(--soft);font-size:13px}
.num,.tc{font-variant-numeric:tabular-nums}
.tc,code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.87em}
.to{color:var(--soft);padding:0 .25em}
.warnings{background:var(--warn);border-left:4px solid var(--warn-line);border-radius:6px;padding:16px 20px}
.warnings h2{font-size:15px;margin:0 0 6px}.warnings ul{margin:0;padding-left:18px}
.stage{display:grid;grid-template-columns:minmax(0,2.1fr) minmax(220px,1fr);gap:28px;margin-bottom:24px}
.player{width:100%;max-height:560px;border-radius:10px;background:#000;display:block}
.player.empty{aspect-ratio:16/9;display:grid;place-items:center;color:#aaa}
.files ul{list-style:none;margin:0;padding:0}
.files li{display:flex;justify-content:space-between;gap:12px;padding:9px 0;
border-bottom:1px solid var(--line)}
.files a{overflow-wrap:anywhere}.files .soft{white-space:nowrap}
.numbers{display:grid;grid-template-columns:repeat(6,1fr);gap:1px;margin:0 0 44px;background:var(--line);
border:1px solid var(--line);border-radius:10px;overflow:hidden}
.numbers div{background:var(--card);padding:14px 16px}
.numbers dt{color:var(--soft);font-size:13px}
.numbers dd{margin:0;font-size:23px;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.numbers dd.soft{font-size:12.5px;letter-spacing:0;line-height:1.35}
.strip{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px 12px}
.strip svg{display:block;width:100%;height:210px;margin:5px 0}
.strip-label{display:flex;justify-content:space-between;font-size:13px;color:var(--soft)}
.strip-label b{color:var(--ink)}
.scene{stroke:var(--card);stroke-width:1;vector-effect:non-scaling-stroke}
.scene-even{fill:var(--lane)}.scene-odd{fill:var(--lane-odd)}.scene-used{fill:var(--used)}
.gate{fill:url(#gated)}.gate-ground{fill:var(--gate)}.gate-line{fill:var(--gate-line)}
.spoiler{fill:var(--spoil);fill-opacity:.8}
.ribbon{fill:var(--act);fill-opacity:.3}.mark{fill:var(--act)}
.cut{fill:var(--act);stroke:var(--card);stroke-width:1.5;vector-effect:non-scaling-stroke}
g:hover .ribbon{fill-opacity:.75}
.act-hook{--act:var(--hook)}.act-setup{--act:var(--setup)}.act-conflict{--act:var(--conflict)}
.act-montage{--act:var(--montage)}.act-button{--act:var(--button)}.act-other{--act:var(--other)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:6px 22px;margin:12px 2px 0;padding:0;font-size:13.5px}
.dot{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;background:var(--act)}
.dot-gate{background:var(--gate-line)}
.dot-spoiler{background:var(--spoil);box-shadow:inset 0 0 0 1px var(--warn-line)}
.part-label{background:var(--p-label)}.part-emotion{background:var(--p-emotion)}
.part-celebrity{background:var(--p-celebrity)}.part-face{background:var(--p-face)}
.part-style{background:var(--p-style)}.part-rest{background:var(--p-rest)}
table{width:100%;border-collapse:collapse;text-align:left}
th{font-weight:600}
.clips{background:var(--card);border:1px solid var(--line);border-radius:10px;border-spacing:0;
border-collapse:separate;overflow:hidden}
.clips thead th{font-size:12.5px;font-weight:500;color:var(--soft);padding:9px 12px;
border-bottom:1px solid var(--line)}
.clips td{vertical-align:top;padding:12px;border-bottom:1px solid var(--line)}
.clips tbody tr:last-child td{border-bottom:0}
.clips td.who{width:206px;border-left:4px solid var(--act)}
.still{position:relative}
.still img,.no-picture{display:block;width:178px;aspect-ratio:16/9;object-fit:contain;border-radius:6px;
background:var(--lane)}
.badge{position:absolute;left:6px;top:6px;min-width:22px;padding:0 6px;border-radius:11px;text-align:center;
font-size:12.5px;line-height:22px;color:#fff;background:rgba(0,0,0,.72)}
.chip{display:inline-block;padding:0 9px;border-radius:10px;font-size:12.5px;line-height:20px;
color:var(--act);box-shadow:inset 0 0 0 1px var(--act)}
.where,.when{white-space:nowrap}.where .times{margin-top:6px}
.why ul{margin:0;padding-left:17px}.why li{margin-bottom:2px}
.why li::first-letter{text-transform:uppercase}
.score{width:250px}
.bar{height:10px;margin:4px 0 0;border-radius:5px;background:var(--lane);overflow:hidden}
.fill{display:flex;height:100%;border-radius:5px;overflow:hidden}
.fill i{display:block;height:100%;border-right:1px solid var(--card)}
.gate-fill{background:var(--gate-line)}
.parts{list-style:none;margin:7px 0 0;padding:0;font-size:13px}
.parts li{display:flex;align-items:center}.parts .num{margin-left:auto;color:var(--soft)}
.gates{max-width:720px}.gates .bar{margin:0}
.gates th,.gates td,.rejected th,.rejected td{padding:7px 14px 7px 0;
border-bottom:1px solid var(--line);font-size:14px;vertical-align:top}
.share{width:32%;vertical-align:middle!important}
.rejected th{white-space:nowrap;width:1%}.rejected .times{white-space:nowrap;width:1%}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin-bottom:10px;
padding:0 18px}
summary{cursor:pointer;padding:12px 0;display:flex;gap:12px;align-items:baseline}
summary code{background:var(--lane);border-radius:5px;padding:1px 7px}
summary .count{margin-left:auto;color:var(--soft);font-size:13px;white-space:nowrap}
details tr:last-child>*{border-bottom:0}details table{margin-bottom:6px}
footer{border-top:1px solid var(--line);padding-top:14px;padding-bottom:40px;color:var(--soft);font-size:13px}
@media(max-width:980px){.numbers{grid-template-columns:repeat(3,1fr)}.stage{grid-template-columns:1fr}
.clips thead{display:none}
.clips tr{display:grid;grid-template-columns:206px 1fr;border-bottom:1px solid var(--line)}
.clips td{border-bottom:0;padding:8px 12px}.clips td.who{grid-row:span 4}.score{width:auto}
.where .times::before{content:"Film "}.when .times::before{content:"Trailer "}
.where .times::before,.when .times::before{color:var(--soft);font-size:13px}}
@media(max-width:560px){header,main,footer{padding-left:16px;padding-right:16px}h1{font-size:27px}
.numbers{grid-template-columns:repeat(2,1fr)}
.clips tr{grid-template-columns:1fr;border-left:4px solid var(--act)}
.clips td.who{grid-row:auto;border-left:0;width:auto}.still img,.no-picture{width:100%}
.rejected tr{display:block;padding:6px 0}.rejected th,.rejected td{display:block;border:0;padding:0}}
@media print{body{background:#fff}.player{display:none}details{break-inside:avoid}tr{break-inside:avoid}}
"""
