/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Giving up what is not needed once all is attached. */
#ifndef RUNGLASS_PRIVILEGES_H
#define RUNGLASS_PRIVILEGES_H

/* Becomes nobody without capabilities, for good. Ends the program with code 3 when that fails: it never goes on as root. */
void drop_privileges(void);

#endif
