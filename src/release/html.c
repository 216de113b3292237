/*
 * html.c - the page: figures of the whole, then each output of the plan with its tables
 */
#include "release/html.h"

#include "audit/grid.h"
#include "page/style.h"

#include <string.h>

#define OPEN_AT_ONCE 8           /* more tables than that are folded up */
#define PAGE_LIMIT   (12u << 20) /* bytes; after that tables are lines */

static void figure(struct text *t, uint64_t value, const char *what, const char *class)
{
	put_f(t, "<div class=\"figure %s\"><b>", class);
	put_number(t, value);
	put_f(t, "</b><span>%s</span></div>", what);
}

static struct tally sum_cells(const struct release *r, uint64_t *rows)
{
	struct tally all = { 0 };

	*rows = 0;
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = &r->tables[i];
		const struct tally c = table_cells(t);

		if (t->outcome >= SLUICE_REFUSED)
			continue;
		all.cells += c.cells;
		all.redacted += c.redacted;
		all.rounded += c.rounded;
		all.missing += c.missing;
		*rows += t->report->rows_out;
	}
	return all;
}

static bool has_grids(const struct release *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++)
		any = any || r->tables[i].grid.len;
	return any;
}

static void head(struct text *t, const struct release *r)
{
	put(t, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	       "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=color-scheme content=\"light dark\">\n<title>Release ");
	put_html(t, r->folder);
	put(t, "</title>\n<style>");
	for (size_t i = 0; page_style[i]; i++)
		put(t, page_style[i]);
	for (size_t i = 0; has_grids(r) && grid_style[i]; i++)
		put(t, grid_style[i]);
	put(t, "</style>\n</head>\n<body>\n");
}

static void figures(struct text *t, const struct release *r)
{
	const struct sluice_release_summary *s = &r->summary;
	const uint64_t released = s->written + s->unchanged;
	const uint64_t absent = s->refused + s->failed;
	uint64_t rows;
	const struct tally all = sum_cells(r, &rows);

	put(t, "<div class=figures>");
	figure(t, released, released == 1 ? "table released" : "tables released", "");
	if (absent)
		figure(t, absent, "not released", "bad");
	figure(t, rows, "rows", "");
	put(t, "<div class=figure><b>");
	html_share(t, all.redacted, all.cells);
	put(t, "</b><span>of protected cells redacted</span>");
	html_bar(t, &all);
	put(t, "</div></div>\n");
}

static void header(struct text *t, const struct release *r)
{
	char hash[33];

	sluice_plan_hash(r->plan, hash);
	put(t, "<header><p class=kicker>Disclosure-controlled release</p><h1>");
	put_html(t, r->folder);
	put(t, "</h1><p class=by>Made by sluice " SLUICE_VERSION " from <code>");
	put_html(t, r->plan->source);
	put_f(t,
	      "</code>, plan <code class=break>%s</code>. <code>%s</code> has the hash of each "
	      "file, <code>%s</code> the texts for output checkers.</p>\n",
	      hash, MANIFEST_NAME, CONTROLS_NAME);
	figures(t, r);
	put(t, "<p class=legend><svg class=key viewBox=\"0 0 10 10\"><rect class=redacted "
	       "width=10 height=10 rx=2 /></svg>redacted<svg class=key viewBox=\"0 0 10 10\">"
	       "<rect class=missing width=10 height=10 rx=2 /></svg>missing<svg class=key "
	       "viewBox=\"0 0 10 10\"><rect class=track width=10 height=10 rx=2 /></svg>"
	       "released</p></header>\n");
}

/* Those that are not there, first: nobody should have to look for them. */
static void absent(struct text *t, const struct release *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *table = &r->tables[i];

		if (table->outcome < SLUICE_REFUSED)
			continue;
		if (!any)
			put(t, "<section class=absent><h2>Not released</h2>");
		any = true;
		if (table->html.len) {
			put(t, "<details class=table open>");
			put_bytes(t, table->html.data, table->html.len);
			put(t, "</details>");
			continue;
		}
		put(t, "<div class=failed><span class=name>");
		put_html(t, table->below);
		put(t, "</span><span class=\"badge no\">failed</span><p>");
		put_html(t, table->err.text);
		if (table->err.line)
			put_f(t, " <span class=dim>line %llu</span>",
			      (unsigned long long)table->err.line);
		put(t, "</p></div>");
	}
	put(t, any ? "</section>\n" : "");
}

static void one_table(struct text *t, const struct table *table, bool open)
{
	static const char end[] = "</summary>";
	size_t len = table->html.len;
	const char *summary = t->b.len > PAGE_LIMIT
	                              ? memmem(table->html.data, len, end, sizeof(end) - 1)
	                              : NULL;

	if (summary) /* the page is what a gate lets through: the rest are names and verdicts */
		len = (size_t)(summary - (const char *)table->html.data) + sizeof(end) - 1;
	put(t, open ? "<details class=table open>" : "<details class=table>");
	put_bytes(t, table->html.data, len);
	put(t, "</details>\n");
}

/* What one output of the plan made. */
static void section(struct text *t, const struct release *r, size_t which, bool open)
{
	const struct output *o = &r->plan->outputs[which];
	const struct describe *d = &o->describe;
	bool first = true;
	size_t n = 0;

	for (size_t i = 0; i < r->n_tables; i++)
		n += r->tables[i].which == which && r->tables[i].outcome < SLUICE_REFUSED;
	if (!n)
		return;
	put(t, "<section><h2>");
	put_html(t, o->name);
	put_f(t, " <small>%zu table%s</small></h2>", n, n == 1 ? "" : "s");
	if (d->context) {
		put(t, "<p class=context>");
		put_html(t, d->context);
		put(t, "</p>");
	}
	if (d->population) {
		put(t, "<p class=context><b>Population.</b> ");
		put_html(t, d->population);
		put(t, "</p>");
	}
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *table = &r->tables[i];

		if (table->which != which || table->outcome >= SLUICE_REFUSED)
			continue;
		if (r->n_tables > HTML_MANY && first)
			html_columns(t, table, false);
		first = false;
		one_table(t, table, open);
	}
	put(t, "</section>\n");
}

/* Tables from which something might follow, as the audit left them. */
static void audited(struct text *t, const struct release *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++) {
		const struct buf *grid = &r->tables[i].grid;

		if (!grid->len || t->b.len + grid->len > PAGE_LIMIT)
			continue;
		if (!any) {
			put(t,
			    "<section><h2>What follows from the tables</h2><p class=context>"
			    "Each of these was attacked as a reader could, with all tables of "
			    "the release that count the same people. A table that is refused "
			    "is drawn without its numbers.</p>");
			grid_legend(t);
		}
		any = true;
		put_bytes(t, grid->data, grid->len);
	}
	put(t, any ? "</section>\n" : "");
}

void html_text(struct text *t, const struct release *r)
{
	head(t, r);
	header(t, r);
	put(t, "<main>\n");
	absent(t, r);
	for (size_t i = 0; i < r->plan->n_outputs; i++)
		section(t, r, i, r->n_tables <= OPEN_AT_ONCE);
	audited(t, r);
	put(t, "</main>\n<footer>Counts are shown as they are released. No value of the input "
	       "is on this page.</footer>\n</body>\n</html>\n");
}
