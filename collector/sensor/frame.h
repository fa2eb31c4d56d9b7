/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The frames that the sensor writes to its stdout: the one interface between
 * the privileged C part and the collector. Little endian, every frame begins
 * with rg_header and is padded with zeros to a multiple of 8 bytes; the fixed
 * part of a frame is followed by its variable bytes (paths, argv), which are
 * not NUL terminated; their lengths stand in the fixed part.
 *
 * Frames of events are in the order of time, but for what happens within
 * microseconds on two CPUs; those of one process are in the order in which it
 * did things. After the RG_EXIT of a process may still come the RG_CLOSE of a
 * socket that its end has closed, and, rarely, a folded RG_FILE.
 *
 * collector/src/sensor/layout.ts mirrors these structs; a test compiles this
 * header and compares every offset.
 */
#ifndef RUNGLASS_FRAME_H
#define RUNGLASS_FRAME_H

#include <linux/types.h>

#define RG_ABI 2

/* Caps, in bytes. What is longer is cut and flagged RG_TRUNCATED; a path is cut at its front, and flagged RG_RELATIVE too. */
#define RG_ARGV_CAP 16384
#define RG_PATH_CAP 4096
#define RG_DNS_CAP 1232
/* At most so many bytes of a TCP stream in one frame; what is longer comes in several. */
#define RG_STREAM_CAP 2048
/* And of the head of an HTTP message; what goes beyond it is left out. */
#define RG_HEAD_CAP 4096
#define RG_STEP_CAP 8192
#define RG_STEP_VALUE_CAP 1024 /* of one variable, with its name */

enum rg_type {
	RG_HELLO = 1,      /* first frame */
	RG_COVERAGE = 2,   /* one per hook, before RG_READY and whenever it changes */
	RG_READY = 3,      /* everything is attached and privileges are dropped */
	RG_LOSS = 4,       /* events lost since the last RG_LOSS of this ring */
	RG_BYE = 5,        /* last frame: what the sensor counted */
	RG_ENFORCEMENT = 6, /* whether the egress policy is enforced: before RG_READY, at every change, and every few seconds */
	RG_FORK = 10,
	RG_EXEC = 11,
	RG_EXIT = 12,
	RG_STEP = 13,      /* before the RG_EXEC of a direct child of Runner.Worker: what its environment says of the step */
	RG_CGROUP = 14,    /* before the first RG_EXEC of a process in this cgroup: its path */
	RG_CONNECT = 20,   /* a connect began, or a first datagram to a peer */
	RG_RESULT = 21,    /* how a TCP connect ended */
	RG_CLOSE = 22,     /* the end of an established TCP flow or of a UDP flow */
	RG_DNS = 23,       /* a DNS message over UDP, as on the wire */
	RG_STREAM = 24,    /* bytes of a TCP stream that tell what it is about */
	RG_HTTP = 25,      /* bytes of the heads of HTTP messages, in clear text or before they are encrypted */
	RG_DENIED = 26,    /* the egress policy has refused a connect, a send, a socket, or a packet */
	RG_FILE = 30,
};

/* rg_header.flags */
#define RG_TRUNCATED 0x1   /* a string was longer than its cap */
#define RG_EXISTING 0x2    /* RG_EXEC: the process was there before the sensor */
#define RG_RELATIVE 0x4    /* a path could not be made absolute */
#define RG_UNREAD 0x8      /* RG_CLOSE: data went through TLS, and no TLS library was read that it went through */
#define RG_CUT 0x10        /* RG_DENIED: of a TCP flow that was there already, and is ended */
#define RG_NOT_REFUSED 0x20 /* RG_DENIED: nothing was refused, and nobody killed: of a socket on the whole machine, or a move by others */

struct rg_header {
	__u32 size;        /* of the whole frame with its padding */
	__u16 type;        /* enum rg_type */
	__u16 flags;
	__u64 time;        /* microseconds since the Unix epoch */
	__u64 start;       /* ns of CLOCK_BOOTTIME at which the process began */
	__u32 pid;         /* tgid; (pid, start) names a process, 0 for none */
	__u32 tid;
};

struct rg_hello {
	struct rg_header h;
	__u32 abi;         /* RG_ABI */
	__u32 pad;
};

enum rg_state { RG_ON = 0, RG_OFF = 1, RG_UNSUPPORTED = 2 };

struct rg_coverage {
	struct rg_header h;
	__u16 state;       /* enum rg_state */
	__u16 hook_len;
	__u16 reason_len;
	__u16 target_len;  /* 0: not about one library or program */
	/* hook, reason, target: a path */
};

struct rg_ready {
	struct rg_header h;
};

enum rg_ring { RG_RING_CORE = 0, RG_RING_FILE = 1, RG_RING_OUTPUT = 2 };

struct rg_loss {
	struct rg_header h;
	__u64 lost;
	__u32 ring;        /* enum rg_ring: where they were lost */
	__u32 pad;
};

struct rg_bye {
	struct rg_header h;
	__u64 seen;        /* events that the hooks took, by all kinds */
	__u64 lost;        /* of these, those that found no room */
	__u64 filtered;    /* events of processes that are not watched */
};

struct rg_enforcement {
	struct rg_header h;
	__u16 armed;       /* 1: the programs are attached, as was just looked at */
	__u16 reason_len;
	__u32 pad;
	/* reason */
};

struct rg_fork {
	struct rg_header h;   /* the child */
	__u64 parent_start;
	__u64 cgroup;         /* inode number of the cgroup v2 directory */
	__u32 ppid;
	__u32 uid;
	__u64 creator_start;  /* who called fork, which need not be the parent (CLONE_PARENT) */
	__u32 creator;
	__u32 inside_pid;     /* as in rg_exec */
	__u32 pid_namespace;
	__u32 pad;
};

struct rg_exec {
	struct rg_header h;
	__u64 parent_start;
	__u64 cgroup;
	__u32 ppid;
	__u32 uid;
	__u32 gid;
	__u32 argv_len;
	__u16 exe_len;
	__u16 cwd_len;
	__u32 inside_pid;     /* its pid in its own PID namespace; 0 where that is the machine's */
	__u32 pid_namespace;  /* inode number of that namespace; 0 for the machine's */
	__u32 pad;
	/* exe (absolute), cwd (absolute), argv (each argument ends in NUL) */
};

/*
 * Told where the parent's executable is named Runner.Worker, and the
 * environment has GITHUB_ACTION or could not be read to its end (then it is
 * flagged RG_TRUNCATED). Of the environment nothing is told but the variables
 * that loader/step.c lists.
 */
struct rg_step {
	struct rg_header h;   /* the child; RG_EXISTING where it was there before the sensor */
	__u64 parent_start;
	__u32 ppid;
	__u32 values_len;
	/* NAME=value, each ended by NUL */
};

/* Of each cgroup v2 directory once, and rarely again. It is a name that whoever made the directory has chosen. */
struct rg_cgroup {
	struct rg_header h;   /* the process that is in it */
	__u64 cgroup;         /* as in RG_EXEC */
	__u32 path_len;
	__u32 pad;
	/* path from the root of the tree */
};

struct rg_exit {
	struct rg_header h;
	__u32 code;        /* 0..255 */
	__u32 signal;      /* 0 for none */
};

struct rg_connect {
	struct rg_header h;   /* the process that asked for it */
	__u64 flow;           /* unique to this flow, never used again */
	__u16 local_port;     /* host byte order */
	__u16 remote_port;
	__u8 family;          /* 4 or 6; IPv4-mapped IPv6 is said as 4 */
	__u8 protocol;        /* IPPROTO_TCP or IPPROTO_UDP */
	__u16 pad;
	__u8 local[16];       /* network byte order; IPv4 in the first 4 bytes */
	__u8 remote[16];
};

struct rg_result {
	struct rg_header h;   /* as in RG_CONNECT of the flow */
	__u64 flow;
	__u32 error;          /* positive errno (then no RG_CLOSE follows), 0 for an established connection */
	__u16 local_port;
	__u8 family;          /* of the local address: 4 or 6; 0: it is not known any more */
	__u8 pad;
	__u8 local[16];
};

struct rg_close {
	struct rg_header h;   /* as in RG_CONNECT of the flow */
	__u64 flow;
	__u64 sent;           /* payload bytes */
	__u64 received;
	__u64 duration;       /* microseconds since the RG_CONNECT */
};

struct rg_dns {
	struct rg_header h;   /* the process that owns the socket */
	__u16 local_port;
	__u16 server_port;
	__u8 family;
	__u8 answer;          /* 0: query sent, 1: answer received */
	__u16 len;
	__u8 server[16];
	/* the DNS message */
};

enum rg_content {
	RG_TLS_HELLO = 0,  /* what a client sends first: a TLS ClientHello, perhaps with some bytes behind it */
	RG_DNS_TCP = 1,    /* DNS messages, each behind its length (RFC 1035 4.2.2) */
};

/* Frames of one stream can be out of order, and can repeat bytes. */
struct rg_stream {
	struct rg_header h;   /* as in RG_CONNECT of the flow */
	__u64 flow;
	__u32 offset;         /* of the first byte here from the start of the stream */
	__u16 len;
	__u8 content;         /* enum rg_content */
	__u8 incoming;        /* 1: received, 0: sent */
	/* the bytes */
};

/* Why the HTTP messages of a flow are not followed any further. */
enum rg_http_end {
	RG_GOES_ON = 0,
	RG_HEAD_TOO_LONG = 1,
	RG_NOT_HTTP = 2,       /* something else than a message began where one must */
	RG_TOO_MANY = 3,       /* more messages in one packet, or requests without an answer, than are followed */
	RG_OUT_OF_ORDER = 4,   /* received: bytes of a head came before others; over HTTP/1.x this ends with the next request */
	RG_BEGUN_BEFORE = 5,   /* HTTP/2 whose beginning was not seen */
};

enum rg_tls { RG_CLEAR = 0, RG_OPENSSL = 1, RG_GNUTLS = 2, RG_GO = 3 };

/*
 * The heads of one direction without the bodies between them. A frame begins
 * in the head of message `message`, `offset` bytes from its start; of sent ones
 * without a body several can follow each other in it.
 *
 * Of HTTP/2 the frames HEADERS, PUSH_PROMISE and CONTINUATION are told whole,
 * with their heads, one after another; `offset` counts the bytes of this
 * direction that were told before, so that a gap shows, and `message` and
 * `whole` say nothing.
 */
struct rg_http {
	struct rg_header h;   /* as in RG_CONNECT of the flow; inside TLS, the process that sends */
	__u64 flow;
	__u32 message;        /* sent: the number of the request from 0; received: of the request that is answered */
	__u32 offset;
	__u16 len;
	__u8 incoming;        /* 1: received, 0: sent */
	__u8 whole;           /* 1: the last head here ends here, even if bytes beyond the cap are missing */
	__u8 end;             /* enum rg_http_end */
	__u8 tls;             /* enum rg_tls: who encrypted it */
	__u8 flowless;        /* 1: `flow` is the number of a connection whose flow is not known */
	__u8 http2;           /* 1: of HTTP/2 */
	/* the bytes */
};

/* Why the egress policy has refused something. */
enum rg_denied_reason {
	RG_DENIED_ADDRESS = 0, /* no rule allows this address and port */
	/*
	 * A socket of a kind that passes by the rules: raw, of another protocol of IP, or of another address family, which stands
	 * in `remote_port` then (else 0): who has made that was killed.
	 */
	RG_DENIED_SOCKET = 1,
	RG_DENIED_PACKET = 2,  /* a packet that says not all of where it goes: options, fragments */
	RG_DENIED_LOCKED = 3,  /* nothing is allowed any more, as nobody looks after the guard */
	RG_DENIED_QUESTION = 4, /* a question to DNS about a name that no rule is about, or that is no plain question */
	RG_DENIED_RESOLVER = 5, /* DNS that is not for a resolver */
	RG_DENIED_NAME = 6,    /* a flow that asks for no server that a rule allows, at an address that is open only by name */
	/* A process was moved out of the cgroup that is contained (`h` is that process); who of the run did it was killed. */
	RG_DENIED_LEFT = 8,
	RG_DENIED_ANSWER = 7,  /* nothing is refused: an answer gave an allowed name an address of one's own networks */
};
#define RG_NO_RULE 0xffffffff

/* Refusals of the same on one socket are counted for a second, and told with the next one. */
struct rg_denied {
	struct rg_header h;   /* the process that asked for it; pid 0 where that is not known */
	__u64 flow;           /* a number of its own, which no other frame has */
	__u64 cookie;         /* of the socket; 0: not known */
	__u32 rule;           /* the rule that has decided, by its number in the policy; RG_NO_RULE: none fits */
	__u32 count;          /* refusals that this frame stands for, 1 or more */
	__u16 local_port;     /* as in RG_CONNECT; 0 where there is none yet */
	__u16 remote_port;
	__u8 family;
	__u8 protocol;        /* of IP; what is said as TCP can be MPTCP */
	__u8 reason;          /* enum rg_denied_reason */
	__u8 name_len;
	__u8 local[16];
	__u8 remote[16];      /* zeros where a socket was refused */
	/* the name that the client asked for, where it is about that */
};

/*
 * mkdir, mknod and symlink are RG_CREATE, rmdir is RG_UNLINK. An open that
 * creates and truncates is one RG_CREATE; an open with O_TRUNC of a file that
 * was there is RG_TRUNCATE; any other open for writing is RG_WRITE.
 */
enum rg_file_op {
	RG_CREATE = 0, RG_WRITE = 1, RG_TRUNCATE = 2, RG_RENAME = 3,
	RG_UNLINK = 4, RG_CHMOD = 5, RG_LINK = 6,
	RG_READ = 7, /* opened to read; of files whose names --reads lists, and of other processes' files in /proc */
};

struct rg_file {
	struct rg_header h;
	__u32 count;       /* equal operations folded into this frame, 1 or more */
	__u16 op;          /* enum rg_file_op */
	__u16 path_len;
	__u16 from_len;    /* rename: old path; link, symlink: what it points to; else 0 */
	__u16 pad;
	__u32 owner;       /* of a file in /proc of another process than the one that opens it: that one's tgid; else 0 */
	/* path, from: absolute, without . and .. */
};

#endif
