/* SPDX-License-Identifier: BSD-2-Clause */
/* What guest/test/agent.c does when the control partition says so (mailbox.h). */
#ifndef GUEST_TEST_AGENT_H
#define GUEST_TEST_AGENT_H

enum agent_op {
	AGENT_PING = 1, /* -> a + b */
	AGENT_READ32,	/* a address -> value; AGENT_FAULT tells if it faulted */
	AGENT_READ8,
	AGENT_WRITE32, /* a address, b value */
	AGENT_WRITE8,
	AGENT_FAULT, /* -> exception_kind of the last access */
	AGENT_INIT,  /* the GIC, handlers, this CPU's interface (bootargs 'late': not before) */
	AGENT_START_CPU1, /* -> what CPU_ON returned */
	AGENT_MASK,	  /* a: CPSR I and F bits from now on */
	AGENT_ISR,	  /* -> CP15 ISR: what is pending for this CPU */
	AGENT_COUNT,	  /* a intid (raw: 0 IRQ, 1 FIQ) -> deliveries on this CPU since CLEAR */
	AGENT_CLEAR,
	AGENT_POLICY, /* a intid, b enum agent_policy | limit << 8 */
	AGENT_SLEEP,  /* replies, then WFI until an interrupt came, or for a us */
	AGENT_SPIN,   /* the same, busy, without one exit */
	AGENT_WOKEN,  /* -> how many times SLEEP or SPIN ended by an interrupt */
	AGENT_ENABLE, /* a intid, on this CPU */
	AGENT_RESET,  /* replies, then SYSTEM_RESET */
	AGENT_EXIT,   /* replies, then SYSTEM_EXIT(a) */
	AGENT_WORK,   /* replies, then counts in a loop for a us */
	AGENT_WORKED, /* -> how far AGENT_WORK counted */
	AGENT_GAP,    /* -> the longest time in us between two of its counts */
	AGENT_IDLE,   /* a: sleep between polls from now on, instead of spinning */
	AGENT_BOOTS,  /* -> a magic word if memory still holds it, and puts it there */
};

/* The operation is done by CPU 1 instead of CPU 0. */
#define AGENT_CPU1 0x80u

enum agent_policy {
	AGENT_LET = 0,	 /* count only */
	AGENT_LOWER = 1, /* as a device's driver does: lower the line in the handler */
};

#define AGENT_MARK 0x5ca1ab1eu

#endif
