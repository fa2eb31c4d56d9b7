/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that change files, and where their arguments stand. */
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

/* CALLS_64 and CALLS_32: the tables of the machine that this is compiled for. */
#include "callNumbers.h"

#define SOCKETCALL_CONNECT 3
#define SOCKETCALL_SOCKET 1

#endif
