"""How the pages look: one style sheet, inside each page, light or dark as the reader's system is."""

STYLE = """
:root{color-scheme:light dark;--back:#f3f5f8;--card:#fff;--line:#d3d9e2;--text:#1b2330;--soft:#526070;--link:#0a55c4;
--own:#0b6e66;--own-back:#e4f4f1;--good:#17692f;--done:#6b3fa0;--warn:#8a4b00;--warn-back:#fdf0d9;--bad:#a11d1d;
--bad-back:#fde5e3;--code:#eef1f5;--column:#e9edf2}
@media (prefers-color-scheme:dark){:root{--back:#11151b;--card:#1d242e;--line:#343e4c;--text:#e7ebf1;--soft:#a5b0be;
--link:#8fb8ff;--own:#4fd1c1;--own-back:#14302f;--good:#6fd58b;--done:#c4a2f5;--warn:#f5c16c;--warn-back:#3a2b12;
--bad:#ff9c94;--bad-back:#431d1c;--code:#252d38;--column:#161b23}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
header.top,main,footer{max-width:84rem;margin:0 auto;padding:0 1rem}
header.top{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;padding-top:.9rem;padding-bottom:.7rem;
border-bottom:1px solid var(--line)}
header.top p{margin:0}
@media (min-width:40rem){header.top .clock{margin-left:auto}}
a{color:var(--link)}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
h1{font-size:1.5rem;line-height:1.25;margin:1.1rem 0 .3rem}
h2{font-size:1.05rem;margin:1.4rem 0 .6rem}
.soft,time,footer{color:var(--soft);font-size:.875rem}
.places{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;margin:.9rem 0 0;padding:0}
.places a{display:block;padding:.3rem .75rem;border:1px solid var(--line);border-radius:2rem;background:var(--card);
text-decoration:none}
.places a[aria-current]{background:var(--text);color:var(--back);border-color:var(--text)}
.summary{margin:0 0 1rem}
.board{display:grid;grid-template-columns:repeat(auto-fit,minmax(13.5rem,1fr));gap:1rem;align-items:start}
.column{background:var(--column);border:1px solid var(--line);border-radius:.6rem;padding:.75rem;min-width:0}
.column h2{margin:0 0 .6rem;display:flex;justify-content:space-between;gap:.5rem}
.count{color:var(--soft);font-weight:400}
.column p,.card p{margin:0}
.column>ul{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .75rem;min-width:0}
.card h3{font-size:1rem;font-weight:600;line-height:1.35;margin:0 0 .2rem}
.card h3 a{text-decoration:none}
.card h3 a:hover{text-decoration:underline}
.chips{display:flex;flex-wrap:wrap;gap:.3rem;margin:.35rem 0 0;padding:0;list-style:none}
.chip{display:inline-block;max-width:100%;border:1px solid var(--line);border-radius:.75rem;padding:0 .55rem;
font-size:.8125rem;line-height:1.45;background:var(--card);color:var(--text);vertical-align:middle}
.chips li{line-height:1}
.chip i{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;border:1px solid var(--soft);
margin-right:.35rem}
.chip.flag{background:var(--warn-back);color:var(--warn);border-color:var(--warn)}
.chip.sla{background:var(--bad-back);color:var(--bad);border-color:var(--bad)}
.chip.tier{font-weight:600}
.badge{display:inline-block;border-radius:.3rem;padding:0 .45rem;font-size:.8125rem;font-weight:600;line-height:1.5;
border:1px solid currentColor}
.badge.own{background:var(--own);border-color:var(--own);color:var(--card)}
.badge.open{color:var(--good)}
.badge.closed{color:var(--done)}
.badge.note{color:var(--warn)}
.sheet{display:grid;grid-template-columns:minmax(0,1fr);gap:0 2rem}
.facts{margin:.8rem 0 0;padding:.75rem 1rem;background:var(--column);border:1px solid var(--line);border-radius:.6rem;
display:grid;grid-template-columns:minmax(5.5rem,auto) minmax(0,1fr);gap:.35rem 1rem}
.facts dt{color:var(--soft);font-size:.875rem;line-height:1.7}
.facts dd{margin:0}
.facts .chips{margin:0}
@media (min-width:56rem){.sheet{grid-template-columns:minmax(0,1fr) 20rem;align-items:start}
.sheet .told{grid-column:1;grid-row:1}.sheet .facts{grid-column:2;grid-row:1}.told h2:first-child{margin-top:.7rem}}
.history{list-style:none;margin:0;padding:0 0 0 .1rem}
.history li.event{border-left:4px solid var(--line);padding:.3rem 0 .3rem .9rem}
.history li.comment{padding:.6rem 0;border-left:4px solid var(--line)}
.said{background:var(--card);border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
li.comment .said{margin-left:.9rem}
.said header{display:flex;flex-wrap:wrap;gap:.1rem .5rem;align-items:baseline;padding:.4rem .9rem;
border-bottom:1px solid var(--line);background:var(--code)}
.history li.own{border-left-color:var(--own)}
.own .said{border-color:var(--own)}
.own .said header{background:var(--own-back)}
time{white-space:nowrap}
.prose{padding:.6rem .9rem}
.prose>:first-child{margin-top:0}
.prose>:last-child{margin-bottom:0}
.prose p,.prose ul,.prose ol,.prose pre,.prose table,.prose blockquote{margin:.6rem 0}
.prose h3,.prose h4,.prose h5,.prose h6{font-size:1rem;margin:.9rem 0 .3rem}
.prose table{display:block;overflow-x:auto;border-collapse:collapse;font-size:.875rem;overflow-wrap:normal}
.prose th,.prose td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}
.prose pre{background:var(--code);padding:.6rem .8rem;border-radius:.4rem;overflow-x:auto}
code{background:var(--code);border-radius:.25rem;padding:.05rem .25rem;font:.875em ui-monospace,"Liberation Mono",
monospace}
pre code{padding:0}
.prose blockquote,.panel{border-left:3px solid var(--line);padding-left:.8rem;margin-left:0;color:var(--soft)}
.prose ul,.prose ol{padding-left:1.4rem}
.prose :is(li,td,th)>p{margin:0}
del,.was{color:var(--soft)}
ins{text-decoration:none;font-weight:600}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:.8rem;padding-bottom:1.5rem}
"""
