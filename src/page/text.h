/*
 * text.h - putting documents together: what is put in is spelt as the document needs it
 *
 * A failure (there is only one, no memory) sticks: look at 'status' at the end.
 */
#ifndef PAGE_TEXT_H
#define PAGE_TEXT_H

#include "base/buf.h"

struct text {
	struct buf b;
	enum sluice_status status;
};

void put(struct text *t, const char *text);
void put_bytes(struct text *t, const void *bytes, size_t len);
PRINTF_LIKE(2, 3)
void put_f(struct text *t, const char *fmt, ...);

/* As a string of JSON, with its quotes. */
void put_json(struct text *t, const char *text);

/* As text of HTML, also within quotes. */
void put_html(struct text *t, const char *text);

/* As text of Markdown that means nothing but itself; line ends become spaces. */
void put_markdown(struct text *t, const char *text);

/* With commas: 1,234,567. */
void put_number(struct text *t, uint64_t value);

/* "1.2 MB" */
void put_size(struct text *t, uint64_t bytes);

#endif
