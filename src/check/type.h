/*
 * type.h - what a file is by its name
 */
#ifndef CHECK_TYPE_H
#define CHECK_TYPE_H

#include "check/inquiry.h"

/* From the last point on, as Python's Path.suffix; "" = none. */
const char *type_suffix(const char *name);
enum file_kind type_kind(const char *name);

#endif
