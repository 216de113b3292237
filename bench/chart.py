"""Horizontal bars on a log scale, as SVG that can be read on a light or a dark page."""
import math
from html import escape

STYLE = """<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 11px; fill: #59636e }
  .grid { stroke: #d1d9e0 }
  .ours { fill: #0969da }
  .theirs { fill: #8c959f }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .ours { fill: #4493f8 }
    .theirs { fill: #656c76 }
  }
</style>"""
LEFT, RIGHT, ROW, TOP, WIDTH = 210, 60, 24, 44, 720


def bars(title, subtitle, entries):
    """entries: (name, ratio, whether it is ours), in order."""
    top = 10 ** math.ceil(math.log10(max(max(value for _, value, _ in entries), 10)))
    height = TOP + ROW * len(entries) + 30

    def x(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(max(value, 1)) / math.log10(top)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">'
           % (WIDTH, height, WIDTH, height, escape(title, True)), STYLE,
           '<text x="0" y="15" font-weight="bold">%s</text>' % escape(title),
           '<text x="0" y="32" class="small">%s</text>' % escape(subtitle)]
    ticks = [t * 10 ** p for p in range(int(math.log10(top)) + 1) for t in (1, 2, 5) if t * 10 ** p <= top]
    for tick in ticks:
        out.append('<line class="grid" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (x(tick), x(tick), TOP, height - 24))
        out.append('<text class="small" x="%.1f" y="%d" text-anchor="middle">%d</text>' % (x(tick), height - 8, tick))
    for i, (name, value, ours) in enumerate(entries):
        y = TOP + ROW * i
        out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (LEFT - 8, y + 16, escape(name)))
        out.append('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>'
                   % ("ours" if ours else "theirs", LEFT, y + 3, max(x(value) - LEFT, 1), ROW - 6))
        out.append('<text x="%.1f" y="%d">%s</text>' % (x(value) + 6, y + 16, "%.1f" % value if value < 100 else "%.0f" % value))
    return "\n".join(out + ["</svg>", ""])
