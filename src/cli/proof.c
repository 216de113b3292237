#include "proof.h"
#include "msg.h"

static void say_file(void *ctx, const char *file, const char *what)
{
	(void)ctx;
	out("%s: %s\n", file, what);
}

int proof_of(const char *manifest)
{
	struct sluice_error err = { 0 };
	uint64_t files = 0;

	if (sluice_manifest_verify(manifest, say_file, NULL, &files, &err))
		return msg_error(&err);
	out("%s: %llu file%s, each as it says\n", manifest, (unsigned long long)files,
	    files == 1 ? "" : "s");
	return 0;
}
