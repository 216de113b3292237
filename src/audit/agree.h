/*
 * agree.h - which tables count the same people
 */
#ifndef AUDIT_AGREE_H
#define AUDIT_AGREE_H

#include "audit/tables.h"

/*
 * leader[i] is the first of the tables that table i belongs with.  Tables that say whom they
 * count belong with those that say the same; of the others, with declared totals, those whose
 * common cells show the same numbers.
 */
enum sluice_status tables_agree(struct audit_table *tables, uint32_t n, uint32_t *leader,
                                struct sluice_error *err);

/* Read its sheet, if it is not there.  One that is too large is SLUICE_E_DATA, and tried once. */
enum sluice_status table_read(struct audit_table *t, struct sluice_error *err);

#endif
