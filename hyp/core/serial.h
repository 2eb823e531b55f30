/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board's UART, and the multiplexer in front of it: output that waits, typed input that no
 * partition has taken yet, and the time of the next check. Sources and sinks: log.h, tty.h.
 */
#ifndef HYP_CORE_SERIAL_H
#define HYP_CORE_SERIAL_H

#include "hyp/core/locks.h"
#include "hyp/dev/console.h"

#define SERIAL_INPUT  4096 /* a power of two: room for a pasted page */
#define SERIAL_TURN   16   /* bytes in each direction per turn, with interrupts masked */
#define SERIAL_CHOICE 8	   /* ports at which a choice looks: as long as a byte */

/* Typed input for a port that does not fit its UART's FIFO yet. */
struct serial_input {
	uint8_t bytes[SERIAL_INPUT];
	uint32_t head, tail;
	uint64_t quiet; /* counter value: a receiver just enabled receives nothing before */
};

extern struct lock serial_lock; /* all of the following, and every vm->uart */
extern struct console serial_console;
extern bool serial_is_open;				     /* serial_open was called */
extern struct serial_input *serial_input[CONSOLE_MAX_PORTS]; /* of a partition's port */
extern bool serial_is_full;  /* the UART's FIFO was full at the last try: output may wait */
extern bool serial_has_more; /* a turn ended before the UART's FIFO was full */
extern bool serial_holds;    /* typed input stays in the board's UART: the port has no room */

/* serial_lock is held. */
struct serial_locked {
	struct console *console;
};

static inline struct serial_locked serial_take(void)
{
	lock_take(&serial_lock, LOCK_RANK_SERIAL);
	return (struct serial_locked) { &serial_console };
}

static inline void serial_drop(struct serial_locked held)
{
	(void)held;
	lock_drop(&serial_lock);
}

void serial_init(void);
/* Part of log_open: the contents of the rings go out; or (raw) the rings are cleared, and have no
 * names. Takes the lock. */
void serial_open(bool raw);
/* From now on reception and transmission use interrupts. */
void serial_use_interrupts(struct serial_locked held);

/* Moves bytes from the rings to the UART, as many as it takes now and a turn allows;
 * serial_send_some: at most *left bytes. True: at least one byte went. */
bool serial_send(struct serial_locked held);
bool serial_send_some(struct serial_locked held, uint32_t *left);
/* Requests an interrupt, or a tick, if serial_send left bytes. */
void serial_wait_for_room(struct serial_locked held);

/* May a byte be read from the board's UART? */
bool serial_may_receive(struct serial_locked held);
/* Another port is to read the input now: starts its time limit. */
void serial_be_patient(struct serial_locked held);

/* serial_arm: this CPU checks again after this many counter ticks (is_short: only for the UART, and
 * earlier than the long period). serial_arm_tick: after the long period, when an unfinished line
 * may go out. */
void serial_arm(struct serial_locked held, uint64_t ticks, bool is_short);
void serial_arm_tick(struct serial_locked held);
/* What has been put into the rings goes out in a turn of its own, after interrupts were taken. */
void serial_ask_turn(struct serial_locked held);
/* For callers without the lock, which these take: checks again after the short, or the long,
 * period. */
void serial_ask_soon(void);
void serial_ask_tick(void);
/* The tick is due. True: some 40 ms have passed since this was last true. */
bool serial_tick(struct serial_locked held);

#endif
