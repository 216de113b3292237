/*
 * io_unit.h - what the tests of src/io share: gzip made by hand, and a folder to write in
 */
#ifndef IO_UNIT_H
#define IO_UNIT_H

#include "unit.h"

#include "base/buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static inline void add(struct buf *b, const void *data, size_t len)
{
	assert_int_equal(buf_add(b, data, len, NULL), SLUICE_OK);
}

static inline void add_text(struct buf *b, const char *text)
{
	add(b, text, strlen(text));
}

static inline void add_number(struct buf *b, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, value >>= 8)
		add(b, &(uint8_t){ (uint8_t)value }, 1);
}

/* Append one raw deflate stream. */
static inline void add_deflate(struct buf *b, const void *data, size_t len, int level)
{
	z_stream s = { 0 };

	assert_int_equal(deflateInit2(&s, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(buf_reserve(b, deflateBound(&s, len), NULL), SLUICE_OK);
	s.next_in = (Bytef *)(uintptr_t)data;
	s.avail_in = (uInt)len;
	s.next_out = b->data + b->len;
	s.avail_out = (uInt)(b->cap - b->len);
	assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
	b->len += s.total_out;
	deflateEnd(&s);
}

/* A gzip header without optional fields; what 'flags' promises is to follow. */
static inline void add_header(struct buf *b, uint8_t flags)
{
	add(b, (uint8_t[]){ 0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3 }, 10);
}

/* Deflated data and its trailer. */
static inline void add_body(struct buf *b, const void *data, size_t len)
{
	add_deflate(b, data, len, 6);
	add_number(b, (uint32_t)crc32(0, data, (uInt)len), 4);
	add_number(b, (uint32_t)len, 4);
}

static inline void add_member(struct buf *b, const char *text)
{
	add_header(b, 0);
	add_body(b, text, strlen(text));
}

/* Bytes that do not compress, the same every time. */
static inline void fill_noise(uint8_t *dst, size_t len)
{
	uint32_t x = 2463534242u;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		dst[i] = (uint8_t)(x >> 11);
	}
}

/* ---- files: every test works in a folder of its own, which is also where it stands ---- */

static inline int enter_folder(void **state)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/sluice-unit-XXXXXX");
	*state = path;
	return mkdtemp(path) && !chdir(path) ? 0 : -1;
}

static inline int leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "chmod -R u+rwx '%s' && rm -rf '%s'", (char *)*state,
	         (char *)*state);
	return chdir("/") || system(command) ? -1 : 0;
}

static inline void write_file(const char *path, const void *data, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static inline void assert_file(const char *path, const char *text)
{
	char got[256];
	const int fd = open(path, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, got, sizeof(got));
	close(fd);
	assert_int_equal(n, (ssize_t)strlen(text));
	assert_memory_equal(got, text, strlen(text));
}

/* How many names the folder holds. */
static inline int count_names(const char *path)
{
	DIR *d = opendir(path);
	int n = -2; /* . and .. */

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

#endif
