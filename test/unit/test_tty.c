/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/tty.c on a UART of the test's own, whose FIFO gets room at any moment: whatever was said
 * comes out, in order, by the transmit interrupt alone. And what is typed arrives.
 */
#define main monitor_main /* not this program's */
#include "hyp/tty.c"
#undef main
#include "hyp/explain.h"
#include "test/unit/test.h"

#define DEPTH 4u /* of the UART's FIFO */

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count;
uint64_t main_tty_tick = 1000;

static struct cpu this_cpu;
static uint64_t seed;

static struct {
	uint32_t count; /* bytes in the FIFO */
	bool transmit;	/* the interrupt is enabled */
	char sent[65536];
	uint32_t nr_sent;
	uint32_t asked; /* for room, since something was sent */
	const char *typed;
} uart;

uintptr_t test_read_htpidr(void)
{
	return (uintptr_t)&this_cpu;
}

uint64_t timer_now(void)
{
	return 1;
}

void vm_kick(struct vm *vm, vgic_kick_t vcpus)
{
	(void)vm;
	(void)vcpus;
}

void report_start(void)
{
}

void report_go_on(void)
{
}

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

/* Time passes: a byte may leave. */
static void pass(void)
{
	if (uart.count > 0 && dice(3) == 0) {
		uart.count--;
	}
}

bool uart_can_send(void)
{
	bool can = uart.count < DEPTH;

	if (uart.asked++ > 100000) {
		printf("FAIL tty: it asks for ever\n");
		exit(EXIT_FAILURE);
	}
	pass();
	return can;
}

void uart_send(uint8_t byte)
{
	CHECK(uart.count < DEPTH);
	uart.count++;
	uart.asked = 0;
	CHECK(uart.nr_sent < sizeof(uart.sent) - 1);
	uart.sent[uart.nr_sent++] = (char)byte;
	uart.sent[uart.nr_sent] = 0;
	pass();
}

int uart_receive(void)
{
	return uart.typed && *uart.typed ? *uart.typed++ : -1;
}

void uart_enable_interrupts(bool transmit)
{
	uart.transmit = transmit;
	pass();
}

void uart_drain(void)
{
	uart.count = 0;
}

/* As long as the UART asks for it: room is a level here. */
static uint32_t interrupts(void)
{
	uint32_t calls = 0;

	for (uint32_t time = 0; time < 20000 && (uart.transmit || uart.count > 0); time++) {
		pass();
		if (uart.transmit && uart.count < DEPTH) {
			tty_irq();
			calls++;
		}
	}
	CHECK(!uart.transmit); /* it does not ask for ever */
	return calls;
}

static void boot(uint64_t with, bool raw)
{
	static struct manifest_partition config;

	seed = with;
	memset(&uart, 0, sizeof(uart));
	memset(&vms[0], 0, sizeof(vms[0]));
	memset(&tty_console, 0, sizeof(tty_console));
	memset(tty_input, 0, sizeof(tty_input));
	tty_by_interrupt = false;
	tty_is_open = false;
	tty_tick_armed = false;
	tty_held = 0;
	config.name = "one";
	vms[0].config = &config;
	vm_count = 1;
	tty_init();
	vms[0].port = (uint8_t)tty_add_vm(&vms[0]);
	tty_open(raw);
	this_cpu.tick_at = 0;
}

static void begin(uint64_t with)
{
	boot(with, false);
	tty_enable_interrupts();
	interrupts();
}

/* The guest's store to its UART's data register (DDI 0183, UARTDR). */
static void guest_writes(char byte)
{
	struct mmio mmio = { .offset = 0, .size = 4, .is_write = true, .value = (uint8_t)byte };

	CHECK_EQ(tty_access(&vms[0], &mmio), MMIO_OK);
}

/* Lines of the monitor and of the guest; then only interrupts. */
static void all_comes_out(void)
{
	for (uint64_t round = 1; round <= 3000; round++) {
		static const char guest[] = "what a guest says at once\n";
		static const char want[] = "[one] what a guest says at once\r\n";
		static const char own[] = "[plumbline] what the monitor says\r\n";

		begin(round);
		for (const char *at = guest; *at; at++) {
			guest_writes(*at);
		}
		print("what the monitor says\n");
		interrupts();
		if (!strstr(uart.sent, want) || !strstr(uart.sent, own)) {
			printf("round %u: '%s'\n", (unsigned)round, uart.sent);
			CHECK(false);
			return;
		}
	}
}

/* More than ring and FIFOs hold, while the guest looks at its UART's 'full' (UARTFR, bit 5). */
static void long_text(void)
{
	for (uint64_t round = 1; round <= 100; round++) {
		uint32_t tries = 0, at = 0;
		char want[64];

		begin(round);
		while (at < 4000 && tries++ < 400000) {
			struct mmio flags = { .offset = 0x18, .size = 4 };

			CHECK_EQ(tty_access(&vms[0], &flags), MMIO_OK);
			if ((flags.value & 0x20) == 0) {
				guest_writes(at % 40 == 39 ? '\n' : (char)('0' + at % 40));
				at++;
			} else {
				pass();
				if (uart.transmit && uart.count < DEPTH) {
					tty_irq();
				}
			}
		}
		interrupts();
		CHECK_EQ(at, 4000);
		strcpy(want, "[one] 0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUV\r\n");
		CHECK_EQ(uart.nr_sent, 100 * strlen(want));
		for (uint32_t line = 0; line < 100; line++) {
			CHECK(strncmp(uart.sent + line * strlen(want), want, strlen(want)) == 0);
		}
	}
}

/* A UART whose interrupt does not reach the GIC: what is left goes out by ticks, and there are no
 * more of them afterwards. */
static void no_interrupt(void)
{
	static const char want[] = "[one] 0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUV\r\n";

	for (uint64_t round = 1; round <= 300; round++) {
		uint32_t ticks = 0;

		boot(round, false);
		for (uint32_t at = 0; at < 40; at++) {
			guest_writes(at == 39 ? '\n' : (char)('0' + at));
		}
		while (this_cpu.tick_at && ticks++ < 1000) {
			uart.count = 0; /* that long it takes */
			this_cpu.tick_at = 0;
			tty_tick();
		}
		CHECK(ticks < 1000);
		CHECK(!uart.transmit);
		if (strcmp(uart.sent, want) != 0) {
			printf("round %u: '%s'\n", (unsigned)round, uart.sent);
			CHECK(false);
			return;
		}
	}
}

/* What is left is little, if it goes in short ticks; a line that is not finished waits for long
 * ones. */
static void lengths_of_ticks(void)
{
	boot(1, false);
	for (uint32_t n = 0; n < 30; n++) {
		uart.count = DEPTH;
		guest_writes('x');
	}
	CHECK(this_cpu.tick_at > 1 && this_cpu.tick_at - 1 < main_tty_tick / 10);
	begin(1);
	tty_console.focus = 0;
	guest_writes('x');
	print("y");
	CHECK_EQ(this_cpu.tick_at, 1 + main_tty_tick);
}

/* Before the console is open nothing can go out: who boots goes on, and the first lines are there.
 */
static void more_than_the_ring_holds(void)
{
	boot(1, false);
	tty_is_open = false;
	tty_init();
	for (uint32_t n = 0; n < 20; n++) {
		print("%2u 456789 123456789 123456789 123456789 12345678\n", (unsigned)n);
	}
	tty_open(false);
	tty_enable_interrupts();
	interrupts();
	CHECK(strstr(uart.sent, "[plumbline]  0 456789"));
	CHECK(strstr(uart.sent, "[plumbline]  9 456789"));
	CHECK(strcmp(uart.sent + uart.nr_sent - 5, "678\r\n") == 0);
}

/* The longest line there may be, and the monitor's name before it. */
static void longest_line(void)
{
	char line[EXPLAIN_TEXT];

	boot(1, true);
	tty_enable_interrupts();
	memset(line, 'l', sizeof(line) - 1);
	line[sizeof(line) - 1] = 0;
	CHECK(tty_say(line));
	interrupts();
	CHECK(strncmp(uart.sent, "plumbline: lll", 14) == 0);
	CHECK_EQ(strlen(uart.sent), strlen("plumbline: ") + strlen(line) + 1);
	CHECK_EQ(uart.sent[uart.nr_sent - 1], '\n');
}

static void input(void)
{
	struct mmio data = { .offset = 0, .size = 4 };

	begin(1);
	uart.typed = "typed";
	tty_irq();
	for (const char *want = "typed"; *want; want++) {
		CHECK_EQ(tty_access(&vms[0], &data), MMIO_OK);
		CHECK_EQ(data.value & 0xff, *want);
	}
}

static const struct test_case cases[] = {
	{ "all_comes_out", all_comes_out },
	{ "long_text", long_text },
	{ "no_interrupt", no_interrupt },
	{ "lengths_of_ticks", lengths_of_ticks },
	{ "longest_line", longest_line },
	{ "input", input },
	{ "more_than_the_ring_holds", more_than_the_ring_holds },
};

TEST_MAIN("tty", cases)
