#include "plan/canon.h"

#include "base/buf.h"
#include "plan/auditing.h"
#include "plan/build.h"
#include "plan/setting.h"
#include "plan/tree.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

bool canon_put(json_t *map, const char *key, json_t *value)
{
	return json_object_set_new(map, key, value) == 0; /* which refuses NULL */
}

struct text {
	struct buf buf;
	bool failed;
};

static int add_text(const char *bytes, size_t len, void *ctx)
{
	struct text *t = ctx;

	t->failed = t->failed || buf_add(&t->buf, bytes, len, NULL) != SLUICE_OK;
	return t->failed ? -1 : 0;
}

char *canon_text(const json_t *json, size_t flags)
{
	struct text t = { 0 };

	if (!json_dump_callback(json, add_text, &t, flags) && !add_text("", 1, &t))
		return (char *)t.buf.data;
	buf_free(&t.buf);
	return NULL;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

json_t *canon_texts(const char *const *texts, size_t n)
{
	const char **sorted = malloc((n + 1) * sizeof(*sorted));
	json_t *list = json_array();
	bool ok = sorted && list;

	for (size_t i = 0; ok && i < n; i++) {
		sorted[i] = texts[i];
		ok = texts[i] != NULL;
	}
	if (ok)
		qsort(sorted, n, sizeof(*sorted), by_text);
	for (size_t i = 0; ok && i < n; i++)
		if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
			ok = !json_array_append_new(list, json_string(sorted[i]));
	free(sorted);
	if (!ok) {
		json_decref(list);
		return NULL;
	}
	return list;
}

json_t *canon_list(const json_t *list)
{
	const size_t n = json_array_size(list);
	const char **texts = malloc((n + 1) * sizeof(*texts));
	json_t *sorted;

	if (!texts)
		return NULL;
	for (size_t i = 0; i < n; i++)
		texts[i] = json_string_value(json_array_get(list, i));
	sorted = canon_texts(texts, n);
	free(texts);
	return sorted;
}

json_t *canon_sorted(json_t *map)
{
	const size_t n = json_object_size(map);
	const char **keys = malloc((n + 1) * sizeof(*keys)), *key;
	json_t *sorted = json_object(), *value;
	bool ok = keys && sorted;
	size_t i = 0;

	if (keys)
		json_object_foreach(map, key, value) keys[i++] = key;
	if (keys)
		qsort(keys, n, sizeof(*keys), by_text);
	for (i = 0; ok && i < n; i++)
		ok = canon_put(sorted, keys[i], json_incref(json_object_get(map, keys[i])));
	free(keys);
	if (!ok) {
		json_decref(sorted);
		return NULL;
	}
	return sorted;
}

static bool put_text(json_t *map, const char *key, const char *text)
{
	return !text || canon_put(map, key, json_string(text));
}

static bool put_policy(json_t *map, const struct output *o)
{
	json_t *policy = json_object();
	unsigned all = 0;

	for (size_t i = 0; setting_at(i); i++)
		if (setting_at(i)->policy)
			all |= setting_at(i)->bit;
	return canon_put(map, "policy", policy) &&
	       canon_put(policy, "base", json_string(o->policy->name)) &&
	       canon_settings(policy, &o->settings, NULL, all);
}

static bool put_dialect(json_t *map, const struct output *o)
{
	const char delimiter[2] = { (char)o->dialect.delimiter, '\0' };
	const char *const *missing = (const char *const *)o->dialect.missing;

	if (o->dialect.n_missing &&
	    !canon_put(map, "missing", canon_texts(missing, o->dialect.n_missing)))
		return false;
	return canon_put(map, "delimiter", json_string(delimiter)) &&
	       canon_put(map, "crlf", json_boolean(o->dialect.crlf)) &&
	       put_text(map, "suffix", o->suffix);
}

static bool put_describe(json_t *map, const struct describe *d)
{
	json_t *describe, *notes;
	bool ok;

	if (!d->context && !d->population && !d->n_columns)
		return true;
	describe = json_object();
	if (!canon_put(map, "describe", describe) ||
	    !put_text(describe, "context", d->context) ||
	    !put_text(describe, "population", d->population))
		return false;
	if (!d->n_columns)
		return true;
	notes = json_object();
	ok = notes != NULL;
	for (size_t i = 0; ok && i < d->n_columns; i++)
		ok = put_text(notes, d->columns[i].column, d->columns[i].text);
	ok = ok && canon_put(describe, "columns", canon_sorted(notes));
	json_decref(notes);
	return ok;
}

static bool put_rules(json_t *map, const struct output *o)
{
	return put_policy(map, o) && (!o->n_where || canon_where(map, o)) &&
	       canon_group(map, o) && canon_protect(map, o) && canon_rules(map, o) &&
	       put_text(map, "other", other_name(o->other)) && put_dialect(map, o);
}

static bool put_output(json_t *map, const struct output *o)
{
	return put_text(map, "input", o->input) && put_text(map, "output", o->output) &&
	       put_rules(map, o) && canon_auditing(map, o) && put_describe(map, &o->describe);
}

/* Every output under its name. */
static bool put_outputs(json_t *map, const struct sluice_plan *plan)
{
	json_t *outputs = json_object();
	bool ok = outputs != NULL;

	for (size_t i = 0; ok && i < plan->n_outputs; i++) {
		json_t *one = json_object();

		ok = canon_put(outputs, plan->outputs[i].name, one) &&
		     put_output(one, &plan->outputs[i]);
	}
	ok = ok && canon_put(map, "outputs", canon_sorted(outputs));
	json_decref(outputs);
	return ok;
}

/* NULL without memory: all texts of a plan are UTF-8. */
static json_t *canon(const struct sluice_plan *plan)
{
	const bool bare = plan->n_outputs == 1 && !plan->outputs[0].name[0];
	json_t *map = json_object();

	if (canon_put(map, "version", json_integer(1)) &&
	    (bare ? put_output(map, &plan->outputs[0]) : put_outputs(map, plan)))
		return map;
	json_decref(map);
	return NULL;
}

enum sluice_status plan_digest(const struct sluice_plan *plan, char hex[33],
                               struct sluice_error *err)
{
	static const char digits[] = "0123456789abcdef";
	json_t *map = canon(plan);
	char *text = map ? canon_text(map, JSON_COMPACT) : NULL;
	XXH128_canonical_t hash;

	json_decref(map);
	if (!text)
		return fail_memory(err);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(text, strlen(text)));
	free(text);
	for (size_t i = 0; i < sizeof(hash.digest); i++) {
		hex[2 * i] = digits[hash.digest[i] >> 4];
		hex[2 * i + 1] = digits[hash.digest[i] & 15];
	}
	hex[32] = '\0';
	return SLUICE_OK;
}

void sluice_plan_hash(const struct sluice_plan *plan, char hex[33])
{
	memcpy(hex, plan->hash, sizeof(plan->hash));
}

char *sluice_plan_dump(const struct sluice_plan *plan)
{
	json_t *map = canon(plan);
	char *text = map ? canon_text(map, JSON_INDENT(2)) : NULL;
	struct buf out = { 0 };

	if (text &&
	    strlen(text) > PLAN_LIMIT / 2) { /* a dump must be no larger than a plan may be */
		free(text);
		text = canon_text(map, JSON_COMPACT);
	}
	json_decref(map);
	if (!text || buf_addf(&out, NULL, "# sluice plan, hash %s\n%s\n", plan->hash, text))
		buf_free(&out);
	free(text);
	return (char *)out.data;
}

char *plan_dump_rules(const struct output *o)
{
	json_t *map = json_object();
	char *text = NULL;

	if (canon_put(map, "version", json_integer(1)) && put_rules(map, o))
		text = canon_text(map, JSON_COMPACT);
	json_decref(map);
	return text;
}
