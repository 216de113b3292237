/*
 * linked.h - tables that are judged together, and what their verdicts get from that
 */
#ifndef RUN_LINKED_H
#define RUN_LINKED_H

#include "audit/tables.h"

/* The marks of an audited table join the verdict's findings. */
enum sluice_status verdict_mark(struct sluice_verdict *v, const struct audit_table *t,
                                struct sluice_error *err);

#endif
