/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The contract between the BPF programs and user space: every byte that crosses the ring buffer.
 *
 * What crosses. A *turn* is an inbound burst of bytes on a server's socket and the outbound burst that
 * answers it, or on a client's socket the outbound burst and the inbound one that answers it; for almost
 * every request-and-response protocol it is one request. The kernel builds it in the socket's own storage and
 * hands over one record: a server's when the answer has been acknowledged, a client's when everything that
 * has arrived of the answer has been read, either when the connection ends. So a request costs one record,
 * whatever number of packets and system calls it took. If more of the answer comes later, the same turn is
 * handed over again with TURN_UPDATED and replaces the earlier record.
 *
 * Why not only turns. On a pipelined connection requests and responses overlap, and a turn mixes several. The
 * kernel notices (a second response head in one turn, new bytes before the answer is acknowledged, a read
 * after the first write), hands over what it has with TURN_STREAM, and from then on one *fragment* per
 * segment, read, write, transmission and acknowledgement, each with its place in the byte stream, until the
 * connection is quiet again and the next turn begins. User space cuts the stream into requests; no protocol
 * is parsed here. A client's turns stay turns: where they overlap, TURN_OVERLAP says so.
 *
 * AF_UNIX. Both ends of a connection are seen by the same programs at the same moments: what one end writes
 * is readable at the other then and there. A turn has none of the moments of packets and devices, its
 * sequence numbers are counts that begin anywhere, the same at both ends, and its addresses are two numbers:
 * of the socket's name, told once by RECORD_PATH, and of the end. That such a connection is over is told by
 * RECORD_CLOSE where that can be seen, else by not being named between two RECORD_SWEPT. The client's conn is
 * the server's with the highest bit set.
 *
 * Of a connection that a TLS library encrypts, a turn begins anew with the first bytes that an application
 * writes: what came before, the handshake, is no part of the request (TURN_PLAIN).
 *
 * Times are CLOCK_MONOTONIC nanoseconds, 0 = not seen. Sequence numbers are TCP's own, 32 bits, and wrap.
 * Naturally aligned, no implicit padding (an error below): the C# twins are proved equal to this by a test.
 */
#ifndef LATMON_H
#define LATMON_H

#define LATMON_HEAD_BYTES 512	 /* of each direction, kept in the turn: a request line, the usual headers */
#define LATMON_BURST_BYTES 16384 /* of an inbound burst, or of one overlapping segment, at most */
#define LATMON_FRAGMENT_BYTES 4096 /* payload in one fragment, at most */
#define LATMON_TAIL_BYTES 32	   /* end of the response: of a chunked body, of what a database counted */
#define LATMON_COMM_BYTES 16	   /* TASK_COMM_LEN */
#define LATMON_SPAN_BYTES 512	   /* text of a span, at most */

enum record_kind {
	RECORD_TURN = 1,
	RECORD_CLOSE = 2, /* a struct fragment without payload; the connection id will not come again */
	RECORD_SEGMENT = 3,
	RECORD_READY = 4,
	RECORD_READ = 5,
	RECORD_WRITE = 6,
	RECORD_TX = 7,
	RECORD_ACK = 8,
	RECORD_SPAN = 9,  /* a struct span */
	RECORD_PATH = 10, /* a struct fragment: conn is the number of an AF_UNIX name, its bytes follow */
	RECORD_ALIVE =
	    11, /* a struct fragment: an AF_UNIX connection that is there, asked for the number-th time */
	RECORD_SWEPT = 12, /* a struct fragment: it was asked for all of them in the network namespace seq */
};

enum turn_flags {
	TURN_UPDATED = 1,	/* replaces the record of the same number */
	TURN_STREAM = 2,	/* fragments follow */
	TURN_CLOSED = 4,	/* the connection ended with this record */
	TURN_BEFORE_ACCEPT = 8, /* the first bytes were readable before accept() returned */
	TURN_PARTIAL = 16,	/* the application offered more than the socket has taken so far */
	TURN_CPU = 32,		/* on_cpu_ns and runnable_ns are valid: one thread read and wrote */
	TURN_OVERLAP = 64,	/* of a client: it wrote while an older answer was not read; the two mix */
	TURN_PLAIN =
	    128, /* heads[], tail_bytes, plain_in and plain_out are what a TLS library was given and gave */
	TURN_SERVES = 256, /* of a client: its process has read a request before */
};

enum turn_role {
	TURN_OF_SERVER = 0,
	TURN_OF_CLIENT = 1,
};

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

struct turn {
	__u32 kind;
	__u32 number; /* counts the turns of a connection from 1: a gap is a lost record */
	__u64 conn;   /* socket cookie: never reused while the host runs */
	__u32 netns;
	__u32 pid; /* process of the last read; a client's, of the first write */
	__u8 comm[LATMON_COMM_BYTES];
	__u8 local_addr[16]; /* IPv4 in the first four bytes; AF_UNIX: see above */
	__u8 remote_addr[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 family;
	__u8 role;	     /* enum turn_role */
	__u16 request_head;  /* bytes of the request in heads[], from 0 */
	__u16 response_head; /* bytes of the response in heads[], from request_head */
	__u16 tail;	     /* bytes in tail_bytes; 0 where the response ends in heads[] */
	__u32 flags;
	/* from here on cleared when a turn begins */
	__u64 nic_ns;	      /* the first segment was received from the device; a client's: of the answer */
	__u64 tcp_ns;	      /* it entered TCP */
	__u64 ready_ns;	      /* first bytes readable */
	__u64 ready_last_ns;  /* last bytes readable */
	__u64 accept_ns;      /* accept() returned, where it can be seen */
	__u64 read_ns;	      /* first read */
	__u64 read_last_ns;   /* last read; a server's: before the first write */
	__u64 write_ns;	      /* first write entered */
	__u64 write_last_ns;  /* last write entered */
	__u64 tx_ns;	      /* first byte of what was written handed to the device */
	__u64 tx_last_ns;     /* last byte */
	__u64 ack_ns;	      /* everything written was acknowledged */
	__u64 on_cpu_ns;      /* of read_last_ns..write_ns: the thread ran */
	__u64 runnable_ns;    /* ... waited for a CPU */
	__u64 zero_window_ns; /* something was to be sent and the peer's window was zero */
	__u64 shut_ns;	      /* ... for the first time from here */
	__u64 shut_last_ns;   /* ... for the last time up to here */
	__u64 resent_ns;      /* a segment was sent again, for the first time */
	__u64 resent_last_ns; /* ... for the last time */
	__u64 in_bytes;
	__u64 out_bytes;
	__u64 plain_in; /* bytes before encryption */
	__u64 plain_out;
	__u64 plain_late; /* of an earlier turn: decrypted when that had been handed over */
	__u32 in_seq;
	__u32 out_seq;
	__u32 read_seq; /* read up to here at read_last_ns */
	__u32 tx_seq;	/* handed to the device up to here at tx_last_ns */
	__u32 read_tid;
	__u32 write_tid;
	__u32 segments;
	__u32 out_of_order;
	__u32 duplicates;
	__u32 retransmits;
	__u32 srtt_us;	 /* smoothed round-trip time when the record was made */
	__u32 fragments; /* number of the first fragment that follows */
	__u8 tail_bytes[LATMON_TAIL_BYTES];
	__u8 heads[2 *
		   LATMON_HEAD_BYTES]; /* only request_head + response_head bytes of it are in the record */
};

struct fragment {
	__u32 kind;
	__u32 number; /* counts the fragments of a connection: a gap is a lost record */
	__u64 conn;
	__u64 time_ns; /* 0 of bytes whose arrival was told before: copied when they were read, not counted in
			  number */
	__u64 nic_ns;  /* RECORD_SEGMENT only */
	__u32 seq;     /* RECORD_SEGMENT, _WRITE: first byte; _READY, _READ, _TX, _ACK: up to here */
	__u32 len;     /* bytes of the stream, not of data */
	__u32 tid;
	__u32 data_len; /* bytes of payload behind this struct, of the len that passed */
};

/* A timed piece from inside a process, told by a uprobe or USDT (probes.bpf.c). */
struct span {
	__u32 kind;
	__u16 probe;	/* number that user space gave it */
	__u16 text_len; /* bytes of text behind this struct */
	__u32 pid;
	__u32 tid;
	__u64 start_ns;
	__u64 end_ns;
	__u64 key; /* the argument that the definition names, else 0 */
};

/* Not on the ring: where an argument of a statically defined probe is when it is passed. */
enum mark_place {
	MARK_NOTHING = 0, /* there is none */
	MARK_CONSTANT = 1,
	MARK_REGISTER = 2,
	MARK_MEMORY = 3, /* value is added to what the register holds */
};

struct mark_argument {
	__u64 value;
	__u16 in_registers; /* where in struct pt_regs */
	__u8 place;
	__u8 shift; /* bits of 64 that do not belong to it */
	__u32 is_signed;
};

struct mark_site {
	__u64 cookie;
	struct mark_argument key;
	struct mark_argument text;
};

/* Not on the ring: what the iterator over processes writes. */
struct process_namespace {
	__u32 pid;
	__u32 netns; /* 0 while the process ends */
};

#pragma clang diagnostic pop

_Static_assert(sizeof(struct turn) == 1384, "struct turn");
_Static_assert(sizeof(struct fragment) == 48, "struct fragment");
_Static_assert(sizeof(struct span) == 40, "struct span");
_Static_assert(sizeof(struct mark_site) == 40, "struct mark_site");

#endif
