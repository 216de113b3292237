/*
 * publish.c - nothing has its name before all of it is there
 *
 * Tables are made in a folder of ours, beside or in the one that they go to, which
 * nobody else may look into.  When all are judged, what was written is synced once, then
 * they get their names; so a run that is killed leaves each table as it was or as it
 * is to be.  What it leaves in our folder is removed by the next run, which can tell
 * by the lock that nobody works there.
 */
#include "release/publish.h"

#include "plan/build.h"
#include "release/digest.h"
#include "release/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAGE ".sluice-stage"

static char *path_of(const char *fmt_folder, const char *name)
{
	struct buf b = { 0 };

	return buf_addf(&b, NULL, "%s/%s", fmt_folder, name) ? NULL : (char *)b.data;
}

/* Of a run that was killed. */
static bool is_stage(const char *name)
{
	return !strncmp(name, STAGE "/", sizeof(STAGE));
}

/* ---- ready --------------------------------------------------------------------------- */

/* Beside the folder, whatever links lead to it: there it can take its place. */
static char *stage_beside(const char *folder)
{
	char *real = folder_real(folder), *slash = real ? strrchr(real, '/') : NULL;
	struct buf b = { 0 };

	if (slash && slash[1])
		(void)!buf_addf(&b, NULL, "%.*s/%s-%s", (int)(slash - real), real, STAGE,
		                slash + 1);
	free(real);
	return (char *)b.data;
}

static enum sluice_status make_stage(struct place_of_work *p, struct release *r,
                                     struct sluice_error *err)
{
	char *inside = path_of(r->folder, STAGE), *beside = stage_beside(r->folder);

	if (inside)
		folder_remove(inside);
	if (beside)
		folder_remove(beside);
	r->stage = r->o.all_or_nothing ? beside : inside;
	free(r->o.all_or_nothing ? inside : beside);
	if (!r->stage)
		return fail_memory(err);
	TRY(folder_make(r->stage, 0700, err));
	if (!r->o.all_or_nothing)
		return SLUICE_OK;
	p->whole = path_of(r->stage, "new");
	if (!p->whole)
		return fail_memory(err);
	return folder_make(p->whole, 0777, err);
}

static enum sluice_status name_staged(struct place_of_work *p, struct release *r,
                                      struct sluice_error *err)
{
	for (size_t i = 0; i < r->n_tables; i++) {
		struct table *t = &r->tables[i];
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		t->staged = p->whole ? path_of(p->whole, t->below) : path_of(r->stage, number);
		if (!t->staged)
			return fail_memory(err);
	}
	return SLUICE_OK;
}

static bool is_document(const struct manifest *m, const char *name)
{
	if (!strcmp(name, MANIFEST_NAME))
		return true;
	for (size_t i = 0; i < m->n_documents; i++)
		if (!strcmp(m->documents[i].name, name))
			return true;
	return false;
}

static enum sluice_status check_alone(const struct release *r, struct sluice_error *err)
{
	if (r->o.all_or_nothing && (!strcmp(r->folder, ".") || !strcmp(r->folder, "/")))
		return fail(err, SLUICE_E_PLAN,
		            "all or nothing needs a folder for the release alone, as in "
		            "'output: release/{stem}.csv'");
	return SLUICE_OK;
}

/* A folder that is replaced as a whole must hold nothing that somebody would miss. */
static enum sluice_status check_whole(const struct place_of_work *p, const struct release *r,
                                      struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	struct paths found;
	char shown[72];

	TRY(folder_list(r->folder, &found, err));
	for (size_t i = 0; i < found.n && status == SLUICE_OK; i++) {
		const char *name = found.path[i];

		if (is_stage(name) || manifest_find(&p->last, name) ||
		    (p->has_last && is_document(&p->last, name)))
			continue;
		status =
			fail(err, SLUICE_E_PLAN,
		             "the folder holds '%s', which is not of the last release: move it "
		             "away, since the folder is replaced as a whole",
		             printable(shown, name, strlen(name)));
		fail_source(err, r->folder);
	}
	paths_free(&found);
	return status;
}

/* In the folder it would be released, or lost with it. */
static enum sluice_status check_ledger(const struct release *r, struct sluice_error *err)
{
	const char *slash = r->o.ledger ? strrchr(r->o.ledger, '/') : NULL;
	char *in, *real, *folder;
	enum sluice_status status = SLUICE_OK;
	size_t len;

	if (!r->o.ledger || !strcmp(r->folder, "."))
		return SLUICE_OK;
	in = slash ? text_copy(r->o.ledger, (size_t)(slash - r->o.ledger) + 1)
	           : text_copy(".", 1);
	real = in ? folder_real(in) : NULL;
	folder = folder_real(r->folder);
	len = folder ? strlen(folder) : 0;
	if (!in || !folder)
		status = fail_memory(err);
	else if (real && !strncmp(real, folder, len) && (!real[len] || real[len] == '/'))
		status = fail(err, SLUICE_E_PLAN,
		              "the ledger would be in the folder that is released: keep it "
		              "elsewhere");
	if (status != SLUICE_OK)
		fail_source(err, r->o.ledger);
	free(in);
	free(real);
	free(folder);
	return status;
}

enum sluice_status place_open(struct place_of_work *p, struct release *r,
                              struct sluice_error *err)
{
	struct file_id id;

	*p = (struct place_of_work){ .lock = -1 };
	TRY(check_alone(r, err));
	p->made = !file_identify(r->folder, &id);
	if (p->made)
		TRY(folder_make(r->folder, 0777, err));
	TRY(folder_lock(r->folder, &p->lock, err));
	TRY(check_ledger(r, err));
	return make_stage(p, r, err);
}

/* One that is none, or not there, is as good as a first release; one that can't be read may be one. */
static enum sluice_status read_last(struct place_of_work *p, const struct release *r,
                                    struct sluice_error *err)
{
	char *path = release_path(r, MANIFEST_NAME);
	enum sluice_status status;
	struct file_id id;

	if (!path)
		return fail_memory(err);
	status = manifest_read(path, &p->last, err);
	p->has_last = status == SLUICE_OK;
	if (status == SLUICE_E_DATA || (status == SLUICE_E_IO && !file_identify(path, &id)))
		status = SLUICE_OK;
	free(path);
	return status;
}

enum sluice_status place_read(struct place_of_work *p, struct release *r,
                              struct sluice_error *err)
{
	TRY(read_last(p, r, err));
	if (p->has_last)
		TRY(state_read(r, &p->last, err));
	if (r->o.all_or_nothing)
		TRY(check_whole(p, r, err));
	return name_staged(p, r, err);
}

void place_close(struct place_of_work *p, const struct release *r)
{
	if (r->stage)
		folder_remove(r->stage);
	if (p->made)
		folder_remove_empty(r->folder);
	folder_unlock(p->lock);
	manifest_free(&p->last);
	free(p->whole);
}

/* ---- at the end ------------------------------------------------------------------------ */

bool place_has(const struct release *r, const char *name, const struct digest *digest)
{
	char *path = release_path(r, name);
	struct buf piece = { 0 };
	struct digest there;
	bool same;

	same = path && !digest_file(path, true, 0, &piece, &there, NULL, NULL) &&
	       digest_equal(&there, digest);
	buf_free(&piece);
	free(path);
	return same;
}

/* Documents are made where tables are. */
static enum sluice_status stage_documents(const struct place_of_work *p,
                                          const struct release *r, struct document *documents,
                                          size_t n, struct sluice_error *err)
{
	for (size_t i = 0; i < n; i++) {
		char *path = path_of(p->whole ? p->whole : r->stage, documents[i].name);
		enum sluice_status status = path ? file_write(path, documents[i].text.data,
		                                              documents[i].text.len, err)
		                                 : fail_memory(err);

		free(path);
		TRY(status);
	}
	return SLUICE_OK;
}

/* What did not change is in the new folder, too, as the same file. */
static enum sluice_status keep_unchanged(const struct release *r, struct sluice_error *err)
{
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = &r->tables[i];

		if (t->outcome != SLUICE_UNCHANGED)
			continue;
		TRY(folder_make_for(t->staged, err));
		TRY(file_link(t->output, t->staged, err));
	}
	return SLUICE_OK;
}

/* A folder that was made for it, and is empty now, goes with it. */
static void remove_folder_of(const struct release *r, const struct table *t)
{
	char *folder = text_copy(t->output, strlen(t->output)), *slash;

	while (folder && (slash = strrchr(folder, '/')) &&
	       (size_t)(slash - folder) > strlen(r->folder)) {
		*slash = '\0';
		folder_remove_empty(folder);
	}
	free(folder);
}

static enum sluice_status publish_tables(const struct release *r, struct sluice_error *err)
{
	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = &r->tables[i];

		if (t->outcome != SLUICE_WRITTEN)
			continue;
		enum sluice_status status = folder_make_for(t->output, err);

		if (status == SLUICE_OK)
			status = file_rename(t->staged, t->output, err);
		if (status != SLUICE_OK)
			remove_folder_of(r, t);
		TRY(status);
	}
	return SLUICE_OK;
}

static enum sluice_status publish_documents(const struct release *r,
                                            const struct document *documents, size_t n,
                                            struct sluice_error *err)
{
	for (size_t i = 0; i < n; i++) {
		char *from = path_of(r->stage, documents[i].name);
		char *to = release_path(r, documents[i].name);
		enum sluice_status status =
			from && to ? file_rename(from, to, err) : fail_memory(err);

		free(from);
		free(to);
		TRY(status);
	}
	return SLUICE_OK;
}

enum sluice_status place_publish(struct place_of_work *p, const struct release *r,
                                 struct document *documents, size_t n_documents,
                                 struct sluice_error *err)
{
	TRY(stage_documents(p, r, documents, n_documents, err));
	if (p->whole) {
		char *real = folder_real(r->folder);
		enum sluice_status status = keep_unchanged(r, err);

		if (status == SLUICE_OK)
			status = folder_sync(p->lock, err);
		if (status == SLUICE_OK)
			status = real ? folder_swap(p->whole, real, err) : fail_memory(err);
		free(real);
		TRY(status);
	} else {
		TRY(folder_sync(p->lock, err));
		TRY(publish_tables(r, err));
		TRY(publish_documents(r, documents, n_documents, err));
	}
	p->forgets = !state_write(r);
	return folder_sync(p->lock, err);
}

/* ---- strangers --------------------------------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char **known_names(const struct release *r, const struct document *documents,
                                size_t n_documents, size_t *n)
{
	const char **names = malloc((r->n_tables + n_documents + 1) * sizeof(*names));

	*n = 0;
	for (size_t i = 0; names && i < r->n_tables; i++)
		if (r->tables[i].outcome <= SLUICE_UNCHANGED)
			names[(*n)++] = r->tables[i].below;
	for (size_t i = 0; names && i < n_documents; i++)
		names[(*n)++] = documents[i].name;
	if (names)
		qsort(names, *n, sizeof(*names), by_text);
	return names;
}

enum sluice_status place_strangers(struct release *r, const struct document *documents,
                                   size_t n_documents, struct sluice_error *err)
{
	struct sluice_release_summary *s = &r->summary;
	const char **names;
	struct paths found;
	size_t n;

	if (!strcmp(r->folder, ".")) /* it is not for the release alone */
		return SLUICE_OK;
	TRY(folder_list(r->folder, &found, err));
	names = known_names(r, documents, n_documents, &n);
	for (size_t i = 0; names && i < found.n; i++) {
		const char *name = found.path[i];

		if (is_stage(name) || bsearch(&name, names, n, sizeof(*names), by_text))
			continue;
		if (!s->strangers++)
			snprintf(s->stranger, sizeof(s->stranger), "%s", name);
	}
	paths_free(&found);
	free(names);
	return names ? SLUICE_OK : fail_memory(err);
}
