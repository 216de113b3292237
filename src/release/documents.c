#include "release/documents.h"

#include "release/digest.h"
#include "release/html.h"

#include <string.h>

size_t documents_wanted(const struct release *r)
{
	return r->o.workspace ? 3 : 2;
}

static enum sluice_status add(struct documents *d, const struct release *r, const char *name,
                              void (*write)(struct text *out, const struct release *r),
                              struct sluice_error *err)
{
	struct document *doc = &d->document[d->n];
	struct text t = { 0 };

	write(&t, r);
	doc->name = name;
	doc->text = t.b;
	d->n++;
	if (t.status != SLUICE_OK)
		return fail_memory(err);
	return digest_bytes(t.b.data, t.b.len, &doc->digest, err);
}

enum sluice_status documents_make(struct documents *d, const struct release *r,
                                  struct sluice_error *err)
{
	struct document *manifest;

	TRY(add(d, r, CONTROLS_NAME, controls_text, err));
	TRY(add(d, r, REPORT_NAME, html_text, err));
	if (r->o.workspace)
		TRY(add(d, r, AIRLOCK_NAME, airlock_text, err));
	manifest = &d->document[d->n++];
	manifest->name = MANIFEST_NAME;
	return manifest_text(r, d->document, d->n - 1, &manifest->text, err);
}

void documents_free(struct documents *d)
{
	for (size_t i = 0; i < d->n; i++)
		buf_free(&d->document[i].text);
	d->n = 0;
}
