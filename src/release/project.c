/*
 * project.c - a project.yaml by the pipeline's own rules for outputs
 *
 * Everything that is wrong is told, not only the first of it.
 */
#include "release/project.h"

#include "plan/build.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const level_names[LEVELS] = { "highly_sensitive", "moderately_sensitive",
	                                  "minimally_sensitive" };

void project_say(struct project *p, enum sluice_severity severity, struct place at,
                 const char *action, const char *file, const char *fmt, ...)
{
	struct sluice_project_finding f = { severity, at.line, at.column, action, file, NULL };
	char text[512], shown[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printable_line(shown, sizeof(shown), text); /* it quotes keys and patterns */
	f.text = shown;
	p->refusals += severity == SLUICE_REFUSAL;
	if (p->found)
		p->found(p->ctx, &f);
}

static bool is_text(const struct node *n)
{
	return n && n->kind == NODE_SCALAR && n->text && *n->text;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

/* ---- run ------------------------------------------------------------------------------- */

/* v1, v1.2, v1-pre, dev, latest */
static bool is_version(const char *v)
{
	size_t digits;

	if (!strcmp(v, "dev") || !strcmp(v, "latest"))
		return true;
	if (*v++ != 'v')
		return false;
	digits = strspn(v, "0123456789.");
	return digits && (!v[digits] || !strcmp(v + digits, "-pre"));
}

static const char *option_of(const struct shell_words *w, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 1; i < w->n; i++) {
		const char *word = shell_word(w, i);

		if (!strcmp(word, name))
			return shell_word(w, i + 1);
		if (!strncmp(word, name, len) && word[len] == '=')
			return word + len + 1;
	}
	return NULL;
}

/* Whether what --output says is this pattern: "a/:csv" stands for every .csv in a. */
static bool is_output(const char *output, const char *pattern)
{
	const char *colon = strrchr(output, ':'), *slash = strrchr(output, '/');
	struct buf glob = { 0 };
	bool same = false;

	if (!colon || (slash && colon < slash))
		return !strcmp(output, pattern);
	if (!slash || colon > slash + 1) /* with a name before the colon, that is a folder */
		slash = colon;
	if (!buf_addf(&glob, NULL, "%.*s/*.%s", (int)(slash - output), output, colon + 1))
		same = !fnmatch((char *)glob.data, pattern, 0);
	buf_free(&glob);
	return same;
}

/* What makes tables from the database: each is declared as --output says. */
static void check_ehrql(struct project *p, const struct node *action,
                        const struct shell_words *w, bool dataset)
{
	const char *output = option_of(w, "--output");

	for (size_t i = 0; i < p->n_declared; i++) {
		const struct declared *d = &p->declared[i];

		if (strcmp(d->action, action->key) != 0)
			continue;
		if (dataset && d->level != HIGHLY)
			project_say(
				p, SLUICE_REFUSAL, d->at, action->key, d->pattern,
				"generate-dataset makes rows of patients: its outputs must be "
				"highly_sensitive");
		else if (output && d->level != MINIMALLY && !is_output(output, d->pattern))
			project_say(p, SLUICE_REFUSAL, d->at, action->key, d->pattern,
			            "is not what --output of the command says");
	}
	if (!output)
		project_say(p, SLUICE_REFUSAL, action->key_at, action->key, NULL,
		            "the command needs --output");
}

static void check_run(struct project *p, const struct node *action, const struct node *run)
{
	struct shell_words w;
	const bool ok = shell_split(&w, run->text);
	const char *first = shell_word(&w, 0), *second = shell_word(&w, 1);
	const char *colon = first ? strchr(first, ':') : NULL;

	if (!ok || !first)
		project_say(p, SLUICE_REFUSAL, run->at, action->key, NULL,
		            "'run' can't be taken apart into words: a quote is open, or it is "
		            "empty");
	else if (!colon || !is_version(colon + 1))
		project_say(p, SLUICE_REFUSAL, run->at, action->key, NULL,
		            "'run' must begin with a name and a version, as in 'sluice:v1'");
	else if (!strcmp(colon + 1, "latest"))
		project_say(p, SLUICE_REFUSAL, run->at, action->key, NULL,
		            "':latest' is not allowed: name a version");
	else if (!strncmp(first, "ehrql:", 6) && second && !strncmp(second, "generate", 8))
		check_ehrql(p, action, &w, strstr(second, "dataset") != NULL);
	if (first && !strncmp(first, "cohortextractor", 15))
		project_say(p, SLUICE_REFUSAL, run->at, action->key, NULL,
		            "cohortextractor is not supported any more");
	shell_free(&w);
}

/* ---- outputs ----------------------------------------------------------------------------- */

static void take_pattern(struct project *p, const struct node *action, enum level level,
                         const struct node *n)
{
	struct declared *d;

	if (!is_text(n)) {
		project_say(p, SLUICE_REFUSAL, n->at, action->key, NULL,
		            "the path of output '%s' must be a text", n->key);
		return;
	}
	d = array_room(p->declared, p->n_declared, sizeof(*d));
	if (!d) {
		p->status = SLUICE_E_MEMORY;
		return;
	}
	p->declared = d;
	d += p->n_declared++;
	*d = (struct declared){ action->key, n->text, level, false, n->at };
	d->wrong = !project_pattern(p, d);
}

static void take_outputs(struct project *p, const struct node *action,
                         const struct node *outputs)
{
	size_t any = 0;

	for (size_t i = 0; outputs->kind == NODE_MAP && i < outputs->n_items; i++) {
		const struct node *n = &outputs->items[i];
		size_t level = 0;

		while (level < LEVELS && strcmp(level_names[level], n->key) != 0)
			level++;
		if (level == LEVELS) {
			project_say(p, SLUICE_REFUSAL, n->key_at, action->key, NULL,
			            "'%s' is no level: outputs are highly_sensitive, "
			            "moderately_sensitive or minimally_sensitive",
			            n->key);
			continue;
		}
		if (n->kind != NODE_MAP || !n->n_items) {
			project_say(p, SLUICE_REFUSAL, n->key_at, action->key, NULL,
			            "'%s' must be a map of names and paths", n->key);
			continue;
		}
		for (size_t k = 0; k < n->n_items; k++)
			take_pattern(p, action, (enum level)level, &n->items[k]);
		any += n->n_items;
	}
	if (!any)
		project_say(p, SLUICE_REFUSAL, outputs->key_at, action->key, NULL,
		            "'outputs' must name at least one path");
}

static int by_pattern(const void *left, const void *right)
{
	const struct declared *a = left, *b = right;
	const int order = strcmp(a->pattern, b->pattern);

	return order ? order : (a->at.line > b->at.line) - (a->at.line < b->at.line);
}

static void check_unique(struct project *p)
{
	struct declared *sorted = malloc((p->n_declared + 1) * sizeof(*sorted));

	if (!sorted) {
		p->status = SLUICE_E_MEMORY;
		return;
	}
	if (p->n_declared)
		memcpy(sorted, p->declared, p->n_declared * sizeof(*sorted));
	qsort(sorted, p->n_declared, sizeof(*sorted), by_pattern);
	for (size_t i = 1; i < p->n_declared; i++)
		if (!strcmp(sorted[i].pattern, sorted[i - 1].pattern))
			project_say(p, SLUICE_REFUSAL, sorted[i].at, sorted[i].action,
			            sorted[i].pattern,
			            "output path is not unique: it is one of '%s', too",
			            sorted[i - 1].action);
	free(sorted);
}

/* ---- actions ------------------------------------------------------------------------------- */

static void check_needs(struct project *p, const struct node *action, const struct node *needs)
{
	if (needs->kind != NODE_LIST) {
		project_say(p, SLUICE_REFUSAL, needs->key_at, action->key, NULL,
		            "'needs' must be a list");
		return;
	}
	for (size_t i = 0; i < needs->n_items; i++) {
		const struct node *n = &needs->items[i];

		if (!is_text(n) || strchr(n->text, ' '))
			project_say(p, SLUICE_REFUSAL, n->at, action->key, NULL,
			            "the names in 'needs' are separated with commas, without "
			            "spaces");
		else if (!node_find(p->actions, n->text))
			project_say(p, SLUICE_REFUSAL, n->at, action->key, NULL,
			            "'needs' names '%s', which is no action", n->text);
	}
}

static void check_action(struct project *p, const struct node *action)
{
	static const char *const keys[] = { "run",    "outputs",         "needs",
		                            "config", "dummy_data_file", NULL };
	const struct node *run, *outputs, *needs;

	if (action->kind != NODE_MAP) {
		project_say(p, SLUICE_REFUSAL, action->key_at, action->key, NULL,
		            "an action is a map with 'run' and 'outputs'");
		return;
	}
	for (size_t i = 0; i < action->n_items; i++)
		if (!is_one_of(action->items[i].key, keys))
			project_say(p, SLUICE_REFUSAL, action->items[i].key_at, action->key,
			            NULL, "unexpected parameter '%s'", action->items[i].key);
	run = node_find(action, "run");
	outputs = node_find(action, "outputs");
	needs = node_find(action, "needs");
	if (!outputs)
		project_say(p, SLUICE_REFUSAL, action->key_at, action->key, NULL,
		            "an action needs 'outputs'");
	else
		take_outputs(p, action, outputs);
	if (!is_text(run))
		project_say(p, SLUICE_REFUSAL, action->key_at, action->key, NULL,
		            "an action needs 'run', a text");
	else
		check_run(p, action, run);
	if (needs)
		check_needs(p, action, needs);
	if (!strcmp(action->key, "run_all"))
		project_say(p, SLUICE_REFUSAL, action->key_at, action->key, NULL,
		            "'run_all' is a name that the pipeline keeps for itself");
}

/* Their config is not looked at: the whole text counts. */
static void check_same_run(struct project *p)
{
	for (size_t i = 1; i < p->actions->n_items; i++) {
		const struct node *a = &p->actions->items[i];
		const struct node *run = a->kind == NODE_MAP ? node_find(a, "run") : NULL;

		for (size_t k = 0; is_text(run) && k < i; k++) {
			const struct node *b = &p->actions->items[k];
			const struct node *other =
				b->kind == NODE_MAP ? node_find(b, "run") : NULL;

			if (!is_text(other) || strcmp(other->text, run->text) != 0)
				continue;
			project_say(
				p, SLUICE_REFUSAL, run->at, a->key, NULL,
				"has the same 'run' as '%s'; 'config' does not count: put the "
				"paths on the command line",
				b->key);
			break;
		}
	}
}

/* The pipeline's tools have left the older ones behind. */
static void check_version(struct project *p, const struct node *root)
{
	const struct node *version = node_find(root, "version");
	char *end = NULL;
	double number = 0;

	if (is_text(version))
		number = strtod(version->text, &end);
	if (!end || *end || number < 5 || number > 5)
		project_say(p, SLUICE_REFUSAL, version ? version->at : root->at, NULL, NULL,
		            "'version' must be 5, which is the one that is supported");
}

void project_validate(struct project *p, const struct node *root)
{
	static const char *const keys[] = { "version", "actions", NULL };

	if (root->kind != NODE_MAP) {
		project_say(p, SLUICE_REFUSAL, root->at, NULL, NULL, "a project is a map");
		return;
	}
	for (size_t i = 0; i < root->n_items; i++)
		if (!is_one_of(root->items[i].key, keys))
			project_say(p, SLUICE_REFUSAL, root->items[i].key_at, NULL, NULL,
			            "unexpected parameter '%s'", root->items[i].key);
	check_version(p, root);
	p->actions = node_find(root, "actions");
	if (!p->actions || p->actions->kind != NODE_MAP || !p->actions->n_items) {
		project_say(p, SLUICE_REFUSAL, root->at, NULL, NULL,
		            "a project needs 'actions'");
		p->actions = NULL;
		return;
	}
	for (size_t i = 0; i < p->actions->n_items; i++)
		check_action(p, &p->actions->items[i]);
	check_unique(p);
	check_same_run(p);
}

enum sluice_status sluice_project(const char *text, size_t len, const char *source,
                                  const char *folder,
                                  void (*found)(void *ctx,
                                                const struct sluice_project_finding *finding),
                                  void *ctx, struct sluice_error *err)
{
	struct project p = { .found = found, .ctx = ctx, .folder = folder ? folder : "." };
	struct sluice_plan *name;
	enum sluice_status status;
	struct node root;

	TRY(plan_new(source ? source : "", &name, err));
	p.source = name;
	status = tree_parse(&root, text, len, name, err);
	if (status == SLUICE_OK) {
		project_validate(&p, &root);
		if (p.actions)
			project_gate(&p);
	}
	node_free(&root);
	sluice_plan_free(name);
	free(p.declared);
	if (status != SLUICE_OK)
		return status;
	if (p.status != SLUICE_OK)
		return fail_memory(err);
	return p.refusals ? fail(err, SLUICE_E_CHECK, "%llu refusal%s",
	                         (unsigned long long)p.refusals, p.refusals == 1 ? "" : "s")
	                  : SLUICE_OK;
}
