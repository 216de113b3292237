#include "release/state.h"

#include "page/text.h"
#include "plan/json_read.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define STATE_LIMIT (64u << 20)

char *state_path(const struct release *r)
{
	char *real = folder_real(r->folder), *slash = real ? strrchr(real, '/') : NULL;
	struct buf b = { 0 };

	if (slash)
		(void)!buf_addf(&b, NULL, "%.*s/.%s.sluice-state", (int)(slash - real), real,
		                slash + 1);
	free(real);
	return (char *)b.data;
}

static void take_keys(const json_t *list, struct manifest *m)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		const char *output = json_string_value(json_object_get(one, "output"));
		const char *sha256 = json_string_value(json_object_get(one, "sha256"));
		const char *key = json_string_value(json_object_get(one, "key"));
		struct table *t = output ? manifest_find(m, output) : NULL;

		if (t && sha256 && key && strlen(key) == 32 && !strcmp(sha256, t->out.sha256))
			memcpy(t->key, key, 33);
	}
}

enum sluice_status state_read(const struct release *r, struct manifest *m,
                              struct sluice_error *err)
{
	char *path = state_path(r);
	struct buf text = { 0 };
	json_t *root = NULL;

	if (!path)
		return fail_memory(err);
	if (file_read(path, STATE_LIMIT, &text, NULL, NULL) == SLUICE_OK)
		(void)!json_read((const char *)text.data, text.len, &root, NULL);
	take_keys(json_object_get(root, "tables"), m);
	json_decref(root);
	buf_free(&text);
	free(path);
	return SLUICE_OK;
}

bool state_write(const struct release *r)
{
	char *path = state_path(r);
	struct text t = { 0 };
	bool any = false, ok;

	put(&t, "{\"about\":\"what sluice release knows of its inputs: not for release\",\n"
	        "\"tables\":[");
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *table = &r->tables[i];

		if (table->outcome >= SLUICE_REFUSED)
			continue;
		put(&t, any ? ",\n{\"output\":" : "\n{\"output\":");
		put_json(&t, table->below);
		put_f(&t, ",\"sha256\":\"%s\",\"key\":\"%s\"}", table->out.sha256, table->key);
		any = true;
	}
	put(&t, "\n]}\n");
	ok = path && t.status == SLUICE_OK &&
	     file_private(path, t.b.data, t.b.len, NULL) == SLUICE_OK;
	buf_free(&t.b);
	free(path);
	return ok;
}
