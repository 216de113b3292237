/*
 * tree.c - libyaml's events to a tree
 *
 * libyaml counts places in characters of the text that it is given; people count
 * bytes of the text that they wrote.  A cursor walks along with the events and
 * translates.
 */
#include "plan/tree.h"

#include "plan/build.h"
#include "plan/json.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct builder {
	const struct sluice_plan *plan;
	struct sluice_error *err;
	struct respelt spelt;
	const char *text; /* the original                                 */
	size_t len;
	size_t chars, at;                  /* cursor in what libyaml reads: characters, bytes */
	size_t origin;                     /* the same byte in the original                */
	struct place place;                /* of origin                                  */
	struct node *open[TREE_DEPTH + 1]; /* the root and the maps and lists that are open */
	size_t depth;
	bool any; /* a document was met */
};

static struct place place_at(struct builder *b, size_t origin)
{
	if (origin < b->origin) {
		b->origin = 0;
		b->place = (struct place){ 1, 1 };
	}
	for (; b->origin < origin && b->origin < b->len; b->origin++) {
		b->place.column++;
		if (b->text[b->origin] == '\n')
			b->place = (struct place){ b->place.line + 1, 1 };
	}
	return b->place;
}

static struct place place_of(struct builder *b, const yaml_mark_t *mark)
{
	const char *text = b->spelt.text;

	if (mark->index < b->chars)
		b->chars = b->at = 0;
	for (; b->chars < mark->index && b->at < b->spelt.len; b->chars++)
		do
			b->at++;
		while (b->at < b->spelt.len && ((uint8_t)text[b->at] & 0xC0) == 0x80);
	return place_at(b, respelt_origin(&b->spelt, b->at));
}

/* Hints for what reads well but means something else in YAML. */
static const char *hint(const char *context)
{
	if (context && (strstr(context, "alias") || strstr(context, "anchor")))
		return " (quote a text that begins with '*' or '&': \"*_id\")";
	if (context && strstr(context, "tag"))
		return " (quote a text that begins with '!')";
	return "";
}

/* libyaml's reasons are fixed sentences: they hold nothing of the plan. */
static enum sluice_status refused_by_yaml(struct builder *b, const yaml_parser_t *parser)
{
	const char *why = parser->problem ? parser->problem : "it cannot be read";
	const bool escape = strstr(why, "Unicode character escape") != NULL;

	if (parser->error == YAML_MEMORY_ERROR)
		return fail_memory(b->err);
	if (parser->error == YAML_READER_ERROR)
		return plan_fail(b->plan, b->err,
		                 place_at(b, respelt_origin(&b->spelt, parser->problem_offset)),
		                 "the plan is not YAML: %s", why);
	/* Only in JSON are surrogate pairs known, and something kept this from being JSON. */
	if (escape && b->spelt.why)
		return plan_fail(b->plan, b->err, place_at(b, b->spelt.why_at),
		                 "the plan is not JSON: %s", b->spelt.why);
	return plan_fail(b->plan, b->err, place_of(b, &parser->problem_mark),
	                 "the plan is not YAML: %s%s", why, hint(parser->context));
}

/* The node that the next value fills; NULL = no memory. */
static struct node *next_node(struct builder *b)
{
	struct node *top = b->open[b->depth];
	struct node *items;

	if (b->depth == 0)
		return top;
	if (top->kind == NODE_MAP)
		return &top->items[top->n_items - 1];
	items = array_room(top->items, top->n_items, sizeof(*items));
	if (!items)
		return NULL;
	top->items = items;
	return &items[top->n_items++];
}

static bool awaits_key(const struct builder *b)
{
	const struct node *top = b->open[b->depth];

	return b->depth && top->kind == NODE_MAP &&
	       (!top->n_items || top->items[top->n_items - 1].kind != NODE_NONE);
}

static enum sluice_status add_key(struct builder *b, const char *text, bool quoted,
                                  struct place at)
{
	struct node *top = b->open[b->depth];
	struct node *items = array_room(top->items, top->n_items, sizeof(*items));

	if (!items)
		return fail_memory(b->err);
	top->items = items;
	if (!quoted && !strcmp(text, "<<"))
		return plan_fail(b->plan, b->err, at, "merge keys ('<<') are not for plans");
	items[top->n_items].key_at = at;
	items[top->n_items].key = text_copy(text, strlen(text));
	if (!items[top->n_items++].key)
		return fail_memory(b->err);
	return SLUICE_OK;
}

static enum sluice_status refuse_extras(struct builder *b, const yaml_char_t *anchor,
                                        const yaml_char_t *tag, struct place at)
{
	if (anchor)
		return plan_fail(
			b->plan, b->err, at,
			"anchors are not for plans; quote a text that begins with '&'");
	if (tag)
		return plan_fail(b->plan, b->err, at,
		                 "tags are not for plans; quote a text that begins with '!'");
	return SLUICE_OK;
}

static enum sluice_status add_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	const bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	const struct place at = place_of(b, &event->start_mark);
	struct node *n;

	TRY(refuse_extras(b, event->data.scalar.anchor, event->data.scalar.tag, at));
	if (strlen(text) != event->data.scalar.length)
		return plan_fail(b->plan, b->err, at, "a NUL in a text");
	if (awaits_key(b))
		return add_key(b, text, quoted, at);
	n = next_node(b);
	if (!n)
		return fail_memory(b->err);
	n->kind = NODE_SCALAR;
	n->quoted = quoted;
	n->at = at;
	n->text = text_copy(text, event->data.scalar.length);
	return n->text ? SLUICE_OK : fail_memory(b->err);
}

static enum sluice_status open_node(struct builder *b, const yaml_event_t *event)
{
	const bool map = event->type == YAML_MAPPING_START_EVENT;
	const struct place at = place_of(b, &event->start_mark);
	struct node *n;

	TRY(refuse_extras(
		b, map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
		map ? event->data.mapping_start.tag : event->data.sequence_start.tag, at));
	if (awaits_key(b))
		return plan_fail(b->plan, b->err, at, "a key must be a text, not a %s",
		                 map ? "map" : "list");
	if (b->depth == TREE_DEPTH)
		return plan_fail(b->plan, b->err, at, "lists and maps deeper than %d",
		                 TREE_DEPTH);
	n = next_node(b);
	if (!n)
		return fail_memory(b->err);
	n->kind = map ? NODE_MAP : NODE_LIST;
	n->at = at;
	b->open[++b->depth] = n;
	return SLUICE_OK;
}

static int by_key(const void *left, const void *right)
{
	const struct node *a = *(const struct node *const *)left;
	const struct node *b = *(const struct node *const *)right;
	const int order = strcmp(a->key, b->key);

	return order ? order : (a > b) - (a < b);
}

/* Sorted, so that a hostile plan of 100,000 keys takes no longer than it must. */
static enum sluice_status check_keys(struct builder *b, const struct node *map)
{
	const struct node **sorted, *twice = NULL, *first = NULL;
	char shown[72];

	if (map->n_items < 2)
		return SLUICE_OK;
	sorted = malloc(map->n_items * sizeof(*sorted));
	if (!sorted)
		return fail_memory(b->err);
	for (size_t i = 0; i < map->n_items; i++)
		sorted[i] = &map->items[i];
	qsort(sorted, map->n_items, sizeof(*sorted), by_key);
	for (size_t i = 1; i < map->n_items; i++) {
		if (!strcmp(sorted[i]->key, sorted[i - 1]->key) &&
		    (!twice || sorted[i] < twice)) {
			twice = sorted[i];
			first = sorted[i - 1];
		}
	}
	free(sorted);
	if (!twice)
		return SLUICE_OK;
	return plan_fail(b->plan, b->err, twice->key_at,
	                 "'%s' is given twice (also on line %u)",
	                 printable(shown, twice->key, strlen(twice->key)), first->key_at.line);
}

static enum sluice_status take_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->any)
			return plan_fail(b->plan, b->err, place_of(b, &event->start_mark),
			                 "a second document; a plan is one");
		b->any = true;
		return SLUICE_OK;
	case YAML_ALIAS_EVENT:
		return plan_fail(
			b->plan, b->err, place_of(b, &event->start_mark),
			"aliases are not for plans; quote a text that begins with '*': "
			"\"*_id\"");
	case YAML_SCALAR_EVENT: return add_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT: return open_node(b, event);
	case YAML_MAPPING_END_EVENT: return check_keys(b, b->open[b->depth--]);
	case YAML_SEQUENCE_END_EVENT: b->depth--; return SLUICE_OK;
	default: return SLUICE_OK;
	}
}

static enum sluice_status read_events(struct builder *b)
{
	enum sluice_status status = SLUICE_OK;
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;

	if (!yaml_parser_initialize(&parser))
		return fail_memory(b->err);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)b->spelt.text,
	                             b->spelt.len);
	while (status == SLUICE_OK && more) {
		if (!yaml_parser_parse(&parser, &event)) {
			status = refused_by_yaml(b, &parser);
			break;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		status = take_event(b, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return status;
}

enum sluice_status tree_parse(struct node *root, const char *text, size_t len,
                              const struct sluice_plan *plan, struct sluice_error *err)
{
	struct builder b = { .plan = plan, .err = err, .place = { 1, 1 }, .open = { root } };
	enum sluice_status status;
	const char *nul;

	*root = (struct node){ 0 };
	if (len > PLAN_LIMIT)
		return plan_fail(plan, err, b.place, "the plan is longer than 1 MiB");
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
		text += 3;
		len -= 3;
	}
	b.text = text;
	b.len = len;
	nul = len ? memchr(text, 0, len) : NULL;
	if (nul)
		return plan_fail(plan, err, place_at(&b, (size_t)(nul - text)),
		                 "a NUL in the plan");
	status = json_respell(&b.spelt, text, len, err);
	if (status == SLUICE_OK)
		status = read_events(&b);
	if (status == SLUICE_OK && (root->kind == NODE_NONE || !b.any))
		status = plan_fail(plan, err, (struct place){ 1, 1 }, "there is nothing in it");
	respelt_free(&b.spelt);
	return status;
}

const struct node *node_find(const struct node *map, const char *key)
{
	for (size_t i = 0; i < map->n_items; i++)
		if (!strcmp(map->items[i].key, key))
			return &map->items[i];
	return NULL;
}

const char *node_kind_name(const struct node *n)
{
	static const char *const names[] = { "nothing", "a text", "a list", "a map" };

	return names[n->kind];
}

void node_free(struct node *n)
{
	for (size_t i = 0; i < n->n_items; i++)
		node_free(&n->items[i]);
	free(n->items);
	free(n->key);
	free(n->text);
	*n = (struct node){ 0 };
}
