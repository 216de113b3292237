/*
 * source.c - opening, telling what it is, reading, and whether it stayed the same
 *
 * The first bytes are read to tell the format (a pipe may bring them one by one) and
 * are handed out again before anything else.  Below a gzip source the same raw
 * reads feed the inflater.
 */
#include "io/source.h"

#include "io/bgzf.h"
#include "io/fd.h"
#include "io/format.h"
#include "io/gzip.h"
#include "io/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#define st_mtim st_mtimespec
#endif

struct source {
	char *name; /* for messages; NULL for a descriptor          */
	int fd;
	bool ours;              /* close it                                      */
	struct stat stat;       /* as it was at the beginning                    */
	uint64_t start;         /* a descriptor may not be at its file's start   */
	_Atomic uint64_t taken; /* raw bytes read, or released of a mapping      */
	bool ended;             /* the raw end, or gzip's, was seen              */
	struct gzip *gzip;      /* NULL = plain                                  */
	struct bgzf *bgzf;      /* it reads instead, if not NULL                 */
	struct map map;
	uint8_t head[FORMAT_HEAD];
	size_t head_pos, head_len;
};

/* ---- raw bytes ------------------------------------------------------------------ */

static enum sluice_status raw_read(struct source *s, uint8_t *dst, size_t cap, size_t *got,
                                   struct sluice_error *err)
{
	const ssize_t n = fd_read(s->fd, dst, cap);

	*got = n > 0 ? (size_t)n : 0;
	s->taken += *got;
	return n < 0 ? fail_errno(err, SLUICE_E_IO, errno, "cannot read") : SLUICE_OK;
}

static enum sluice_status read_head(struct source *s, struct sluice_error *err)
{
	while (s->head_len < FORMAT_HEAD) {
		size_t got;

		TRY(raw_read(s, s->head + s->head_len, FORMAT_HEAD - s->head_len, &got, err));
		if (!got)
			break;
		s->head_len += got;
	}
	return SLUICE_OK;
}

/* The head, then the rest: what gzip.c and source_read() see. */
static enum sluice_status next_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	struct source *s = ctx;
	const size_t left = s->head_len - s->head_pos;

	if (!left)
		return raw_read(s, dst, cap, got, err);
	*got = left < cap ? left : cap;
	memcpy(dst, s->head + s->head_pos, *got);
	s->head_pos += *got;
	return SLUICE_OK;
}

/* ---- open and close --------------------------------------------------------------- */

static enum sluice_status open_fd(struct source *s, const char *path, int fd,
                                  struct sluice_error *err)
{
	s->fd = fd;
	if (path) {
		s->name = strdup(path);
		if (!s->name)
			return fail_memory(err);
		s->fd = fd_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
		if (s->fd < 0)
			return fail_errno(err, SLUICE_E_IO, errno, "cannot open");
		s->ours = true;
	}
	if (fstat(s->fd, &s->stat))
		return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
	if (S_ISDIR(s->stat.st_mode))
		return fail(err, SLUICE_E_IO, "is a folder, not a table");
	if (S_ISREG(s->stat.st_mode)) {
		const off_t at = lseek(s->fd, 0, SEEK_CUR);

		if (at < 0)
			return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
		s->start = (uint64_t)at;
	}
	return SLUICE_OK;
}

static enum sluice_status open_source(struct source *s, const char *path, int fd, bool map,
                                      struct sluice_error *err)
{
	enum format format;

	TRY(open_fd(s, path, fd, err));
	TRY(read_head(s, err));
	TRY(format_tell(s->head, s->head_len, path, &format, err));
	if (format == FORMAT_GZIP)
		return gzip_new(next_read, s, 0, &s->gzip, err);
	if (map && S_ISREG(s->stat.st_mode) && s->stat.st_size > 0 && !s->start &&
	    map_open(&s->map, s->fd, (uint64_t)s->stat.st_size))
		s->taken = 0;
	return SLUICE_OK;
}

enum sluice_status source_open(const char *path, int fd, bool map, struct source **out,
                               struct sluice_error *err)
{
	struct source *s = calloc(1, sizeof(*s));
	enum sluice_status status;

	*out = NULL;
	if (!s)
		return fail_memory(err);
	status = open_source(s, path, fd, map, err);
	if (status != SLUICE_OK) {
		fail_source(err, path);
		source_close(s);
		return status;
	}
	*out = s;
	return SLUICE_OK;
}

enum sluice_status source_regular(const char *path, uint64_t *bytes, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	struct stat is;

	if (stat(path, &is))
		status = fail_errno(err, SLUICE_E_IO, errno, "cannot open");
	else if (S_ISDIR(is.st_mode))
		status = fail(err, SLUICE_E_IO, "is a folder, not a file");
	else if (!S_ISREG(is.st_mode))
		status = fail(err, SLUICE_E_IO, "is not a regular file");
	else
		*bytes = (uint64_t)is.st_size;
	if (status != SLUICE_OK)
		fail_source(err, path);
	return status;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	gzip_free(s->gzip);
	bgzf_free(s->bgzf);
	map_close(&s->map);
	if (s->ours)
		close(s->fd);
	free(s->name);
	free(s);
}

uint32_t source_parts(uint32_t threads)
{
	return threads > 1 ? 2 * threads : 0;
}

enum sluice_status source_spread(struct source *s, uint32_t parts, struct sluice_error *err)
{
	return s->gzip && parts ? bgzf_new(next_read, s, parts, &s->bgzf, err) : SLUICE_OK;
}

struct bgzf *source_bgzf(const struct source *s)
{
	return s->bgzf;
}

/* ---- use ---------------------------------------------------------------------------- */

const uint8_t *source_map(const struct source *s, uint64_t *len)
{
	*len = s->map.len;
	return s->map.base;
}

void source_want(const struct source *s, uint64_t offset, uint64_t len)
{
	map_want(&s->map, offset, len);
}

void source_release(struct source *s, uint64_t offset)
{
	s->taken = offset;
	map_release(&s->map, offset);
}

static enum sluice_status read_plain(struct source *s, uint8_t *dst, size_t cap, size_t *got,
                                     struct sluice_error *err)
{
	*got = 0;
	while (*got < cap && !s->ended) {
		size_t n;

		TRY(next_read(s, dst + *got, cap - *got, &n, err));
		*got += n;
		s->ended = n == 0; /* not asked again: a terminal would wait for more */
	}
	return SLUICE_OK;
}

enum sluice_status source_read(struct source *s, uint8_t *dst, size_t cap, size_t *got,
                               struct sluice_error *err)
{
	enum sluice_status status;

	if (s->gzip) {
		status = s->bgzf ? bgzf_read(s->bgzf, dst, cap, got, err)
		                 : gzip_read(s->gzip, dst, cap, got, err);
		s->ended = status == SLUICE_OK && *got < cap;
	} else {
		status = read_plain(s, dst, cap, got, err);
	}
	if (status != SLUICE_OK)
		fail_source(err, s->name);
	return status;
}

static enum sluice_status unchanged(const struct source *s, struct sluice_error *err)
{
	const bool sized = S_ISREG(s->stat.st_mode) && s->stat.st_size > 0; /* not /proc */
	struct stat now, named;

	if (!s->map.base && !s->ended)
		return fail(err, SLUICE_E_BUG, "the input was not read to its end");
	if (fstat(s->fd, &now))
		return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
	if (map_was_cut(&s->map))
		return fail(
			err, SLUICE_E_IO,
			"the input was cut short, or could not be read, while it was in use");
	if (!S_ISREG(s->stat.st_mode))
		return SLUICE_OK;
	if (s->name &&
	    (stat(s->name, &named) || named.st_dev != now.st_dev || named.st_ino != now.st_ino))
		return fail(err, SLUICE_E_IO, "the input was replaced while it was read");
	if (now.st_size < s->stat.st_size)
		return fail(err, SLUICE_E_IO, "the input was cut short while it was read");
	if (now.st_size > s->stat.st_size)
		return fail(err, SLUICE_E_IO, "the input grew while it was read");
	if (now.st_mtim.tv_sec != s->stat.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != s->stat.st_mtim.tv_nsec ||
	    (sized && !s->map.base && s->start + s->taken != (uint64_t)s->stat.st_size))
		return fail(err, SLUICE_E_IO, "the input was changed while it was read");
	return SLUICE_OK;
}

enum sluice_status source_finish(struct source *s, struct sluice_error *err)
{
	const enum sluice_status status = unchanged(s, err);

	if (status != SLUICE_OK)
		fail_source(err, s->name);
	return status;
}

bool source_again(const struct source *s)
{
	return s->map.base || (s->name && S_ISREG(s->stat.st_mode));
}

uint64_t source_taken(const struct source *s)
{
	return s->taken;
}

uint64_t source_size(const struct source *s)
{
	const uint64_t size = S_ISREG(s->stat.st_mode) ? (uint64_t)s->stat.st_size : 0;

	return size > s->start ? size - s->start : 0;
}

const char *source_container(const struct source *s)
{
	return s->gzip ? "csv.gz" : "csv";
}

int source_fd(const struct source *s)
{
	return s->fd;
}
