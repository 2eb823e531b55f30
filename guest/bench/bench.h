/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the benchmark, one program: bench measures; peer waits for lines of bench's, and its
 * handler takes the time; a sleeper waits with a timer armed. Bootargs name the role.
 */
#ifndef GUEST_BENCH_BENCH_H
#define GUEST_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* SPIs of the peer. Those without 'off' are enabled; a handler runs at each. */
#define BENCH_SPI_OFF	40u /* level, disabled: no effect on the peer */
#define BENCH_SPI_EDGE	41u /* the peer adds the time of its handler to its sum */
#define BENCH_SPI_LEVEL 42u
#define BENCH_SPI_SPIN	43u /* edge: from now on it spins instead of waiting, or waits again */
#define BENCH_SPI_TELL	44u /* edge: sum and number go to bench, and start again at 0 */
#define BENCH_SPI_SLEPT 47u /* edge: the same of the times before its WFI that followed */
#define BENCH_SPI_END	45u /* edge */
#define BENCH_SPI_READY 46u /* enabled: it waits */
#define BENCH_SPI_BELL	49u /* the doorbell of shared memory, edges: as BENCH_SPI_EDGE */

/* SPIs of bench, which the peer drives. */
#define BENCH_SPI_WAKE 48u /* edge, enabled */
#define BENCH_SPI_SUM  64u /* level, disabled: 32 bits of the sum, in ticks, */
#define BENCH_SPI_NR   96u /* and of the number of handlers that have run */

/* An operation with its arguments in r0 to r3. */
typedef void (*bench_op_t)(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3);

/* ops.S: one instruction each, and the return. */
void bench_op_none(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3);
void bench_op_hvc(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3);
void bench_op_read(uint32_t address, uint32_t a1, uint32_t a2, uint32_t a3);
void bench_op_write(uint32_t address, uint32_t value, uint32_t a2, uint32_t a3);
void bench_op_actlr(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3);

struct bench_call_times {
	uint64_t begin; /* the counter before the HVC */
	uint64_t after; /* and behind it, */
	uint64_t woken; /* and behind the WFI or YIELD */
};

/* An HVC between two readings of the counter, then at once YIELD (another CPU has its turn under
 * -icount) or WFI. */
void bench_call_yield(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3,
		      struct bench_call_times *times);
void bench_call_wfi(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3,
		    struct bench_call_times *times);

/* The same with a store of a1 to a0. */
void bench_store_yield(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
		       struct bench_call_times *times);

/* `scripts/bench trace` traces from a call with a name to one with NULL. */
void bench_mark(const char *name);

/* vectors.S: interrupts of bench; and of the peer, with nothing before the stamp but the branch to
 * it and a PUSH. The stamp is the counter's value. */
extern const uint32_t bench_vectors[];
extern const uint32_t bench_peer_vectors[];
extern volatile uint64_t bench_entry_stamp;
extern volatile uint32_t bench_entries;
extern volatile uint32_t bench_entry_iar; /* the peer's */
extern volatile uint32_t bench_entry_skip;

#define BENCH_PEER_FIXED 2u /* instructions of the peer's handler before its stamp */

/* bench.c */
extern uint32_t bench_rounds;
void bench_set_vectors(const uint32_t *vectors);
void bench_shift(uint32_t round);
uint64_t bench_ns(uint64_t ticks);
void bench_print(const char *name, uint64_t ns, uint64_t overhead);
void bench_begin(const char *name, uint32_t round);
void bench_end(uint32_t round);

struct bench_op {
	bench_op_t fn;
	uint32_t a0, a1, a2, a3;
};

/* `undo` (NULL: none) runs between the rounds, outside the time. */
void bench_op(const char *name, struct bench_op op, const struct bench_op *undo);
void bench_nap(uint32_t us);
/* The virtual timer, the wait for it with WFI: to the handler. */
void bench_wake(const char *name);

/* lines.c: the peer is on another CPU, or on this one. */
void bench_lines_beside(void);
void bench_lines_link(void);
void bench_lines_shared(void);
/* The peer has a higher priority: it runs at once. */
void bench_lines_above(void);
/* All other partitions end. */
void bench_end_all(void);

/* shared.c: the shared memory of bench and its peer, if the system has it. */
bool bench_open_shared(void);
struct bench_op bench_doorbell(void); /* of the other one */
void bench_messages(void);

/* served.c: a virtio window of bench, and the partition that serves it. */
void bench_served(void);
int bench_backend(void);

/* vms.c: VMs of bench. */
void bench_vms(void);

/* peer.c */
int bench_peer(void);
int bench_sleeper(void);

#endif
