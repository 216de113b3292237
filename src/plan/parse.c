/*
 * parse.c - a plan's text to a plan
 *
 * Reads the tree from the top: which keys may stand where is a table, and the names
 * of the rules come from the rules' own tables.
 */
#include "plan/parse.h"

#include "plan/auditing.h"
#include "plan/suggest.h"

#include <stdlib.h>
#include <string.h>

/* Where a key may stand. */
enum {
	IN_PLAN = 1 << 0,   /* at the top, beside 'outputs'   */
	IN_BARE = 1 << 1,   /* at the top, beside bare rules  */
	IN_OUTPUT = 1 << 2, /* in one of the outputs          */
	IN_BODY = IN_BARE | IN_OUTPUT,
	IN_ANY = IN_BODY | IN_PLAN,
};

typedef enum sluice_status (*read_fn)(const struct sluice_plan *plan, struct output *o,
                                      const struct node *n, struct sluice_error *err);

static enum sluice_status read_pattern(const struct sluice_plan *plan, char **pattern,
                                       const struct node *n, struct sluice_error *err)
{
	const char *text;

	TRY(node_text(plan, n, n->key, &text, err));
	if (!*text || !text_is_plain(text, strlen(text)))
		return plan_fail(plan, err, n->at, "'%s' must be a file name or a pattern",
		                 n->key);
	*pattern = text_copy(text, strlen(text));
	return *pattern ? SLUICE_OK : fail_memory(err);
}

static enum sluice_status read_input(const struct sluice_plan *plan, struct output *o,
                                     const struct node *n, struct sluice_error *err)
{
	o->input_at = n->at;
	return read_pattern(plan, &o->input, n, err);
}

static enum sluice_status read_output(const struct sluice_plan *plan, struct output *o,
                                      const struct node *n, struct sluice_error *err)
{
	o->output_at = n->at;
	return read_pattern(plan, &o->output, n, err);
}

static enum sluice_status read_other(const struct sluice_plan *plan, struct output *o,
                                     const struct node *n, struct sluice_error *err)
{
	const char *text;

	TRY(node_text(plan, n, n->key, &text, err));
	return output_other(plan, o, text, n->at, err);
}

static enum sluice_status read_delimiter(const struct sluice_plan *plan, struct output *o,
                                         const struct node *n, struct sluice_error *err)
{
	const char *text;

	TRY(node_text(plan, n, n->key, &text, err));
	return output_delimiter(plan, o, text, n->at, err);
}

static enum sluice_status read_missing(const struct sluice_plan *plan, struct output *o,
                                       const struct node *n, struct sluice_error *err)
{
	const struct node *items = n->kind == NODE_LIST ? n->items : n;
	const size_t n_items = n->kind == NODE_LIST ? n->n_items : 1;
	const char *text;

	for (size_t i = 0; i < n_items; i++) {
		TRY(node_text(plan, &items[i], n->key, &text, err));
		TRY(output_missing(plan, o, text, items[i].at, err));
	}
	return SLUICE_OK;
}

/* Only the two words of YAML 1.2 and JSON, as they stand. */
static bool is_bool(const struct node *n, bool *value)
{
	*value = n->kind == NODE_SCALAR && !n->quoted && !strcmp(n->text, "true");
	return *value || (n->kind == NODE_SCALAR && !n->quoted && !strcmp(n->text, "false"));
}

static enum sluice_status read_crlf(const struct sluice_plan *plan, struct output *o,
                                    const struct node *n, struct sluice_error *err)
{
	o->crlf_given = true;
	if (is_bool(n, &o->dialect.crlf))
		return SLUICE_OK;
	return plan_fail(plan, err, n->at, "'crlf' must be true or false");
}

static enum sluice_status read_suffix(const struct sluice_plan *plan, struct output *o,
                                      const struct node *n, struct sluice_error *err)
{
	const char *text;
	bool wanted;

	if (is_bool(n, &wanted))
		return wanted ? output_suffix(plan, o, NULL, n->at, err) : SLUICE_OK;
	TRY(node_text(plan, n, n->key, &text, err));
	return output_suffix(plan, o, text, n->at, err);
}

static const struct key {
	const char *name;
	unsigned in;
	read_fn read; /* NULL: read_plan() sees to it */
} keys[] = {
	{ "version", IN_PLAN | IN_BARE, NULL }, { "outputs", IN_PLAN, NULL },
	{ "policy", IN_ANY, read_policy },      { "input", IN_OUTPUT, read_input },
	{ "output", IN_OUTPUT, read_output },   { "where", IN_BODY, read_where },
	{ "other", IN_BODY, read_other },       { "describe", IN_BODY, read_describe },
	{ "missing", IN_BODY, read_missing },   { "delimiter", IN_BODY, read_delimiter },
	{ "crlf", IN_BODY, read_crlf },         { "suffix", IN_BODY, read_suffix },
	{ "group", IN_BODY, read_grouping },    { "protect", IN_BODY, read_protect },
	{ "group", IN_BODY, read_grouping },    { "audit", IN_ANY, read_auditing },
};

#define N_KEYS (sizeof(keys) / sizeof(*keys))

static const struct key *key_find(const char *name)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static enum sluice_status unknown_key(const struct sluice_plan *plan, const struct node *n,
                                      unsigned in, struct sluice_error *err)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].in & in)
			suggest(&near, n->key, keys[i].name);
	for (size_t i = 0; column_rules[i] && (in & IN_BODY); i++)
		suggest(&near, n->key, column_rules[i]->name);
	return plan_fail(plan, err, n->key_at, "unknown key '%s'%s",
	                 printable(shown, n->key, strlen(n->key)),
	                 suggestion_text(&near, hint));
}

static enum sluice_status misplaced_key(const struct sluice_plan *plan, const struct node *n,
                                        unsigned in, struct sluice_error *err)
{
	static const char *const where[] = {
		[IN_PLAN] = "belongs in an output, not beside 'outputs'",
		[IN_BARE] = "belongs in an output under 'outputs'",
		[IN_OUTPUT] = "belongs at the top of the plan",
	};

	return plan_fail(plan, err, n->key_at, "'%s' %s", n->key, where[in]);
}

/* The members of a map that may hold rules, into 'o'. */
static enum sluice_status read_members(const struct sluice_plan *plan, struct output *o,
                                       const struct node *map, unsigned in,
                                       struct sluice_error *err)
{
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		const struct column_rule *rule = column_rule_find(n->key);
		const struct key *key = key_find(n->key);

		if (!rule && !key)
			return unknown_key(plan, n, in, err);
		if (!((rule ? IN_BODY : key->in) & in))
			return misplaced_key(plan, n, in, err);
		if (rule)
			TRY(read_rule(plan, o, rule, n, err));
		else if (key->read && in != IN_PLAN)
			TRY(key->read(plan, o, n, err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_outputs(struct sluice_plan *plan, const struct node *map,
                                       const struct node *policy, const struct node *audit,
                                       struct sluice_error *err)
{
	struct output unused = { 0 };

	TRY(node_filled(plan, map, NODE_MAP, "outputs", err));
	if (policy) /* be it right even when every output has its own */
		TRY(read_policy(plan, &unused, policy, err));
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		struct output *o;

		if (!*n->key || strchr(n->key, '/') || !text_is_plain(n->key, strlen(n->key)) ||
		    !strcmp(n->key, ".") || !strcmp(n->key, ".."))
			return plan_fail(
				plan, err, n->key_at,
				"the name of an output may become part of a file name: not "
				"empty, no '/' and no control bytes");
		TRY(node_filled(plan, n, NODE_MAP, n->key, err));
		TRY(plan_output(plan, n->key, n->key_at, &o, err));
		if (policy && !node_find(n, "policy"))
			TRY(read_policy(plan, o, policy, err));
		if (audit) /* what is said of all, then of this one */
			TRY(read_auditing(plan, o, audit, err));
		TRY(read_members(plan, o, n, IN_OUTPUT, err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_plan(struct sluice_plan *plan, const struct node *root,
                                    struct sluice_error *err)
{
	const struct node *version, *outputs;
	struct output *o;

	if (root->kind != NODE_MAP)
		return plan_fail(plan, err, root->at, "a plan is a map, as in 'version: 1'");
	version = node_find(root, "version");
	if (!version)
		return plan_fail(plan, err, root->at, "the plan does not say 'version: 1'");
	if (version->kind != NODE_SCALAR || version->quoted || strcmp(version->text, "1") != 0)
		return plan_fail(plan, err, version->at, "the version must be 1");
	outputs = node_find(root, "outputs");
	if (outputs) {
		TRY(read_members(plan, NULL, root, IN_PLAN, err));
		return read_outputs(plan, outputs, node_find(root, "policy"),
		                    node_find(root, "audit"), err);
	}
	TRY(plan_output(plan, "", root->at, &o, err));
	return read_members(plan, o, root, IN_BARE, err);
}

enum sluice_status sluice_plan_parse(const char *text, size_t len, const char *source,
                                     struct sluice_plan **plan, struct sluice_error *err)
{
	struct sluice_plan *p;
	enum sluice_status status;
	struct node root;

	*plan = NULL;
	TRY(plan_new(source ? source : "", &p, err));
	status = tree_parse(&root, text, len, p, err);
	if (status == SLUICE_OK)
		status = read_plan(p, &root, err);
	node_free(&root);
	if (status == SLUICE_OK)
		status = plan_resolve(p, err);
	if (status != SLUICE_OK)
		sluice_plan_free(p);
	else
		*plan = p;
	return status;
}
