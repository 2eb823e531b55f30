/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts what gpio-keys (guest/linux/irqs.dtsi) makes of two interrupt lines: each edge of one is a
 * stroke; the other's key is down while that line is high, and a millisecond longer. An assertion
 * of the level line has arrived when its key has gone down since the last stroke: it may do so
 * twice, as the key comes up when its interrupt is late by a millisecond.
 *
 * The control partition learns of each arrival from pending bits of interrupts that nobody else
 * uses, in this machine's own GIC.
 *
 *   irqs COUNT    until COUNT strokes have come, and then whatever else comes in half a second
 */
#include "guest/linux/bin/linux.h"

/* input-event-codes.h: EV_SYN, SYN_DROPPED, EV_KEY; the code of the device tree */
#define IRQS_EV_SYN	 0u
#define IRQS_EV_KEY	 1u
#define IRQS_SYN_DROPPED 3u
#define IRQS_KEY_LEVEL	 30u
#define IRQS_KEYS	 0x300u /* KEY_CNT */

/* input.h: EVIOCGKEY(IRQS_KEYS / 8), the keys that are down */
#define IRQS_GET_KEYS (0x80000000u | IRQS_KEYS / 8 << 16 | 'E' << 8 | 0x18u)

/* IHI 0048B, 4.3.7 and 4.3.8: the words with interrupts 96 to 127 */
#define IRQS_GICD	0x08000000u
#define IRQS_ISPENDR	(0x200u / 4 + 3)
#define IRQS_ICPENDR	(0x280u / 4 + 3)
#define IRQS_BELL_LEVEL 0x1u /* interrupt 96, flips: an assertion has arrived */
#define IRQS_BELL_EDGE	0x2u /* 97, flips: a stroke has */
#define IRQS_BELL_READY 0x4u /* 98: events are read */
#define IRQS_BELL_DOWN	0x8u /* 99: the level line's key is down */

struct irqs_event { /* struct input_event with 32-bit time */
	uint32_t seconds, microseconds;
	uint16_t type, code;
	uint32_t value;
};

struct irqs {
	volatile uint32_t *gicd;
	uint32_t level, edge; /* arrived */
	uint32_t pressed, released, dropped;
	bool fresh; /* the level line's key has gone down since the last stroke */
};

int main(int argc, char **argv);

static void irqs_tell(struct irqs *irqs, uint32_t bell, bool pending)
{
	irqs->gicd[pending ? IRQS_ISPENDR : IRQS_ICPENDR] = bell;
}

static void irqs_take_level(struct irqs *irqs, bool down)
{
	irqs_tell(irqs, IRQS_BELL_DOWN, down);
	irqs->pressed += down;
	irqs->released += !down;
	if (down && !irqs->fresh) {
		irqs->fresh = true;
		irqs->level++;
		irqs_tell(irqs, IRQS_BELL_LEVEL, (irqs->level & 1) != 0);
	}
}

static void irqs_take(struct irqs *irqs, const struct irqs_event *event)
{
	if (event->type != IRQS_EV_KEY) {
		return;
	}
	if (event->code == IRQS_KEY_LEVEL) {
		irqs_take_level(irqs, event->value != 0);
	} else if (event->value != 0) {
		irqs->fresh = false;
		irqs->edge++;
		irqs_tell(irqs, IRQS_BELL_EDGE, (irqs->edge & 1) != 0);
	}
}

/* Linux has dropped all that was not read. It is busy with the level line then, whose key goes down
 * and up as often as the host takes its time; there is no edge before this arrival is told. So the
 * key has been down, and is what Linux says, which forgets what it still had. */
static void irqs_catch_up(struct irqs *irqs, int32_t file)
{
	static uint8_t down[IRQS_KEYS / 8]; /* no memset here */

	irqs->dropped++;
	(void)linux_call(LINUX_IOCTL, (uint32_t)file, IRQS_GET_KEYS, (uint32_t)(uintptr_t)down);
	if (irqs->pressed == irqs->released) {
		irqs_take_level(irqs, true);
	}
	if ((down[IRQS_KEY_LEVEL / 8] & 1u << IRQS_KEY_LEVEL % 8) == 0) {
		irqs_take_level(irqs, false);
	}
}

static bool irqs_read(struct irqs *irqs, int32_t file)
{
	struct irqs_event events[32];
	int32_t size = linux_read(file, events, sizeof(events));

	for (uint32_t i = 0; size > 0 && i < (uint32_t)size / sizeof(events[0]); i++) {
		if (events[i].type == IRQS_EV_SYN && events[i].code == IRQS_SYN_DROPPED) {
			irqs_catch_up(irqs, file);
			break;
		}
		irqs_take(irqs, &events[i]);
	}
	return size > 0;
}

int main(int argc, char **argv)
{
	struct irqs irqs = { .gicd = linux_map(IRQS_GICD) };
	int32_t keys = linux_open("/dev/input/event0", 0);
	uint32_t count = argc > 1 ? linux_number(argv[1]) : 1;
	struct {
		int32_t file;
		uint16_t wanted, got;
	} poll = { keys, 1, 0 }; /* POLLIN */

	if (keys < 0 || irqs.gicd == NULL) {
		linux_print("irqs: no /dev/input/event0, or no /dev/mem\n");
		return 1;
	}
	irqs.gicd[IRQS_ISPENDR] = IRQS_BELL_READY;
	while (irqs.edge < count) {
		if (!irqs_read(&irqs, keys)) {
			return 1;
		}
	}
	while (linux_call(LINUX_POLL, (uint32_t)(uintptr_t)&poll, 1, 500) > 0) {
		(void)irqs_read(&irqs, keys);
	}
	linux_print_number(irqs.level, " ");
	linux_print_number(irqs.edge, " ");
	linux_print_number(irqs.pressed, " ");
	linux_print_number(irqs.released, " ");
	linux_print_number(irqs.dropped, "\n");
	return 0;
}
