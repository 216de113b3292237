#include "io/format.h"

#include <string.h>
#include <strings.h>

/*
 * A table is UTF-8 text, so a magic must hold a byte that no text begins with or be
 * long enough that no header could be meant: "BZh9" alone may be a column's name, and
 * zlib's 78 5E is "x^".
 */
static const struct magic {
	const char *name;
	const char *advice;
	uint8_t len;
	uint8_t bytes[FORMAT_HEAD];
	uint8_t digit; /* position of a byte that is '1' to '9', 0 = none */
} magics[] = {
	{ "zip", "unzip -p", 4, { 'P', 'K', 3, 4 }, 0 },
	{ "zip", "unzip -p", 4, { 'P', 'K', 5, 6 }, 0 },
	{ "zip", "unzip -p", 4, { 'P', 'K', 7, 8 }, 0 },
	{ "zstd", "zstd -dc", 4, { 0x28, 0xB5, 0x2F, 0xFD }, 0 },
	{ "xz", "xz -dc", 6, { 0xFD, '7', 'z', 'X', 'Z', 0 }, 0 },
	{ "bzip2", "bzip2 -dc", 10, { 'B', 'Z', 'h', 0, '1', 'A', 'Y', '&', 'S', 'Y' }, 3 },
	{ "bzip2", "bzip2 -dc", 10, { 'B', 'Z', 'h', 0, 0x17, 'r', 'E', '8', 'P', 0x90 }, 3 },
	{ "zlib", "zlib-flate -uncompress", 2, { 0x78, 0x01 }, 0 },
	{ "zlib", "zlib-flate -uncompress", 2, { 0x78, 0x9C }, 0 },
	{ "zlib", "zlib-flate -uncompress", 2, { 0x78, 0xDA }, 0 },
};

static bool matches(const struct magic *m, const uint8_t *head, size_t len)
{
	if (len < m->len)
		return false;
	for (size_t i = 0; i < m->len; i++)
		if (m->digit && i == m->digit ? head[i] < '1' || head[i] > '9'
		                              : head[i] != m->bytes[i])
			return false;
	return true;
}

static bool ends_in_gz(const char *name)
{
	const size_t len = name ? strlen(name) : 0;

	return len >= 3 && !strcasecmp(name + len - 3, ".gz");
}

enum sluice_status format_tell(const uint8_t *head, size_t len, const char *name,
                               enum format *format, struct sluice_error *err)
{
	*format = FORMAT_PLAIN;
	if (len >= 2 && head[0] == 0x1F && head[1] == 0x8B) {
		*format = FORMAT_GZIP;
		return SLUICE_OK;
	}
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (matches(&magics[i], head, len))
			return fail(
				err, SLUICE_E_DATA,
				"the input is %s, and only gzip is read; unpack it first (%s)",
				magics[i].name, magics[i].advice);
	if (len >= strlen(FORMAT_PARTIAL) &&
	    !memcmp(head, FORMAT_PARTIAL, strlen(FORMAT_PARTIAL)))
		return fail(err, SLUICE_E_DATA,
		            "the input is a partial table, whose groups are not protected: "
		            "'sluice merge' finishes it");
	if (ends_in_gz(name))
		return fail(err, SLUICE_E_DATA, "gzip: the input is named .gz but %s",
		            len ? "its content is not gzip" : "is empty, which is not gzip");
	return SLUICE_OK;
}
