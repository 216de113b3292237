/*
 * names.c - which files a plan means, and what becomes of their names
 *
 * All of it is settled before the first byte of a table is read: an input pattern
 * that means nothing, two outputs of one name, an output that is an input.
 */
#include "release/release.h"

#include "plan/build.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *release_path(const struct release *r, const char *name)
{
	struct buf b = { 0 };

	if (buf_addf(&b, NULL, "%s/%s", r->folder, name))
		return NULL;
	return (char *)b.data;
}

/* ---- names of outputs -------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Bytes of the name without .csv or .csv.gz. */
static size_t stem_length(const char *name)
{
	size_t len = strlen(name);

	if (len > 3 && !strcasecmp(name + len - 3, ".gz"))
		len -= 3;
	if (len > 4 && !strncasecmp(name + len - 4, ".csv", 4))
		return len - 4;
	return strlen(name);
}

/* The pattern with its {stem} and {name} filled in. */
static enum sluice_status fill_pattern(const struct release *r, const struct output *o,
                                       const char *input, struct buf *out,
                                       struct sluice_error *err)
{
	const char *base = base_name(input);
	char shown[72];

	for (const char *p = o->output; *p;) {
		const size_t plain = strcspn(p, "{}");

		TRY(buf_add(out, p, plain, err));
		p += plain;
		if (!*p)
			break;
		if (!strncmp(p, "{stem}", 6))
			TRY(buf_add(out, base, stem_length(base), err));
		else if (!strncmp(p, "{name}", 6))
			TRY(buf_add(out, o->name, strlen(o->name), err));
		else
			return plan_fail(r->plan, err, o->output_at,
			                 "'output' may hold {stem} and {name}, not '%s'",
			                 printable(shown, p, strcspn(p, "}") + 1));
		p += 6;
	}
	return buf_add(out, "", 1, err);
}

/* Like a path that needs no thought: no empty parts, no "." within, no "..". */
static bool is_plain_path(const char *path)
{
	const char *p = *path == '/' ? path + 1 : path;

	while (*p) {
		const size_t len = strcspn(p, "/");

		if (!len || (len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += len;
		if (*p == '/' && !*++p)
			return false;
	}
	return p > path;
}

static const char *skip_here(const char *path)
{
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
		while (*path == '/')
			path++;
	}
	return path;
}

/* ---- the folder ------------------------------------------------------------------------------ */

/* Bytes of the pattern's folder, as far as it is the same for every input. */
static size_t fixed_folder(const char *pattern)
{
	size_t len = 0;

	for (size_t i = 0; pattern[i] && pattern[i] != '{'; i++)
		if (pattern[i] == '/')
			len = i ? i : 1;
	return len;
}

/* Bytes that the two folders have in common, in whole parts. */
static size_t common_folder(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t same = 0, i = 0;

	for (; i < a_len && i < b_len && a[i] == b[i]; i++)
		if (a[i] == '/')
			same = i ? i : 1;
	if ((i == a_len || a[i] == '/') && (i == b_len || b[i] == '/'))
		same = i;
	return same;
}

static enum sluice_status check_patterns(const struct release *r, struct sluice_error *err)
{
	for (size_t i = 0; i < r->plan->n_outputs; i++) {
		const struct output *o = &r->plan->outputs[i];
		const char *missing = !o->input ? "input" : "output";

		if (!o->input || !o->output)
			return plan_fail(r->plan, err, o->at, "a release needs '%s' here, a %s",
			                 missing,
			                 o->input ? "name as in release/{stem}.csv"
			                          : "pattern as in output/*.csv");
		if (!is_plain_path(skip_here(o->output)))
			return plan_fail(
				r->plan, err, o->output_at,
				"'output' must name a file, without '..', '.' and '//'");
		if (strstr(o->input, "**"))
			return plan_fail(r->plan, err, o->input_at,
			                 "'**' is not known here; '*' stays in its folder");
	}
	return SLUICE_OK;
}

static enum sluice_status find_folder(struct release *r, struct sluice_error *err)
{
	const struct output *first = &r->plan->outputs[0];
	const char *folder = skip_here(first->output);
	size_t len = fixed_folder(folder);

	if (r->o.folder) {
		folder = skip_here(r->o.folder);
		len = strlen(folder);
		while (len > 1 && folder[len - 1] == '/')
			len--;
		if (!is_plain_path(folder) && strcmp(folder, "") != 0)
			return fail(err, SLUICE_E_PLAN,
			            "the folder's name may not have '..', '.' or '//' in it");
	}
	for (size_t i = 0; i < r->plan->n_outputs; i++) {
		const struct output *o = &r->plan->outputs[i];
		const char *pattern = skip_here(o->output);
		const size_t same = common_folder(folder, len, pattern, fixed_folder(pattern));

		if (same < len && r->o.folder)
			return plan_fail(r->plan, err, o->output_at,
			                 "'output' is not in the release's folder");
		if ((*pattern == '/') != (*folder == '/'))
			return plan_fail(r->plan, err, o->output_at,
			                 "the outputs have no folder in common");
		len = same;
	}
	r->folder = len ? text_copy(folder, len) : text_copy(".", 1);
	return r->folder ? SLUICE_OK : fail_memory(err);
}

/* ---- tables ----------------------------------------------------------------------------------- */

static enum sluice_status add_table(struct release *r, size_t which, const char *input,
                                    struct sluice_error *err)
{
	const struct output *o = &r->plan->outputs[which];
	struct buf output = { 0 };
	struct table *t;
	const char *path;

	if (!text_is_plain(input, strlen(input)))
		return plan_fail(r->plan, err, o->input_at,
		                 "'input' means a file whose name is not plain text");
	t = array_room(r->tables, r->n_tables, sizeof(*t));
	if (!t)
		return fail_memory(err);
	r->tables = t;
	t += r->n_tables++;
	t->which = which;
	t->said = o;
	t->input = text_copy(input, strlen(input));
	if (!t->input)
		return fail_memory(err);
	if (fill_pattern(r, o, input, &output, err)) {
		buf_free(&output);
		return SLUICE_E_PLAN;
	}
	t->output = (char *)output.data;
	path = skip_here(t->output);
	t->below = strcmp(r->folder, ".") ? path + strlen(r->folder) : path;
	while (*t->below == '/')
		t->below++;
	return SLUICE_OK;
}

static enum sluice_status add_tables(struct release *r, size_t which, struct sluice_error *err)
{
	const struct output *o = &r->plan->outputs[which];
	enum sluice_status status;
	struct paths found;
	char shown[72];

	TRY(files_match(o->input, &found, err));
	printable(shown, o->input, strlen(o->input));
	status = SLUICE_OK;
	if (!found.n)
		status = plan_fail(r->plan, err, o->input_at, "no file is called '%s'", shown);
	else if (found.n > 1 && !strstr(o->output, "{stem}"))
		status =
			plan_fail(r->plan, err, o->output_at,
		                  "'input' means %zu files, so 'output' needs {stem}", found.n);
	for (size_t i = 0; i < found.n && status == SLUICE_OK; i++)
		status = add_table(r, which, found.path[i], err);
	paths_free(&found);
	return status;
}

/* ---- what may not be ---------------------------------------------------------------------------- */

static int by_output(const void *left, const void *right)
{
	const struct table *a = *(const struct table *const *)left;
	const struct table *b = *(const struct table *const *)right;
	const int order = strcmp(a->below, b->below);

	return order ? order : (a > b) - (a < b);
}

static int by_file(const void *left, const void *right)
{
	const struct file_id *a = &(*(const struct table *const *)left)->id;
	const struct file_id *b = &(*(const struct table *const *)right)->id;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->inode > b->inode) - (a->inode < b->inode);
}

static enum sluice_status refuse_name(const struct release *r, const struct table *t,
                                      const char *why, struct sluice_error *err)
{
	char shown[72];

	return plan_fail(r->plan, err, t->said->output_at, "'%s' %s",
	                 printable(shown, t->output, strlen(t->output)), why);
}

static enum sluice_status check_twice(const struct release *r, struct table **list,
                                      struct sluice_error *err)
{
	static const char *const ours[] = { MANIFEST_NAME, CONTROLS_NAME, REPORT_NAME,
		                            AIRLOCK_NAME };

	qsort(list, r->n_tables, sizeof(*list), by_output);
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = list[i];

		if (i && !strcmp(t->below, list[i - 1]->below))
			return refuse_name(r, t, "would be written twice", err);
		for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
			if (!strcasecmp(t->below, ours[k]))
				return refuse_name(r, t, "is a name that a release needs", err);
		if (*base_name(t->below) == '.')
			return refuse_name(r, t, "would be hidden", err);
	}
	return SLUICE_OK;
}

/* By pattern, for files that the first run makes and the second would read; and by what is there. */
static enum sluice_status check_inputs(const struct release *r, struct table **list,
                                       struct sluice_error *err)
{
	qsort(list, r->n_tables, sizeof(*list), by_file);
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = &r->tables[i];
		struct table there = { 0 }, *key = &there;

		for (size_t k = 0; k < r->plan->n_outputs; k++)
			if (!fnmatch(skip_here(r->plan->outputs[k].input), skip_here(t->output),
			             FNM_PATHNAME | FNM_PERIOD))
				return refuse_name(r, t, "is an input, too", err);
		if (file_identify(t->output, &there.id) &&
		    bsearch(&key, list, r->n_tables, sizeof(*list), by_file))
			return refuse_name(r, t, "is an input, too", err);
	}
	return SLUICE_OK;
}

/* Nor may one take the place of a hierarchy, a perturbation table, a secret. */
static enum sluice_status check_files(const struct release *r, struct sluice_error *err)
{
	struct file_id out, in;
	const char *name;

	for (size_t i = 0; i < r->n_tables; i++) {
		if (!file_identify(r->tables[i].output, &out))
			continue;
		for (size_t k = 0; (name = sluice_plan_file(r->plan, k)); k++)
			if (file_identify(name, &in) && in.device == out.device &&
			    in.inode == out.inode)
				return refuse_name(r, &r->tables[i], "is read by the plan, too",
				                   err);
	}
	return SLUICE_OK;
}

static enum sluice_status check_names(struct release *r, struct sluice_error *err)
{
	struct table **list = malloc((r->n_tables + 1) * sizeof(*list));
	enum sluice_status status;

	if (!list)
		return fail_memory(err);
	for (size_t i = 0; i < r->n_tables; i++)
		list[i] = &r->tables[i];
	status = check_twice(r, list, err);
	if (status == SLUICE_OK)
		status = check_inputs(r, list, err);
	if (status == SLUICE_OK)
		status = check_files(r, err);
	free(list);
	return status;
}

enum sluice_status release_names(struct release *r, struct sluice_error *err)
{
	TRY(check_patterns(r, err));
	TRY(find_folder(r, err));
	for (size_t i = 0; i < r->plan->n_outputs; i++)
		TRY(add_tables(r, i, err));
	for (size_t i = 0; i < r->n_tables; i++) {
		struct table *t = &r->tables[i];

		if (!file_identify(t->input, &t->id)) {
			fail(err, SLUICE_E_IO, "cannot open");
			fail_source(err, t->input);
			return SLUICE_E_IO;
		}
		r->progress.bytes += t->id.size;
	}
	r->progress.tables = r->n_tables;
	return check_names(r, err);
}
