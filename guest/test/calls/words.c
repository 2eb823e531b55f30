/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/test/calls/calls.h"
#include "guest/test/random.h"

#define COUNT(of) ((uint32_t)(sizeof(of) / sizeof((of)[0])))

uint32_t calls_draw(struct calls_random *random, uint32_t count)
{
	return random_below(&random->state, count);
}

uint32_t calls_handle(struct calls_random *random)
{
	static const uint32_t odd[] = {
		0x8,   0xf,	0x10,	    0x11,	0x3f,	    0x40,	0x41,	   0xff,
		0x100, 0x10002, 0x7fffffff, 0x80000000, 0x80000002, 0xfffffffe, 0xffffffff
	};

	switch (calls_draw(random, 8)) {
	case 0:
		return odd[calls_draw(random, COUNT(odd))];
	case 1:
		return calls_draw(random, CALLS_LAST + 2);
	case 2:
		return random_word(&random->state);
	case 3:
		return CALLS_RAW;
	default:
		return CALLS_TARGET;
	}
}

uint32_t calls_word(struct calls_random *random, uint32_t cpu)
{
	static const uint32_t numbers[] = { 0,	1,   2,	  15,	16,   27,   30,	 31,	32,    33,
					    34, 127, 128, 1019, 1020, 1023, 256, 65535, 0x8020 };
	uint32_t type = calls_draw(random, 4), vcpu = calls_draw(random, 3);
	uint32_t number = numbers[calls_draw(random, COUNT(numbers))];

	switch (calls_draw(random, 8)) {
	case 0:
		return random_word(&random->state);
	case 1:
		vcpu = calls_draw(random, 256);
		break;
	case 2:
		type = calls_draw(random, 256);
		break;
	case 3:
		break;
	default:
		number = type == 0   ? calls_draw(random, 2)
			 : type == 1 ? 32 + calls_draw(random, 96)
				     : 16 + calls_draw(random, 16);
		break;
	}
	/* Each line has one driver: the number's lowest bit is its vCPU. */
	return type << 24 | vcpu << 16 | (number & ~1u) | cpu;
}

/* Where an array may lie: in a buffer of this vCPU, over the end of RAM, before its start, in
 * devices, in holes, at both ends of the address space; of any alignment. */
uint32_t calls_pointer(struct calls_random *random, uint32_t cpu, uint32_t *count)
{
	static uint8_t buffers[2][0x3400] __attribute__((aligned(8)));
	static const uint32_t places[] = { 0,	       0x08000000, 0x08010000, 0x09000000,
					   0x0a000000, 0x3fffffff, 0x3ffffff8, 0x40400000,
					   0x48000000, 0x7fffffff, 0x80000000, 0xffc00000,
					   0xfffffff8, 0xfffffffc, 0xffffffff };
	static const uint32_t counts[] = { 0,	1,    2,	  15,	      16,
					   17,	63,   64,	  65,	      255,
					   256, 257,  0x10000000, 0x20000000, ~0u,
					   100, 1000, 0x8000,	  0x15555556, 0x80000000 };
	uint32_t end = guest_memory_base() + guest_memory_size();

	*count = calls_draw(random, 2) ? 1 + calls_draw(random, 70)
				       : counts[calls_draw(random, COUNT(counts))];
	switch (calls_draw(random, 6)) {
	case 0:
		return places[calls_draw(random, COUNT(places))] + calls_draw(random, 9) - 4;
	case 1:
		if (cpu == 0) { /* both would write there */
			return end - calls_draw(random, 600);
		}
		/* fall through */
	default:
		return (uint32_t)(uintptr_t)buffers[cpu] + calls_draw(random, 9);
	}
}
