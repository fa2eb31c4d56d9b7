/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs and the loader share: the records in the two rings, the
 * counters, and the table of watched processes. A record begins with rg_header
 * as a frame does, but its time is in ns of CLOCK_BOOTTIME and `size` counts
 * its bytes without padding. Process and file records hold paths as the kernel
 * has them, from the leaf up; the loader turns them into frames. Records of
 * network events are frames already.
 */
#ifndef RUNGLASS_RECORD_H
#define RUNGLASS_RECORD_H

#include "../frame.h"

/* A walked path: names from the leaf up, each ended by NUL, at most this long. */
#define WALK_CAP (RG_PATH_CAP + 256)

/* The data of a process or file record begins here, whatever its head. */
#define RECORD_HEAD 128

/* Record of a process image: argv, then the walks of exe and cwd follow. */
struct exec_record {
	struct rg_exec e;
};

/* Record of a step: variables whose names begin as those that the loader looks for, each ended by NUL. */
struct step_record {
	struct rg_step s;
};

/* Record of a cgroup: the names of its directories, from itself up, each ended by NUL. */
struct cgroup_record {
	struct rg_cgroup c;
};

/* file_record.style */
#define TARGET_TEXT 1 /* `from` is the text of a symbolic link, relative to the folder of `path` */
#define ROOTED 2      /* the process has a root of its own (chroot), which ".." does not lead out of */

/*
 * Record of a file operation. A path is a walk (of the file itself, or of the
 * folder that a typed path starts from), then the text as typed, of which the
 * walk stands for the first `skip` bytes.
 */
struct file_record {
	struct rg_header h;
	__u32 count;
	__u16 op;
	__u16 style;
	__u16 base_len;
	__u16 text_len;
	__u16 from_base_len;
	__u16 from_text_len;
	__u64 request; /* not 0: it only happens if a request_record with this number says so */
	__u32 slot;    /* not 0: equal operations that follow are counted in fold slot `slot - 1` */
	__u32 sequence;
	__u32 owner;
	__u16 skip;
	__u16 from_skip;
	/* text, base, from_text, from_base */
};

/* Record of the end of a request to io_uring: what it was to do stands in the file_record with its number. */
#define RECORD_REQUEST 100
struct request_record {
	struct rg_header h;
	__u64 request;
	__u32 done; /* 1: it succeeded; 0: it failed, or is told by another record */
	__u32 pad;
};

/*
 * Equal operations on one file by one process are counted here instead of
 * told one by one: the first is a file_record, which says in which slot the
 * others are counted. Each CPU has slots of its own, so that only the loader
 * writes to one at the same time, and only to take the count.
 */
#define FOLD_WAYS 4 /* a file may take any slot of one set */
#define FOLD_SET_BITS 10
#define FOLD_SETS (1 << FOLD_SET_BITS)
#define FOLD_SLOTS (FOLD_SETS * FOLD_WAYS)

struct fold_key {
	__u64 mnt;
	__u64 dentry;
	__u64 parent;    /* these two change with the name of the file */
	__u64 hash_len;
	__u64 inode;     /* its number: when the kernel is short of memory, all of the above can come to mean another file */
	__u64 start;
	__u32 pid;
	__u16 op;
	__u16 pad;
};

struct fold_slot {
	struct fold_key key;
	__u64 moves;   /* what `moves` was when the folders of the file were looked at, */
	__u64 chain;   /* and what they were */
	__u64 last;    /* time of the latest */
	__u64 pending; /* sequence number of the key << 32, and how many were not told yet */
};

struct fold_set {
	struct fold_slot way[FOLD_WAYS];
};

/*
 * What of a name is looked up to see whether a file that is opened to read may be told, and what it takes: the name alone,
 * or it together with that of its folder. The key's text is padded with zeros.
 */
#define SECRET_TEXT 31
#define SECRET_ENDS 4 /* of BEGINS and ENDS, so many bytes */
#define SECRETS_MAX 512
enum secret_part { SECRET_NAME, SECRET_BEGINS, SECRET_ENDS_IN, SECRET_FOLDER };
struct secret_key {
	char text[SECRET_TEXT];
	__u8 part; /* enum secret_part */
};
#define SECRET_ALONE 1
#define SECRET_TOGETHER 2

/* A quick test before any look-up: the bit of the first (or last) four bytes of a name, in a table for each of three. */
#define SECRET_BITS 1024
#define SECRET_BIT(four) (((four) * 0x9e3779b1u) >> 22)
#define SECRET_WORDS (SECRET_BITS / 32)
enum secret_table { FIRST_OF_NAME = 0, LAST_OF_NAME = SECRET_WORDS, FIRST_OF_FOLDER = 2 * SECRET_WORDS };

/* Record of what was pending in a slot that another file needs. */
#define RECORD_FOLD 101
struct fold_record {
	struct rg_header h;
	__u32 slot;
	__u32 sequence;
	__u32 count;
	__u32 pad;
};

/* Record of nothing: it wakes the loader. */
#define RECORD_NUDGE 102

/* Record in the ring of the attacher: a file that a watched process runs code of. */
#define IMAGES_RING 65536
struct image_key {
	__u64 super_block;
	__u64 number;     /* is given to another file once this one is removed; */
	__u64 size;
	__u64 generation; /* this tells the two apart, where a file system has it */
};
struct image_record {
	struct image_key key;
	__u64 begin;  /* where it is mapped; 0: the program of the process; IMAGES_ALL: all that it has mapped */
	__u64 end;
	__u32 pid;
	__u32 served; /* 1: on a file system that another program serves (FUSE) */
};
#define IMAGES_ALL (~0ULL)

/* What a probe in a library stands for: the cookie that it is attached with. */
enum tls_function {
	TLS_OPENSSL_WRITE,
	TLS_OPENSSL_WRITE_EX,
	TLS_OPENSSL_WRITE_EX2, /* with flags in front of where the number of bytes will stand */
	TLS_OPENSSL_READ,
	TLS_OPENSSL_READ_EX,
	TLS_GNUTLS_SEND,
	TLS_GNUTLS_RECEIVE,
	TLS_OPENSSL_SENDFILE, /* of the bytes of a file only their number is known */
	TLS_RETURNING, /* of the others, only that they are called means something */
	TLS_OPENSSL_FREE = TLS_RETURNING,
	TLS_OPENSSL_CLEAR,
	TLS_GNUTLS_FREE,
	TLS_GO_RECORD, /* at the jump to where more stack is made */
	TLS_GO_READ,   /* where it copies what was read; above GO_SLOT, where on the stack the connection is */
	TLS_CALLS,
};
#define TLS_RETURN 0x100 /* at the return of the call */
#define GO_SLOT 16

/* What the snapshot of running processes tells of each. */
struct task_record {
	__u64 start;
	__u64 parent_start;
	__u64 cgroup;
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__u32 gid;
	__u32 in_cgroup;
	__u32 inside_pid;
	__u32 pid_namespace;
	__u32 pad;
};

enum kind { KIND_PROCESS, KIND_NET, KIND_DNS, KIND_TLS, KIND_HTTP, KIND_FILE, KIND_COUNT };

/* seen == sent + dropped at any time when no program is running. */
struct kind_counters {
	__u64 seen;     /* events of watched processes, by the operations done */
	__u64 sent;     /* of these, those that found room in their ring */
	__u64 dropped;  /* of these, those that found none */
	__u64 filtered; /* events of others, or of files that are not reported */
};

/* One row per CPU, padded so that CPUs do not share cache lines. */
struct cpu_counters {
	struct kind_counters kind[KIND_COUNT];
	__u64 folded; /* operations that were counted in fold slots of this CPU; a part of those sent */
} __attribute__((aligned(128)));

/* Flags of a process in the table of processes. */
#define PROC_WATCHED 1
#define PROC_EXCLUDED 2      /* and so is what it starts outside of the cgroup */
#define PROC_EXCLUDED_SELF 4 /* excluded even inside the cgroup */

/* One byte per possible pid, so that the test on every event is one load. */
#define PID_LIMIT 4194304
#define PIDS_PER_BLOCK 64
struct pid_block {
	__u8 flags[PIDS_PER_BLOCK];
};

/* What the loader wants to be woken for. */
enum wake { WAKE_NONE, WAKE_BATCH, WAKE_ANY };
#define WAKE_BYTES 65536

#endif
