/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about what a VM takes from its creator besides runs and memory: aborts, GSIs, lines that
 * are watched.
 */
#include "test/unit/child_script.h"

/* Aborts that its creator makes a vCPU take: KVM_SET_VCPU_EVENTS. */
static void events(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(-EINVAL, GET_EVENTS, V(1)),
		DO(-EINVAL, SET_EVENTS, V(1), 1),
		GIVES(0, 0, 0, GET_EVENTS, V(0)), /* not initialised: as KVM, none */
		DO(0, INIT, V(0), 0, 2),
		GIVES(0, 0, 0, GET_EVENTS, V(0)),
		DO(-EINVAL, SET_EVENTS, V(0), 0x101), /* has a syndrome */
		DO(-EINVAL, SET_EVENTS, V(0), 0x80000000),
		GIVES(0, 0, 0, GET_EVENTS, V(0)),
		DO(0, SET_EVENTS, V(0), 1),
		GIVES(0, 1, 0, GET_EVENTS, V(0)),
		DO(0, SET_EVENTS, V(0), 0), /* it stays */
		GIVES(0, 1, 0, GET_EVENTS, V(0)),
		DO(0, INIT, V(0), 0, 2),
		GIVES(0, 0, 0, GET_EVENTS, V(0)),
		DO(0, SET_REG, V(0), PC, 0x80001000, 0),
		DO(0, SET_EVENTS, V(0), 0x10000),
		GIVES(0, 0x10, 0, GET_REG, V(0), PC), /* ARM ARM B1.8.1: data abort */
		GIVES(0, 0x80001008, 0, GET_REG, V(0), 0x00100016, 0x40200000), /* LR_abt */
		DO(0, SET_REG, V(0), PC, 0x80002000, 0),
		DO(0, FAULT, 0),
		DO(0, SET_EVENTS, V(0), 0x10000),
		GIVES(0, 0x10, 0, GET_REG, V(0), PC),
		DO(0, SET_MP, V(0), 5),
		DO(6, RUN, V(0), 0, 0), /* nothing is left to be settled */
		GIVES(0, 0x10, 0, GET_REG, V(0), PC),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* GSIs: as a partition's (test_rig_mix). An entry has 48 bytes: GSI, type, flags, pad, union. */
static void gsis(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-ENXIO, GSI, H, 0, 1), /* no GIC: no routes */
		DO(0, ROUTES, H, AT, 0),
		DO(0, DEVICE, H, 5),
		DO(-EINVAL, GSI, H, 8, 1), /* no vCPU, so no GIC yet */
		DO(-EINVAL, ROUTES, H, AT, 0),
		DO(0, VCPU, H, 0),
		DO(0, SET_ATTR, H, 3, 0, 64),
		DO(0, GSI, H, 8, 1), /* SPI 40 */
		GIVES(0, 3, 0x01000028, STATE, H, 0x01000028),
		DO(0, GSI, H, 8, 0),
		DO(-ENXIO, GSI, H, 32, 1),
		DO(-EINVAL, ROUTES, H, AT, 257),
		DO(-EFAULT, ROUTES, H, 0x100, 1),
		DO(0, POKE, AT, 5, 0x80000001),
		DO(0, POKE, AT + 8, 0, 0),
		DO(0, POKE, AT + 16, 0x02000014, 0), /* PPI 20 */
		DO(0, ROUTES, H, AT, 1),
		DO(-ENXIO, GSI, H, 8, 1),
		DO(0, GSI, H, 5, 1),
		GIVES(0, 3, 0x02000014, STATE, H, 0x02000014),
		DO(0, POKE, AT + 16, 0x02010014, 0), /* of a vCPU that is not there */
		DO(-EINVAL, ROUTES, H, AT, 1),
		DO(0, GSI, H, 5, 0), /* the former table */
		GIVES(0, 0, 0x02000014, STATE, H, 0x02000014),
		DO(-EBADF, GSI, 0x101, 5, 1),
		DO(-EBADF, ROUTES, 0x101, AT, 1),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* A table is begun before its VM has a GIC, which has no such lines: it never becomes the live one.
 */
static void table_before_gic(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, BEGUN, 0),
		DO(0, ENDS, 0), /* as long as there is no GIC, it does */
		DO(0, GSI, H, 3, 1),
		DO(0, BEGUN, 0),
		DO(0, DEVICE, H, 5),
		DO(0, SET_ATTR, H, 3, 0, 64),
		DO(0, GSI, H, 8, 1), /* SPI 40 */
		DO(0, ENDS, (uint32_t)-EAGAIN),
		GIVES(0, 3, 0x01000028, STATE, H, 0x01000028),
		DO(0, GSI, H, 8, 0),
		GIVES(0, 0, 0x01000028, STATE, H, 0x01000028),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* Lines that are watched (test_vgic_watch has what becomes of them). */
static void watched(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-ENXIO, WATCH, H, 0x01000028, 1),
		GIVES(0, 0, 0, ENDED, H),
		DO(0, DEVICE, H, 5),
		GIVES(0, 0, 0, ENDED, H),
		DO(-EINVAL, WATCH, H, 0x01000028, 1), /* no vCPU */
		DO(0, VCPU, H, 0),
		DO(0, SET_ATTR, H, 3, 0, 64),
		DO(-EINVAL, WATCH, H, 0x01000040, 1), /* 64 interrupts */
		DO(-EINVAL, WATCH, H, 0x0100001f, 1),
		DO(-EINVAL, WATCH, H, 0x02000014, 1), /* a PPI */
		DO(-ENXIO, WATCH, H, 0, 1),
		DO(-EINVAL, WATCH, H, 0x03000028, 1),
		DO(0, WATCH, H, 0x01000028, 1),
		DO(0, WATCH, H, 0x01000028, 0),
		DO(0, WATCH, H, 0x0100003f, 0xffffffff),
		GIVES(0, 0, 0, ENDED, H),
		GIVES(0, 0, 0x100, WAKE, H),
		DO(0, SET_ATTR, H, 1, 0x304, 0x80000100), /* GICD_ISACTIVER1 */
		DO(0, SET_ATTR, H, 1, 0x384,
		   0x80000100), /* 63 ends, and 40, which is not watched */
		GIVES(0, 0x80000000, 0x100, WAKE, 0),
		GIVES(0, 63, 0, ENDED, H),
		GIVES(0, 0, 0, ENDED, H),
		GIVES(0, 0, 0, WAKE, 0),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

static const struct test_case cases[] = {
	{ "events", events },
	{ "gsis", gsis },
	{ "table_before_gic", table_before_gic },
	{ "watched", watched },
};

TEST_MAIN("rig_child_events", cases)
