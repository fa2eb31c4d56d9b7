/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers of the calls of calls.h on x86. */
#ifndef RUNGLASS_CALL_NUMBERS_H
#define RUNGLASS_CALL_NUMBERS_H

/* x86-64; x32 calls have the same numbers under a bit of their own. */
#define CALLS_64                                                                                                       \
	[2] = OPEN(CWD, 0, 1), [9] = { .action = ACTION_MAP }, [42] = { .action = ACTION_CONNECT },                    \
	[47] = DESCRIPTORS(ACTION_RECEIVED), [49] = ON_BIND(0), [76] = ON_PATH(RG_TRUNCATE, CWD, 0),                   \
	[77] = ON_FILE(RG_TRUNCATE, 0), [82] = RENAME(CWD, 0, CWD, 1), [83] = ON_PATH(RG_CREATE, CWD, 0),              \
	[84] = RMDIR(CWD, 0), [85] = OPEN(CWD, 0, NEW), [86] = ON_TWO(RG_LINK, CWD, 0, CWD, 1),                        \
	[87] = ON_PATH(RG_UNLINK, CWD, 0), [88] = SYMLINK(0, CWD, 1), [90] = ON_PATH(RG_CHMOD, CWD, 0),                \
	[91] = ON_FILE(RG_CHMOD, 0), [92] = ON_PATH(RG_CHMOD, CWD, 0), [93] = ON_FILE(RG_CHMOD, 0),                    \
	[94] = ON_PATH(RG_CHMOD, CWD, 0), [133] = ON_PATH(RG_CREATE, CWD, 0), [155] = TREE, [165] = TREE,              \
	[188] = ON_PATH(RG_CHMOD, CWD, 0), [189] = ON_PATH(RG_CHMOD, CWD, 0), [190] = ON_FILE(RG_CHMOD, 0),            \
	[197] = ON_PATH(RG_CHMOD, CWD, 0), [198] = ON_PATH(RG_CHMOD, CWD, 0), [199] = ON_FILE(RG_CHMOD, 0),            \
	[257] = OPEN(0, 1, 2), [258] = ON_PATH(RG_CREATE, 0, 1), [259] = ON_PATH(RG_CREATE, 0, 1),                     \
	[260] = ON_PATH(RG_CHMOD, 0, 1), [263] = UNLINKAT(0, 1), [264] = RENAME(0, 1, 2, 3),                           \
	[265] = ON_TWO(RG_LINK, 0, 1, 2, 3), [266] = SYMLINK(0, 1, 2), [268] = ON_PATH(RG_CHMOD, 0, 1),                \
	[304] = OPEN(CWD, 1, 2), [316] = RENAME2(0, 1, 2, 3, 4), [429] = TREE, [437] = OPEN_HOW(0, 1, 2),              \
	[438] = DESCRIPTORS(ACTION_FETCHED), [452] = ON_PATH(RG_CHMOD, 0, 1), [463] = ON_PATH(RG_CHMOD, 0, 1),         \
	[466] = ON_PATH(RG_CHMOD, 0, 1), [469] = ON_PATH(RG_CHMOD, 0, 1)

/* i386, as `int 0x80` and 32-bit programs call them. */
#define CALLS_32                                                                                                       \
	[5] = OPEN(CWD, 0, 1), [8] = OPEN(CWD, 0, NEW), [9] = ON_TWO(RG_LINK, CWD, 0, CWD, 1),                         \
	[10] = ON_PATH(RG_UNLINK, CWD, 0), [14] = ON_PATH(RG_CREATE, CWD, 0), [15] = ON_PATH(RG_CHMOD, CWD, 0),        \
	[16] = ON_PATH(RG_CHMOD, CWD, 0), [21] = TREE, [38] = RENAME(CWD, 0, CWD, 1),                                  \
	[39] = ON_PATH(RG_CREATE, CWD, 0), [40] = RMDIR(CWD, 0), [83] = SYMLINK(0, CWD, 1),                            \
	[92] = ON_PATH(RG_TRUNCATE, CWD, 0), [93] = ON_FILE(RG_TRUNCATE, 0), [94] = ON_FILE(RG_CHMOD, 0),              \
	[95] = ON_FILE(RG_CHMOD, 0), [102] = { .action = ACTION_SOCKETCALL }, [182] = ON_PATH(RG_CHMOD, CWD, 0),       \
	[193] = ON_PATH(RG_TRUNCATE, CWD, 0), [194] = ON_FILE(RG_TRUNCATE, 0), [198] = ON_PATH(RG_CHMOD, CWD, 0),      \
	[207] = ON_FILE(RG_CHMOD, 0), [212] = ON_PATH(RG_CHMOD, CWD, 0), [217] = TREE,                                 \
	[226] = ON_PATH(RG_CHMOD, CWD, 0), [227] = ON_PATH(RG_CHMOD, CWD, 0), [228] = ON_FILE(RG_CHMOD, 0),            \
	[235] = ON_PATH(RG_CHMOD, CWD, 0), [236] = ON_PATH(RG_CHMOD, CWD, 0), [237] = ON_FILE(RG_CHMOD, 0),            \
	[295] = OPEN(0, 1, 2), [296] = ON_PATH(RG_CREATE, 0, 1), [297] = ON_PATH(RG_CREATE, 0, 1),                     \
	[298] = ON_PATH(RG_CHMOD, 0, 1), [301] = UNLINKAT(0, 1), [302] = RENAME(0, 1, 2, 3),                           \
	[303] = ON_TWO(RG_LINK, 0, 1, 2, 3), [304] = SYMLINK(0, 1, 2), [306] = ON_PATH(RG_CHMOD, 0, 1),                \
	[342] = OPEN(CWD, 1, 2), [353] = RENAME2(0, 1, 2, 3, 4), [361] = ON_BIND(0),                                   \
	[362] = { .action = ACTION_CONNECT }, [429] = TREE, [437] = OPEN_HOW(0, 1, 2),                                 \
	[438] = DESCRIPTORS(ACTION_FETCHED), [452] = ON_PATH(RG_CHMOD, 0, 1), [463] = ON_PATH(RG_CHMOD, 0, 1),         \
	[466] = ON_PATH(RG_CHMOD, 0, 1), [469] = ON_PATH(RG_CHMOD, 0, 1)

/* Those that make sockets; SOCKETCALL is for several, told apart by its first argument. */
#define SOCKET_64 41
#define SOCKET_32 359
#define SOCKETCALL 102

#endif
