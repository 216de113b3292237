#include "plan/canon.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

bool canon_settings(json_t *map, const struct settings *s, const struct settings *base,
                    unsigned which)
{
	char text[SETTING_TEXT];

	for (size_t i = 0; setting_at(i); i++) {
		const struct setting *t = setting_at(i);

		if (!(t->bit & which) || (base && setting_equal(t, s, base)))
			continue;
		t->print(s, text);
		if (!canon_put(map, t->key,
		               t->number && text[0] >= '0' && text[0] <= '9'
		                       ? json_integer(strtoll(text, NULL, 10))
		                       : json_string(text)))
			return false;
	}
	return true;
}

static json_t *own_settings(const struct output *o, const struct rule *r)
{
	json_t *map = json_object();

	if (map && !canon_settings(map, &r->settings, &o->settings, r->type->takes)) {
		json_decref(map);
		return NULL;
	}
	return map;
}

bool canon_append(json_t *list, const struct selector *s)
{
	char *text = selector_text(s);
	const bool ok = text && !json_array_append_new(list, json_string(text));

	free(text);
	return ok;
}

/* The group of a rule's settings in 'groups', by the settings as text. */
static json_t *group_of(json_t *groups, json_t *settings)
{
	char *key = canon_text(settings, JSON_COMPACT);
	json_t *group = key ? json_object_get(groups, key) : NULL;

	if (key && !group) {
		group = json_pack("{s:O,s:[]}", "settings", settings, "columns");
		if (group && json_object_set_new(groups, key, group))
			group = NULL;
	}
	free(key);
	return group;
}

static bool add_to_group(json_t *groups, const struct output *o, const struct rule *r)
{
	json_t *settings = own_settings(o, r);
	json_t *group = groups && settings ? group_of(groups, settings) : NULL;
	bool ok = group != NULL;

	for (size_t i = 0; ok && i < r->n_columns; i++)
		ok = canon_append(json_object_get(group, "columns"), &r->columns[i]);
	json_decref(settings);
	return ok;
}

/* {"columns": [...], settings...} from a group. */
static json_t *group_map(const json_t *group)
{
	json_t *map = json_object();

	if (map && canon_put(map, "columns", canon_list(json_object_get(group, "columns"))) &&
	    !json_object_update(map, json_object_get(group, "settings")))
		return map;
	json_decref(map);
	return NULL;
}

/* Names if there are no own settings, else maps in the order of the settings' text. */
static json_t *groups_value(json_t *groups)
{
	const json_t *plain = json_object_get(groups, "{}");
	json_t *sorted, *list, *group;
	const char *key;
	bool ok;

	if (json_object_size(groups) == 1 && plain)
		return canon_list(json_object_get(plain, "columns"));
	sorted = canon_sorted(groups);
	list = json_array();
	ok = sorted && list;
	json_object_foreach(sorted, key, group) ok =
		ok && !json_array_append_new(list, group_map(group));
	json_decref(sorted);
	if (!ok) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static bool put_columns(json_t *map, const struct output *o, const struct column_rule *type)
{
	json_t *groups = json_object();
	bool ok = groups != NULL;

	for (size_t i = 0; ok && i < o->n_rules; i++)
		if (o->rules[i].type == type)
			ok = add_to_group(groups, o, &o->rules[i]);
	ok = ok && canon_put(map, type->name, groups_value(groups));
	json_decref(groups);
	return ok;
}

static json_t *fraction_value(const struct output *o, const struct rule *r)
{
	json_t *settings = own_settings(o, r);
	json_t *parts = json_array(), *map;

	if (!settings || !parts || !canon_append(parts, &r->columns[0]) ||
	    !canon_append(parts, &r->columns[1])) {
		json_decref(settings);
		json_decref(parts);
		return NULL;
	}
	if (!json_object_size(settings)) {
		json_decref(settings);
		return parts;
	}
	map = json_pack("{s:O,s:O}", "numerator", json_array_get(parts, 0), "denominator",
	                json_array_get(parts, 1));
	if (map && json_object_update(map, settings)) {
		json_decref(map);
		map = NULL;
	}
	json_decref(settings);
	json_decref(parts);
	return map;
}

/* In the order said: it is that of the new columns. */
static bool put_fractions(json_t *map, const struct output *o, const struct column_rule *type)
{
	json_t *fractions = json_object();
	bool ok = fractions != NULL;

	for (size_t i = 0; ok && i < o->n_rules; i++)
		if (o->rules[i].type == type)
			ok = canon_put(fractions, o->rules[i].name,
			               fraction_value(o, &o->rules[i]));
	if (!ok) {
		json_decref(fractions);
		return false;
	}
	return canon_put(map, type->name, fractions);
}

/* By count, the groups of the rules of one type; NULL without memory. */
static json_t *groups_by_count(const struct output *o, const struct column_rule *type)
{
	json_t *counts = json_object();
	bool ok = counts != NULL;

	for (size_t i = 0; ok && i < o->n_rules; i++) {
		const struct rule *r = &o->rules[i];
		char *text = r->type == type ? selector_text(&r->count) : NULL;

		if (text && !json_object_get(counts, text))
			canon_put(counts, text, json_object());
		if (r->type == type)
			ok = text && add_to_group(json_object_get(counts, text), o, r);
		free(text);
	}
	if (!ok) {
		json_decref(counts);
		return NULL;
	}
	return counts;
}

static bool put_statistics(json_t *map, const struct output *o, const struct column_rule *type)
{
	json_t *counts = groups_by_count(o, type);
	json_t *sorted = counts ? canon_sorted(counts) : NULL;
	json_t *value = json_object(), *groups;
	bool ok = sorted && value;
	const char *count;

	json_object_foreach(sorted, count, groups) ok =
		ok && canon_put(value, count, groups_value(groups));
	json_decref(counts);
	json_decref(sorted);
	if (!ok) {
		json_decref(value);
		return false;
	}
	return canon_put(map, type->name, value);
}

bool canon_rules(json_t *map, const struct output *o)
{
	static bool (*const shapes[])(json_t * map, const struct output *o,
	                              const struct column_rule *type) = {
		[SHAPE_COLUMNS] = put_columns,
		[SHAPE_FRACTION] = put_fractions,
		[SHAPE_STATISTICS] = put_statistics,
	};

	for (size_t t = 0; column_rules[t]; t++) {
		bool any = false;

		for (size_t i = 0; i < o->n_rules; i++)
			any = any || o->rules[i].type == column_rules[t];
		if (any && !shapes[column_rules[t]->shape](map, o, column_rules[t]))
			return false;
	}
	return true;
}

static json_t *condition_map(const struct condition *c)
{
	const char *const *values = (const char *const *)c->values;
	json_t *list = canon_texts(values, c->n_values);
	char *column = selector_text(&c->column);
	json_t *map = column ? json_object() : NULL;
	json_t *value = c->negated ? json_object() : list;

	if (c->negated && !canon_put(value, "not", list)) {
		json_decref(value);
		value = NULL;
	}
	if (!map || !canon_put(map, column, value)) {
		if (!map)
			json_decref(value);
		json_decref(map);
		map = NULL;
	}
	free(column);
	return map;
}

struct said_condition {
	json_t *map;
	char *text; /* of the map: what says the same has the same */
};

static int by_condition(const void *left, const void *right)
{
	return strcmp(((const struct said_condition *)left)->text,
	              ((const struct said_condition *)right)->text);
}

/* A list of maps, one for each condition: one column may have several. */
bool canon_where(json_t *map, const struct output *o)
{
	struct said_condition *said = calloc(o->n_where + 1, sizeof(*said));
	json_t *list = json_array();
	bool ok = said && list;

	for (size_t i = 0; ok && i < o->n_where; i++) {
		said[i].map = condition_map(&o->where[i]);
		said[i].text = said[i].map ? canon_text(said[i].map, JSON_COMPACT) : NULL;
		ok = said[i].text != NULL;
	}
	if (ok)
		qsort(said, o->n_where, sizeof(*said), by_condition);
	for (size_t i = 0; ok && i < o->n_where; i++)
		if (!i || strcmp(said[i].text, said[i - 1].text) != 0)
			ok = !json_array_append(list, said[i].map);
	for (size_t i = 0; said && i < o->n_where; i++) {
		json_decref(said[i].map);
		free(said[i].text);
	}
	free(said);
	if (ok)
		return canon_put(map, "where", list);
	json_decref(list);
	return false;
}
