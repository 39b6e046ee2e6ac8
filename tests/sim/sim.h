/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator: cores in one process over a seeded virtual network, with a virtual clock, a mock
 * kernel, mock scripts and work that runs inline. One struct sim is one world; nothing of it
 * outlives it, so a seed and a scenario replay bit by bit.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "core/exchange.h"
#include "ctl/codes.h"
#include "ctl/verbs.h"

enum { WEST, EAST, NORTH, HOSTS };
#define WALL_SEC 1700000000u /* when the simulation starts */
#define ANY_HOST 255

/* ---- rand.c */
struct prng {
	uint64_t state;
};
uint64_t prng_next(struct prng *p);
uint64_t prng_below(struct prng *p, uint64_t bound); /* bound > 0 */
bool prng_chance(struct prng *p, unsigned percent);
/* Puts a seeded generator in place of OpenSSL's own. */
bool rand_install(void);
void rand_seed(uint64_t seed);

/* ---- net.c */
enum fault_kind {
	FAULT_DROP,
	FAULT_DUPLICATE,
	FAULT_CORRUPT,
	FAULT_DELAY,
	FAULT_TRUNCATE,
	FAULT_REWRITE,
};
struct fault {
	uint8_t kind;     /* enum fault_kind */
	uint8_t from;     /* host or ANY_HOST */
	uint32_t first;   /* first datagram it hits, counted from 1 among those that match */
	uint32_t count;   /* how many from there on */
	uint8_t exchange; /* 0: any */
	uint8_t which;    /* enum fault_which */
	uint8_t how;      /* REWRITE: enum rewrite */
	uint8_t payload;
	uint32_t seen, hits;
	uint64_t usec; /* DELAY, DUPLICATE: how much later */
};
enum fault_which { WHICH_ANY, WHICH_REQUESTS, WHICH_RESPONSES };
#define FAULTS 8

struct capture {
	struct bytes data;
	struct endpoint local, remote;
	uint64_t at_usec;
	uint8_t from;
};

/* ---- nat.c */
#define NAT_MAPPINGS 16
struct nat_mapping {
	uint8_t host;
	uint16_t inner, outer;
	uint64_t used_usec;
};
struct nat_box {
	struct address outer;
	bool behind[HOSTS], forwards[HOSTS];
	struct nat_mapping map[NAT_MAPPINGS];
	size_t count;
	uint16_t next_port;
	uint64_t life_usec; /* of a mapping that is not used; 0: no end */
};

struct net {
	struct nat_box box;
	unsigned keepalives; /* sent */
	size_t mtu;          /* longer IP datagrams are lost; 0: none are */
	bool no_udp;         /* only TCP passes */
	bool tells_too_long; /* the sender is told of them */
	uint64_t latency_usec, jitter_usec;
	unsigned loss, duplication, corruption; /* percent */
	bool partitioned;
	struct fault faults[FAULTS];
	size_t fault_count;
	struct capture *captures;
	size_t capture_count, capture_size;
	uint64_t digest; /* of all that was sent and when */
};

/* ---- kernel.c */
struct mock_state {
	struct kernel_state state;
	bool is_larval;
	bool is_orphan; /* a former run's, and nobody has taken it over */
	uint64_t order; /* of its making: the newest outbound state carries the traffic */
	uint64_t packets;
};
#define MOCK_STATES 64
struct mock_acquire { /* what the kernel keeps of a packet that waits: it asks no second time */
	uint32_t reqid;
	bool tunnel;
	struct address dst;
};
#define MOCK_ACQUIRES 16
#define MOCK_KEYS 4096
struct mock_key {
	uint8_t direction;
	uint32_t spi;
	struct address dst;
	uint8_t key[128];
	uint8_t len;
	/* the run that put it ended before the peer heard of it: the peer's SPI comes again, with
	 * another key */
	bool is_void;
};
#define MOCK_IFACES 16
struct mock_kernel {
	struct mock_state states[MOCK_STATES];
	size_t state_count;
	struct kernel_policy policies[MOCK_STATES];
	bool orphans[MOCK_STATES]; /* of the policies, by their place */
	size_t policy_count;
	struct mock_acquire acquires[MOCK_ACQUIRES];
	size_t acquire_count;
	struct kernel_iface ifaces[MOCK_IFACES]; /* and addresses on them */
	bool iface_orphans[MOCK_IFACES];         /* by their place */
	size_t iface_count;
	struct mock_key keys[MOCK_KEYS]; /* all there ever were */
	size_t key_count;
	uint64_t made;       /* states so far */
	uint32_t operations; /* done so far, allocations included */
	uint32_t fail_at;    /* the n-th operation from arming fails; 0: none */
	uint32_t fail_every; /* percent of batches: chaos */
	uint64_t delay_usec; /* of the answer */
	int64_t cpi;         /* what is given as the next CPIs; 0: any; below: there is no IPComp */
	uint32_t spi;        /* what is given as the next SPI, once; 0: any */
	struct kernel_batch *last_install;
	uint64_t traffic_since[2]; /* by direction: a packet a millisecond since then; 0: none */
	uint64_t packets[2];
};

/* ---- host.c */
struct updown_mock {
	char fail_verb[32]; /* the verb that fails; "" none */
	int fail_status;
	uint32_t fail_percent;
	uint64_t delay_usec;
	uint64_t lane_free_usec; /* jobs run one after the other */
	char ran[1024];          /* "prepare route up " */
};

struct mac_record { /* what the door for secrets gave out */
	uint64_t owner;
	uint8_t mac[2][PRF_MAX_LEN];
	bool has[2];
};
#define MACS 2048

struct client {
	uint64_t id;
	uint8_t verb;
	bool ended, gone;
	bool is_stuck, waits_more; /* it reads no more; the core waits until it has read */
	uint32_t code;
	size_t records;
	size_t kinds[400]; /* of each kind */
	char log[6000];    /* texts of LOG records, newline after each */
};
#define CLIENTS 256

struct track { /* one IKE SA as last seen */
	uint64_t spi, spi_i, parent;
	uint64_t session_keys; /* hash of those that it was resumed with */
	uint32_t serial;
	uint8_t phase;
	bool is_gone, was_up, is_resumed;
	uint32_t next_message_id, expected_message_id;
	char reason[200];
};
#define TRACKS 2048

#define HOST_ADDRESSES 4

struct host {
	const char *name;
	struct address address; /* as it was at first */
	struct address addresses[HOST_ADDRESSES];
	size_t address_count;
	struct core *core; /* NULL: exited */
	struct keystore *keystore;
	struct mock_kernel kernel;
	struct updown_mock updown;
	uint64_t work_delay_usec, mac_delay_usec, resolve_delay_usec;
	const char *group_file;  /* what its policy groups' file holds */
	bool no_names;           /* the DNS does not answer */
	struct address renamed;  /* what every name stands for */
	unsigned shared_secrets; /* computed */
	uint32_t memory_at; /* so many allocations of its core are left until one fails; 0: none */
	bool cookie_lies;   /* no cookie of its own is ever good */
	bool is_listening, has_exited, reread_fails;
	/* hot restart (restart.c) */
	struct bytes kept; /* all entries since the last reset */
	bool adopts;       /* states and policies of a former run stand until it listens */
	bool has_left;
	uint32_t kill_at;   /* before the n-th action from arming it is killed; 0: not */
	uint64_t dead_usec; /* how long it stays dead */
	bool is_killed;
	struct client clients[CLIENTS];
	size_t client_count;
	uint8_t less_role; /* of the clients to come, below ROLE_OWN */
	size_t watched;    /* of them, counted from 1: whom STALLS was about; 0: none */
	struct mac_record macs[MACS];
	size_t mac_count;
	struct track tracks[TRACKS];
	size_t track_count;
	struct core_settings settings;
	uint8_t tickets[65536]; /* what was stored of them; it outlives a crash */
	size_t ticket_len;
	char log[20000]; /* the first lines, with a newline each */
	size_t log_len;
};

struct pending { /* an event on its way to a core */
	struct pending *next;
	uint64_t when_usec;
	uint8_t host;
	struct event event;
	struct bytes data; /* datagram or frame */
	struct kernel_event kernel;
	char group[128];
};

/* ---- flow.c: packets in the tunnels, both ways, at a steady pace */
#define EVENT_ESP 200 /* no event of the core: a packet comes to a kernel */
struct flow {
	uint64_t interval_usec; /* 0: no traffic */
	uint64_t next_usec;
	uint64_t sent, arrived;
	uint32_t reqids[HOSTS]
		       [8]; /* whose policies stood when it began: what is new is not judged */
	size_t reqid_count[HOSTS];
};

struct sim {
	struct flow flow;
	uint64_t now_usec;
	uint64_t seed;
	struct prng rng;
	struct net net;
	struct host hosts[HOSTS];
	struct pending *queue;
	size_t events;
	int64_t wall_step_sec; /* the wall clock was set so much forward or back */
	unsigned flooded;
	bool failed, verbose;
	char why[700];
};

struct sim *sim_new(uint64_t seed, const struct core_settings *settings);
void sim_free(struct sim *s);
/* Keeps the first failure. */
void sim_fail(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct pending *sim_post(struct sim *s, uint8_t host, uint8_t kind, uint64_t delay_usec);
/* Handles the next event or timer that is due up to until; false: none is. */
bool sim_next(struct sim *s, uint64_t until_usec);
void sim_run(struct sim *s, uint64_t usec);
/* Every event that is on its way to the host, but packets. */
void sim_forget_events(struct sim *s, uint8_t host);
/* Runs until no exchange is under way anywhere; false: not within the time. */
bool sim_rest(struct sim *s, uint64_t limit_usec);
/* The host's addresses are those of the text from now on, "" none. */
void host_addresses(struct sim *s, uint8_t host, const char *text);
/* The daemon dies without a word; a new one, deaf and without connections, takes its place. */
void host_crash(struct sim *s, uint8_t host);

/* restart.c: hot restart */
/* The file of what is to outlive the host. */
void restart_keep(struct sim *s, uint8_t host, struct slice entries);
/* It dies here, with the rest of its actions; what is on its way to it is lost. */
void restart_kill(struct sim *s, uint8_t host);
/* A new one, deaf, takes over; the scenario adds connections and listens. */
void restart_start(struct sim *s, uint8_t host);
/* It listens: what a former run left and nobody took over goes. */
void restart_settle(struct sim *s, uint8_t host);
/* It has adopted what there was. */
void restart_adopted(struct sim *s, uint8_t host);
/* What was kept is what is. */
void check_kept(struct sim *s, uint8_t host);
/* certs.c: "ca", "other", "crl"; or a certificate of that name with its key, what: its flaw. */
bool host_add_credential(struct host *h, const char *what, const char *name);
bool host_add_psk(struct host *h, const char *ids, const char *value);
/* name: of a PPK; NULL: a PSK. */
bool host_add_secret(struct host *h, const char *ids, const char *name, const char *value);

/* flow.c: every lost packet fails the world. 0 ends it. */
void flow_start(struct sim *s, uint64_t interval_usec);
void flow_send(struct sim *s);
/* Counts the packet; a limit that it reaches is told to the core. */
void mock_count(struct sim *s, uint8_t host, struct mock_state *st);
void flow_arrive(struct sim *s, uint8_t host, const struct event *e);

/* net.c */
void net_send(struct sim *s, uint8_t from, const struct action *a);
void net_inject(struct sim *s, const struct endpoint *from, const struct endpoint *to,
		struct slice data, uint64_t delay_usec);
struct fault *net_fault(struct sim *s, struct fault f);
void net_free(struct net *n);

/* nat.c */
void nat_put_behind(struct sim *s, uint8_t host, bool forwards);
/* Forgets all mappings; moves: gets another address too. */
void nat_remap(struct sim *s, bool moves);
/* Where what the host sends from there is seen to come from. */
struct endpoint nat_out(struct sim *s, uint8_t host, const struct endpoint *inner);
/* Whose it is, when it is sent to the box; false: it is not, or nobody's. */
bool nat_in(struct sim *s, const struct endpoint *to, uint8_t *host, struct endpoint *inner);
/* Is it the same to who looks from outside? */
bool nat_same(const struct sim *s, const struct address *a, const struct address *b);

/* kernel.c */
void mock_run(struct sim *s, uint8_t host, uint64_t owner, struct kernel_batch *b);
void mock_traffic(struct sim *s, uint8_t host, uint8_t direction, bool flows);
struct mock_state *mock_state_find(struct mock_kernel *k, const struct address *dst, uint32_t spi);
/* The same of IPComp, by its CPI. */
struct mock_state *mock_comp_find(struct mock_kernel *k, const struct address *dst, uint32_t cpi);
/* Takes back what a batch did. */
void mock_undo(struct mock_kernel *k, const struct kernel_batch *b);
/* A packet "src dst" leaves the host: "clear", "pass", "drop", "protect", or "wait", of which the
 * kernel tells by an acquire. */
const char *mock_packet(struct sim *s, uint8_t host, const char *ends);
/* Every route that was put stands; called after each operation. */
void check_routes(struct sim *s, uint8_t host);
bool mock_has_policy(const struct mock_kernel *k, const struct selector *src,
		     const struct selector *dst, uint8_t direction, uint8_t *action);
/* The kernel tells its host of something. */
void mock_tell(struct sim *s, uint8_t host, const struct kernel_event *k);
/* Somebody else removes every state, or one of them (its number), and the kernel tells of it. */
void mock_flush_states(struct sim *s, uint8_t host, size_t only);
/* The i-th state's limit is reached. */
void mock_expire(struct sim *s, uint8_t host, size_t i, bool is_hard);
/* Policies and states as text, for comparing. */
void mock_dump(const struct mock_kernel *k, char *out, size_t size);

/* client.c: requests as whack would send them. options: "--keyword=value" words separated by
 * spaces, "--to" turns to the right end. Returns the client's index. */
size_t client_request(struct sim *s, uint8_t host, enum verb verb, const char *name,
		      const char *options);
/* The latest client, whose request has ended, asks for more. */
void client_again(struct sim *s, uint8_t host, enum verb verb, const char *name,
		  const char *options);
void client_gone(struct sim *s, uint8_t host, size_t client);
/* It has taken what it was sent, a moment later; never, once it reads no more. */
void client_more(struct sim *s, uint8_t host, uint64_t client);
/* The client stops reading, or goes on. */
void client_read(struct sim *s, uint8_t host, size_t client, bool reads);
void client_report(struct sim *s, uint8_t host, const struct action *a);
/* Runs until its end frame; false: not within the time. */
bool client_wait(struct sim *s, uint8_t host, size_t client, uint64_t limit_usec);

/* memory.c: from now on it is counted down with each allocation, of which the last one fails; NULL: none
 * does. */
void memory_ration(uint32_t *at);
/* Before anything else; false: too late. */
bool memory_install(void);

/* check.c */
void check_event(struct sim *s, uint8_t host);
void check_install(struct sim *s, uint8_t host, uint64_t owner, const struct kernel_state *state);
void check_datagram(struct sim *s, size_t capture);
void check_log(struct sim *s, uint8_t host, const char *text);
/* At rest: both ends hold the same; nothing stands in a kernel that no child owns. */
void check_rest(struct sim *s);
/* Nothing at all is left on the host. */
void check_clean(struct sim *s, uint8_t host);
size_t host_children(const struct host *h);
size_t host_ikes(const struct host *h);

#endif
