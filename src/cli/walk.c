#include "walk.h"
#include "load.h"
#include "msg.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 64

static int no_memory(void)
{
	return msg_fail(SLUICE_E_MEMORY, "out of memory");
}

/* Takes the path over. */
static int add(struct walk *w, char *path)
{
	if (w->n == w->cap) {
		const size_t cap = w->cap ? 2 * w->cap : 64;
		char **paths = realloc(w->paths, cap * sizeof(*paths));

		if (!paths) {
			free(path);
			return no_memory();
		}
		w->paths = paths;
		w->cap = cap;
	}
	w->paths[w->n++] = path;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const char *folder, const char *name)
{
	const size_t len = strlen(folder), size = len + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/",
		         name);
	return path;
}

static int walk_folder(struct walk *w, const char *folder, int depth);

static int one_entry(struct walk *w, const char *folder, const char *name, int depth)
{
	char *path = join(folder, name);
	struct stat is;
	int status;

	if (!path)
		return no_memory();
	if (lstat(path, &is) || !S_ISDIR(is.st_mode))
		return add(w, path); /* what it is, the check says */
	status = *name == '.' ? 0 : walk_folder(w, path, depth + 1);
	free(path);
	return status;
}

static int walk_folder(struct walk *w, const char *folder, int depth)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(folder) : NULL;
	int status = 0;

	if (!dir)
		return msg_fail(SLUICE_E_IO, "%s: %s", folder,
		                depth < DEPTH_MAX ? strerror(errno) : "too many folders deep");
	while (!status) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry) {
			if (errno)
				status = msg_fail(SLUICE_E_IO, "%s: %s", folder,
				                  strerror(errno));
			break;
		}
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			status = one_entry(w, folder, entry->d_name, depth);
	}
	closedir(dir);
	return status;
}

int walk_add(struct walk *w, const char *name)
{
	const size_t before = w->n;
	struct stat is;
	char *path;
	int status;

	if (!stat(name, &is) && S_ISDIR(is.st_mode)) {
		status = walk_folder(w, name, 0);
		if (w->n > before)
			qsort(w->paths + before, w->n - before, sizeof(*w->paths), compare);
		return status;
	}
	path = strdup(name);
	return path ? add(w, path) : no_memory();
}

int walk_spares(const struct walk *w, const struct args *args, const char *output,
                const char *manifest)
{
	bool is_read = output && manifest && same_file(output, manifest);

	for (size_t i = 0; output && i < w->n; i++)
		is_read = is_read || same_file(output, w->paths[i]);
	return is_read ? msg_usage(args->command, "'%.64s' is read: it can't be written, too",
	                           output)
	               : 0;
}

int walk_shut_in(const struct walk *w, const struct args *args, const struct sandbox_name *more,
                 size_t n_more)
{
	struct sluice_use *uses = calloc(w->n + 1, sizeof(*uses));
	int status;

	if (!uses)
		return no_memory();
	for (size_t i = 0; i < w->n; i++)
		uses[i] = (struct sluice_use){ SLUICE_READS, w->paths[i] };
	status = sandbox_enter_for(args, uses, w->n, more, n_more);
	free(uses);
	return status;
}

void walk_list_free(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->paths[i]);
	free(w->paths);
	*w = (struct walk){ 0 };
}
