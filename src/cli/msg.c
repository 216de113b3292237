#include "msg.h"
#include "command.h"
#include "progress.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 2048

void msg_raw(const char *text, size_t len)
{
	while (len) {
		const ssize_t n = write(STDERR_FILENO, text, len);

		if (n < 0 && errno != EINTR)
			return; /* there is nobody left to tell */
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

/* Bytes of the UTF-8 character at s, 0 if it is none or controls a terminal; s ends in a NUL. */
static size_t character(const unsigned char *s)
{
	const size_t n = s[0] < 0x80   ? 1
	                 : s[0] < 0xC2 ? 0
	                 : s[0] < 0xE0 ? 2
	                 : s[0] < 0xF0 ? 3
	                               : 4;

	if (n == 1)
		return s[0] >= 0x20 && s[0] != 0x7F;
	if (s[0] > 0xF4 || (s[0] == 0xC2 && s[1] < 0xA0))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

/* One line, in one write, with nothing in it that could move a terminal's cursor. */
PRINTF_LIKE(1, 0)
static void line(const char *fmt, va_list args)
{
	char text[LINE_SIZE] = "sluice: ";
	size_t len = strlen(text);

	vsnprintf(text + len, sizeof(text) - len - 1, fmt, args);
	len = strlen(text);
	for (size_t i = 0, n; i < len; i += n) {
		n = character((const unsigned char *)text + i);
		if (!n) {
			text[i] = '?';
			n = 1;
		}
	}
	text[len++] = '\n';
	progress_clear();
	msg_raw(text, len);
}

PRINTF_LIKE(1, 2)
static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(fmt, args);
	va_end(args);
}

int msg_error(const struct sluice_error *err)
{
	char place[64] = "";

	if (err->line && err->column)
		snprintf(place, sizeof(place), "%llu:%u:", (unsigned long long)err->line,
		         (unsigned)err->column);
	else if (err->line)
		snprintf(place, sizeof(place), "%llu:", (unsigned long long)err->line);
	say("%s%s%s%s%s%s", err->source, err->source[0] ? ":" : "", place,
	    err->source[0] || place[0] ? " " : "", err->text,
	    err->status == SLUICE_E_BUG ? " (a fault of sluice: please report it)" : "");
	return sluice_exit_status(err->status);
}

int msg_fail(enum sluice_status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(fmt, args);
	va_end(args);
	return sluice_exit_status(status);
}

int msg_usage(const struct command *c, const char *fmt, ...)
{
	char text[LINE_SIZE / 2];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	say("%s; try 'sluice %s%s--help'", text, c ? c->name : "", c ? " " : "");
	return sluice_exit_status(SLUICE_E_PLAN);
}

void msg_note(const char *text)
{
	say("%s", text);
}

/* What goes to a file gathers here. */
static struct {
	const char *path;
	FILE *stream;
	char *text;
	size_t len;
} file;

void out(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(file.stream ? file.stream : stdout, fmt, args);
	va_end(args);
}

int out_to(const char *path)
{
	file.path = path;
	file.stream = open_memstream(&file.text, &file.len);
	return file.stream ? 0 : msg_fail(SLUICE_E_MEMORY, "out of memory");
}

static int file_end(void)
{
	struct sluice_error err = { 0 };
	const bool failed = fclose(file.stream) != 0;
	int status = 0;

	file.stream = NULL;
	if (failed)
		status = msg_fail(SLUICE_E_MEMORY, "out of memory");
	else if (sluice_write_file(file.path, file.text, file.len, NULL, &err))
		status = msg_error(&err);
	free(file.text);
	return status;
}

void out_name(const char *name)
{
	for (size_t n; *name; name += n) {
		n = character((const unsigned char *)name);
		out("%.*s", n ? (int)n : 1, n ? name : "?");
		n = n ? n : 1;
	}
}

int out_end(void)
{
	const bool failed = ferror(stdout) != 0;

	if (file.stream)
		return file_end();
	errno = 0;
	if (fflush(stdout) || failed)
		return msg_fail(SLUICE_E_IO, "standard output: %s",
		                errno ? strerror(errno) : "writing failed");
	if (close(STDOUT_FILENO) && errno != EBADF)
		return msg_fail(SLUICE_E_IO, "standard output: %s", strerror(errno));
	return 0;
}
