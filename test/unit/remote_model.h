/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of the protocol by which one CPU writes a list register of a vCPU that runs on another
 * (docs/architecture.md). It shares no code with vgic/: it is the protocol, not its program.
 *
 * One vCPU, with an edge, a level and another edge (interrupts 0, 1, 2, in this order of priority)
 * and two list registers, goes from CPU to CPU; two more CPUs drive its lines. A step is what one
 * of them does between two points at which another may notice it: a lock taken or dropped, a remote
 * access to GICH, the guest's acknowledge and EOI, a kick.
 */
#ifndef TEST_UNIT_REMOTE_MODEL_H
#define TEST_UNIT_REMOTE_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define IRQS	3u
#define LRS	2u
#define REMOTES 2u
#define LEVEL	1u /* the interrupt that is level-sensitive */
#define NO_LR	LRS
#define BIT(n)	((uint8_t)(1u << (n)))

/* One rule of the protocol is left out. */
enum flaw {
	NO_FLAW,
	UNLOCKED,     /* a remote CPU accesses without the lock */
	NOT_EMPTY,    /* it writes a list register that is not empty */
	NO_KICK,      /* where it cannot act it does not kick either */
	NO_RECHECK,   /* WFI: the lock is dropped between the look for interrupts and the wait */
	NO_GUARD,     /* it does its own work, and clears what others have left */
	WHILE_FOLDED, /* it acts while the list registers are folded */
	BY_LOADED_ON, /* it asks for the vCPU's CPU before it has the lock */
	NO_DSB,	      /* it drops the lock before its write has arrived */
	OWNER_NO_DSB, /* so does the vCPU's own CPU */
	FLAWS
};

enum work { NONE, ADD, LOOK, SYNC };
enum sched_state { RUNNING, READY, BLOCKED };

/* GICH_LRn as far as it matters; `state`: bit 0 pending, bit 1 active. */
struct list_register {
	uint8_t irq, state;
	bool eoi; /* its end is a maintenance interrupt */
};

#define PENDING 1u
#define ACTIVE	2u

enum owner_at {
	GUEST,
	FINISH, /* of an exit: is there work? */
	SYNC_TAKE,
	SYNC_READ, /* which list registers are empty */
	SYNC_DO,
	SYNC_DROP,
	LOWER_TAKE, /* the guest's own call: its level falls */
	LOWER_DROP,
	WAIT_TAKE, /* WFI trapped */
	WAIT_FOLD,
	WAIT_DROP, /* these: NO_RECHECK */
	WAIT_LOOK, /* is something pending? */
	WAIT_BLOCK,
	PICK,
	UNLOAD_TAKE,
	UNLOAD,
	UNLOAD_DROP,
	AWAY, /* in no CPU */
	LOAD_TAKE,
	LOAD,
	LOAD_DROP,
};

enum remote_at {
	REST,
	TAKE,
	CHANGE, /* the interrupt's state; then what to do about it */
	READ,	/* ELRSR */
	REFILL,
	WRITE,
	DSB,
	DROP,
	KICK,
};

struct remote {
	uint8_t at, irq, left;
	bool level, kicks;
	uint8_t cpu;	/* whose list registers it accesses */
	uint8_t empty;	/* as it has read */
	uint8_t writes; /* still to be done */
	uint8_t late;	/* written, and not there yet */
	struct list_register value[LRS];
};

struct world {
	/* The VGIC: memory, under the lock */
	uint8_t holder; /* 0: free; 1 + n: remote n; OWNER */
	uint8_t latch, loan, line, active, in_lr;
	uint8_t used, recall, work;
	uint8_t lr_irq[LRS];
	struct list_register mirror[LRS];
	bool loaded, folded, npie;
	/* GICH of the CPU that the vCPU is in */
	struct list_register lr[LRS];
	bool armed; /* HCR.NPIE */
	/* The scheduler */
	uint8_t state, sgi; /* bit n: the kick of CPU n is pending */
	/* The vCPU's CPU */
	uint8_t at, cpu, seen, empty;
	bool maintain;
	uint8_t late; /* its writes that have not arrived: what GICH shows others */
	struct list_register before[LRS];
	struct remote remote[REMOTES];
	/* The account */
	uint8_t credit[IRQS]; /* edges that were driven and not taken */
	uint8_t handles;      /* 1 + the interrupt that the guest has acknowledged */
	bool was_high;	      /* the level, since the vCPU's CPU has last looked */
};

#define OWNER 100u

static const char *broken;
static enum flaw flaw;
static uint8_t reach; /* list registers that remote CPUs reach */
static bool quiet_if_folded;

static inline void demand(bool ok, const char *what)
{
	if (!ok && !broken) {
		broken = what;
	}
}

/* ---- GICH ---- */

/* ELRSR; `by_owner`: it sees its own writes at once. */
static inline uint8_t elrsr(const struct world *w, bool by_owner)
{
	uint8_t bits = 0;

	for (uint32_t n = 0; n < LRS; n++) {
		const struct list_register *lr =
			!by_owner && (w->late & BIT(n)) ? &w->before[n] : &w->lr[n];

		bits |= !lr->state && !lr->eoi ? BIT(n) : 0;
	}
	return bits;
}

static inline bool any(const struct world *w, uint8_t state)
{
	bool found = false;

	for (uint32_t n = 0; n < LRS; n++) {
		found = found || (w->lr[n].state & state);
	}
	return found;
}

static inline bool maintenance(const struct world *w)
{
	bool ended = false;

	for (uint32_t n = 0; n < LRS; n++) {
		ended = ended || (!w->lr[n].state && w->lr[n].eoi);
	}
	return ended || (w->armed && !any(w, PENDING));
}

static inline void arrives(struct world *w, uint32_t cpu, uint32_t n, struct list_register value)
{
	demand(w->loaded && w->cpu == cpu,
	       "a list register is written in a CPU that the vCPU is not in");
	if (!(w->late & BIT(n))) { /* else the owner's write comes after it */
		w->lr[n] = value;
	}
}

static inline void owner_writes(struct world *w, uint32_t n, struct list_register value)
{
	if (flaw == OWNER_NO_DSB && !(w->late & BIT(n))) {
		w->late |= BIT(n);
		w->before[n] = w->lr[n];
	}
	w->lr[n] = value;
}

/* ---- the VGIC ---- */

static inline uint8_t pending(const struct world *w)
{
	return w->latch | (w->line & BIT(LEVEL));
}

static inline uint8_t ready(const struct world *w)
{
	return (pending(w) | w->active) & (uint8_t)~w->in_lr;
}

static inline uint32_t count(uint8_t bits)
{
	return (uint32_t)__builtin_popcount(bits);
}

static inline uint32_t nr_free(const struct world *w)
{
	return w->folded ? LRS + IRQS : LRS - count(w->used);
}

static inline void ask(struct world *w, enum work work)
{
	w->work = work > w->work ? (uint8_t)work : w->work;
}

static inline uint32_t lr_of(const struct world *w, uint32_t irq)
{
	for (uint32_t n = 0; n < LRS; n++) {
		if ((w->used & BIT(n)) && w->lr_irq[n] == irq && (w->in_lr & BIT(irq))) {
			return n;
		}
	}
	return NO_LR;
}

/* What a list register is to show of this interrupt. */
static inline struct list_register shown(const struct world *w, uint32_t irq)
{
	struct list_register lr = { .irq = (uint8_t)irq };

	lr.state = (uint8_t)((pending(w) & BIT(irq) ? PENDING : 0) |
			     (w->active & BIT(irq) ? ACTIVE : 0));
	lr.eoi = irq == LEVEL && (w->line & BIT(LEVEL));
	return lr;
}

/* Into list register n of the mirror. */
static inline void put(struct world *w, uint32_t irq, uint32_t n)
{
	w->mirror[n] = shown(w, irq);
	if (w->latch & BIT(irq)) {
		w->latch &= (uint8_t)~BIT(irq);
		w->loan |= BIT(irq);
	}
	w->in_lr |= BIT(irq);
	w->used |= BIT(n);
	w->lr_irq[n] = (uint8_t)irq;
}

/* The list register was found empty: its interrupt has ended. */
static inline void take_empty(struct world *w, uint32_t n)
{
	uint8_t bit = BIT(w->lr_irq[n]);

	w->loan &= (uint8_t)~bit;
	w->active &= (uint8_t)~bit;
	w->in_lr &= (uint8_t)~bit;
	w->used &= (uint8_t)~BIT(n);
	w->recall &= (uint8_t)~BIT(n);
}

static inline void fold(struct world *w)
{
	if (w->folded) {
		return;
	}
	for (uint32_t n = 0; n < LRS; n++) {
		uint8_t bit = BIT(w->lr_irq[n]);
		uint8_t state = w->lr[n].state;

		if (!(w->used & BIT(n))) {
			continue;
		}
		w->latch |= state & PENDING ? w->loan & bit : 0;
		w->active = state & ACTIVE ? w->active | bit : w->active & (uint8_t)~bit;
		w->loan &= (uint8_t)~bit;
	}
	w->in_lr = w->used = w->recall = 0;
	w->folded = true;
	w->work = ADD;
}

/* Lists of the mirror that the flush has filled: the active interrupt and the first pending one
 * always have a list register. */
static inline uint8_t flush(struct world *w)
{
	uint8_t left = ready(w), written = 0, order[IRQS], many = 0;

	for (uint32_t irq = 0; irq < IRQS; irq++) {
		if (left & w->active & BIT(irq)) {
			order[many++] = (uint8_t)irq;
		}
	}
	for (uint32_t irq = 0; irq < IRQS; irq++) {
		if (left & ~w->active & BIT(irq)) {
			order[many++] = (uint8_t)irq;
		}
	}
	for (uint32_t at = 0; at < many; at++) {
		for (uint32_t n = 0; n < LRS; n++) {
			if (!(w->used & BIT(n))) {
				put(w, order[at], n);
				written |= BIT(n);
				break;
			}
		}
	}
	w->folded = false;
	w->npie = ready(w) != 0;
	w->work = NONE;
	return written;
}

/* Those that are ready into the list registers that memory knows to be free. */
static inline void add(struct world *w)
{
	uint8_t work = w->work;
	uint8_t written = flush(w);

	w->npie = w->armed;
	w->work = work == ADD ? NONE : work;
	for (uint32_t n = 0; n < LRS; n++) {
		if (written & BIT(n)) {
			owner_writes(w, n, w->mirror[n]);
		}
	}
}

/* All list registers as memory has it now. */
static inline void rebuild(struct world *w)
{
	static const struct list_register none;
	uint8_t written = flush(w);

	for (uint32_t n = 0; n < LRS; n++) {
		owner_writes(w, n, written & BIT(n) ? w->mirror[n] : none);
	}
	w->armed = w->npie;
}

/* The short way of the vCPU's own CPU. */
static inline void look(struct world *w)
{
	static const struct list_register none;

	if (w->folded || w->work == SYNC || w->npie || (w->recall & (uint8_t)~w->empty)) {
		fold(w);
		rebuild(w);
		return;
	}
	for (uint32_t n = 0; n < LRS; n++) {
		if (w->used & w->empty & BIT(n)) {
			take_empty(w, n);
			if (w->lr[n].eoi) { /* or the maintenance interrupt stays */
				owner_writes(w, n, none);
			}
		}
	}
	if (count(ready(w)) > nr_free(w)) {
		fold(w);
		rebuild(w);
		return;
	}
	w->recall = 0;
	w->work = ADD;
	add(w);
}

/* KVM_IRQ_LINE's effect on the interrupt. Returns whether the vCPU is to be told. */
static inline bool change_line(struct world *w, uint32_t irq, bool level)
{
	uint8_t bit = BIT(irq);

	if (irq == LEVEL) {
		if (((w->line & bit) != 0) == level) {
			return false;
		}
		w->line ^= bit;
	} else {
		if (w->latch & bit) {
			return false;
		}
		w->latch |= bit;
	}
	if (w->in_lr & bit) {
		w->recall |= BIT(lr_of(w, irq));
		ask(w, LOOK);
		return true;
	}
	if (!(pending(w) & bit)) {
		return false;
	}
	ask(w, count(ready(w)) > nr_free(w) ? LOOK : ADD);
	return w->loaded || !(w->active & bit);
}

#endif
