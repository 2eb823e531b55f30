/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/test/random.h"
#include "guest/test/vmcalls/vmcalls.h"

#define COUNT(of)	((uint32_t)(sizeof(of) / sizeof((of)[0])))
#define DRAW_RUNS	64u
#define DRAW_REGS	256u
#define DRAW_VBAR	0x40200000000f6000ull
#define DRAW_SCTLR_M_TE 0x40000001u
#define DRAW_SCTLR	0x40200000000f0800ull
#define DRAW_CPSR	0x4020000000100010ull /* core register 16 */
#define DRAW_PC		0x402000000010000full
#define DRAW_PSR_T_J	0x01000020u

struct draw_run {
	uint32_t pfn, pages;
};

static struct draw_run draw_lists[VMCALLS_CPUS][DRAW_RUNS + 1];
static uint64_t draw_ids[DRAW_REGS];
static uint32_t draw_nr_ids;

uint32_t vmcalls_draw(struct vmcalls_cpu *cpu, uint32_t count)
{
	return random_below(&cpu->random, count);
}

uint32_t vmcalls_any(struct vmcalls_cpu *cpu)
{
	return random_word(&cpu->random);
}

uint32_t vmcalls_one(struct vmcalls_cpu *cpu, const uint32_t *of, uint32_t count)
{
	return of[vmcalls_draw(cpu, count)];
}

uint32_t vmcalls_handle(struct vmcalls_cpu *cpu)
{
	static const uint32_t odd[] = { 0,	    1,		2,	    0xff,	0x104,
					0x11f,	    0x120,	0x1ff,	    0x8100,	0x10100,
					0x80000100, 0x7fffffff, 0xfffffeff, 0xffffffff, 0x180 };

	return vmcalls_draw(cpu, 16) ? VMCALLS_FIRST + vmcalls_draw(cpu, VMCALLS_SLOTS)
				     : vmcalls_one(cpu, odd, COUNT(odd));
}

uint32_t vmcalls_vcpu(struct vmcalls_cpu *cpu)
{
	uint32_t vcpu = vmcalls_draw(cpu, 16) ? vmcalls_draw(cpu, 2) : vmcalls_draw(cpu, 10);

	if (vmcalls_draw(cpu, 32) == 0) {
		vcpu = vmcalls_draw(cpu, 0x10000);
	}
	return vmcalls_handle(cpu) | vcpu << 16;
}

uint32_t vmcalls_page(struct vmcalls_cpu *cpu)
{
	static const uint32_t odd[] = {
		0,	 1,	  0x7ff,    0x8000,   0x8010,	  0x9000,
		0xffffe, 0xfffff, 0x100000, 0x140000, 0x80000000, 0xffffffff
	};

	switch (vmcalls_draw(cpu, 8)) {
	case 0:
		return vmcalls_one(cpu, odd, COUNT(odd));
	case 1:
		return VMCALLS_RAM + 512 * vmcalls_draw(cpu, 1200);
	default:
		return VMCALLS_RAM + vmcalls_draw(cpu, 2) * 512 + vmcalls_draw(cpu, 24);
	}
}

uint32_t vmcalls_pages(struct vmcalls_cpu *cpu)
{
	static const uint32_t odd[] = { 511,	 512,	  513,	    1024,	0x40000,
					0xc0000, 0xfffff, 0x100000, 0x80000000, 0xffffffff };

	return vmcalls_draw(cpu, 6) ? 1 + vmcalls_draw(cpu, 12) : vmcalls_one(cpu, odd, COUNT(odd));
}

uint32_t vmcalls_word(struct vmcalls_cpu *cpu)
{
	static const uint32_t odd[] = { 0,  1,	 15,  27,   30,	  33,	63,
					64, 255, 256, 1019, 1020, 1023, 0xffff };
	uint32_t type = vmcalls_draw(cpu, 3);
	uint32_t number = type == 0   ? vmcalls_draw(cpu, 2)
			  : type == 1 ? 32 + vmcalls_draw(cpu, 32)
				      : 16 + vmcalls_draw(cpu, 16);

	if (vmcalls_draw(cpu, 16) == 0) {
		return vmcalls_any(cpu);
	}
	if (vmcalls_draw(cpu, 8) == 0) {
		number = vmcalls_one(cpu, odd, COUNT(odd));
	}
	return type << 24 | vmcalls_draw(cpu, 3) << 16 | number;
}

/* No memory of this partition: before its start, over its end, devices, holes, both ends of the
 * address space. */
static uint32_t draw_nowhere(struct vmcalls_cpu *cpu)
{
	static const uint32_t places[] = { 0,	       0x08000000, 0x08010000, 0x09000000,
					   0x0a000000, 0x3ffffffc, 0x7ffffffc, 0x80000000,
					   0xffc00000, 0xfffffffc };

	return vmcalls_draw(cpu, 4) ? vmcalls_one(cpu, places, COUNT(places))
				    : guest_memory_base() + guest_memory_size();
}

uint32_t vmcalls_pointer(struct vmcalls_cpu *cpu, uint32_t bytes)
{
	uint32_t at = vmcalls_memory + 4 * vmcalls_draw(cpu, (vmcalls_size - bytes) / 4);

	switch (vmcalls_draw(cpu, 12)) {
	case 0:
		return draw_nowhere(cpu);
	case 1:
		return at + vmcalls_draw(cpu, 4);
	default:
		return at;
	}
}

/* What the VMs may not write to is mapped read-only, or it is no memory. */
static struct draw_run draw_run(struct vmcalls_cpu *cpu, uint32_t flags)
{
	uint32_t page = vmcalls_memory / VMCALLS_PAGE, pages = vmcalls_size / VMCALLS_PAGE;

	switch (vmcalls_draw(cpu, 16)) {
	case 0:
		return (struct draw_run) { draw_nowhere(cpu) / VMCALLS_PAGE, vmcalls_pages(cpu) };
	case 1:
		return (struct draw_run) { page | 1u << (20 + vmcalls_draw(cpu, 12)), 1 };
	case 2:
		return (struct draw_run) { page + pages - 1, 0x80000000u | vmcalls_any(cpu) };
	case 3:
		return flags & 1 ? (struct draw_run) { guest_memory_base() / VMCALLS_PAGE +
							       vmcalls_draw(cpu, 256),
						       1 + vmcalls_draw(cpu, 8) }
				 : (struct draw_run) { page, 0 };
	case 4: /* a block */
		return (struct draw_run) { (page + 511) & ~511u, 512 };
	default:
		return (struct draw_run) { page + vmcalls_draw(cpu, pages - 16),
					   1 + vmcalls_draw(cpu, 12) };
	}
}

uint32_t vmcalls_runs(struct vmcalls_cpu *cpu, uint32_t flags, uint32_t *at)
{
	static const uint32_t odd[] = { 0, 63, 64, 65, 66, 0x20000000, 0x80000000, 0xffffffff };
	struct draw_run *list = draw_lists[cpu->index];
	uint32_t count = vmcalls_draw(cpu, 16) ? 1 + vmcalls_draw(cpu, 4)
					       : vmcalls_one(cpu, odd, COUNT(odd));

	for (uint32_t n = 0; n < count && n < DRAW_RUNS; n++) {
		list[n] = draw_run(cpu, flags);
	}
	*at = (uint32_t)(uintptr_t)list;
	if (vmcalls_draw(cpu, 24) == 0) {
		*at = draw_nowhere(cpu);
	} else if (vmcalls_draw(cpu, 24) == 0) {
		*at += 1 + vmcalls_draw(cpu, 3);
	}
	return count;
}

/* ---- registers ---- */

void vmcalls_find_registers(void)
{
	while (draw_nr_ids < DRAW_REGS &&
	       kvm_get_reg_list(draw_nr_ids, &draw_ids[draw_nr_ids]) == 0) {
		draw_nr_ids++;
	}
}

/* The vectors stay where vmcalls_vectors has them, and the MMU off. Thumb code would be any code,
 * and QEMU fails at some. */
static uint64_t draw_value(struct vmcalls_cpu *cpu, uint64_t id)
{
	uint64_t value = vmcalls_any(cpu);

	if (vmcalls_draw(cpu, 4) == 0) {
		value |= (uint64_t)vmcalls_any(cpu) << 32;
	}
	switch (id) {
	case DRAW_PC:
		return (VMCALLS_RAM + vmcalls_draw(cpu, 24)) * VMCALLS_PAGE +
		       4 * vmcalls_draw(cpu, 1024);
	case DRAW_SCTLR:
		return value & ~(uint64_t)DRAW_SCTLR_M_TE;
	case DRAW_CPSR:
		return vmcalls_draw(cpu, 4) ? 0x13 : value & ~(uint64_t)DRAW_PSR_T_J;
	case DRAW_VBAR:
		return 0;
	default:
		return value;
	}
}

uint64_t vmcalls_register(struct vmcalls_cpu *cpu, uint64_t *value)
{
	uint64_t id = draw_ids[vmcalls_draw(cpu, draw_nr_ids)];

	if (vmcalls_draw(cpu, 3) == 0) {
		id = DRAW_PC;
	}
	if (vmcalls_draw(cpu, 16) == 0) {
		id ^= 1ull << vmcalls_draw(cpu, 64);
	}
	*value = draw_value(cpu, id);
	return id;
}
