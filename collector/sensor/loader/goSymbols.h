/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where Go's crypto/tls is in a program, by the table of functions that every Go program carries (pclntab): it is there when
 * the program is stripped, too.
 */
#ifndef RUNGLASS_GO_SYMBOLS_H
#define RUNGLASS_GO_SYMBOLS_H

#include "elfFile.h"
#include "symbols.h"

/* Adds what it finds; `library` stays what it is where it is none of these programs, or has been found to be another. */
void go_read(const struct elf *e, struct symbols *symbols);

#endif
