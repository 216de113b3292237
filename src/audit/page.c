/*
 * page.c - an audit to look at: one page, without script
 */
#include "attack/words.h"
#include "audit/grid.h"

#include "page/style.h"

#include <string.h>

static void head(struct text *t)
{
	put(t,
	    "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	    "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=color-scheme content=\"light dark\">\n<title>Audit</title>\n<style>");
	for (size_t i = 0; page_style[i]; i++)
		put(t, page_style[i]);
	for (size_t i = 0; grid_style[i]; i++)
		put(t, grid_style[i]);
	put(t, "</style>\n</head>\n<body>\n");
}

static void figure(struct text *t, uint64_t value, const char *what, bool bad)
{
	put_f(t, "<div class=\"figure%s\"><b>", bad && value ? " bad" : "");
	put_number(t, value);
	put_f(t, "</b><span>%s</span></div>", what);
}

static void figures(struct text *t, const struct sluice_audit *a)
{
	const struct audit_counts *n = &a->counts;

	put(t, "<div class=figures>");
	figure(t, n->cells, n->cells == 1 ? "cell" : "cells", false);
	figure(t, n->hidden, "hidden", false);
	figure(t, n->by_verdict[VERDICT_DISCLOSED], "disclosed", true);
	figure(t, n->by_verdict[VERDICT_NARROW] + a->n_together,
	       "too narrow, or small together", true);
	figure(t, n->by_verdict[VERDICT_UNDECIDED], "undecided", true);
	put(t, "</div>\n");
}

static void header(struct text *t, const struct sluice_audit *a, bool values)
{
	static const char *const badges[] = { [SLUICE_AUDIT_SAFE] = "yes",
		                              [SLUICE_AUDIT_REVIEW] = "look",
		                              [SLUICE_AUDIT_DISCLOSES] = "no" };
	const enum sluice_audit_verdict v = sluice_audit_verdict(a);

	put(t, "<header><p class=kicker>What follows from the tables</p><h1>Audit ");
	put_f(t, "<span class=\"badge %s\">%s</span></h1>", badges[v], overall_names[v]);
	put(t, "<p class=by>Made by sluice " SLUICE_VERSION ". ");
	put(t, values ? "The derivations hold the counts that follow: for those who check "
	                "outputs, and not for release."
	              : "Derivations are without numbers.");
	put(t, "</p>\n");
	figures(t, a);
	grid_legend(t);
	put(t, "</header>\n");
}

/* What the text report says besides cells: it ends with what is taken for granted. */
static enum sluice_status rest(struct text *t, const struct sluice_audit *a, bool values,
                               struct sluice_error *err)
{
	const char *const begins[] = { "\nreview ", "\nbases ", "\ngroup ", "\ntogether " };
	char *text, *granted;
	bool any = false;

	TRY(sluice_audit_text(a, values, &text, err));
	granted = strstr(text, "\ntaken for granted:\n");
	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		for (char *at = text; (at = strstr(at, begins[i])) && at < granted; at++) {
			char *end = strchr(at + 1, '\n');

			put(t, any ? "" : "<section><h2>Besides</h2><ul class=findings>");
			any = true;
			put(t, i ? "<li class=no>" : "<li class=look>");
			*end = '\0';
			put_html(t, at + strlen(begins[i]));
			*end = '\n';
			put(t, "</li>");
		}
	put(t, any ? "</ul></section>\n" : "");
	put(t, "<section><h2>Taken for granted</h2><ul class=findings>");
	for (char *line, *more = strchr(granted + 1, '\n') + 1; (line = strsep(&more, "\n"));)
		if (*line) {
			put(t, "<li>");
			put_html(t, line);
			put(t, "</li>");
		}
	put(t, "</ul></section>\n");
	sluice_free(text);
	return SLUICE_OK;
}

/* Cells that no table shows are in none of the grids. */
static enum sluice_status not_shown(struct text *t, const struct sluice_audit *a, bool values,
                                    struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, values };
	struct buf line = { 0 };
	enum sluice_status status = SLUICE_OK;
	bool any = false;

	for (uint32_t i = 0; i < a->in.cells.n && status == SLUICE_OK; i++) {
		if (!audit_reports(a, i) || a->in.cells.cells[i].place != CELL_NONE)
			continue;
		put(t, any ? ""
		           : "<section><h2>Counts that no table shows, and yet follow</h2>"
		             "<ul class=findings>");
		any = true;
		line.len = 0;
		status = words_derivation(&w, i, "", &line, err);
		if (status == SLUICE_OK)
			status = buf_add(&line, "", 1, err);
		put(t, "<li class=no>");
		put_html(t, status == SLUICE_OK ? (char *)line.data : "");
		put(t, "</li>");
	}
	put(t, any ? "</ul></section>\n" : "");
	buf_free(&line);
	return status;
}

enum sluice_status sluice_audit_html(const struct sluice_audit *a, bool values, char **html,
                                     struct sluice_error *err)
{
	const struct grid_options o = { .shown = values, .values = values };
	struct text t = { 0 };
	enum sluice_status status = SLUICE_OK;

	*html = NULL;
	head(&t);
	header(&t, a, values);
	put(&t, "<main>\n<section><h2>Tables</h2>");
	for (uint32_t i = a->n_earlier; i < a->in.n_sheets && status == SLUICE_OK; i++)
		status = grid_piece(&t.b, a, i, &o, err);
	put(&t, "</section>\n");
	if (status == SLUICE_OK)
		status = not_shown(&t, a, values, err);
	if (status == SLUICE_OK)
		status = rest(&t, a, values, err);
	put(&t, "</main>\n</body>\n</html>\n");
	put_bytes(&t, "", 1);
	if (status == SLUICE_OK && t.status != SLUICE_OK)
		status = fail_memory(err);
	if (status == SLUICE_OK)
		*html = (char *)t.b.data;
	else
		buf_free(&t.b);
	return status;
}
