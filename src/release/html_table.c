#include "release/html.h"

#include "release/groups.h"

#include <string.h>

#define CHART_WIDTH  320
#define CHART_HEIGHT 84 /* of the bars; labels are below */

void html_share(struct text *t, uint64_t part, uint64_t all)
{
	const double share = all ? 100.0 * (double)part / (double)all : 0;

	if (part && share < 0.1)
		put(t, "&lt; 0.1 %");
	else
		put_f(t, "%.*f %%", part ? 1 : 0, share);
}

void html_bar(struct text *t, const struct tally *cells)
{
	const uint64_t redacted = cells->redacted;
	const double all = cells->cells ? (double)cells->cells : 1;
	double a = 100.0 * (double)redacted / all, b = 100.0 * (double)cells->missing / all;

	if (redacted && a < 1)
		a = 1; /* what is there is seen */
	if (a + b > 100)
		b = 100 - a;
	put_f(t,
	      "<svg class=bar viewBox=\"0 0 100 6\" preserveAspectRatio=none role=img "
	      "aria-label=\"%.1f %% redacted, %.1f %% missing\"><rect class=track width=100 "
	      "height=6 />",
	      100.0 * (double)redacted / all, 100.0 * (double)cells->missing / all);
	if (a > 0)
		put_f(t, "<rect class=redacted width=%.2f height=6 />", a);
	if (b > 0)
		put_f(t, "<rect class=missing x=%.2f width=%.2f height=6 />", a, b);
	put(t, "</svg>");
}

/* ---- what was found --------------------------------------------------------------------- */

static void verdict_badge(struct text *t, const struct table *table)
{
	const struct sluice_finding *f;
	unsigned warnings = 0;

	for (size_t i = 0; table->verdict && (f = sluice_verdict_at(table->verdict, i)); i++)
		warnings += f->severity == SLUICE_WARNING;
	if (table->outcome == SLUICE_REFUSED)
		put(t, "<span class=\"badge no\">refused</span>");
	else if (warnings)
		put_f(t, "<span class=\"badge look\">fit, %u to look at</span>", warnings);
	else
		put(t, "<span class=\"badge yes\">fit</span>");
}

static void one_finding(struct text *t, const struct sluice_finding *f)
{
	static const char *const classes[] = { "note", "look", "no" };
	static const char *const words[] = { "note", "look at", "refused" };

	put_f(t, "<li class=%s><b>%s</b> <code>%s</code> ", classes[f->severity],
	      f->allowed ? "allowed" : words[f->severity], f->check);
	if (f->name) {
		put(t, "<code class=column>");
		put_html(t, f->name);
		put(t, "</code> ");
	}
	put_html(t, f->text);
	if (f->line)
		put_f(t, " <span class=dim>line %llu</span>", (unsigned long long)f->line);
	if (f->places > 1) {
		put(t, " <span class=dim>in ");
		put_number(t, f->places);
		put(t, " places</span>");
	}
	put(t, "</li>");
}

static void all_findings(struct text *t, const struct table *table)
{
	const struct sluice_finding *f = sluice_verdict_at(table->verdict, 0);

	if (!f) {
		put(t, "<p class=checks>Every check passed without remark.</p>");
		return;
	}
	put(t, "<ul class=findings>");
	for (size_t i = 0; (f = sluice_verdict_at(table->verdict, i)); i++)
		one_finding(t, f);
	put(t, "</ul>");
}

/* ---- columns ------------------------------------------------------------------------------ */

static void one_column(struct text *t, const struct table *table, const struct report_column *c,
                       bool bars)
{
	const char *note = column_note(table->said, c->name);

	put_f(t, "<tr%s><th scope=row><code>", c->out ? "" : " class=gone");
	put_html(t, *c->name ? c->name : "(no name)");
	put(t, "</code>");
	if (note) {
		put(t, "<small>");
		put_html(t, note);
		put(t, "</small>");
	}
	put(t, "</th><td>");
	column_words(t, table->said, c);
	put(t, bars ? "</td><td class=share>" : "");
	if (bars && c->out && c->tally.cells) {
		html_bar(t, &c->tally);
		put(t, "<span>");
		html_share(t, c->tally.redacted, c->tally.cells);
		put(t, "</span>");
	}
	put(t, "</td></tr>");
}

void html_columns(struct text *t, const struct table *table, bool bars)
{
	put_f(t,
	      "<div class=scroll><table class=columns><thead><tr><th>column<th>what was done%s"
	      "</tr></thead><tbody>",
	      bars ? "<th>redacted" : "");
	for (uint32_t i = 0; i < table->report->n_columns; i++)
		one_column(t, table, &table->report->columns[i], bars);
	put(t, "</tbody></table></div>");
}

/* ---- the histogram -------------------------------------------------------------------------- */

/* "20", "5k", "1M" */
static void bin_label(struct text *t, uint64_t value)
{
	static const char *const units[] = { "", "k", "M", "G", "T" };
	size_t i = 0;

	for (; value >= 1000 && value % 1000 == 0 && i < 4; i++)
		value /= 1000;
	put_f(t, "%llu%s", (unsigned long long)value, units[i]);
}

static void one_bin(struct text *t, const struct peek *p, size_t bin, size_t at, size_t n,
                    uint64_t most)
{
	const double step = (double)CHART_WIDTH / (double)(n < 6 ? 6 : n);
	const double height =
		p->bins[bin] ? 2 + (CHART_HEIGHT - 2) * (double)p->bins[bin] / (double)most : 0;
	const double left = step * (double)at;

	if (height > 0) {
		put_f(t,
		      "<rect class=count x=%.1f y=%.1f width=%.1f height=%.1f rx=1.5><title>",
		      left + step * 0.08, CHART_HEIGHT + 14 - height, step * 0.84, height);
		bin_label(t, peek_bin(bin));
		put(t, bin ? " and more: " : ": ");
		put_number(t, p->bins[bin]);
		put(t, " counts</title></rect>");
	}
	if (bin && (bin - 1) % 3 && n > 9) /* there is room for the decades only */
		return;
	put_f(t, "<text x=%.1f y=%d>", left + step / 2, CHART_HEIGHT + 28);
	bin_label(t, peek_bin(bin));
	put(t, "</text>");
}

static void histogram(struct text *t, const struct peek *p)
{
	size_t first = 0, last = PEEK_BINS - 1;
	uint64_t most = 0;

	if (!p->counts)
		return;
	while (!p->bins[first])
		first++;
	while (!p->bins[last])
		last--;
	for (size_t i = first; i <= last; i++)
		most = p->bins[i] > most ? p->bins[i] : most;
	put(t, "<figure><figcaption>How large the released counts are");
	if (!p->whole)
		put(t, " (the first 16 MiB)");
	put_f(t, "</figcaption><svg class=histogram viewBox=\"0 0 %d %d\" role=img>",
	      CHART_WIDTH, CHART_HEIGHT + 34);
	put_f(t, "<path class=axis d=\"M0 %.1fH%d\"/>", CHART_HEIGHT + 14.5, CHART_WIDTH);
	for (size_t i = first; i <= last; i++)
		one_bin(t, p, i, i - first, last - first + 1, most);
	put(t, "</svg></figure>");
}

/* ---- the first rows --------------------------------------------------------------------------- */

static const char *next_text(const char *text)
{
	return text + strlen(text) + 1;
}

static void one_cell(struct text *t, const char *cell, bool count)
{
	put(t, count ? "<td class=n>" : "<td>");
	if (*cell)
		put_html(t, cell);
	else
		put(t, "<i>empty</i>");
}

static void first_rows(struct text *t, const struct peek *p)
{
	const char *name = (const char *)p->names.data, *cell = (const char *)p->cells.data;

	if (!p->n_columns || !p->n_shown)
		return;
	put(t, "<div class=scroll><table class=rows><caption>First rows, as released</caption>"
	       "<thead><tr>");
	for (uint32_t i = 0; i < p->n_columns; i++, name = next_text(name)) {
		put(t, p->is_count[i] ? "<th class=n>" : "<th>");
		put_html(t, name);
	}
	put(t, "</thead><tbody>");
	for (uint32_t row = 0; row < p->n_shown; row++) {
		put(t, "<tr>");
		for (uint32_t i = 0; i < p->n_columns; i++, cell = next_text(cell))
			one_cell(t, cell, p->is_count[i]);
	}
	put(t, "</tbody></table></div>");
}

/* ---- the piece ------------------------------------------------------------------------------- */

static void summary(struct text *t, const struct table *table)
{
	const struct tally cells = table_cells(table);

	put(t, "<summary><span class=name>");
	put_html(t, table->below);
	put(t, "</span>");
	verdict_badge(t, table);
	put(t, "<span class=size>");
	put_number(t, table->report->rows_out);
	put_f(t, " rows, %u columns, ", table->columns_out);
	put_size(t, table->out.bytes);
	put(t, "</span><span class=share>");
	html_bar(t, &cells);
	put(t, "<span>");
	html_share(t, cells.redacted, cells.cells);
	put(t, "</span></span></summary>");
}

static void facts(struct text *t, const struct table *table)
{
	const struct tally cells = table_cells(table);

	put(t, "<p class=facts>From <code>");
	put_html(t, table->input);
	if (!cells.cells) {
		put(t, "</code>. No rule protects a cell of it.</p>");
		return;
	}
	put(t, "</code>. Of ");
	put_number(t, cells.cells);
	put(t, " protected cells, ");
	put_number(t, cells.redacted);
	put(t, " redacted, ");
	put_number(t, cells.rounded);
	put(t, " rounded, ");
	put_number(t, cells.missing);
	put(t, " missing.</p>");
}

enum sluice_status html_table(struct buf *out, const struct release *r, const struct table *t,
                              const struct peek *peek, struct sluice_error *err)
{
	struct text text = { 0 };

	summary(&text, t);
	put(&text, "<div class=inside>");
	facts(&text, t);
	all_findings(&text, t);
	put(&text, "<div class=pair>");
	if (r->n_tables <= HTML_MANY || t->outcome == SLUICE_REFUSED)
		html_columns(&text, t, true);
	if (t->outcome != SLUICE_REFUSED)
		histogram(&text, peek);
	put(&text, "</div>");
	if (t->outcome != SLUICE_REFUSED)
		first_rows(&text, peek);
	if (t->outcome != SLUICE_REFUSED)
		put_f(&text, "<p class=hash>SHA-256 <code>%s</code></p>", t->out.sha256);
	put(&text, "</div>");
	*out = text.b;
	return text.status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}
