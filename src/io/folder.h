/*
 * folder.h - folders and what is in them: made, listed, locked, swapped, removed
 */
#ifndef IO_FOLDER_H
#define IO_FOLDER_H

#include "base/buf.h"

/* Which file a name leads to, and whether it is as it was. */
struct file_id {
	uint64_t device, inode, size;
	int64_t seconds, nanoseconds; /* of its last change */
};

/* False: there is nothing, or it can't be seen.  Links are followed. */
bool file_identify(const char *path, struct file_id *id);

/* There is nothing of that name: what can't be seen may be there. */
bool file_is_missing(const char *path);
bool file_id_equal(const struct file_id *a, const struct file_id *b);

/* All of a file of at most 'limit' bytes, in 'b'; *id (may be NULL) is the file's. */
enum sluice_status file_read(const char *path, size_t limit, struct buf *b, struct file_id *id,
                             struct sluice_error *err);

/*
 * Call 'take' with the bytes of a file, piece by piece, the first 'keep' of which are in 'text'
 * then; *id (may be NULL) as it was then.
 */
enum sluice_status file_each(const char *path, size_t keep, struct buf *text,
                             void (*take)(void *ctx, const uint8_t *data, size_t len),
                             void *ctx, struct file_id *id, struct sluice_error *err);

/* A new file for writing, with the mode that the umask says; *fd is the caller's. */
enum sluice_status file_create(const char *path, int *fd, struct sluice_error *err);
enum sluice_status file_close(const char *path, int fd, struct sluice_error *err);
enum sluice_status file_write(const char *path, const void *data, size_t len,
                              struct sluice_error *err);

/* Whole or not at all, for nobody else to read (mode 0600). */
enum sluice_status file_private(const char *path, const void *data, size_t len,
                                struct sluice_error *err);

/* Give the file another name; one that is there is replaced.  On one file system. */
enum sluice_status file_rename(const char *from, const char *to, struct sluice_error *err);

/* The same file under another name, or a copy of it where that can't be. */
enum sluice_status file_link(const char *from, const char *to, struct sluice_error *err);

/* A list of names. */
struct paths {
	char **path;
	size_t n;
};
void paths_free(struct paths *p);

/* The regular files that a shell's pattern means, in the order of their bytes. */
enum sluice_status files_match(const char *pattern, struct paths *found,
                               struct sluice_error *err);

/* All that is in a folder, however deep, but folders; names below it, in the order of their bytes. */
enum sluice_status folder_list(const char *path, struct paths *found, struct sluice_error *err);

/* Make the folder, and those above it, unless it is there; 'mode' is for the last one. */
enum sluice_status folder_make(const char *path, unsigned mode, struct sluice_error *err);

/* Make the folder that a file of this name is in. */
enum sluice_status folder_make_for(const char *file, struct sluice_error *err);

/* The folder without links in its name, or NULL; the caller's. */
char *folder_real(const char *path);

/* Nobody else has it locked until *fd is closed; of programs that ask. */
enum sluice_status folder_lock(const char *path, int *fd, struct sluice_error *err);
void folder_unlock(int fd);

/* What was written to the folder's file system is on the disk. */
enum sluice_status folder_sync(int fd, struct sluice_error *err);

/* So is the name of this file, or folder; where its folder may not be listed, nothing is done. */
enum sluice_status folder_sync_name(const char *path, struct sluice_error *err);

/* Give a new folder its name, when all that is in it is on the disk. */
enum sluice_status folder_publish(const char *from, const char *to, struct sluice_error *err);

/* 'a' and 'b', both there, change places, in one step where the system has it. */
enum sluice_status folder_swap(const char *a, const char *b, struct sluice_error *err);

/* Remove it if there is nothing in it. */
void folder_remove_empty(const char *path);

/* Remove it with all that is in it; what can't be removed stays. */
void folder_remove(const char *path);

#endif
