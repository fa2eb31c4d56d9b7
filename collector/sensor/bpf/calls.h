/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that change files, by their numbers, and where their arguments stand. */
#ifndef RUNGLASS_CALLS_H
#define RUNGLASS_CALLS_H

#include "kernel.h"

enum action {
	ACTION_NONE,
	ACTION_OPEN,       /* dir, path, flags */
	ACTION_OPEN_HOW,   /* dir, path, flags: index of a pointer to struct open_how */
	ACTION_FILE,       /* path: index of a descriptor */
	ACTION_PATH,       /* dir, path */
	ACTION_TWO,        /* dir, path, from_dir, from */
	ACTION_SYMLINK,    /* dir, path, from: index of the link's text */
	ACTION_CONNECT,
	ACTION_SOCKETCALL, /* 32-bit: the first argument tells which */
	ACTION_TREE,       /* moves whole trees; is not told */
	ACTION_MAP,        /* mmap: a library may come with it */
	ACTION_BIND,       /* path: index of a descriptor, of a socket that may have got a file */
	ACTION_RECEIVED,   /* recvmsg: descriptors may have come with it */
	ACTION_FETCHED,    /* the result is another process's descriptor */
};

/* Indices of arguments; these stand for a value that the call does not take. */
#define NONE 5 /* 0 */
#define CWD 6  /* the working folder */
#define NEW 7  /* O_CREAT | O_TRUNC: what creat() does */

struct call {
	__u8 action;
	__u8 op;
	__u8 dir;
	__u8 path;
	__u8 from_dir;
	__u8 from;
	__u8 flags; /* of open, and of the newer rename */
	__u8 moves;
};

/* call.moves: does the call give paths to other folders? */
#define MOVES 1
#define MOVES_FOLDER 2 /* with AT_REMOVEDIR in its third argument: a folder made later can take the removed one's place in memory */

#define CALLS 512

#define OPEN(d, p, f) { ACTION_OPEN, 0, d, p, 0, 0, f }
#define OPEN_HOW(d, p, f) { ACTION_OPEN_HOW, 0, d, p, 0, 0, f }
#define ON_FILE(o, p) { ACTION_FILE, o, 0, p, 0, 0, 0 }
#define ON_PATH(o, d, p) { ACTION_PATH, o, d, p, 0, 0, 0 }
#define ON_TWO(o, fd, f, d, p) { ACTION_TWO, o, d, p, fd, f, NONE }
#define RENAME(fd, f, d, p) { ACTION_TWO, RG_RENAME, d, p, fd, f, NONE, MOVES }
#define RENAME2(fd, f, d, p, flags) { ACTION_TWO, RG_RENAME, d, p, fd, f, flags, MOVES }
#define ON_BIND(p) { ACTION_BIND, RG_CREATE, 0, p, 0, 0, 0 }
#define DESCRIPTORS(action) { action, RG_WRITE, 0, 0, 0, 0, 0 }
#define RMDIR(d, p) { ACTION_PATH, RG_UNLINK, d, p, 0, 0, 0, MOVES }
#define UNLINKAT(d, p) { ACTION_PATH, RG_UNLINK, d, p, 0, 0, 0, MOVES_FOLDER }
#define TREE { .action = ACTION_TREE } /* pivot_root, mount, move_mount */
#define SYMLINK(f, d, p) { ACTION_SYMLINK, RG_CREATE, d, p, 0, f, 0 }

/*
 * What a call changes through a descriptor that is open for writing is no event of its own but for ftruncate: the open
 * was told. Owners, rights and extended attributes are RG_CHMOD; times are not told.
 */

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

#define SOCKETCALL_CONNECT 3

#endif
