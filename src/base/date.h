/*
 * date.h - days of the calendar as ISO 8601 spells them: YYYY-MM-DD
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>

#define DATE_TEXT 10 /* bytes of a date */

/* Whether the ten bytes at text are a day that there is, and in which month. */
bool date_read(const char *text, int *month);

#endif
