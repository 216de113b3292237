/*
 * project_gate.c - the files that a project would release: judged, and asked who protects them
 */
#include "release/project.h"

#include "page/text.h"
#include "plan/build.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define PLAN_BYTES (1u << 20)

static char *below(const struct project *p, const char *name)
{
	struct buf b = { 0 };

	return buf_addf(&b, NULL, "%s/%s", p->folder, name) ? NULL : (char *)b.data;
}

/* ---- the gate ------------------------------------------------------------------------------- */

static void judge_file(struct project *p, const struct declared *d, const char *path)
{
	const char *shown = path + strlen(p->folder) + 1;
	const struct sluice_finding *f;
	struct sluice_verdict *v = NULL;
	struct sluice_error err = { 0 };

	if (sluice_check(path, NULL, &v, &err)) {
		project_say(p, SLUICE_REFUSAL, d->at, d->action, shown, "%s", err.text);
		return;
	}
	for (size_t i = 0; (f = sluice_verdict_at(v, i)); i++)
		if (f->severity == SLUICE_REFUSAL)
			project_say(p, SLUICE_REFUSAL, d->at, d->action, shown, "%s: %s%s%s%s",
			            f->check, f->text, f->name ? " (column '" : "",
			            f->name ? f->name : "", f->name ? "')" : "");
	sluice_verdict_free(v);
}

static void judge_files(struct project *p, const struct declared *d)
{
	char *pattern = below(p, d->pattern);
	struct paths found = { 0 };

	if (!pattern || files_match(pattern, &found, NULL))
		p->status = SLUICE_E_MEMORY;
	else if (!found.n)
		project_say(p, SLUICE_NOTE, d->at, d->action, d->pattern, "no such file yet");
	for (size_t i = 0; i < found.n; i++)
		judge_file(p, d, found.path[i]);
	paths_free(&found);
	free(pattern);
}

/* ---- who protects it? ---------------------------------------------------------------------- */

/* Whether a word of the command means this program: "sluice:v1", "bin/sluice". */
static size_t find_sluice(const struct shell_words *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *word = shell_word(w, i), *slash = strrchr(word, '/');
		const char *name = slash ? slash + 1 : word;

		if (!strcmp(name, "sluice") || (!i && !strncmp(name, "sluice:", 7)))
			return i;
	}
	return w->n;
}

/* "release/{stem}.csv" -> "release/\*.csv": what a pattern has to cover. */
static char *cover_of(const struct output *o)
{
	struct buf b = { 0 };
	bool ok = true;

	for (const char *s = o->output; ok && *s;) {
		const size_t plain = strcspn(s, "{");

		ok = !buf_add(&b, s, plain, NULL);
		s += plain;
		if (!*s)
			break;
		ok = ok && (s[1] == 's' ? !buf_add(&b, "*", 1, NULL)
		                        : !buf_add(&b, o->name, strlen(o->name), NULL));
		s += strcspn(s, "}");
		s += *s == '}';
	}
	if (!ok || buf_add(&b, "", 1, NULL))
		buf_free(&b);
	return (char *)b.data;
}

static struct sluice_plan *read_plan(const struct project *p, const char *name)
{
	char *path = below(p, name);
	struct sluice_plan *plan = NULL;
	struct buf text = { 0 };

	if (path && file_read(path, PLAN_BYTES, &text, NULL, NULL) == SLUICE_OK)
		sluice_plan_parse((const char *)text.data, text.len, name, &plan, NULL);
	buf_free(&text);
	free(path);
	return plan;
}

/* Every table of the plan is declared, and every declared table is the plan's. */
static void compare_plan(struct project *p, const struct node *action,
                         const struct sluice_plan *plan)
{
	bool *made = calloc(p->n_declared + 1, sizeof(*made));

	for (size_t i = 0; made && i < plan->n_outputs; i++) {
		char *cover = plan->outputs[i].output ? cover_of(&plan->outputs[i]) : NULL;
		bool declared = false;

		for (size_t k = 0; cover && k < p->n_declared; k++) {
			const struct declared *d = &p->declared[k];

			if (strcmp(d->action, action->key) != 0 || d->level == HIGHLY ||
			    fnmatch(d->pattern, cover, FNM_PATHNAME))
				continue;
			made[k] = declared = true;
		}
		if (cover && !declared)
			project_say(p, SLUICE_WARNING, action->key_at, action->key, cover,
			            "the plan's output '%s' is not declared: it would be lost",
			            plan->outputs[i].name);
		free(cover);
	}
	for (size_t k = 0; made && k < p->n_declared; k++) {
		const struct declared *d = &p->declared[k];

		if (!strcmp(d->action, action->key) && d->level == MODERATELY && !made[k] &&
		    !d->wrong && !strcmp(path_suffix(d->pattern), ".csv"))
			project_say(p, SLUICE_WARNING, d->at, d->action, d->pattern,
			            "no output of the plan makes it");
	}
	free(made);
}

static void check_unprotected(struct project *p, const struct node *action)
{
	for (size_t k = 0; k < p->n_declared; k++) {
		const struct declared *d = &p->declared[k];

		if (!strcmp(d->action, action->key) && d->level == MODERATELY && !d->wrong &&
		    !strcmp(path_suffix(d->pattern), ".csv"))
			project_say(p, SLUICE_WARNING, d->at, d->action, d->pattern,
			            "no plan protects this table: it is released as the action "
			            "makes it");
	}
}

/* A number, or true or false. */
static bool is_plain_value(const struct node *n)
{
	char *end = NULL;

	if (n->quoted || !*n->text)
		return false;
	(void)strtod(n->text, &end);
	return !*end || !strcmp(n->text, "true") || !strcmp(n->text, "false");
}

/* A value as the pipeline hands it on: JSON, in which only numbers and truth stand without quotes. */
static void put_value(struct text *t, const struct node *n)
{
	if (n->kind == NODE_SCALAR) {
		if (is_plain_value(n))
			put(t, n->text);
		else
			put_json(t, n->text);
		return;
	}
	put(t, n->kind == NODE_LIST ? "[" : "{");
	for (size_t i = 0; i < n->n_items; i++) {
		put(t, i ? ", " : "");
		if (n->kind == NODE_MAP) {
			put_json(t, n->items[i].key);
			put(t, ": ");
		}
		put_value(t, &n->items[i]);
	}
	put(t, n->kind == NODE_LIST ? "]" : "}");
}

static struct sluice_plan *config_plan(struct project *p, const struct node *config)
{
	struct sluice_plan *plan = NULL;
	struct sluice_error err = { 0 };
	struct text t = { 0 };

	put_value(&t, config);
	if (t.status == SLUICE_OK &&
	    sluice_plan_parse((const char *)t.b.data, t.b.len, "config", &plan, &err))
		project_say(p, SLUICE_REFUSAL, config->key_at, NULL, NULL,
		            "the plan in 'config' is not right: %s", err.text);
	buf_free(&t.b);
	return plan;
}

/* A reusable action runs among its own files and the outputs of what it needs. */
static bool is_seen(const struct project *p, const struct node *action, const char *name)
{
	const struct node *needs = node_find(action, "needs");

	for (size_t i = 0; needs && i < needs->n_items; i++)
		for (size_t k = 0; k < p->n_declared; k++)
			if (needs->items[i].kind == NODE_SCALAR &&
			    !strcmp(needs->items[i].text, p->declared[k].action) &&
			    !fnmatch(p->declared[k].pattern, name, FNM_PATHNAME))
				return true;
	return false;
}

/* The plan of 'release PLAN' or of its config, or NULL after a message. */
static struct sluice_plan *plan_of(struct project *p, const struct node *action,
                                   const struct shell_words *w, size_t at)
{
	const struct node *config = node_find(action, "config");
	const char *name = shell_word(w, at + 2);
	struct sluice_plan *plan;

	if (!name || *name == '-')
		return config ? config_plan(p, config) : NULL;
	if (!strncmp(shell_word(w, at), "sluice:", 7) && !is_seen(p, action, name)) {
		project_say(
			p, SLUICE_REFUSAL, action->key_at, action->key, name,
			"a reusable action does not see the files of the study: put the plan "
			"into 'config'");
		return NULL;
	}
	plan = read_plan(p, name);
	if (!plan)
		project_say(p, SLUICE_WARNING, action->key_at, action->key, name,
		            "the plan can't be read, so what it protects is not known");
	return plan;
}

static void check_protection(struct project *p, const struct node *action)
{
	const struct node *run = action->kind == NODE_MAP ? node_find(action, "run") : NULL;
	struct shell_words w = { 0 };
	struct sluice_plan *plan;
	const char *command;
	size_t at;

	if (!run || run->kind != NODE_SCALAR || !shell_split(&w, run->text)) {
		shell_free(&w);
		return;
	}
	at = find_sluice(&w);
	command = shell_word(&w, at + 1);
	if (at >= w.n) {
		check_unprotected(p, action);
	} else if (command && !strcmp(command, "release")) {
		plan = plan_of(p, action, &w, at);
		if (plan)
			compare_plan(p, action, plan);
		sluice_plan_free(plan);
	}
	shell_free(&w);
}

void project_gate(struct project *p)
{
	for (size_t i = 0; i < p->n_declared; i++)
		if (p->declared[i].level == MODERATELY && !p->declared[i].wrong)
			judge_files(p, &p->declared[i]);
	for (size_t i = 0; i < p->actions->n_items; i++)
		check_protection(p, &p->actions->items[i]);
}
