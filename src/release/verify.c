/*
 * verify.c - is the folder of a manifest what it says?
 */
#include "release/digest.h"
#include "release/manifest.h"

#include <stdlib.h>
#include <string.h>

struct verifier {
	const char *folder;
	void (*found)(void *ctx, const char *file, const char *what);
	void *ctx;
	struct buf piece;
	uint64_t right, wrong;
};

static void wrong(struct verifier *v, const char *file, const char *what)
{
	v->wrong++;
	if (v->found)
		v->found(v->ctx, file, what);
}

static enum sluice_status verify_file(struct verifier *v, const char *name,
                                      const struct digest *want, struct sluice_error *err)
{
	struct buf path = { 0 };
	struct digest there;
	struct file_id id;
	enum sluice_status status = buf_addf(&path, err, "%s/%s", v->folder, name);

	if (status != SLUICE_OK) {
		buf_free(&path);
		return status;
	}
	if (!file_identify((char *)path.data, &id))
		wrong(v, name, "is not there");
	else if (id.size != want->bytes)
		wrong(v, name, "is of another size than the manifest says");
	else if (digest_file((char *)path.data, true, 0, &v->piece, &there, NULL, NULL))
		wrong(v, name, "cannot be read");
	else if (!digest_equal(&there, want))
		wrong(v, name, "is not what the manifest says");
	else
		v->right++;
	buf_free(&path);
	return SLUICE_OK;
}

static bool is_known(const struct manifest *m, const char *name, const char *manifest)
{
	if (!strcmp(name, manifest) || manifest_find(m, name))
		return true;
	for (size_t i = 0; i < m->n_documents; i++)
		if (!strcmp(m->documents[i].name, name))
			return true;
	return false;
}

static enum sluice_status verify_folder(struct verifier *v, const struct manifest *m,
                                        const char *manifest, struct sluice_error *err)
{
	struct paths there;

	for (size_t i = 0; i < m->n_tables; i++)
		TRY(verify_file(v, m->tables[i].below, &m->tables[i].out, err));
	for (size_t i = 0; i < m->n_documents; i++)
		TRY(verify_file(v, m->documents[i].name, &m->documents[i].digest, err));
	if (!strcmp(v->folder, "."))
		return SLUICE_OK; /* it may be anybody's */
	TRY(folder_list(v->folder, &there, err));
	for (size_t i = 0; i < there.n; i++)
		if (!is_known(m, there.path[i], manifest))
			wrong(v, there.path[i], "is not in the manifest");
	paths_free(&there);
	return SLUICE_OK;
}

enum sluice_status sluice_manifest_verify(const char *manifest,
                                          void (*found)(void *ctx, const char *file,
                                                        const char *what),
                                          void *ctx, uint64_t *files, struct sluice_error *err)
{
	const char *slash = strrchr(manifest, '/');
	struct verifier v = { .found = found, .ctx = ctx };
	enum sluice_status status;
	struct manifest m;
	char *folder;

	TRY(manifest_read(manifest, &m, err));
	folder = slash ? strndup(manifest, slash == manifest ? 1 : (size_t)(slash - manifest))
	               : strdup(".");
	v.folder = folder;
	status = folder ? verify_folder(&v, &m, slash ? slash + 1 : manifest, err)
	                : fail_memory(err);
	if (status == SLUICE_OK && !m.complete)
		wrong(&v, slash ? slash + 1 : manifest,
		      "says that the release is not complete");
	manifest_free(&m);
	buf_free(&v.piece);
	free(folder);
	if (files)
		*files = v.right;
	if (status == SLUICE_OK && v.wrong) {
		fail(err, SLUICE_E_CHECK, "%llu of what it says is not so",
		     (unsigned long long)v.wrong);
		fail_source(err, manifest);
		return SLUICE_E_CHECK;
	}
	return status;
}
