/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the UART drivers' tests: what every UART has (FIFOs, a shift register, a wire, time), and
 * what hyp/core/tty.c does with a driver, whatever its kind. A test adds the registers of its own.
 * Time passes with every access: who polls sees bytes leave.
 */
#ifndef TEST_UNIT_UART_MODEL_H
#define TEST_UNIT_UART_MODEL_H

#include "hyp/hw/io.h"
#include "hyp/hw/uart.h"
#include "test/unit/test.h"

#define MODEL_BASE ((uintptr_t)0x7000)
#define MODEL_SIZE 0x1000u
#define MODEL_CHAR 200u	    /* accesses that a character's time lasts */
#define MODEL_END  4000000u /* accesses: a loop that does not end */
#define MODEL_WIRE 8192u

struct model_fifo {
	uint8_t byte[256];
	uint32_t head, count, depth;
};

/* The kind's own registers. */
struct model_kind {
	uint32_t (*read)(uint32_t offset, uint32_t width);
	void (*write)(uint32_t offset, uint32_t width, uint32_t value);
	void (*tick)(void); /* conditions that latch; or NULL */
	bool (*line)(void); /* the interrupt's level */
};

struct model {
	const struct model_kind *kind;
	struct model_fifo tx, rx;
	bool shifting;
	uint8_t shift;
	uint32_t shift_left; /* time until the byte is on the wire */
	uint32_t quiet;	     /* time since the receive FIFO changed */
	uint8_t wire[MODEL_WIRE];
	uint32_t sent; /* bytes on the wire */
	uint32_t lost; /* written into a full FIFO */
	uint32_t overruns, underruns;
	uint32_t wrong;	   /* accesses that no manual allows */
	uint32_t accesses; /* all in all */
	uint32_t words;	   /* of the boot loader's, not on the wire yet when the driver came */
	uint32_t arrive_at;
	uint8_t arriving; /* comes at access `arrive_at`, if that is not 0 */
};

static struct model model;

static inline void model_wrong(const char *what, uint32_t offset)
{
	model.wrong++;
	printf("wrong: %s at 0x%x\n", what, offset);
}

static inline bool model_put(struct model_fifo *fifo, uint8_t byte)
{
	if (fifo->count >= fifo->depth) {
		return false;
	}
	fifo->byte[(fifo->head + fifo->count++) % 256] = byte;
	return true;
}

static inline uint8_t model_get(struct model_fifo *fifo)
{
	fifo->count--;
	return fifo->byte[fifo->head++ % 256];
}

/* A byte from the other end. */
static inline void model_input(uint8_t byte)
{
	model.overruns += model_put(&model.rx, byte) ? 0 : 1;
	model.quiet = 0;
}

/* The driver writes the transmit register, reads the receive register. */
static inline void model_write_data(uint32_t value)
{
	model.lost += model_put(&model.tx, (uint8_t)value) ? 0 : 1;
}

static inline uint32_t model_read_data(void)
{
	model.quiet = 0;
	if (model.rx.count == 0) {
		model.underruns++;
		return 0x55;
	}
	return model_get(&model.rx);
}

static inline void model_tick(void)
{
	model.quiet++;
	if (model.shifting && --model.shift_left == 0) {
		model.wire[model.sent++ % MODEL_WIRE] = model.shift;
		model.shifting = false;
	}
	if (!model.shifting && model.tx.count > 0) {
		model.shift = model_get(&model.tx);
		model.shift_left = MODEL_CHAR;
		model.shifting = true;
	}
	if (model.kind->tick) {
		model.kind->tick();
	}
}

static inline void model_pass(uint32_t time)
{
	while (time-- > 0) {
		model_tick();
	}
}

static inline bool model_is_idle(void)
{
	return model.tx.count == 0 && !model.shifting;
}

static inline uint32_t model_access(uintptr_t address, uint32_t width)
{
	uint32_t offset = (uint32_t)(address - MODEL_BASE);

	if (++model.accesses == MODEL_END) {
		printf("FAIL: a loop does not end\n");
		exit(EXIT_FAILURE);
	}
	if (address < MODEL_BASE || offset >= MODEL_SIZE || offset % width != 0) {
		model_wrong("access", offset);
	}
	if (model.accesses == model.arrive_at) {
		if (model.rx.count < model.rx.depth) {
			model_input(model.arriving);
			model.arrive_at = 0;
		} else {
			model.arrive_at++;
		}
	}
	model_tick();
	return offset;
}

uint32_t io_read32(uintptr_t address)
{
	uint32_t offset = model_access(address, 4);

	return model.kind->read(offset, 4);
}

void io_write32(uintptr_t address, uint32_t value)
{
	uint32_t offset = model_access(address, 4);

	model.kind->write(offset, 4, value);
	model_tick();
}

uint8_t io_read8(uintptr_t address)
{
	uint32_t offset = model_access(address, 1);

	return (uint8_t)model.kind->read(offset, 1);
}

void io_write8(uintptr_t address, uint8_t value)
{
	uint32_t offset = model_access(address, 1);

	model.kind->write(offset, 1, value);
	model_tick();
}

/* ---------------------------------------------------- what hyp/core/tty.c does, and what must come
 * of it */
struct flow {
	uint32_t received, mixed; /* bytes read, those that were not the expected ones */
	uint32_t made, given;	  /* bytes to send, bytes handed to the driver */
	uint32_t calls, vain;	  /* interrupts, and those that found nothing to do */
	int last;		  /* byte read */
	bool full;		  /* can_send has said no to what is still to be given */
};

static struct flow flow;

/* The bytes to send, and those that the other end types. */
static inline uint8_t flow_byte(uint32_t n)
{
	return (uint8_t)(n * 7 + n / 256);
}

/* A new UART as its boot loader leaves it, `fresh` of the kind: something is still to be sent,
 * something has been typed. The driver starts on it. */
static inline void flow_begin(const struct model_kind *kind, void (*fresh)(void),
			      const struct uart_driver *driver, uint32_t shift, uint32_t width)
{
	const struct uart_shape shape = { MODEL_BASE, shift, width };

	memset(&model, 0, sizeof(model));
	memset(&flow, 0, sizeof(flow));
	model.kind = kind;
	fresh();
	model.words = model.tx.depth < 3 ? model.tx.depth : 3;
	for (uint32_t n = 0; n < model.words; n++) {
		model_put(&model.tx, '.');
	}
	model_input(flow_byte(0));
	model_pass(1);
	uart_init(driver, &shape);
}

static inline void flow_send(void)
{
	flow.full = false;
	while (flow.given < flow.made && !flow.full) {
		flow.full = !uart_can_send();
		if (!flow.full) {
			uart_send(flow_byte(flow.given++));
		}
	}
}

static inline void flow_interrupt(void)
{
	uint32_t before = flow.given + flow.received;
	int byte;

	while ((byte = uart_receive()) >= 0) {
		flow.mixed += byte == flow_byte(flow.received) ? 0 : 1;
		flow.received++;
		flow.last = byte;
	}
	flow_send();
	uart_enable_interrupts(true, flow.full);
	flow.calls++;
	flow.vain += flow.given + flow.received == before ? 1 : 0;
}

/* The first typed byte is read, the boot loader's words are out. */
static inline void flow_settle(void)
{
	uart_enable_interrupts(true, false);
	flow_interrupt();
	uart_drain();
	CHECK_EQ(flow.received, 1);
	flow.calls = flow.vain = 0;
}

/* All that was made is on the wire, in order, after the boot loader's words. */
static inline void flow_check_wire(void)
{
	CHECK_EQ(model.lost, 0);
	CHECK_EQ(model.wrong, 0);
	CHECK_EQ(model.sent, model.words + flow.made);
	for (uint32_t n = 0; n < flow.made; n++) {
		if (model.wire[model.words + n] != flow_byte(n)) {
			CHECK_EQ(model.wire[model.words + n], flow_byte(n));
			return;
		}
	}
}

static inline void flow_check_input(uint32_t count)
{
	CHECK_EQ(model.overruns, 0);
	CHECK_EQ(flow.received, count);
	CHECK_EQ(flow.mixed, 0);
}

/* The boot loader's words that are still in the FIFO, then ours, by polling; drain waits for the
 * last of them. */
static inline void flow_polled(void)
{
	flow.made = 1500;
	while (flow.given < flow.made) {
		flow_send();
	}
	uart_drain();
	CHECK(model_is_idle());
	flow_check_wire();
	uart_drain();
}

static inline bool flow_line_rises(uint32_t time)
{
	while (time-- > 0 && !model.kind->line()) {
		model_tick();
	}
	return model.kind->line();
}

static inline bool flow_line_stays_low(uint32_t time)
{
	return !flow_line_rises(time);
}

/* Bursts of every length that fits: each raises the line at last, and the line falls when
 * uart_receive has said that there is no more. */
static inline void flow_input(void)
{
	uint32_t typed = 1;

	CHECK(flow_line_stays_low(100 * MODEL_CHAR)); /* nothing is enabled yet */
	uart_enable_interrupts(true, false);
	CHECK(flow_line_rises(100 * MODEL_CHAR));
	flow_interrupt();
	for (uint32_t burst = 1; burst <= model.rx.depth; burst++) {
		CHECK(flow_line_stays_low(100 * MODEL_CHAR));
		for (uint32_t n = 0; n < burst; n++) {
			model_input(flow_byte(typed++));
		}
		CHECK(flow_line_rises(100 * MODEL_CHAR));
		flow_interrupt();
	}
	CHECK(flow_line_stays_low(100 * MODEL_CHAR));
	flow_check_input(typed);
	CHECK_EQ(model.underruns, 0);
	CHECK_EQ(model.wrong, 0);
}

/* A byte that comes at any moment of the handler is read by it or raises the line again. */
static inline void flow_race(void)
{
	uint32_t typed = 1;

	flow_settle();
	for (uint32_t moment = 1; moment < 24; moment++) {
		model_input(flow_byte(typed++));
		CHECK(flow_line_rises(100 * MODEL_CHAR));
		model.arriving = flow_byte(typed++);
		model.arrive_at = model.accesses + moment;
		flow_interrupt();
		if (model.arrive_at != 0) {
			model.arrive_at = 0;
			model_input(model.arriving);
		}
		if (flow.received < typed) {
			CHECK(flow_line_rises(100 * MODEL_CHAR));
			flow_interrupt();
		}
		CHECK_EQ(flow.received, typed);
		CHECK(flow_line_stays_low(100 * MODEL_CHAR));
	}
	flow_check_input(typed);
}

/* Nobody has room for what is typed: its interrupt is off, and with it the line; what has come is
 * in the FIFO, up to its depth, and comes to notice when the interrupt is on again. */
static inline void flow_hold(void)
{
	uint32_t typed = 1;

	flow_settle();
	for (uint32_t burst = 1; burst <= model.rx.depth; burst++) {
		for (uint32_t n = 0; n < (burst + 1) / 2; n++) {
			model_input(flow_byte(typed++));
		}
		CHECK(flow_line_rises(100 * MODEL_CHAR));
		uart_enable_interrupts(false, false);
		CHECK(flow_line_stays_low(10 * MODEL_CHAR));
		for (uint32_t n = (burst + 1) / 2; n < burst; n++) {
			model_input(flow_byte(typed++));
		}
		CHECK(flow_line_stays_low(10 * MODEL_CHAR));
		uart_enable_interrupts(false, true);
		uart_enable_interrupts(false, false);
		CHECK(flow_line_stays_low(100 * MODEL_CHAR));
		CHECK_EQ(model.rx.count, burst);
		uart_enable_interrupts(true, false);
		CHECK(flow_line_rises(100 * MODEL_CHAR));
		flow_interrupt();
		CHECK(flow_line_stays_low(100 * MODEL_CHAR));
	}
	flow_check_input(typed);
	CHECK_EQ(model.wrong, 0);
}

/* The line with and without the transmit interrupt. */
static inline void flow_transmit(void)
{
	flow_settle();
	CHECK(flow_line_stays_low(20 * MODEL_CHAR));
	for (uint32_t round = 0; round < 5; round++) {
		while (uart_can_send()) {
			uart_send(flow_byte(flow.made++));
		}
		uart_enable_interrupts(true, true);
		CHECK(flow_line_rises((model.tx.depth + 2) * MODEL_CHAR));
		/* The handler has nothing to send: it is not called again. */
		flow.given = flow.made;
		flow_interrupt();
		CHECK(flow_line_stays_low((model.tx.depth + 2) * MODEL_CHAR));
		/* Neither is it for what it fills up, until there is room. */
		flow.made += model.tx.depth + 40;
		flow_send();
		uart_enable_interrupts(true, true);
		CHECK(!model.kind->line());
		while (flow.given < flow.made) {
			CHECK(flow_line_rises((model.tx.depth + 2) * MODEL_CHAR));
			flow_interrupt();
			if (flow.calls > 5000) {
				CHECK(flow.calls <= 5000);
				return;
			}
		}
		uart_drain();
		uart_enable_interrupts(true, false);
		CHECK(flow_line_stays_low(20 * MODEL_CHAR));
	}
	flow_check_wire();
	CHECK_EQ(flow.vain, 5);
}

/* A long text takes few interrupts: each finds as much room as the kind can tell of. */
static inline void flow_few(uint32_t room)
{
	flow_settle();
	flow.made = 1600;
	flow_send();
	uart_enable_interrupts(true, true);
	while (flow.given < flow.made && flow_line_rises(400 * MODEL_CHAR)) {
		flow_interrupt();
	}
	uart_drain();
	flow_check_wire();
	CHECK(flow.calls <= flow.made / room);
	CHECK_EQ(flow.vain, 0);
}

/* Another CPU: a partition writes. */
static inline void flow_produce(uint32_t count)
{
	flow.made += count;
	flow_send();
	if (flow.full) {
		uart_enable_interrupts(true, true);
	}
}

/* Both ways at once, by interrupt, with pauses and bursts, and a handler that comes late. */
static inline void flow_both(void)
{
	uint32_t seed = 1, typed = 1, late = 0, since = 0;

	uart_enable_interrupts(true, true);
	while (flow.made < 5000 || flow.given < flow.made || !model_is_idle()) {
		model_tick();
		seed = seed * 1664525 + 1013904223;
		since++;
		if (since > 2 * MODEL_CHAR && (seed >> 16) % 1024 == 0 && typed < 1000) {
			model_input(flow_byte(typed++));
			since = 0;
		}
		if (flow.made < 5000 && flow.made - flow.given < 1000 && (seed >> 20) == 5) {
			flow_produce(1 + (seed >> 8) % 100);
		}
		if (!model.kind->line()) {
			late = (seed >> 12) % 50;
		} else if (late > 0) {
			late--;
		} else {
			flow_interrupt();
		}
		if (++model.accesses >= MODEL_END - 1) {
			break; /* an interrupt was lost: the wire is not complete */
		}
	}
	while (flow_line_rises(100 * MODEL_CHAR) && flow.calls < 100000) {
		flow_interrupt();
	}
	flow_check_wire();
	flow_check_input(typed);
	CHECK(typed > 100);
	/* It does not scream: hardly any interrupt for nothing. */
	CHECK(flow.vain * 50 <= flow.calls);
	if (flow.vain * 50 > flow.calls) {
		printf("%u of %u interrupts for nothing\n", flow.vain, flow.calls);
	}
}

/* The flows as a test's cases: `each` runs one of them for every shape of its UART. */
#define UART_MODEL_CASES(each)       \
	static void polled(void)     \
	{                            \
		each(flow_polled);   \
	}                            \
	static void input(void)      \
	{                            \
		each(flow_input);    \
	}                            \
	static void race(void)       \
	{                            \
		each(flow_race);     \
	}                            \
	static void hold(void)       \
	{                            \
		each(flow_hold);     \
	}                            \
	static void transmit(void)   \
	{                            \
		each(flow_transmit); \
	}                            \
	static void both(void)       \
	{                            \
		each(flow_both);     \
	}

#endif
