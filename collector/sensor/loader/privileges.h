/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Giving up what is not needed once all is attached. */
#ifndef RUNGLASS_PRIVILEGES_H
#define RUNGLASS_PRIVILEGES_H

/* Ends the program with code 3 and one message when it lacks what attaching to the kernel takes. */
void need_privileges(void);

/* Becomes nobody without capabilities, for good. Ends the program with code 3 when that fails: it never goes on as root. */
void drop_privileges(void);

#endif
