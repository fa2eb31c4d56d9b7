/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a probe costs least: one at an instruction that the kernel can do itself, as it can a push, takes one trap, any other
 * two. Exported functions of OpenSSL often begin with another, and leave the work to a function that begins with a push.
 */
#ifndef RUNGLASS_CHEAP_PLACES_H
#define RUNGLASS_CHEAP_PLACES_H

#include "elfFile.h"
#include "symbols.h"

/* Puts such places for those in `symbols` that are known to have the same arguments. */
void prefer_cheap_places(const struct elf *e, struct symbols *symbols);

#endif
