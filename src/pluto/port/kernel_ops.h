/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core asks of the kernel's IPsec, as data. A batch is an ordered list of operations; the
 * backend performs them in order and, when one fails, undoes those done before it in reverse and
 * reports the failed one. Backends: kernel/xfrm*.c, kernel/none.c, the simulator's mock.
 */
#ifndef PORT_KERNEL_OPS_H
#define PORT_KERNEL_OPS_H

#include "base/selector.h"
#include "crypto/algs.h"

enum kernel_op_kind {
	KOP_ALLOC_SPI, /* reserve an inbound SPI (of IPComp: a CPI); result in spi */
	KOP_ADD_STATE, /* inbound (over its larval) or outbound */
	KOP_DELETE_STATE,
	KOP_ADD_POLICY, /* one direction; an inbound tunnel policy stands for in and fwd */
	KOP_DELETE_POLICY,
	KOP_GET_COUNTERS,   /* results in bytes, packets */
	KOP_ADD_IFACE,      /* sees to it that the XFRM interface is there, and up */
	KOP_DELETE_IFACE,   /* if it was made by KOP_ADD_IFACE */
	KOP_ADD_ADDRESS,    /* sees to it that the interface has it */
	KOP_DELETE_ADDRESS, /* if it was put by KOP_ADD_ADDRESS */
	KOP_MOVE_STATE, /* to another path, with its keys, numbers and window: state names it, to says
			   * where; the policies of its first pair move along */
	KOP_ADOPT_STATE, /* one that a former run left is ours from now on; spi becomes 0 when it is
			   * not there, which is no failure; else results as of GET_COUNTERS */
	KOP_END_ACQUIRE, /* what the kernel keeps of a packet that waits for such an outbound state goes:
			  * it asks no second time while that stands */
};

enum kernel_direction { KDIR_IN = 0, KDIR_OUT = 1 };

/* ESP is 0, so that what says nothing is ESP. */
enum kernel_protocol { KPROTO_ESP = 0, KPROTO_AH, KPROTO_COMP };

/* IP-TFS (RFC 9347): of tunnel mode's place. Times in microseconds. */
struct kernel_iptfs {
	bool is_on;
	bool no_fragments; /* outbound, as the rest of this line */
	uint32_t packet_size, max_queue, init_delay_usec;
	uint32_t drop_time_usec; /* inbound */
	uint16_t reorder_window;
};

/*
 * One ESP, AH or IPComp state or its name. Host order SPI. IPComp (RFC 3173) stands within ESP or AH:
 * then its state is the one in tunnel mode, and the outer one carries what it made.
 */
struct kernel_state {
	uint8_t direction; /* enum kernel_direction */
	uint8_t protocol;  /* enum kernel_protocol */
	bool decap_dscp, no_encap_dscp, nopmtudisc;
	uint32_t tfc_pad; /* outbound: octets to pad to; 0: none */
	bool tunnel;
	bool carries_tunnel; /* transport mode around an IPComp state in tunnel mode */
	struct kernel_iptfs iptfs;
	struct address src, dst;
	uint16_t src_port, dst_port; /* ESP in UDP (RFC 3948) between these; 0: plain ESP */
	bool tcp;                    /* ESP in TCP (RFC 9329) instead */
	uint32_t spi;                /* of IPComp: the CPI */
	uint32_t if_id;              /* of the XFRM interface it is for; 0: none */
	uint8_t offload;             /* enum nic_offload */
	uint32_t outer_spi;          /* COMP: of the ESP or AH state around it */
	uint8_t outer;               /* COMP: that state's protocol */
	uint32_t reqid;
	const struct alg *encr; /* NULL: AH */
	uint16_t key_bits;
	const struct alg *integ;   /* NULL for AEAD */
	uint16_t integ_trunc_bits; /* 0: the table's length */
	bool esn;
	uint32_t replay_window;          /* packets; inbound */
	uint64_t soft_bytes, hard_bytes; /* limits; 0: none */
	uint64_t soft_packets, hard_packets;
	struct selector src_selector, dst_selector; /* transport mode: the state's selector */
	uint8_t encr_key[64], integ_key[64];        /* wiped by the owner of the batch */
	uint8_t encr_key_len, integ_key_len;
};

enum kernel_policy_action { KPOLICY_PROTECT = 0, KPOLICY_PASS, KPOLICY_DROP };

/* Outer addresses and ports of a state. */
struct kernel_path {
	struct address src, dst;
	uint16_t src_port, dst_port; /* ESP in UDP; 0: plain ESP */
};

struct kernel_policy {
	uint8_t direction;
	uint8_t protocol; /* enum kernel_protocol */
	uint8_t action;   /* enum kernel_policy_action */
	bool stays;       /* it is left in the kernel when pluto ends */
	bool tunnel;
	bool compress; /* IPComp within */
	bool iptfs;
	struct selector src, dst; /* as packets carry them in this direction */
	struct address tunnel_src, tunnel_dst;
	uint32_t reqid;
	uint32_t priority;        /* 0: computed by width (kernel/priority) */
	uint32_t if_id;           /* only traffic through this XFRM interface; 0: any */
	uint32_t mark, mark_mask; /* only packets with this mark; mask 0: any */
	uint8_t offload;          /* enum nic_offload: of the whole packet alone */
};

/* An XFRM interface, and an address on it. */
#define KERNEL_IFACE_LEN 16
struct kernel_iface {
	char name[KERNEL_IFACE_LEN];
	uint32_t if_id;
	struct subnet address; /* with the host's bits; of the ADDRESS operations */
	bool is_new;           /* a result of those that add: it was not there before */
};

struct kernel_op {
	uint8_t kind;     /* enum kernel_op_kind */
	bool is_optional; /* ALLOC_SPI: when it fails the batch goes on, and spi is 0 */
	union {
		struct kernel_state state;
		struct kernel_policy policy;
		struct kernel_iface iface;
	};
	struct kernel_path to; /* MOVE_STATE */
	/* results */
	uint32_t spi;
	uint64_t bytes, packets;
};

struct kernel_batch {
	struct kernel_op *ops; /* owned */
	uint16_t count, room;
	bool is_short; /* memory was short or the list too long: it must not be run */
	/* results */
	int failed_errno;       /* 0: all done */
	uint16_t failed_at;     /* index of the failed operation */
	char failed_text[160];  /* of an optional operation too */
	struct kernel_op spare; /* what a batch that is short is filled into */
};

#define KERNEL_BATCH_MAX 8192

/* A zeroed operation at the end; never NULL: a batch that cannot grow becomes short and gives its
 * spare one. The pointer holds until the next call. */
struct kernel_op *kernel_batch_add(struct kernel_batch *b, enum kernel_op_kind kind);
/* Wipes the keys, frees and empties; the struct itself is the caller's. */
void kernel_batch_free(struct kernel_batch *b);

#endif
