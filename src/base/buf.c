#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sluice_status buf_reserve(struct buf *b, size_t extra, struct sluice_error *err)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *data;

	if (b->data && extra <= b->cap - b->len)
		return SLUICE_OK;
	if (extra > SIZE_MAX / 4 - b->len)
		return fail_memory(err);
	if (b->limit && b->len + extra > b->limit)
		return fail(err, SLUICE_E_MEMORY,
		            "more memory is needed than is allowed: allow more, or use "
		            "fewer threads");
	while (cap - b->len < extra)
		cap += cap / 2;
	if (b->limit && cap > b->limit)
		cap = b->limit;
	data = realloc(b->data, cap + BUF_PAD);
	if (!data)
		return fail_memory(err);
	memset(data + cap, 0, BUF_PAD);
	b->data = data;
	b->cap = cap;
	return SLUICE_OK;
}

enum sluice_status buf_add(struct buf *b, const void *data, size_t len,
                           struct sluice_error *err)
{
	TRY(buf_reserve(b, len, err));
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return SLUICE_OK;
}

enum sluice_status buf_addf(struct buf *b, struct sluice_error *err, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		return fail(err, SLUICE_E_BUG, "a text could not be formatted");
	TRY(buf_reserve(b, (size_t)len + 1, err));
	va_start(args, fmt);
	vsnprintf((char *)b->data + b->len, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
	return SLUICE_OK;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}
