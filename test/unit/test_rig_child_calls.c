/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about VMs that a partition makes at run time, one after the other: what each returns for
 * arguments of all kinds, and what is left of the pool. A script is a list of calls and results.
 */
#include "test/unit/child_script.h"

static const char system_of_blocks[] =
	HEAD "a { compatible = \"plumbline,partition\"; memory-size = <0x400000>; no-dtb; kernel = "
	     "[fe ff ff ea]; vms = <1>; vm-pool = <0x80000>; }; };\n";

/* ---- handles ---- */

static void handles(void)
{
	static const struct line lines[] = {
		DO(-EINVAL, CREATE, 2),
		DO(-EINVAL, CREATE, 0xffffffff),
		DO(0, WHOLE, 0),
		DO(0x100, CREATE, 0),
		DO(0x101, CREATE, 0),
		DO(0, KEEP, 0),
		DO(-ENOMEM, CREATE, 0),
		DO(0, SAME, 0),
		DO(-EBADF, DESTROY, 0),
		DO(-EBADF, DESTROY, 0xff),
		DO(-EBADF, DESTROY, 0x102),
		DO(-EBADF, DESTROY, 0x10100),
		DO(-EBADF, DESTROY, 0xffffffff),
		DO(-EAGAIN, DESTROY, 0x101),
		DO(-EBADF, VCPU, 0x101, 0), /* it ends */
		DO(-EAGAIN, DESTROY, 0x101),
		DO(-EBADF, WAKE, 0x101),
		DO(0, DESTROY, 0x101),
		DO(-EBADF, DESTROY, 0x101),
		DO(-EBADF, VCPU, 0x101, 0),
		DO(-EBADF, VCPU, 0, 0),
		DO(-EBADF, VCPU, 1, 0),
		DO(-EBADF, VCPU, 0xffffffff, 0),
		DO(-EBADF, MAP, 0x101, 0x80000, AT, 0, 0),
		DO(-EBADF, UNMAP, 0x101, 0x80000, 1),
		DO(-EBADF, DIRTY, 0x101, 0x80000, 1, AT),
		DO(-EBADF, DEVICE, 0x101, 5),
		DO(-EBADF, SET_ATTR, 0x101, 0, 0, 0x08000000),
		DO(-EBADF, GET_ATTR, 0x101, 0, 0),
		DO(-EBADF, INIT, 0x101, 0, 2),
		DO(-EBADF, GET_REG, 0x101, PC),
		DO(-EBADF, SET_REG, 0x101, PC),
		DO(-EBADF, GET_MP, 0x101),
		DO(-EBADF, SET_MP, 0x101),
		DO(-EBADF, RUN, 0x101),
		DO(-EBADF, GET_EVENTS, 0x101),
		DO(-EBADF, SET_EVENTS, 0x101, 1),
		DO(-EBADF, WATCH, 0x101, 0x01000028, 1),
		DO(-EBADF, ENDED, 0x101),
		DO(-EBADF, WAKE, 0x101),
		DO(-EBADF, WAKE, 0x102),
		DO(-EBADF, LINE, 0x101, 0x01000028, 1),
		DO(-EBADF, STATE, 0x101, 0x01000028),
		DO(-EBADF, MANY, 0x101, AT, 1),
		GIVES(0, 0, 0, WAKE, 0),
		DO(0x101, CREATE, 0),
		DO(-EAGAIN, DESTROY, 0x101),
		DO(-EAGAIN, DESTROY, 0x101),
		DO(0, DESTROY, 0x101),
		DO(-EAGAIN, DESTROY, 0x100),
		DO(-EAGAIN, DESTROY, 0x100),
		DO(0, DESTROY, 0x100),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* A partition that may make none; also with the handle of another one's. */
static void without_vms(void)
{
	static const struct line lines[] = {
		DO(-EPERM, CREATE, 0),
		DO(-EPERM, DESTROY, H),
		DO(-EPERM, VCPU, H, 0),
		DO(-EPERM, MAP, H, 0x80000, AT, 0, 0),
		DO(-EPERM, UNMAP, H, 0x80000, 1),
		DO(-EPERM, DIRTY, H, 0x80000, 1, AT),
		DO(-EPERM, DEVICE, H, 5),
		DO(-EPERM, SET_ATTR, H, 0, 0, 0x08000000),
		DO(-EPERM, GET_ATTR, H, 0, 0),
		DO(-EPERM, INIT, H, 0, 2),
		DO(-EBADF, GET_REG, H, PC),
		DO(-EBADF, SET_REG, H, PC),
		DO(-EPERM, GET_MP, H),
		DO(-EPERM, SET_MP, H),
		DO(-EPERM, RUN, H),
		DO(-EPERM, GET_EVENTS, H),
		DO(-EPERM, SET_EVENTS, H, 1),
		DO(-EPERM, WATCH, H, 0x01000028, 1),
		DO(-EPERM, ENDED, H),
		DO(-EPERM, WAKE, H),
		DO(-EPERM, WAKE, 0),
		DO(-EBADF, STATE, H, 0x01000028),
		DO(-EBADF, MANY, H, AT, 1),
		DO(-EBADF, LINE, H, 0x01000028, 1),
	};

	FOLLOW(system_of_two, 1, lines);
}

/* ---- vCPUs ---- */

static void vcpus(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-EINVAL, RUN, V(0)),
		DO(-EINVAL, INIT, V(0), 0, 2), /* none yet, nor is there room for any */
		DO(-EINVAL, GET_REG, V(0), PC),
		DO(-EINVAL, GET_MP, V(0)),
		DO(-EINVAL, VCPU, H, 8),
		DO(-EINVAL, VCPU, H, 0xffffffff),
		DO(0, VCPU, H, 0),
		DO(-EEXIST, VCPU, H, 0),
		DO(0, VCPU, H, 2),
		DO(-ENOEXEC, RUN, V(0)),
		DO(-EINVAL, RUN, V(1)), /* not made */
		DO(-EINVAL, RUN, V(3)),
		DO(-EINVAL, RUN, V(8)),
		DO(-EINVAL, RUN, V(0xffff)),
		DO(-EINVAL, RUN, V(0), 0, 4),
		DO(0, VCPU, H, 7), /* what cannot run has not fixed the number */
		DO(-ENOEXEC, GET_REG, V(0), PC),
		DO(-ENOEXEC, SET_REG, V(0), PC, 0, 0),
		DO(0, GET_MP, V(0)),
		DO(-EINVAL, GET_MP, V(1)),
		DO(-EINVAL, INIT, V(0), 1, 2), /* a Cortex-A7: this is none */
		DO(-EINVAL, INIT, V(0), 0xffffffff, 2),
		DO(-ENOENT, INIT, V(0), 0, 8),
		DO(-ENOENT, INIT, V(0), 0, 0x80000002),
		DO(-EINVAL, INIT, V(1), 0, 2),
		DO(-EINVAL, INIT, V(8), 0, 2),
		DO(0, INIT, V(0), 0, 2),
		DO(-EINVAL, INIT, V(0), 0, 3),
		DO(0, INIT, V(0), 0, 2),
		DO(0, INIT, V(2), 0, 3),
		DO(0, GET_MP, V(0)),
		DO(-EINVAL, SET_MP, V(0), 1),
		DO(-EINVAL, SET_MP, V(0), 0xffffffff),
		DO(-EINVAL, SET_MP, V(1), 0),
		DO(0, SET_MP, V(0), 5),
		DO(6, RUN, V(0)), /* off */
		DO(0, SET_MP, V(0), 0),
		DO(6, RUN, V(2)), /* as VCPU_INIT has said */
		DO(-EBUSY, VCPU, H, 1),
		DO(-EEXIST, VCPU, H, 0),
		DO(-ENOENT, GET_REG, V(0), 0x1234, 0x40200000),
		DO(0, SET_REG, V(0), PC, 0x80001000, 0),
		GIVES(0, 0x80001000, 0, GET_REG, V(0), PC),
		DO(-EINVAL, SET_REG, V(0), CPSR, 0x1da),
		DO(-EINVAL, SET_REG, V(1), PC, 0, 0),
		DO(-EINVAL, SET_REG, V(8), PC, 0, 0),
		DO(-EBUSY, DEVICE, H, 5),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* The access by which it has left is settled, and then it is off. */
static void off_with_an_access(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, INIT, V(0), 0, 2),
		DO(0, SET_REG, V(0), PC, 0x80001000, 0),
		DO(0, FAULT, 0),
		DO(0, SET_MP, V(0), 5),
		DO(6, RUN, V(0), 0, 1), /* again */
		GIVES(0, 0x80001000, 0, GET_REG, V(0), PC),
		DO(6, RUN, V(0), 0, 2), /* nothing is left to be settled */
		GIVES(0, 0x80001000, 0, GET_REG, V(0), PC),
		DO(0, FAULT, 0),
		DO(6, RUN, V(0), 0, 2),
		GIVES(0, 0x10, 0, GET_REG, V(0), PC), /* ARM ARM B1.8.1: data abort */
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* A store is done, in one instruction set and the other, or tried again, as its creator says. Then
 * the guest executes WFI. */
static void store_is_answered(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, INIT, V(0), 0, 2),
		DO(3, RUN, V(0)), /* WFI at 0, 4, 8, 12 */
		DO(0, SET_REG, V(0), PC, 0, 0),
		DO(0, FAULT, 0, 0x93810046),
		DO(3, RUN, V(0), 0, 0),
		GIVES(0, 8, 0, GET_REG, V(0), PC),
		DO(0, FAULT, 0, 0x93810046),
		DO(3, RUN, V(0), 0, 1),
		GIVES(0, 12, 0, GET_REG, V(0), PC),
		DO(0, SET_REG, V(0), PC, 10, 0),
		DO(0, SET_REG, V(0), CPSR, 0x1f3, 0),
		DO(0, FAULT, 0, 0x91810046),
		DO(3, RUN, V(0), 0, 0),
		GIVES(0, 16, 0, GET_REG, V(0), PC),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* What its creator has written for a vCPU that is initialised again is in memory when that begins:
 * all is cleaned first, 64 KiB in a call. */
static void cleaned_for_the_next(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, VCPU, H, 1),
		DO(0, INIT, V(0), 0, 2),
		DO(0, INIT, V(1), 0, 3),
		DO(0, POKE, AT, 0x40000, 0x20),
		DO(0, MARK, 0),
		DO(0x20, MAP, H, 0x80000, AT, 1, 0),
		/* in lines of 32 KiB: all of the run, and the list */
		DO(0, CLEANED, 6),
		DO(0, INIT, V(0), 0, 2), /* it has not run */
		GIVES(3, 0xffffffff, 0xffffffff, RUN, V(0)),
		GIVES(3, 0xffffffff, 0xffffffff, RUN, V(0)),
		DO(0, INIT, V(1), 0, 3), /* nor has this one */
		DO(6, RUN, V(1)),
		DO(0, INIT, V(0), 0, 2),
		DO(0, MARK, 0),
		GIVES(1, 0, 0, RUN, V(0)),
		DO(0, CLEANED, 16),
		GIVES(1, 0, 0, RUN, V(1)), /* nobody of it begins */
		DO(0, CLEANED, 32),
		DO(1, RUN, V(0)), /* there is no more */
		DO(3, RUN, V(0)),
		DO(6, RUN, V(1)),
		DO(0, CLEANED, 32),
		DO(0, INIT, V(1), 0, 3), /* off, it has not run */
		DO(3, RUN, V(0)),
		DO(0, CLEANED, 32),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* CPU lines of vCPUs that are not there, as those before them are not. */
static void holes(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-EINVAL, LINE, H, 0, 1), /* no vCPU, so far */
		DO(0, VCPU, H, 0),
		DO(H + 1, CREATE, 0),
		DO(0, VCPU, H + 1, 2),
		DO(0, INIT, (H + 1) | 2 << 16, 0, 2),
		DO(0, LINE, H + 1, 0x00020000, 1),
		DO(0, LINE, H + 1, 0x00000000, 1),
		DO(0, LINE, H + 1, 0x00010000, 1),
		DO(-EINVAL, LINE, H + 1, 0x00030000, 1),
		DO(-EINVAL, LINE, H + 1, 0x00020002, 1),
		DO(-ENXIO, LINE, H + 1, 0x01000028, 1),
		DO(0, STATE, H + 1, 0x00000000),
		DO(-EAGAIN, DESTROY, H + 1),
		DO(-EAGAIN, DESTROY, H + 1),
		DO(0, DESTROY, H + 1),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* ---- the GIC ---- */

static void gics(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, INIT, V(0), 0, 2),
		DO(-ENODEV, DEVICE, H, 7), /* KVM's GICv3 */
		DO(-ENODEV, DEVICE, H, 0),
		DO(-ENODEV, SET_ATTR, H, 0, 0, 0x08000000),
		DO(-ENODEV, SET_ATTR, H, 4, 0),
		DO(-ENODEV, GET_ATTR, H, 0, 0),
		DO(0, DEVICE, H, 5),
		DO(-EEXIST, DEVICE, H, 5),
		DO(-ENXIO, SET_ATTR, H, 0, 2, 0x08000000), /* a GICv3's */
		DO(-ENXIO, GET_ATTR, H, 0, 2),
		GIVES(0, 0xffffffff, 0xffffffff, GET_ATTR, H, 0, 0),
		DO(-ENXIO, SET_ATTR, H, 5, 0),
		DO(-E2BIG, SET_ATTR, H, 0, 0, 0xfffff001),
		DO(-E2BIG, SET_ATTR, H, 0, 0, 0x08000000, 1),
		DO(-EINVAL, SET_ATTR, H, 0, 0, 0x08000800),
		DO(0, SET_ATTR, H, 0, 0, 0x08000000),
		DO(-EEXIST, SET_ATTR, H, 0, 0, 0x08000000),
		DO(-EINVAL, SET_ATTR, H, 0, 0, 0x08000001),
		DO(-E2BIG, SET_ATTR, H, 0, 0, 0xffffffff, 0xff),
		GIVES(0, 0x08000000, 0, GET_ATTR, H, 0, 0),
		DO(-EINVAL, SET_ATTR, H, 3, 0, 0),
		DO(-EINVAL, SET_ATTR, H, 3, 0, 32),
		DO(-EINVAL, SET_ATTR, H, 3, 0, 65),
		DO(-EINVAL, SET_ATTR, H, 3, 0, 1056),
		DO(-EINVAL, SET_ATTR, H, 3, 0, 64, 1),
		GIVES(0, 32, 0, GET_ATTR, H, 3, 0), /* no SPIs yet, as KVM says */
		DO(0, SET_ATTR, H, 3, 0, 128),
		DO(-EBUSY, SET_ATTR, H, 3, 0, 64),
		GIVES(0, 128, 0, GET_ATTR, H, 3, 0),
		DO(-ENXIO, RUN, V(0)), /* no address of its interface */
		DO(-ENXIO, SET_ATTR, H, 4, 1),
		DO(0, SET_ATTR, H, 4, 0),
		DO(0, SET_ATTR, H, 4, 0),
		DO(-EBUSY, VCPU, H, 1),
		DO(-ENXIO, RUN, V(0)),
		DO(-E2BIG, SET_ATTR, H, 0, 1, 0xfffff000),
		DO(-EINVAL, SET_ATTR, H, 0, 1, 0x08010004),
		DO(0, SET_ATTR, H, 0, 1, 0x08010000),
		/* Memory where it is to be: not placed over it. */
		DO(0, POKE, AT, 0x40018, 1),
		DO(1, MAP, H, 0x08010, AT, 1, 0),
		DO(-EEXIST, RUN, V(0)),
		DO(1, UNMAP, H, 0x08010, 1),
		DO(0, SET_MP, V(0), 5),
		DO(6, RUN, V(0)),
		DO(-EEXIST, MAP, H, 0x08010, AT, 1, 0),
		DO(0, LINE, H, 0x01000020, 1),
		DO(0, LINE, H, 0x0100007f, 1),
		DO(-EINVAL, LINE, H, 0x01000080, 1),
		DO(-EINVAL, LINE, H, 0x0100001f, 1),
		DO(-EINVAL, LINE, H, 0x02010010, 1),
		DO(-ENXIO, LINE, H, 0x00000000, 1),
		DO(-EINVAL, LINE, H, 0x03000000, 1),
		GIVES(0, 0x3, 0x01000020, STATE, H, 0x01000020),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* Attributes that are registers: the offset in r3, the vCPU in r6. */
static void registers(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-ENODEV, GET_ATTR, H, 1, 0),
		DO(-ENODEV, SET_ATTR, H, 2, 0),
		DO(0, DEVICE, H, 5),
		DO(-EINVAL, GET_ATTR, H, 1, 0), /* no vCPU */
		DO(0, VCPU, H, 0),
		DO(0, VCPU, H, 2),
		DO(0, SET_ATTR, H, 3, 0, 64),
		DO(-EINVAL, GET_ATTR, H, 1, 4, 0, 0, 1),
		DO(-EINVAL, GET_ATTR, H, 1, 4, 0, 0, 3),
		DO(-EINVAL, GET_ATTR, H, 1, 4, 0, 0, 8),
		DO(-EINVAL, SET_ATTR, H, 2, 4, 0, 0, 0xff),
		DO(-EINVAL, GET_ATTR, H, 7, 32, 0, 0, 0x40),
		GIVES(0, 0x41, 0, GET_ATTR, H, 1, 4, 0, 0,
		      0x100),		/* what is above does not count */
		DO(-EBUSY, VCPU, H, 1), /* it has its shape by that */
		GIVES(0, 0x41, 0, GET_ATTR, H, 1, 4, 0, 0, 2),
		DO(-ENXIO, GET_ATTR, H, 1, 6),
		DO(-ENXIO, GET_ATTR, H, 1, 0x108),
		DO(-ENXIO, SET_ATTR, H, 1, 0xfe0),
		DO(-ENXIO, SET_ATTR, H, 2, 0xc),
		DO(-EINVAL, SET_ATTR, H, 1, 8, 0),
		DO(0, SET_ATTR, H, 1, 0x104, 0x00ff00ff),
		GIVES(0, 0x00ff00ff, 0, GET_ATTR, H, 1, 0x184, 0, 0, 2),
		DO(0, SET_ATTR, H, 2, 4, 0xff, 0, 2),
		GIVES(0, 0x1f, 0, GET_ATTR, H, 2, 4, 0, 0, 2),
		GIVES(0, 0, 0, GET_ATTR, H, 2, 4, 0, 0, 0),
		DO(0, LINE, H, 0x01000028, 1),
		GIVES(0, 0x100, 0, GET_ATTR, H, 7, 32),
		GIVES(0, 0x100, 0, GET_ATTR, H, 1, 0x204),
		DO(0, SET_ATTR, H, 7, 32, 3),
		GIVES(0, 3, 0, GET_ATTR, H, 1, 0x204),
		DO(0, BUSY, 0),
		DO(0, BUSY, 2),
		GIVES(0, 3, 0, GET_ATTR, H, 7, 32),
		DO(-EINVAL, GET_ATTR, H, 7, 33),
		DO(-EINVAL, GET_ATTR, H, 7, 64),
		DO(-EINVAL, GET_ATTR, H, 7, 0x420), /* KVM: another kind of information */
		DO(-EINVAL, SET_ATTR, H, 7, 0x420, 0),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* CPU lines, before it is known whether there is a GIC: they settle nothing. */
static void lines_first(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(-EINVAL, LINE, H, 0, 1),
		DO(0, VCPU, H, 0),
		DO(0, LINE, H, 0, 1),
		GIVES(0, 0xb, 0, STATE, H, 0), /* level, pending, enabled */
		DO(-ENXIO, LINE, H, 0x01000028, 1),
		DO(-EINVAL, LINE, H, 0x00010000, 1),
		DO(0, VCPU, H, 1),
		DO(0, LINE, H, 0x00010000, 1),
		DO(0, INIT, V(0), 0, 2), /* as KVM: the inputs of the vCPU are low */
		GIVES(0, 0x8, 0x00000000, STATE, H, 0),
		GIVES(0, 0xb, 0x00010000, STATE, H, 0x00010000),
		DO(0, DEVICE, H, 5),
		DO(-ENXIO, LINE, H, 0x00010000, 1),
		DO(0, LINE, H, 0x01000028, 1),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* The most interrupts: KVM says as many as it was told, though the last four are none. */
static void most_interrupts(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, VCPU, H, 0),
		DO(0, DEVICE, H, 5),
		DO(0, SET_ATTR, H, 3, 0, 1024),
		GIVES(0, 1024, 0, GET_ATTR, H, 3, 0),
		DO(0, SET_ATTR, H, 4, 0),
		GIVES(0, 1024, 0, GET_ATTR, H, 3, 0),
		DO(0, LINE, H, 0x010003fb, 1),
		DO(-EINVAL, LINE, H, 0x010003fc, 1),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* The distributor has a page, the CPU interface two. */
#define PLACED(dist, cif, said)                           \
	{                                                 \
		static const struct line lines[] = {      \
			DO(H, CREATE, 0),                 \
			DO(0, VCPU, H, 0),                \
			DO(0, INIT, V(0), 0, 3),          \
			DO(0, DEVICE, H, 5),              \
			DO(0, SET_ATTR, H, 0, 0, (dist)), \
			DO(0, SET_ATTR, H, 0, 1, (cif)),  \
			DO((said), RUN, V(0)),            \
			DO(-EAGAIN, DESTROY, H),          \
			DO(-EAGAIN, DESTROY, H),          \
			DO(0, DESTROY, H),                \
			DO(0, WHOLE, 0),                  \
		};                                        \
		FOLLOW(system_of_two, 0, lines);          \
	}

static void frames(void)
{
	PLACED(0x08000000, 0x08000000, -EINVAL)
	PLACED(0x08001000, 0x08000000, -EINVAL)
	PLACED(0x08002000, 0x08000000, 6)
	PLACED(0x08000000, 0x08001000, 6)
	PLACED(0xfffff000, 0xffffd000, 6)
	PLACED(0xffffe000, 0xffffd000, -EINVAL)
}

/* ---- memory ---- */

static void maps(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, POKE, AT, 0x40018, 1),
		DO(-EINVAL, MAP, H, 0x80000, AT, 1, 4),
		DO(-EINVAL, MAP, H, 0x80000, AT, 65, 0),
		DO(-EINVAL, MAP, H, 0x80000, AT, 0xffffffff, 0),
		DO(-EINVAL, MAP, H, 0x80000, AT + 2, 1, 0),
		DO(0, MAP, H, 0x80000, AT, 0, 0),
		DO(0, MAP, H, 0xffffffff, AT, 0, 0),
		/* the array */
		DO(-EFAULT, MAP, H, 0x80000, RAM - 8, 1, 0),
		DO(-EFAULT, MAP, H, 0x80000, RAM_END - 4, 1, 0),
		DO(-EFAULT, MAP, H, 0x80000, RAM_END, 1, 0),
		DO(-EFAULT, MAP, H, 0x80000, 0xfffffffc, 1, 0),
		DO(-EFAULT, MAP, H, 0x80000, 0x08000000, 1, 0),
		DO(0, POKE, RAM_END - 8, 0x40018, 1),
		DO(1, MAP, H, 0x90000, RAM_END - 8, 2, 0), /* the first is done */
		DO(1, MAP, H, 0x90001, RAM_END - 8, 1, 0),
		/* its runs */
		DO(0, POKE, AT, 0x3ffff, 1),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40020, 1),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x4001f, 2),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40000, 0x21),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40000, 0x80000),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40000, 0x100000),
		DO(-EFAULT, MAP, H, 0, AT, 1, 0),
		DO(0, POKE, AT, 0x140018, 1),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0xffffffff, 1),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40018, 0xffffffff),
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x08040, 1), /* no memory: the board's GIC */
		DO(-EFAULT, MAP, H, 0x80000, AT, 1, 0),
		DO(0, POKE, AT, 0x40018, 0),
		DO(0, POKE, AT + 8, 0x4001f, 1),
		DO(0, MAP, H, 0x80000, AT, 1, 0),
		DO(1, MAP, H, 0x80000, AT, 2, 0),
		DO(-EEXIST, MAP, H, 0x80000, AT, 2, 0),
		/* where */
		DO(0, POKE, AT, 0x40018, 1),
		DO(-EINVAL, MAP, H, 0x100000, AT, 1, 0),
		DO(-EINVAL, MAP, H, 0xffffffff, AT, 1, 0),
		DO(1, MAP, H, 0xfffff, AT, 2, 0), /* the second does not fit */
		DO(1, UNMAP, H, 0xfffff, 1),
		DO(0, POKE, AT, 0x40018, 2),
		DO(-EINVAL, MAP, H, 0xfffff, AT, 1, 0),
		DO(2, MAP, H, 0xffffe, AT, 1, 1),
		DO(2, MAP, H, 0x0, AT, 1, 0),
		DO(2, MAP, H, 0x1ff, AT, 1, 2), /* two tables */
		DO(0, POKE, AT, 0x40000, 0x20),
		DO(0x20, MAP, H, 0xa0000, AT, 1, 0),
		DO(-EINVAL, UNMAP, H, 0x100000, 1),
		DO(-EINVAL, UNMAP, H, 0xfffff, 2),
		DO(-EINVAL, UNMAP, H, 0, 0xffffffff),
		DO(-EINVAL, UNMAP, H, 0xffffffff, 1),
		DO(0, UNMAP, H, 0x80000, 0),
		DO(0x20, UNMAP, H, 0xa0000, 0x20),
		DO(0x20, UNMAP, H, 0xa0000, 0x20), /* nothing is there */
		DO(2, UNMAP, H, 0xffffe, 2),
		/* the log */
		DO(-EINVAL, DIRTY, H, 0x1ff, 513, AT),
		DO(-EINVAL, DIRTY, H, 0x100000, 1, AT),
		DO(-EINVAL, DIRTY, H, 0xfffff, 2, AT),
		DO(-EINVAL, DIRTY, H, 0x1ff, 1, AT + 1),
		DO(-EFAULT, DIRTY, H, 0x1ff, 1, RAM - 4),
		DO(-EFAULT, DIRTY, H, 0x1ff, 1, RAM_END),
		DO(-EFAULT, DIRTY, H, 0x1ff, 33, RAM_END - 4),
		DO(-EFAULT, DIRTY, H, 0x1ff, 1, 0xfffffffc),
		DO(0, DIRTY, H, 0x1ff, 32, RAM_END - 4),
		DO(0, DIRTY, H, 0x200, 512, RAM_END - 64),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_two, 0, lines);
}

/* A page of a block is unmapped, and its neighbours stay. */
static void blocks(void)
{
	static const struct line lines[] = {
		DO(H, CREATE, 0),
		DO(0, POKE, AT, 0x40200, 0x200),
		DO(0x200, MAP, H, 0x80000, AT, 1, 0),
		DO(1, UNMAP, H, 0x80013, 1),
		DO(0, POKE, AT, 0x40018, 1),
		DO(-EEXIST, MAP, H, 0x80012, AT, 1, 0),
		DO(-EEXIST, MAP, H, 0x80014, AT, 1, 0),
		DO(-EEXIST, MAP, H, 0x801ff, AT, 1, 0),
		DO(1, MAP, H, 0x80013, AT, 1, 0),
		DO(0x200, UNMAP, H, 0x80000, 0x200),
		DO(0x200, UNMAP, H, 0x80000, 0x200),
		DO(-EAGAIN, DESTROY, H),
		DO(-EAGAIN, DESTROY, H),
		DO(0, DESTROY, H),
		DO(0, WHOLE, 0),
	};

	FOLLOW(system_of_blocks, 0, lines);
}

/* ---- the pool ---- */

/* All calls that take something of it. */
static const struct line whole_vm[] = {
	DO(H, CREATE, 0),
	DO(0, VCPU, H, 0),
	DO(0, VCPU, H, 1),
	DO(0, DEVICE, H, 5),
	DO(0, SET_ATTR, H, 0, 0, 0x08000000),
	DO(0, SET_ATTR, H, 0, 1, 0x08010000),
	DO(0, INIT, V(0), 0, 2),
	DO(0, INIT, V(1), 0, 3),
	DO(0, SET_ATTR, H, 4, 0),
	DO(0, POKE, AT, 0x40018, 1),
	DO(1, MAP, H, 0x80000, AT, 1, 0),
	DO(1, MAP, H, 0x00000, AT, 1, 0),
	DO(6, RUN, V(1)),
	DO(0, LINE, H, 0x01000028, 1),
	DO(1, UNMAP, H, 0x80000, 1),
	DO(-EAGAIN, DESTROY, H),
	DO(-EAGAIN, DESTROY, H),
	DO(0, DESTROY, H),
	DO(0, WHOLE, 0),
};

static uint32_t rounds;

/* The script again and again. */
static void step_rounds(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->vm == caller && g->at && at_line == nr_lines - 1 && rounds > 1) {
		check(g);
		prepare(&script[at_line]);
		at_line = g->at = 0;
		rounds--;
	}
	step(g, regs);
}

static const struct rig_program program_of_rounds = { .step = step_rounds, .begins = begins };

static void begin(const struct rig_program *of, void (*with)(void))
{
	rig_boot(system_of_two, 1, true);
	rig_program = of;
	rig_begin_run = with;
	script = whole_vm;
	nr_lines = ARRAY_SIZE(whole_vm);
	caller = 0;
}

static void thousand(void)
{
	struct rig_result result;

	rounds = 1000;
	begin(&program_of_rounds, begin_run);
	result = rig_run_laid_down(1, NULL, 0, 0);
	CHECK(!result.failed);
	CHECK_EQ(rounds, 1);
	if (result.failed) {
		printf("round %u: %s\n", 1001 - rounds, result.why);
	}
}

/* The whole pool is somebody's, but for `left` pages. */
static uint32_t leave_pages;

static void starve(void)
{
	struct pages *pages = &rig_kids_parent()->creator->pages;

	begin_run();
	while (pages_free(pages) > leave_pages) {
		(void)pages_take(pages, 200, 1);
	}
	rig_kids_keep();
}

static bool takes_memory(uint32_t call)
{
	return call == CREATE || call == VCPU || call == SET_ATTR || call == MAP || call == RUN;
}

/* What cannot be had changes nothing: it is destroyed, and all is free that was. */
static void step_starved(struct rig_guest *g, struct guest_regs *regs)
{
	const struct line *line = at_line ? &script[at_line - 1] : NULL;

	if (g->vm == caller && g->at == 1 && (int32_t)g->result == -ENOMEM) {
		rig_demand(takes_memory(line->call), "a call needs memory that takes none");
		g->at = 2;
	}
	if (g->vm != caller || g->at < 2) {
		step(g, regs);
		return;
	}
	if (g->at == 3 && (int32_t)g->result != -EAGAIN) {
		rig_demand((int32_t)g->result == (line->call == CREATE ? -EBADF : 0),
			   "it is not destroyed");
		rig_demand(rig_kids_pool_is_whole(), "the pool is not whole");
		rig_done();
	}
	g->at = 3;
	rig_hvc(g, regs, DESTROY, H, 0, 0);
}

static const struct rig_program program_starved = { .step = step_starved, .begins = begins };

/* With more and more pages the script gets further, and with enough, to its end. */
static void starved(void)
{
	uint32_t ends = 0;

	begin(&program_starved, starve);
	for (leave_pages = 0; leave_pages < 40; leave_pages++) {
		struct rig_result result = rig_run_laid_down(1, NULL, 0, 0);

		CHECK(!result.failed);
		ends += at_line == nr_lines;
		if (result.failed) {
			printf("%u pages: %s\n", leave_pages, result.why);
			return;
		}
	}
	CHECK(ends > 0 && ends < 30);
}

static const struct test_case cases[] = {
	{ "handles", handles },
	{ "without_vms", without_vms },
	{ "off_with_an_access", off_with_an_access },
	{ "store_is_answered", store_is_answered },
	{ "vcpus", vcpus },
	{ "cleaned_for_the_next", cleaned_for_the_next },
	{ "holes", holes },
	{ "gics", gics },
	{ "frames", frames },
	{ "registers", registers },
	{ "lines_first", lines_first },
	{ "most_interrupts", most_interrupts },
	{ "maps", maps },
	{ "blocks", blocks },
	{ "thousand", thousand },
	{ "starved", starved },
};

TEST_MAIN("rig_child_calls", cases)
