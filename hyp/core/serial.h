/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board's UART, and the multiplexer in front of it: what waits to go out, what was typed and
 * nobody has taken yet, and when to look again. What goes in and comes out: log.h, tty.h.
 */
#ifndef HYP_CORE_SERIAL_H
#define HYP_CORE_SERIAL_H

#include "hyp/core/locks.h"
#include "hyp/dev/console.h"

#define SERIAL_INPUT 4096 /* a power of two: a page that is pasted */
#define SERIAL_TURN  32	  /* bytes each way in one go, with interrupts masked */

/* What was typed for a port and does not fit its UART's FIFO yet. */
struct serial_input {
	uint8_t bytes[SERIAL_INPUT];
	uint32_t head, tail;
	uint64_t quiet; /* counter value: until then nothing arrives at a receiver just enabled */
};

extern struct lock serial_lock; /* all of the following, and every vm->uart */
extern struct console serial_console;
extern bool serial_is_open; /* serial_open was called */
extern struct serial_input serial_input[CONSOLE_MAX_PORTS];
extern bool serial_is_full;  /* the UART took no more, when last asked: something may wait */
extern bool serial_has_more; /* a turn was over before it was full */
extern bool serial_holds;    /* the board's UART keeps what is typed: nobody has room for it */

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
/* log_open's part: what is in the rings goes out; or (raw) they begin anew, without names. Takes
 * the lock. */
void serial_open(bool raw);
/* From now on reception and transmission go by interrupt. */
void serial_use_interrupts(struct serial_locked held);

/* Rings -> UART, as much as it takes now, and a turn allows; serial_send_some: *left bytes. True:
 * something went. */
bool serial_send(struct serial_locked held);
bool serial_send_some(struct serial_locked held, uint32_t *left);
/* Asks for an interrupt, or a tick, if that left something. */
void serial_wait_for_room(struct serial_locked held);

/* May a byte be taken from the board's UART? */
bool serial_may_receive(struct serial_locked held);
/* Somebody else is to read it now: the time for which that is waited for begins. */
void serial_be_patient(struct serial_locked held);

/* This CPU looks again in so many counter ticks (is_short: for the UART alone, which is sooner than
 * another's long one); or as soon as an unfinished line is to be said. */
void serial_arm(struct serial_locked held, uint64_t ticks, bool is_short);
void serial_arm_tick(struct serial_locked held);
/* ... of those who do not hold the lock: takes it. */
void serial_ask_tick(void);
/* It has come. True: some 40 ms have passed since this was so last. */
bool serial_tick(struct serial_locked held);

#endif
