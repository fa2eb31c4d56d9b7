/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers of the calls of calls.h on arm64: of the older calls there are only those that take a folder. */
#ifndef RUNGLASS_CALL_NUMBERS_H
#define RUNGLASS_CALL_NUMBERS_H

#define CALLS_64                                                                                                       \
	[5] = ON_PATH(RG_CHMOD, CWD, 0), [6] = ON_PATH(RG_CHMOD, CWD, 0), [7] = ON_FILE(RG_CHMOD, 0),                  \
	[14] = ON_PATH(RG_CHMOD, CWD, 0), [15] = ON_PATH(RG_CHMOD, CWD, 0), [16] = ON_FILE(RG_CHMOD, 0),               \
	[33] = ON_PATH(RG_CREATE, 0, 1), [34] = ON_PATH(RG_CREATE, 0, 1), [35] = UNLINKAT(0, 1),                       \
	[36] = SYMLINK(0, 1, 2), [37] = ON_TWO(RG_LINK, 0, 1, 2, 3), [38] = RENAME(0, 1, 2, 3), [40] = TREE,           \
	[41] = TREE, [45] = ON_PATH(RG_TRUNCATE, CWD, 0), [46] = ON_FILE(RG_TRUNCATE, 0),                              \
	[52] = ON_FILE(RG_CHMOD, 0), [53] = ON_PATH(RG_CHMOD, 0, 1), [54] = ON_PATH(RG_CHMOD, 0, 1),                   \
	[55] = ON_FILE(RG_CHMOD, 0), [56] = OPEN(0, 1, 2), [200] = ON_BIND(0), [203] = { .action = ACTION_CONNECT },   \
	[212] = DESCRIPTORS(ACTION_RECEIVED), [222] = { .action = ACTION_MAP }, [265] = OPEN(CWD, 1, 2),               \
	[276] = RENAME2(0, 1, 2, 3, 4), [429] = TREE, [437] = OPEN_HOW(0, 1, 2), [438] = DESCRIPTORS(ACTION_FETCHED),  \
	[452] = ON_PATH(RG_CHMOD, 0, 1), [463] = ON_PATH(RG_CHMOD, 0, 1), [466] = ON_PATH(RG_CHMOD, 0, 1),             \
	[469] = ON_PATH(RG_CHMOD, 0, 1)

/* 32-bit Arm (EABI), on the processors that still run it. */
#define CALLS_32                                                                                                       \
	[5] = OPEN(CWD, 0, 1), [8] = OPEN(CWD, 0, NEW), [9] = ON_TWO(RG_LINK, CWD, 0, CWD, 1),                         \
	[10] = ON_PATH(RG_UNLINK, CWD, 0), [14] = ON_PATH(RG_CREATE, CWD, 0), [15] = ON_PATH(RG_CHMOD, CWD, 0),        \
	[16] = ON_PATH(RG_CHMOD, CWD, 0), [21] = TREE, [38] = RENAME(CWD, 0, CWD, 1),                                  \
	[39] = ON_PATH(RG_CREATE, CWD, 0), [40] = RMDIR(CWD, 0), [83] = SYMLINK(0, CWD, 1),                            \
	[92] = ON_PATH(RG_TRUNCATE, CWD, 0), [93] = ON_FILE(RG_TRUNCATE, 0), [94] = ON_FILE(RG_CHMOD, 0),              \
	[95] = ON_FILE(RG_CHMOD, 0), [182] = ON_PATH(RG_CHMOD, CWD, 0), [193] = ON_PATH(RG_TRUNCATE, CWD, 0),          \
	[194] = ON_FILE(RG_TRUNCATE, 0), [198] = ON_PATH(RG_CHMOD, CWD, 0), [207] = ON_FILE(RG_CHMOD, 0),              \
	[212] = ON_PATH(RG_CHMOD, CWD, 0), [218] = TREE, [226] = ON_PATH(RG_CHMOD, CWD, 0),                            \
	[227] = ON_PATH(RG_CHMOD, CWD, 0), [228] = ON_FILE(RG_CHMOD, 0), [235] = ON_PATH(RG_CHMOD, CWD, 0),            \
	[236] = ON_PATH(RG_CHMOD, CWD, 0), [237] = ON_FILE(RG_CHMOD, 0), [282] = ON_BIND(0),                           \
	[283] = { .action = ACTION_CONNECT }, [322] = OPEN(0, 1, 2), [323] = ON_PATH(RG_CREATE, 0, 1),                 \
	[324] = ON_PATH(RG_CREATE, 0, 1), [325] = ON_PATH(RG_CHMOD, 0, 1), [328] = UNLINKAT(0, 1),                     \
	[329] = RENAME(0, 1, 2, 3), [330] = ON_TWO(RG_LINK, 0, 1, 2, 3), [331] = SYMLINK(0, 1, 2),                     \
	[333] = ON_PATH(RG_CHMOD, 0, 1), [371] = OPEN(CWD, 1, 2), [382] = RENAME2(0, 1, 2, 3, 4), [429] = TREE,        \
	[437] = OPEN_HOW(0, 1, 2), [438] = DESCRIPTORS(ACTION_FETCHED), [452] = ON_PATH(RG_CHMOD, 0, 1),               \
	[463] = ON_PATH(RG_CHMOD, 0, 1), [466] = ON_PATH(RG_CHMOD, 0, 1), [469] = ON_PATH(RG_CHMOD, 0, 1)

/* Those that make sockets; no call is for several. */
#define SOCKET_64 198
#define SOCKET_32 281
#define SOCKETCALL CALLS

#endif
