#include "group/spill.h"

#include "io/spool.h"

#include <stdlib.h>

void spill_init(struct spill *s, const char *folder)
{
	*s = (struct spill){ .folder = folder, .fd = -1 };
}

static enum sluice_status append(void *ctx, const uint8_t *data, size_t len,
                                 struct sluice_error *err)
{
	struct spill *s = ctx;

	TRY(spool_write(s->fd, s->len, data, len, err));
	s->len += len;
	return SLUICE_OK;
}

enum sluice_status spill_begin_run(struct spill *s, uint32_t n_words, struct record_writer *w,
                                   struct sluice_error *err)
{
	*w = (struct record_writer){ .n_words = n_words, .write = append, .ctx = s };
	if (s->fd < 0)
		TRY(spool_new(s->folder, &s->fd, err));
	if ((s->n_runs & (s->n_runs - 1)) == 0) {
		struct spill_run *runs = realloc(
			s->runs, (s->n_runs ? 2 * (size_t)s->n_runs : 1) * sizeof(*runs));

		if (!runs)
			return fail_memory(err);
		s->runs = runs;
	}
	s->runs[s->n_runs].at = s->len;
	return SLUICE_OK;
}

enum sluice_status spill_end_run(struct spill *s, struct record_writer *w,
                                 struct sluice_error *err)
{
	TRY(record_end(w, err));
	s->runs[s->n_runs++].end = s->len;
	return SLUICE_OK;
}

void spill_free(struct spill *s)
{
	spool_close(s->fd);
	free(s->runs);
	spill_init(s, s->folder);
}
