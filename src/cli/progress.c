#include "progress.h"
#include "msg.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BAR_EVERY   0.1 /* seconds */
#define LINES_EVERY 5.0
#define PATIENCE    1.0
#define TEXT_SIZE   256

static struct {
	enum { NONE, BAR, LINES } how;
	double start, due;           /* seconds */
	uint64_t tables, all_tables; /* 0 = it is one */
	bool shown;
} state;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Both on the same terminal: the bar would stand in the middle of the table. */
static bool same_terminal(void)
{
	struct stat a, b;

	return isatty(STDOUT_FILENO) && !fstat(STDOUT_FILENO, &a) &&
	       !fstat(STDERR_FILENO, &b) && a.st_rdev == b.st_rdev;
}

void progress_begin(bool wanted)
{
	const bool terminal = isatty(STDERR_FILENO) && !same_terminal();

	state.how = terminal ? BAR : wanted ? LINES : NONE;
	state.start = now();
	state.due = state.start;
	if (state.how == LINES)
		state.due += LINES_EVERY;
	else if (!wanted)
		state.due += PATIENCE;
	state.shown = false;
}

static const char *size_text(char text[16], double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	size_t i = 0;

	for (; bytes >= 999.5 && i < 5; i++)
		bytes /= 1000;
	snprintf(text, 16, "%.*f %s", i && bytes < 9.95 ? 1 : 0, bytes, units[i]);
	return text;
}

/* "0:07", "1:02:03" */
static const char *time_text(char text[24], double seconds)
{
	const unsigned long s = seconds < 0     ? 0
	                        : seconds > 1e6 ? 1000000
	                                        : (unsigned long)seconds;

	if (s >= 3600)
		snprintf(text, 24, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(text, 24, "%lu:%02lu", s / 60, s % 60);
	return text;
}

/* " 42% [####      ] " into the text, if 'room' columns allow; else without the bar. */
static void add_bar(char *text, double part, size_t room)
{
	size_t width = room > 66 ? room - 62 : 0, len = strlen(text);

	if (width > 40)
		width = 40;
	len += (size_t)snprintf(text + len, TEXT_SIZE - len, "%3.0f%% ", part * 100);
	if (!width)
		return;
	text[len++] = '[';
	for (size_t i = 0; i < width; i++)
		text[len++] = (double)i < part * (double)width ? '#' : ' ';
	text[len++] = ']';
	text[len++] = ' ';
	text[len] = '\0';
}

static void describe(char text[TEXT_SIZE], uint64_t done, uint64_t total, size_t room)
{
	const double took = now() - state.start;
	const double rate = took > 0 ? (double)done / took : 0;
	const double part = total && done < total ? (double)done / (double)total : 1;
	char a[16], b[16], c[16], left[24];
	size_t len;

	snprintf(text, TEXT_SIZE, "sluice: ");
	if (state.all_tables) {
		snprintf(text + 8, TEXT_SIZE - 8, "%llu of %llu tables ",
		         (unsigned long long)state.tables,
		         (unsigned long long)state.all_tables);
		room -= room > strlen(text) ? strlen(text) - 8 : 0;
	}
	if (total)
		add_bar(text, part, room);
	len = strlen(text);
	if (total && rate > 0)
		snprintf(text + len, TEXT_SIZE - len, "%s of %s, %s/s, %s left",
		         size_text(a, (double)done), size_text(b, (double)total),
		         size_text(c, rate),
		         time_text(left, (1 - part) * (double)total / rate));
	else
		snprintf(text + len, TEXT_SIZE - len, "%s, %s/s, %s so far",
		         size_text(a, (double)done), size_text(c, rate), time_text(left, took));
}

void progress_step(void *ctx, uint64_t done, uint64_t total)
{
	char text[TEXT_SIZE], shown[TEXT_SIZE + 16];
	struct winsize size = { 0 };
	size_t room = 80;
	int len;

	(void)ctx;
	if (state.how == NONE || now() < state.due)
		return;
	state.due = now() + (state.how == BAR ? BAR_EVERY : LINES_EVERY);
	if (state.how == LINES) {
		describe(text, done, total, 0);
		len = snprintf(shown, sizeof(shown), "%s\n", text);
	} else {
		if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col)
			room = size.ws_col;
		describe(text, done, total, room);
		len = snprintf(shown, sizeof(shown), "\r%.*s\033[K",
		               (int)(room < TEXT_SIZE ? room - 1 : TEXT_SIZE), text);
		state.shown = true;
	}
	msg_raw(shown, (size_t)len);
}

void progress_tables(uint64_t tables, uint64_t all, uint64_t done, uint64_t total)
{
	state.tables = tables;
	state.all_tables = all;
	progress_step(NULL, done, total);
}

void progress_clear(void)
{
	static const char erase[] = "\r\033[K";

	if (state.shown)
		msg_raw(erase, sizeof(erase) - 1);
	state.shown = false;
}
