/*
 * What a release reads besides its tables: a manifest, the state beside the folder, a
 * project.yaml.  What is accepted is whole; what is said of it is fit to be printed.
 */
#include "referee.h"

#include "release/manifest.h"
#include "release/state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_text(const char *text)
{
	const size_t len = strlen(text);

	REQUIRE(len && referee_text((const uint8_t *)text, len), "the message\n");
	for (size_t i = 0; i < len; i++)
		REQUIRE((uint8_t)text[i] >= ' ' && text[i] != 0x7F, "the message\n");
}

/* ---- the manifest -------------------------------------------------------------------------- */

static void try_manifest(const uint8_t *text, size_t len)
{
	const int fd = memfd_create("manifest", 0);
	struct sluice_error err = { 0 };
	enum sluice_status status;
	struct manifest m;
	char path[32];

	REQUIRE(fd >= 0 && write(fd, text, len) == (ssize_t)len, "no file\n");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = manifest_read(path, &m, &err);
	close(fd);
	REQUIRE(status == SLUICE_OK || status == SLUICE_E_DATA, "%s\n", err.text);
	if (status != SLUICE_OK) {
		check_text(err.text);
		return;
	}
	for (size_t i = 0; i < m.n_tables; i++) {
		const struct table *t = &m.tables[i], *found = manifest_find(&m, t->below);

		REQUIRE(found && !strcmp(found->below, t->below), "a table is not found\n");
		REQUIRE(t->report && strlen(t->out.sha256) == 64 && strlen(t->out.xxh3) == 32,
		        "half a table\n");
	}
	for (size_t i = 0; i < m.n_documents; i++)
		REQUIRE(m.documents[i].name, "half a document\n");
	manifest_free(&m);
}

/* ---- the state ----------------------------------------------------------------------------- */

#define SHA                                \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

/* A folder of our own, once; what is in it is overwritten. */
static const char *own_folder(void)
{
	static char top[64];

	if (!*top) {
		snprintf(top, sizeof(top), "/tmp/fuzz-release-XXXXXX");
		REQUIRE(mkdtemp(top), "no folder\n");
	}
	return top;
}

static void leave_folder(void)
{
	char name[96];

	snprintf(name, sizeof(name), "%s/.r.sluice-state", own_folder());
	unlink(name);
	snprintf(name, sizeof(name), "%s/r", own_folder());
	rmdir(name);
	rmdir(own_folder());
}

static void try_state(const uint8_t *text, size_t len)
{
	static bool made;
	char folder[96], name[96];
	struct table table = { .below = "a.csv", .out = { .sha256 = SHA } };
	struct manifest m = { .tables = &table, .n_tables = 1 };
	const struct release r = { .folder = folder };
	int fd;

	snprintf(folder, sizeof(folder), "%s/r", own_folder());
	snprintf(name, sizeof(name), "%s/.r.sluice-state", own_folder());
	if (!made) {
		REQUIRE(!mkdir(folder, 0700), "no folder\n");
		made = !atexit(leave_folder);
	}
	fd = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	REQUIRE(fd >= 0 && write(fd, text, len) == (ssize_t)len, "no file\n");
	close(fd);
	REQUIRE(!state_read(&r, &m, NULL), "no memory\n");
	REQUIRE(!*table.key || strlen(table.key) == 32, "half a key\n");
}

/* ---- a project ------------------------------------------------------------------------------- */

static void take_finding(void *ctx, const struct sluice_project_finding *f)
{
	uint64_t *refusals = ctx;

	*refusals += f->severity == SLUICE_REFUSAL;
	check_text(f->text);
}

static void try_project(const uint8_t *text, size_t len)
{
	struct sluice_error err = { 0 };
	uint64_t refusals = 0;
	enum sluice_status status;

	status = sluice_project((const char *)text, len, "project.yaml", "/proc/self/fdinfo",
	                        take_finding, &refusals, &err);
	REQUIRE(status == SLUICE_OK || status == SLUICE_E_CHECK || status == SLUICE_E_PLAN,
	        "%d: %s\n", (int)status, err.text);
	REQUIRE(status != SLUICE_OK || !refusals, "passed, and refused\n");
	REQUIRE(status != SLUICE_E_CHECK || refusals, "refused, without a reason\n");
	if (status != SLUICE_OK)
		check_text(err.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const uint8_t what = take_byte(&in);
	char *text = allocate(in.len + 1);

	memcpy(text, in.text, in.len);
	text[in.len] = '\0';
	if (what == 's')
		try_state((uint8_t *)text, in.len);
	else if (what == 'p')
		try_project((uint8_t *)text, in.len);
	else
		try_manifest((uint8_t *)text, in.len);
	free(text);
	return 0;
}
