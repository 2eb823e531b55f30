/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/core/tty.c on a UART of the test's own, whose FIFO gets room at any moment: whatever was said
 * comes out, in order, by the transmit interrupt alone. And what is typed arrives.
 */
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/log.h"
#include "hyp/core/remote.h"
#include "hyp/core/serial.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/hw/uart.h"
#include "hyp/text/explain.h"
#include "test/rig/one.h"
#include "test/unit/test.h"

#define DEPTH 4u /* of the UART's FIFO */

static struct serial_input typed;
struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count;
uint64_t facts_tty_tick = 1000;

static struct cpu this_cpu;
static bool endless; /* from the boot on */
static uint64_t seed;

static struct {
	uint32_t count;		/* bytes in the FIFO */
	bool receive, transmit; /* the interrupts that are enabled */
	bool endless;		/* it takes any number of bytes */
	bool stuck;		/* it sends none */
	char sent[65536];
	uint32_t nr_sent;
	uint32_t asked; /* for room, since something was sent */
	const char *typed;
	uint32_t taken; /* of them, in one call of the monitor */
} uart;

uintptr_t test_read_htpidr(void)
{
	return (uintptr_t)&this_cpu;
}

static uint64_t now = 1;

uint64_t test_now(void)
{
	return now;
}

/* No board with an alias. */
uint32_t remote_reach;

vgic_kick_t remote_all(struct vgic_locked held, vgic_kick_t kick)
{
	CHECK(!held.vm);
	return kick;
}

void vm_kick(struct vm *vm, vgic_kick_t vcpus)
{
	(void)vm;
	(void)vcpus;
}

static uint32_t reports; /* so often one was asked for */

static void uart_interrupts(void)
{
	reports += tty_irq();
}

static void tick_comes(void)
{
	reports += tty_tick();
}

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

/* Time passes: a byte may leave. */
static void pass(void)
{
	if (uart.count > 0 && !uart.stuck && dice(3) == 0) {
		uart.count--;
	}
}

bool uart_can_send(void)
{
	bool can = uart.count < DEPTH || uart.endless;

	if (uart.asked++ > (uart.stuck ? 0x1000000u : 100000u)) {
		printf("FAIL tty: it asks for ever\n");
		exit(EXIT_FAILURE);
	}
	pass();
	return can;
}

void uart_send(uint8_t byte)
{
	CHECK(uart.count < DEPTH || uart.endless);
	uart.count += uart.endless ? 0 : 1;
	uart.asked = 0;
	CHECK(uart.nr_sent < sizeof(uart.sent) - 1);
	uart.sent[uart.nr_sent++] = (char)byte;
	uart.sent[uart.nr_sent] = 0;
	pass();
}

int uart_receive(void)
{
	if (!uart.typed || !*uart.typed) {
		return -1;
	}
	uart.taken++;
	return (uint8_t)*uart.typed++;
}

void uart_enable_interrupts(bool receive, bool transmit)
{
	uart.receive = receive;
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
			uart_interrupts();
			calls++;
		}
	}
	CHECK(!uart.transmit); /* it does not ask for ever */
	return calls;
}

/* As a UART with a FIFO is sooner or later. */
static void has_been_full(void)
{
	struct serial_locked held = serial_take();

	uart.count = DEPTH;
	serial_send(held);
	uart.count = 0;
	serial_send(held);
	serial_drop(held);
}

static void boot(uint64_t with, bool raw)
{
	static struct manifest_partition config;

	seed = with;
	memset(&uart, 0, sizeof(uart));
	memset(&vms[0], 0, sizeof(vms[0]));
	one_reset();
	uart.endless = endless;
	config.name = "one";
	vms[0].config = &config;
	vm_count = 1;
	serial_init();
	memset(&typed, 0, sizeof(typed));
	vms[0].port = (uint8_t)tty_add_vm(&vms[0], &typed);
	log_open(raw);
	if (!endless) {
		has_been_full();
	}
	this_cpu.tick_at = 0;
}

static void begin(uint64_t with)
{
	boot(with, false);
	tty_enable_interrupts();
	interrupts();
}

static struct vcpu speaker = { .vm = &vms[0] };

/* The guest's store to its UART's data register (DDI 0183, UARTDR). */
static void guest_writes(char byte)
{
	struct mmio mmio = { .offset = 0, .size = 4, .is_write = true, .value = (uint8_t)byte };

	CHECK_EQ(tty_access(&speaker, &mmio), MMIO_OK);
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
		log_line("what the monitor says\n");
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

			CHECK_EQ(tty_access(&speaker, &flags), MMIO_OK);
			if ((flags.value & 0x20) == 0) {
				guest_writes(at % 40 == 39 ? '\n' : (char)('0' + at % 40));
				at++;
			} else {
				pass();
				if (uart.transmit && uart.count < DEPTH) {
					uart_interrupts();
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
			tick_comes();
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
	CHECK(this_cpu.tick_at > now && this_cpu.tick_at - now < facts_tty_tick / 10);
	begin(1);
	serial_console.focus = 0;
	guest_writes('x');
	log_line("y");
	CHECK_EQ(this_cpu.tick_at, now + facts_tty_tick);
}

/* Before the console is open nothing can go out: who boots goes on, and the first lines are there.
 */
static void more_than_the_ring_holds(void)
{
	boot(1, false);
	serial_is_open = false;
	serial_init();
	for (uint32_t n = 0; n < 20; n++) {
		log_line("%2u 456789 123456789 123456789 123456789 12345678\n", (unsigned)n);
	}
	log_open(false);
	tty_enable_interrupts();
	interrupts();
	CHECK(strstr(uart.sent, "[plumbline]  0 456789"));
	CHECK(strstr(uart.sent, "[plumbline]  9 456789"));
	CHECK(strstr(uart.sent,
		     " 12345678\r\n[plumbline] lines left out here, for want of room: 10\r\n"));
}

/* The longest line there may be, and the monitor's name before it. */
static void longest_line(void)
{
	char line[EXPLAIN_TEXT];

	boot(1, true);
	tty_enable_interrupts();
	memset(line, 'l', sizeof(line) - 1);
	line[sizeof(line) - 1] = 0;
	CHECK(log_say(line));
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
	uart_interrupts();
	for (const char *want = "typed"; *want; want++) {
		CHECK_EQ(tty_access(&speaker, &data), MMIO_OK);
		CHECK_EQ(data.value & 0xff, *want);
	}
}

/* Registers by DDI 0183: DR 0x00, FR 0x18 (RXFE 0x10), LCR_H 0x2c, CR 0x30, RIS 0x3c, ICR 0x44. */
static uint32_t guest_reads(uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = 4 };

	CHECK_EQ(tty_access(&speaker, &mmio), MMIO_OK);
	return mmio.value;
}

static void guest_sets(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = 4, .is_write = true, .value = value };

	CHECK_EQ(tty_access(&speaker, &mmio), MMIO_OK);
}

static void listen(void)
{
	guest_sets(0x2c, 0x70);
	guest_sets(0x30, 0x301);
	now += facts_tty_tick;
	guest_reads(0x18);
}

/* The UART's receive interrupt comes as long as it is enabled and something is there. */
static void receive_interrupts(void)
{
	for (uint32_t n = 0; n < 10000 && uart.receive && *uart.typed; n++) {
		uart.taken = 0;
		uart_interrupts();
		CHECK(uart.taken <= 32);
	}
}

static void ticks(uint32_t count)
{
	while (count-- > 0) {
		now += facts_tty_tick;
		if (this_cpu.tick_at && this_cpu.tick_at <= now) {
			this_cpu.tick_at = 0;
			tick_comes();
		}
	}
}

static char pasted[20001];

static void paste(uint32_t length)
{
	for (uint32_t n = 0; n < length; n++) {
		pasted[n] = (char)('a' + n % 26);
	}
	pasted[length] = 0;
	uart.typed = pasted;
}

/* As a handler does: until RXFE. */
static uint32_t guest_takes(uint32_t from, uint32_t most, bool *overrun)
{
	uint32_t got = 0;

	while (got < most && !(guest_reads(0x18) & 0x10)) {
		uint32_t data = guest_reads(0);

		CHECK_EQ(data & 0xff, 'a' + (from + got) % 26);
		*overrun = *overrun || (data & 0x800);
		got++;
	}
	return got;
}

/* More than there is room for, while the guest does something else, for less time than patience
 * lasts: the UART keeps it, and all of it arrives. */
static void pasted_whole(void)
{
	static const uint32_t lengths[] = { 1, 16, 17, 600, 3180, 4112, 4113, 9000, 20000 };

	for (uint32_t i = 0; i < 9; i++) {
		uint32_t got = 0;
		bool overrun = false;

		begin(1);
		listen();
		paste(lengths[i]);
		receive_interrupts();
		CHECK_EQ(uart.receive, lengths[i] < 4112); /* with the FIFO's */
		ticks(90);
		CHECK(!*uart.typed || !uart.receive);
		for (uint32_t n = 0; n < 30000 && got < lengths[i]; n++) {
			got += guest_takes(got, 1 + n % 40, &overrun);
			receive_interrupts();
			CHECK(!*uart.typed || !uart.receive || got > 0);
		}
		CHECK_EQ(got, lengths[i]);
		CHECK(!overrun);
		CHECK(uart.receive);
		CHECK_EQ(guest_reads(0x18) & 0x10, 0x10);
	}
}

/* It never reads: its input is lost after a while, which its UART tells, and Ctrl-] is heard. */
static void stuck(void)
{
	bool overrun = false;

	begin(1);
	listen();
	paste(9000);
	strcpy(pasted + 8990, "\x1ds\x1d"
			      "0");
	reports = 0;
	receive_interrupts();
	CHECK(!uart.receive);
	ticks(99);
	CHECK(!uart.receive);
	CHECK_EQ(reports, 0);
	CHECK_EQ(guest_reads(0x3c) & 0x400, 0);
	ticks(2);
	CHECK(uart.receive);
	receive_interrupts();
	CHECK_EQ(*uart.typed, 0);
	CHECK_EQ(reports, 1);
	CHECK_EQ(serial_console.focus, 0);
	CHECK_EQ(guest_reads(0x3c) & 0x400, 0x400); /* OERIS */
	CHECK_EQ(guest_reads(0x04), 8);
	CHECK_EQ(guest_takes(0, 20000, &overrun), 4112);
	CHECK(overrun);
	ticks(200);
	CHECK_EQ(this_cpu.tick_at, 0); /* nobody looks any more */
}

/* It takes a byte just before patience ends, again and again: that does not start it anew. */
static void a_byte_now_and_then(void)
{
	uint32_t n;

	begin(1);
	listen();
	paste(9000);
	strcpy(pasted + 8990, "\x1d"
			      "0");
	receive_interrupts();
	CHECK(!uart.receive);
	for (n = 0; n < 1000 && serial_console.focus == 1; n++) {
		if (n % 95 == 94) {
			(void)guest_reads(0);
		}
		ticks(1);
		if (uart.receive) {
			receive_interrupts();
		}
	}
	CHECK_EQ(serial_console.focus, 0);
	CHECK(n <= 101);
}

/* Interrupts that are cleared over a full FIFO come again while more waits. */
static void cleared(void)
{
	bool overrun = false;

	begin(1);
	listen();
	guest_sets(0x38, 0x50);
	paste(40);
	receive_interrupts();
	CHECK(vms[0].uart_line || !vms[0].vgic);
	CHECK_EQ(guest_reads(0x3c), 0x50);
	guest_sets(0x44, 0x7ff);
	CHECK_EQ(guest_reads(0x3c), 0x50);
	CHECK_EQ(guest_takes(0, 24, &overrun), 24);
	guest_sets(0x44, 0x7ff); /* 16 are left, in the FIFO: read since, they time out again */
	CHECK_EQ(guest_reads(0x3c) & 0x40, 0x40);
	guest_sets(0x44, 0x7ff);
	CHECK_EQ(guest_reads(0x3c), 0);
	CHECK(!overrun);
}

/* What is typed before the guest has enabled its UART waits: Linux throws away what it finds when
 * it does so. A guest that never does, but polls, gets it at last. */
static void typed_early(void)
{
	bool overrun = false;
	uint32_t got = 0;

	begin(1);
	paste(100);
	receive_interrupts();
	guest_writes('e'); /* earlycon */
	guest_reads(0x18);
	guest_writes('c');
	CHECK_EQ(guest_reads(0x18) & 0x10, 0x10);
	guest_sets(0x2c, 0x70);
	guest_sets(0x30, 0xb01);
	for (uint32_t n = 0; n < 32; n++) {
		CHECK_EQ(guest_reads(0x18) & 0x10, 0x10);
	}
	guest_sets(0x38, 0x50);
	CHECK_EQ(guest_reads(0x3c) & 0x50, 0);
	ticks(1);
	CHECK_EQ(guest_reads(0x3c) & 0x50, 0x50);
	CHECK_EQ(guest_takes(0, 200, &overrun), 100);

	begin(1);
	paste(100);
	receive_interrupts();
	for (uint32_t n = 0; n < 10000 && got < 100; n++) {
		got += guest_takes(got, 100, &overrun);
	}
	CHECK_EQ(got, 100);
	/* Closed for a while: what comes meanwhile waits, too. */
	begin(1);
	listen();
	guest_sets(0x30, 0);
	paste(20);
	receive_interrupts();
	CHECK_EQ(guest_reads(0x18) & 0x10, 0x10);
	listen();
	CHECK_EQ(guest_takes(0, 200, &overrun), 20);
	CHECK(!overrun);
}

/* The same, with output under way that needs short ticks: it is not forgotten at their end. */
static void typed_early_beside_output(void)
{
	bool overrun = false;

	begin(1);
	paste(9);
	receive_interrupts();
	uart.count = DEPTH;
	uart.endless = true;
	serial_is_open = false;
	for (uint32_t n = 0; n < 200; n++) {
		guest_writes(n == 199 ? '\n' : 'x');
	}
	serial_is_open = true;
	uart_interrupts();
	CHECK_EQ(this_cpu.tick_at, now + facts_tty_tick / 64);
	guest_sets(0x2c, 0x70);
	guest_sets(0x30, 0x301);
	guest_sets(0x38, 0x50);
	now += facts_tty_tick / 64;
	this_cpu.tick_at = 0;
	tick_comes();
	for (uint32_t n = 0; n < 40 && this_cpu.tick_at; n++) {
		now = this_cpu.tick_at;
		this_cpu.tick_at = 0;
		tick_comes();
	}
	CHECK(strstr(uart.sent, "x\r\n"));
	CHECK_EQ(guest_reads(0x3c) & 0x50, 0x50);
	CHECK_EQ(guest_takes(0, 200, &overrun), 9);
	CHECK_EQ(this_cpu.tick_at, 0);
}

/* A UART that is never full: a call sends a turn's bytes, not all that there is. */
static void turns(void)
{
	uint32_t before;

	begin(1);
	serial_is_open = false;
	for (uint32_t n = 0; n < 500; n++) {
		guest_writes(n % 50 == 49 ? '\n' : 'x');
	}
	serial_is_open = true;
	for (uint32_t n = 0; n < 100 && !strstr(uart.sent, "x\r\n[one] x"); n++) {
		before = uart.nr_sent;
		uart.count = 0;
		uart.endless = true;
		uart_interrupts();
		CHECK(uart.nr_sent - before <= 16);
		CHECK(uart.nr_sent - before > 0);
		CHECK(uart.transmit && this_cpu.tick_at == now + facts_tty_tick / 64);
	}
	before = uart.nr_sent;
	guest_writes('y');
	CHECK(uart.nr_sent - before <= 16);
	uart.endless = false;
	interrupts();
	ticks(50);
	CHECK_EQ(uart.nr_sent, 10 * (6 + 49 + 2) + 6 + 1);
}

/* The board's UART takes nothing: who prints does not ask it for ever. Chatter leaves room for the
 * lines of an end; what is left out is told of, once there is room. */
static void no_room(void)
{
	boot(1, false);
	tty_enable_interrupts();
	log_stop_waiting();
	uart.count = DEPTH;
	uart.stuck = true;
	for (uint32_t n = 0; n < 100; n++) {
		uart.asked = 0;
		log_line("chatter %2u 56789 123456789 123456789 12345678\n", (unsigned)n);
		CHECK(uart.asked <= 2);
	}
	log_end("one: vcpu 0: pc 0x00000000: no memory at its exception vectors, and more\n");
	log_end("one: crashed, status -1, whatever that may be\n");
	uart.stuck = false;
	interrupts();
	ticks(10);
	interrupts();
	CHECK(strstr(uart.sent, "[plumbline] chatter  0 56789"));
	CHECK(!strstr(uart.sent, "chatter 50"));
	CHECK(strstr(uart.sent, "[plumbline] one: vcpu 0: pc 0x00000000: no memory"));
	CHECK(strstr(uart.sent, "[plumbline] one: crashed, status -1, whatever that may be\r\n"));
	{
		const char *told = strstr(uart.sent, "lines left out here, for want of room: ");
		uint32_t lines = 0;

		for (const char *at = uart.sent; (at = strstr(at, "chatter")) != NULL; at++) {
			lines++;
		}
		CHECK(lines >= 4);
		CHECK(told && (uint32_t)atoi(told + 39) == 100 - lines);
		CHECK(told && !strstr(told + 39, "left out"));
	}
	log_line("again\n");
	ticks(1); /* a turn of its own */
	interrupts();
	CHECK(strstr(uart.sent, "[plumbline] again\r\n"));
}

/* While the monitor boots all comes out, however slow. */
/* A UART that is never full interrupts all the time: between its turns guests run. */
static void never_full(void)
{
	endless = true; /* it has not been full for long */
	boot(1, false);
	endless = false;
	tty_enable_interrupts();
	serial_is_open = false;
	for (uint32_t n = 0; n < 500; n++) {
		guest_writes(n % 50 == 49 ? '\n' : 'x');
	}
	serial_is_open = true;
	for (uint32_t n = 0; n < 30; n++) {
		uint32_t before = uart.nr_sent;

		uart_interrupts();
		CHECK_EQ(uart.nr_sent - before, 16);
		CHECK(!uart.transmit && this_cpu.tick_at == now + facts_tty_tick / 64);
	}
	ticks(100);
	CHECK_EQ(uart.nr_sent, 10 * (6 + 49 + 2));
}

/* One that was full once, and is not any more however much a guest prints: the same, soon. */
static void full_once(void)
{
	uint32_t asked = 0;

	boot(1, false);
	tty_enable_interrupts();
	uart.count = DEPTH;
	uart.stuck = true;
	guest_writes('x');
	CHECK(uart.transmit);
	uart.endless = true;
	for (uint32_t n = 0; n < 200; n++) {
		serial_is_open = false;
		for (uint32_t byte = 0; byte < 60; byte++) {
			guest_writes(byte == 59 ? '\n' : 'x');
		}
		serial_is_open = true;
		uart_interrupts();
		asked += uart.transmit;
	}
	CHECK(asked >= 16); /* a FIFO of 256 bytes may have taken so many turns */
	CHECK(asked <= 40);
	CHECK(!uart.transmit);
	uart.endless = false;
	tick_comes();
	CHECK(uart.transmit); /* full again */
}

static void boot_waits(void)
{
	boot(3, false);
	for (uint32_t n = 0; n < 100; n++) {
		log_line("line %2u 789 123456789 123456789 123456789\n", (unsigned)n);
	}
	tty_enable_interrupts();
	interrupts();
	CHECK(strstr(uart.sent, "[plumbline] line 50"));
	CHECK(strstr(uart.sent, "[plumbline] line 99 789 123456789 123456789 123456789\r\n"));
	CHECK(!strstr(uart.sent, "left out"));
}

/* The last line of boot finds as much room as one of a running system needs: what boot has left in
 * the ring goes out first. */
static void boot_leaves_room(void)
{
	for (uint32_t lines = 0; lines < 20; lines++) {
		boot(lines, false);
		uart.endless = true;
		for (uint32_t n = 0; n < lines; n++) {
			log_line("line %2u 789 123456789 123456789 123456789\n", (unsigned)n);
		}
		log_stop_waiting();
		log_end("first guest instruction 1234567 us after reset, 1234567 us of them to "
			"scrub and copy\n");
		ticks(100);
		CHECK(strstr(uart.sent, "[plumbline] first guest instruction 1234567 us after"));
		CHECK(!strstr(uart.sent, "left out"));
	}
}

/* Raw: what has no room is counted for the last words, and the end has room. */
static void raw_left_out(void)
{
	const char *told;

	boot(1, true);
	tty_enable_interrupts();
	log_stop_waiting();
	for (uint32_t n = 0; n < 100; n++) {
		log_line("chatter %2u 56789 123456789 123456789 12345678\n", (unsigned)n);
	}
	log_end("one: crashed, status -1\n");
	CHECK_EQ(uart.nr_sent, 0);
	log_last_words("end", "status 1");
	CHECK(strstr(uart.sent, "plumbline: chatter  0 56789"));
	CHECK(strstr(uart.sent, "plumbline: one: crashed, status -1\r\n"));
	told = strstr(uart.sent, "plumbline: lines left out: ");
	CHECK(told && atoi(told + 27) > 50 && atoi(told + 27) < 80);
	CHECK(strcmp(uart.sent + uart.nr_sent - 26, "plumbline: end: status 1\r\n") == 0);
}

/* The system is up, and its UART takes nothing more. */
static void boot_stuck(void)
{
	boot(2, false);
	tty_enable_interrupts();
	log_stop_waiting();
	uart.stuck = true;
	for (uint32_t n = 0; n < DEPTH; n++) {
		uart_send('.');
	}
}

/* A guest's unfinished line holds up what the monitor says behind it: at the end both come out. */
static void last_words_behind_half_a_line(void)
{
	boot_stuck();
	for (const char *half = "half a line"; *half; half++) {
		console_put(&serial_console, vms[0].port, (uint8_t)*half);
	}
	log_end("one: off\n");
	uart.stuck = false;
	log_last_words("end", "status 0");
	CHECK(strstr(uart.sent, "one: off\r\n"));
	CHECK(strcmp(uart.sent + uart.nr_sent - 26, "plumbline: end: status 0\r\n") == 0);
}

/* A UART that takes no more bytes does not keep the system from its end. */
static void last_words_of_a_dead_uart(void)
{
	boot_stuck();
	log_end("one: off\n");
	uart.asked = 0;
	log_last_words("end", "status 0");
	CHECK(!strstr(uart.sent, "status 0"));
	CHECK(uart.asked > 0x100000 && uart.asked < 0x800000); /* it was waited for once */
}

/* Those of two guests wait for each other: at the end both come out, too. */
static void last_words_behind_two_halves(void)
{
	static const char *const halves[] = { "half of two", "half of three" };
	uint32_t port[2];

	boot(2, false);
	tty_enable_interrupts();
	log_stop_waiting();
	port[0] = console_add_port(&serial_console, "two");
	port[1] = console_add_port(&serial_console, "three");
	for (uint32_t n = 0; n < 2; n++) {
		for (const char *half = halves[n]; *half; half++) {
			console_put(&serial_console, port[n], (uint8_t)*half);
		}
	}
	log_last_words("end", "status 0");
	CHECK(strstr(uart.sent, "half of two\r\n"));
	CHECK(strstr(uart.sent, "half of three\r\n"));
	CHECK(strcmp(uart.sent + uart.nr_sent - 26, "plumbline: end: status 0\r\n") == 0);
}

/* What is said before the manifest tells that the console is raw comes with the last words, once;
 * and at once where it is not. */
static void said_before_it_is_open(void)
{
	for (uint32_t raw = 0; raw < 3; raw++) { /* 2: it never is */
		const char *said;

		boot(1, false);
		serial_is_open = false;
		memset(&uart, 0, sizeof(uart));
		uart.endless = true;
		serial_init();
		log_line("left out: CPU 3\n");
		if (raw < 2) {
			log_open(raw == 1);
		}
		said = raw == 0 ? "[plumbline] left out: CPU 3\r\n" : "left out: CPU 3\r\n";
		CHECK_EQ(strstr(uart.sent, said) != NULL, raw == 0);
		log_last_words("end", "status 0");
		said = strstr(uart.sent, said);
		CHECK(said && !strstr(strchr(said, '\n'), "CPU 3"));
	}
}

static const struct test_case cases[] = {
	{ "all_comes_out", all_comes_out },
	{ "long_text", long_text },
	{ "no_interrupt", no_interrupt },
	{ "lengths_of_ticks", lengths_of_ticks },
	{ "longest_line", longest_line },
	{ "input", input },
	{ "pasted_whole", pasted_whole },
	{ "stuck", stuck },
	{ "a_byte_now_and_then", a_byte_now_and_then },
	{ "cleared", cleared },
	{ "typed_early", typed_early },
	{ "typed_early_beside_output", typed_early_beside_output },
	{ "turns", turns },
	{ "never_full", never_full },
	{ "full_once", full_once },
	{ "no_room", no_room },
	{ "boot_waits", boot_waits },
	{ "boot_leaves_room", boot_leaves_room },
	{ "raw_left_out", raw_left_out },
	{ "last_words_behind_half_a_line", last_words_behind_half_a_line },
	{ "last_words_behind_two_halves", last_words_behind_two_halves },
	{ "last_words_of_a_dead_uart", last_words_of_a_dead_uart },
	{ "said_before_it_is_open", said_before_it_is_open },
	{ "more_than_the_ring_holds", more_than_the_ring_holds },
};

TEST_MAIN("tty", cases)
