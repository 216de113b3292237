#include "page/style.h"

#include <stddef.h>

/* Light and dark by the reader's wish, narrow screens, and paper. */
const char *const page_style[] = {
	"\n:root{--paper:#fcfbf8;--card:#fff;--ink:#1d2126;--dim:#636b74;--line:#e2dfd7;"
	"--accent:#1f6f78;--redacted:#1f6f78;--missing:#d9a441;--track:#e9e6de;--yes:#1d6b42;"
	"--yes-bg:#e0f0e6;--look:#7a5200;--look-bg:#fbeecb;--no:#a3221d;--no-bg:#fbe3e0;"
	"--serif:'Source Serif 4','Iowan Old Style','Palatino Linotype',Palatino,Charter,"
	"'Noto Serif','DejaVu Serif',Georgia,serif;--sans:system-ui,-apple-system,'Segoe UI',"
	"Roboto,'Noto Sans','DejaVu Sans',sans-serif;--mono:ui-monospace,'SF Mono',Menlo,"
	"Consolas,'DejaVu Sans Mono',monospace}\n",
	"@media(prefers-color-scheme:dark){:root{--paper:#15181b;--card:#1c2024;--ink:#e6e4df;"
	"--dim:#9aa2ab;--line:#31363c;--accent:#6fc3cc;--redacted:#58b0ba;--missing:#c9973a;"
	"--track:#2c3137;--yes:#8fd6ac;--yes-bg:#1b3426;--look:#f0cd7a;--look-bg:#3a2f14;"
	"--no:#f3a29c;--no-bg:#45211e}}\n",
	"*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"
	"body{margin:0 auto;max-width:68rem;padding:3rem 1.5rem 4rem;background:var(--paper);"
	"color:var(--ink);font:1rem/1.55 var(--serif)}\n",
	"h1,h2,p{margin:0}h1{font-size:2.4rem;line-height:1.15;font-weight:600;"
	"letter-spacing:-.015em;overflow-wrap:anywhere}"
	".kicker{font:600 .78rem/1.2 var(--sans);letter-spacing:.09em;text-transform:uppercase;"
	"color:var(--accent);margin-bottom:.5rem}.by{color:var(--dim);margin-top:.7rem;"
	"max-width:46rem}\n",
	"code{font:.86em/1.4 "
	"var(--mono)}.break{overflow-wrap:anywhere}.dim{color:var(--dim)}\n",
	".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));"
	"gap:1rem 2rem;margin:2rem 0 .9rem;padding:1.25rem 0;border-block:1px solid "
	"var(--line)}"
	".figure b{display:block;font-size:2rem;line-height:1.1;font-weight:600;"
	"font-variant-numeric:lining-nums}.figure span{font:.85rem/1.4 var(--sans);"
	"color:var(--dim)}.figure.bad b{color:var(--no)}.figure .bar{display:block;width:100%;"
	"margin-top:.4rem}\n",
	".legend{font:.8rem/1 var(--sans);color:var(--dim);display:flex;align-items:center}"
	".key{width:.7rem;height:.7rem;margin:0 .4rem 0 1rem}.key:first-child{margin-left:0}\n",
	".bar{height:.5rem;border-radius:.25rem;overflow:hidden}.track{fill:var(--track)}"
	".redacted{fill:var(--redacted)}.missing{fill:var(--missing)}\n",
	"section{margin-top:3rem}h2{font-size:1.45rem;line-height:1.25;font-weight:600;"
	"overflow-wrap:anywhere}h2 small{font:.85rem var(--sans);color:var(--dim);"
	"margin-left:.4rem;white-space:nowrap}.context{margin-top:.4rem;max-width:46rem}\n",
	".table,.failed{margin-top:.75rem;background:var(--card);border:1px solid var(--line);"
	"border-radius:.5rem}.failed{padding:.8rem 1rem}.failed p{font:.9rem/1.5 var(--sans);"
	"margin-top:.4rem}.failed .badge{margin-left:.7rem}.table{content-visibility:auto;"
	"contain-intrinsic-size:auto 3.2rem}\n",
	"summary{display:grid;grid-template-columns:minmax(0,1fr) 8rem 14rem 8.5rem;"
	"align-items:center;gap:.3rem 1rem;padding:.7rem 1rem;cursor:pointer;list-style:none;"
	"font:.85rem/1.35 var(--sans)}summary::-webkit-details-marker{display:none}"
	"summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px;"
	"border-radius:.5rem}"
	".name{font:600 .95rem/1.35 var(--sans);overflow-wrap:anywhere}"
	"summary .name::before{content:'\\203A';display:inline-block;width:1rem;"
	"color:var(--dim);transition:transform .15s}"
	"[open]>summary .name::before{transform:rotate(90deg) translateX(.1rem)}"
	"[open]>summary{border-bottom:1px solid var(--line)}"
	".size{color:var(--dim);text-align:right;font-variant-numeric:tabular-nums}"
	".share{font-variant-numeric:tabular-nums;color:var(--dim);white-space:nowrap}"
	"summary .share,.columns .share>*{vertical-align:middle}summary .share{display:flex;"
	"align-items:center;gap:.6rem}.share .bar{width:4.5rem;flex:none}\n",
	".badge{font:600 .75rem/1 var(--sans);padding:.32rem .6rem;border-radius:1rem;"
	"white-space:nowrap;justify-self:start}.yes{color:var(--yes);background:var(--yes-bg)}"
	".badge.look{color:var(--look);background:var(--look-bg)}.badge.no{color:var(--no);"
	"background:var(--no-bg)}\n",
	".inside{padding:1rem}.facts,.checks{font-size:.98rem;max-width:46rem}"
	".checks{margin-top:.5rem;color:var(--yes)}.findings{margin:.7rem 0 0;padding:0;"
	"list-style:none;font:.88rem/1.5 var(--sans)}.findings li{padding:.35rem .7rem;"
	"border-left:3px solid var(--line);margin-top:.3rem}.findings li.look{"
	"border-color:var(--missing)}.findings li.no{border-color:var(--no)}\n",
	".pair{display:grid;grid-template-columns:minmax(0,1fr) 20rem;gap:1.5rem;"
	"margin-top:1rem;align-items:start}.pair>:only-child{grid-column:1/-1}"
	".scroll{overflow-x:auto}\n",
	"table{border-collapse:collapse;width:100%;font:.85rem/1.4 var(--sans)}"
	"th,td{text-align:left;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);"
	"vertical-align:top}thead th{color:var(--dim);font-weight:500;font-size:.78rem}"
	"tbody th{font-weight:500}tbody tr:last-child>*{border-bottom:0}"
	"th small{display:block;color:var(--dim);font-weight:400;font-size:.78rem}"
	".gone{color:var(--dim)}.gone code{text-decoration:line-through}"
	".columns .share span{margin-left:.6rem}.rows{margin-top:1.2rem}"
	".rows caption,figcaption{text-align:left;color:var(--dim);font:.78rem/1.4 var(--sans);"
	"padding-bottom:.3rem}.rows td,.rows th{white-space:nowrap;padding-right:1.4rem}"
	".n{text-align:right!important;font-variant-numeric:tabular-nums}.rows i{"
	"color:var(--dim);font-style:normal;opacity:.6}\n",
	"figure{margin:0}.histogram{display:block;width:100%;height:auto}"
	".histogram .count{fill:var(--accent)}.histogram .axis{stroke:var(--line)}"
	".histogram text{font:10px var(--sans);fill:var(--dim);text-anchor:middle}\n",
	".hash{margin-top:1rem;font:.75rem/1.5 var(--sans);color:var(--dim);"
	"overflow-wrap:anywhere}footer{margin-top:3rem;padding-top:1rem;"
	"border-top:1px solid var(--line);font:.82rem/1.5 var(--sans);color:var(--dim)}\n",
	"@media(max-width:52rem){.pair{grid-template-columns:minmax(0,1fr)}"
	"summary{grid-template-columns:minmax(0,1fr) auto}.size{text-align:left}"
	"summary .share{justify-self:end}}\n",
	"@media(max-width:32rem){body{padding:1.75rem 1rem 3rem}h1{font-size:1.8rem}"
	".figures{grid-template-columns:1fr 1fr;gap:1rem}.figure b{font-size:1.6rem}"
	"section{margin-top:2.2rem}.inside{padding:.85rem}summary{padding:.7rem .85rem}"
	"summary .name{grid-column:1/-1}summary .badge{grid-row:2}summary .size{"
	"grid-column:1/-1}summary .share{grid-row:2;grid-column:2}.columns .bar{display:none}"
	".columns .share span{margin-left:0}th,td{padding-right:.7rem}}\n",
	"@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--dim:#444;--line:#bbb}"
	"body{max-width:none;padding:0;font-size:10pt}.table{break-inside:avoid;"
	"content-visibility:visible}details::details-content{content-visibility:visible;"
	"block-size:auto}.scroll{overflow:visible}*{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}}\n",
	NULL,
};

/* Only pages with audited tables have it. */
const char *const grid_style[] = {
	".grid{margin-top:.75rem;background:var(--card);border:1px solid var(--line);"
	"border-radius:.5rem;padding:1rem;break-inside:avoid}.grid h3{margin:0 0 .2rem;"
	"font:600 .95rem/1.35 var(--sans);overflow-wrap:anywhere}.grid .pair{"
	"grid-template-columns:minmax(0,1.2fr) minmax(0,1fr)}.heat{width:auto;"
	"border-collapse:separate;border-spacing:2px;font:.8rem/1.3 var(--sans)}"
	".heat caption{text-align:left;color:var(--dim);font-size:.78rem;"
	"padding-bottom:.3rem}.heat th{border:0;padding:.3rem .6rem .3rem 0;"
	"font-weight:500;white-space:nowrap}.heat thead th{text-align:center;"
	"padding:.2rem .4rem}.heat thead th.corner{text-align:left;padding-left:0;"
	"white-space:normal;max-width:9rem}.heat td{position:relative;border:0;"
	"min-width:3.4rem;padding:.34rem .5rem;border-radius:.2rem;text-align:center;"
	"white-space:nowrap;font-variant-numeric:tabular-nums;background:var(--shade);"
	"color:var(--on)}.heat b,.swatch b{margin-left:.35em}.heat .shown,.swatch.shown{"
	"--shade:var(--track);--on:var(--ink)}.heat .rounded,.swatch.rounded{"
	"--shade:var(--heat-rounded);--on:var(--ink)}.heat .hidden,.swatch.hidden{"
	"--shade:var(--heat-hidden);--on:#fff}.heat .open,.swatch.open{"
	"--shade:var(--look-bg);--on:var(--look)}.heat .narrow,.swatch.narrow{"
	"--shade:var(--missing);--on:#1d2126}.heat .out,.swatch.out{--shade:#b3261e;"
	"--on:#fff}.heat .blank{background:none}.heat .out,.heat .narrow{"
	"outline:2px solid var(--ink);outline-offset:-2px}.swatch{display:inline-block;"
	"min-width:1.1rem;height:1.1rem;border-radius:.2rem;background:var(--shade);"
	"color:var(--on);text-align:center;font:600 .75rem/1.1rem var(--sans)}.swatch b{"
	"margin:0}.keys{display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;margin:.6rem 0 0;"
	"padding:0;list-style:none;font:.8rem/1.3 var(--sans);color:var(--dim)}.keys li{"
	"display:flex;gap:.4rem;align-items:center}.why{margin:.3rem 0 0;padding:0;"
	"list-style:none;font:.85rem/1.45 var(--sans)}.findings .why li{border:0;"
	"margin:0;padding:.1rem 0;overflow-wrap:anywhere}.sr{position:absolute;width:1px;"
	"height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}:root{"
	"--heat-rounded:#d7e8ea;--heat-hidden:#1f6f78}@media(prefers-color-scheme:dark){"
	":root{--heat-rounded:#23383c;--heat-hidden:#2d7f88}}@media(max-width:52rem){"
	".grid .pair{grid-template-columns:minmax(0,1fr)}}@media(max-width:32rem){.grid{"
	"padding:.85rem}.heat td{min-width:2.9rem;padding:.34rem .3rem}}\n",
	NULL,
};
