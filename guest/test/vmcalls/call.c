/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/vms.md, restated: which errors each call may return. */
#include "guest/lib/hvc.h"
#include "guest/lib/smp.h"
#include "guest/test/vmcalls/vmcalls.h"
#include <stdio.h>

#define CALL_SHOWN    8u
#define CALL_RUN_LAST 7
#define E(n)	      (1u << (n))

enum {
	C_PERM = 1,
	C_NOENT = 2,
	C_NXIO = 6,
	C_2BIG = 7,
	C_NOEXEC = 8,
	C_BADF = 9,
	C_AGAIN = 11,
	C_NOMEM = 12,
	C_FAULT = 14,
	C_BUSY = 16,
	C_EXIST = 17,
	C_NODEV = 19,
	C_INVAL = 22
};

struct call_row {
	uint32_t number;
	uint32_t errors;  /* bit n: -n */
	uint32_t results; /* behind r0 */
	const char *name;
};

static const struct call_row call_rows[VMCALLS_CALLS] = {
	[VMCALLS_CREATE_VM] = { 0x86000001, E(C_INVAL) | E(C_NOMEM), 0, "CREATE_VM" },
	[VMCALLS_DESTROY_VM] = { 0x86000f02, E(C_BADF) | E(C_BUSY) | E(C_AGAIN), 0, "DESTROY_VM" },
	[VMCALLS_CREATE_VCPU] = { 0x86000041,
				  E(C_BADF) | E(C_INVAL) | E(C_EXIST) | E(C_BUSY) | E(C_NOMEM), 0,
				  "CREATE_VCPU" },
	[VMCALLS_MAP] = { 0x86000046, E(C_BADF) | E(C_INVAL) | E(C_FAULT) | E(C_EXIST) | E(C_NOMEM),
			  0, "MAP" },
	[VMCALLS_UNMAP] = { 0x86000f46, E(C_BADF) | E(C_INVAL), 0, "UNMAP" },
	[VMCALLS_DIRTY] = { 0x86000042, E(C_BADF) | E(C_INVAL) | E(C_FAULT), 0, "DIRTY" },
	[VMCALLS_CREATE_DEVICE] = { 0x860000e0, E(C_BADF) | E(C_NODEV) | E(C_EXIST) | E(C_BUSY), 0,
				    "CREATE_DEVICE" },
	[VMCALLS_SET_ATTR] = { 0x860000e1,
			       E(C_BADF) | E(C_NODEV) | E(C_NXIO) | E(C_2BIG) | E(C_INVAL) |
				       E(C_EXIST) | E(C_BUSY) | E(C_NOMEM),
			       0, "SET_DEVICE_ATTR" },
	[VMCALLS_GET_ATTR] = { 0x860000e2,
			       E(C_BADF) | E(C_NODEV) | E(C_NXIO) | E(C_INVAL) | E(C_BUSY) |
				       E(C_NOMEM),
			       2, "GET_DEVICE_ATTR" },
	[VMCALLS_VCPU_INIT] = { 0x860000ae, E(C_BADF) | E(C_INVAL) | E(C_NOENT) | E(C_BUSY), 0,
				"VCPU_INIT" },
	[VMCALLS_GET_STATE] = { 0x86000098, E(C_BADF) | E(C_INVAL) | E(C_BUSY), 1, "GET_MP_STATE" },
	[VMCALLS_SET_STATE] = { 0x86000099, E(C_BADF) | E(C_INVAL) | E(C_BUSY), 0, "SET_MP_STATE" },
	[VMCALLS_GET_REG] = { 0x860000ab,
			      E(C_PERM) | E(C_BADF) | E(C_INVAL) | E(C_NOENT) | E(C_NOEXEC) |
				      E(C_BUSY),
			      2, "GET_ONE_REG" },
	[VMCALLS_SET_REG] = { 0x860000ac,
			      E(C_PERM) | E(C_BADF) | E(C_INVAL) | E(C_NOENT) | E(C_NOEXEC) |
				      E(C_BUSY),
			      0, "SET_ONE_REG" },
	[VMCALLS_RUN] = { 0x86000080,
			  E(C_BADF) | E(C_INVAL) | E(C_NOEXEC) | E(C_BUSY) | E(C_NXIO) |
				  E(C_EXIST) | E(C_NOMEM),
			  3, "RUN" },
	[VMCALLS_WAKE_MASK] = { 0x86000f80, E(C_BADF), 3, "WAKE_MASK" },
	[VMCALLS_GET_EVENTS] = { 0x8600009f, E(C_BADF) | E(C_INVAL) | E(C_BUSY), 1,
				 "GET_VCPU_EVENTS" },
	[VMCALLS_SET_EVENTS] = { 0x860000a0, E(C_BADF) | E(C_INVAL) | E(C_BUSY), 0,
				 "SET_VCPU_EVENTS" },
	[VMCALLS_WATCH] = { 0x86000f76, E(C_BADF) | E(C_NXIO) | E(C_INVAL) | E(C_NOMEM), 0,
			    "IRQ_WATCH" },
	[VMCALLS_ENDED] = { 0x86000f77, E(C_BADF), 1, "IRQ_ENDED" },
	[VMCALLS_GSI_LINE] = { 0x86000f6a,
			       E(C_PERM) | E(C_NOMEM) | E(C_BADF) | E(C_NXIO) | E(C_INVAL), 0,
			       "GSI_LINE" },
	[VMCALLS_GSI_ROUTES] = { 0x8600006a,
				 E(C_PERM) | E(C_NOMEM) | E(C_BADF) | E(C_NXIO) | E(C_INVAL) |
					 E(C_FAULT) | E(C_AGAIN),
				 0, "SET_GSI_ROUTING" },
	[VMCALLS_IRQ_LINE] = { 0x86000061,
			       E(C_PERM) | E(C_NOMEM) | E(C_BADF) | E(C_NXIO) | E(C_INVAL), 0,
			       "IRQ_LINE" },
	[VMCALLS_IRQ_STATE] = { 0x86000062,
				E(C_PERM) | E(C_NOMEM) | E(C_BADF) | E(C_NXIO) | E(C_INVAL), 1,
				"GET_IRQ_STATE" },
	[VMCALLS_IRQ_MANY] = { 0x86000f61,
			       E(C_PERM) | E(C_NOMEM) | E(C_BADF) | E(C_NXIO) | E(C_INVAL) |
				       E(C_FAULT),
			       0, "IRQ_LINE_MANY" },
};

static volatile uint32_t call_count_wrong;

void vmcalls_hvc(struct vmcalls_regs *regs);

__asm__("	.text\n"
	"	.arch_extension virt\n"
	"	.global	vmcalls_hvc\n"
	"	.type	vmcalls_hvc, %function\n"
	"vmcalls_hvc:\n"
	"	push	{r0, r4-r11, lr}\n"
	"	mov	lr, r0\n"
	"	ldm	lr, {r0-r12}\n"
	"	hvc	#0\n"
	"	ldr	lr, [sp]\n"
	"	stm	lr, {r0-r12}\n"
	"	pop	{r0, r4-r11, pc}\n");

const char *vmcalls_name(enum vmcalls_call call)
{
	return call_rows[call].name;
}

uint32_t vmcalls_wrong(void)
{
	return call_count_wrong;
}

static void call_is_wrong(const struct call_row *row, const struct vmcalls_regs *before,
			  const struct vmcalls_regs *after, const char *what)
{
	if (smp_add(&call_count_wrong, 1) > CALL_SHOWN) {
		return;
	}
	printf("%s(0x%x, 0x%x, 0x%x, 0x%x, 0x%x): %s: 0x%x 0x%x 0x%x 0x%x\n", row->name,
	       (unsigned)before->r[1], (unsigned)before->r[2], (unsigned)before->r[3],
	       (unsigned)before->r[4], (unsigned)before->r[5], what, (unsigned)after->r[0],
	       (unsigned)after->r[1], (unsigned)after->r[2], (unsigned)after->r[3]);
}

static bool call_result_is_right(const struct call_row *row, int32_t got)
{
	if (got >= 0) {
		return row->number != 0x86000080 || (got >= 1 && got <= CALL_RUN_LAST);
	}
	return got > -32 && (row->errors >> -got & 1) != 0;
}

int32_t vmcalls_call(struct vmcalls_cpu *cpu, enum vmcalls_call call, struct vmcalls_regs *regs)
{
	const struct call_row *row = &call_rows[call];
	struct vmcalls_regs before;
	int32_t got;

	regs->r[0] = row->number;
	for (uint32_t n = 6; n < 13; n++) {
		regs->r[n] = 0x1234567u * n;
	}
	before = *regs;
	vmcalls_hvc(regs);
	got = (int32_t)regs->r[0];
	if (!call_result_is_right(row, got)) {
		call_is_wrong(row, &before, regs, "result");
	}
	for (uint32_t n = (got < 0 ? 0 : row->results) + 1; n < 13; n++) {
		if (regs->r[n] != before.r[n]) {
			call_is_wrong(row, &before, regs, "a register that holds no result");
		}
	}
	cpu->good[call] += got >= 0;
	cpu->bad[call] += got < 0;
	return got;
}
