/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages with the other one of peers 0 and 1 of shared memory, as guest/test/shared.c, in a Linux
 * program.
 *
 *   shared COUNT [UNTIL [stays]]
 *		COUNT messages each way in all; ends when UNTIL have been received (or does nothing
 *		then, until it is killed). Prints its life, the messages received, sent and left
 *		with the peer, those that are wrong, how often it has waited, and the peer's last
 *		life
 *   shared rights
 *		what the maps allow; prints the names of what is wrong
 */
#include "guest/linux/bin/uio.h"
#include "guest/test/messages.h"

#define SHARED_PATIENCE_MS 60000u
#define SHARED_EBUSY	   16
#define SHARED_EACCES	   13
#define SHARED_EAGAIN	   11
#define SHARED_EINVAL	   22

static struct channel channel;
static uint32_t wrong, waits, peer_life;

int main(int argc, char **argv);
void *memcpy(void *to, const void *from, size_t size);

/* The compiler calls it for copies of variable size. */
void *memcpy(void *to, const void *from, size_t size)
{
	for (size_t n = 0; n < size; n++) {
		((volatile uint8_t *)to)[n] = ((const uint8_t *)from)[n];
	}
	return to;
}

static bool send_some(uint32_t count)
{
	uint32_t words[MESSAGE_WORDS];
	bool any = false;

	while (channel_sent(&channel) < count) {
		uint32_t size = make_message(words, uio.shared.id, channel_sent(&channel));

		if (!channel_send(&channel, words, size)) {
			break;
		}
		any = true;
	}
	return any;
}

static bool receive_some(uint32_t until)
{
	uint32_t words[MESSAGE_WORDS];
	bool any = false;
	int32_t size = 0;

	while (channel_received(&channel) < until && (size = channel_peek(&channel, words)) >= 0) {
		wrong += is_message(words, size, channel.peer, channel_received(&channel)) ? 0 : 1;
		channel_done(&channel);
		any = true;
	}
	wrong += size == CHANNEL_BROKEN;
	return any;
}

/* All of `count` have arrived on both sides; or, before that, it has `until`. */
static bool is_done(uint32_t count, uint32_t until)
{
	if (until < count) {
		return channel_received(&channel) >= until;
	}
	return channel_received(&channel) == count && channel_sent(&channel) == count &&
	       channel_unread(&channel) == 0;
}

static bool exchange(uint32_t count, uint32_t until)
{
	while (wrong == 0 && !is_done(count, until)) {
		bool sent = send_some(count), received = receive_some(until);
		uint32_t state = shared_state(&uio.shared, channel.peer);

		peer_life = state ? state : peer_life;
		if (sent || received) {
			continue;
		}
		waits++;
		if (!uio_wait(SHARED_PATIENCE_MS)) {
			linux_print("shared: nothing comes from the peer\n");
			return false;
		}
	}
	return true;
}

static int talk(uint32_t count, uint32_t until, bool stays)
{
	volatile uint32_t *lives = shared_common(&uio.shared);
	uint32_t life = ++lives[uio.shared.id];
	bool good;

	if (!channel_open(&channel, &uio.shared, 1 - uio.shared.id)) {
		linux_print("shared: the sections are too small\n");
		return 1;
	}
	shared_enable(&uio.shared, true);
	shared_set_state(&uio.shared, life);
	good = exchange(count, until);
	while (stays) {
		linux_sleep_us(100000);
	}
	linux_print_number(life, " ");
	linux_print_number(channel_received(&channel), " ");
	linux_print_number(channel_sent(&channel), " ");
	linux_print_number(channel_unread(&channel), " ");
	linux_print_number(wrong, " ");
	linux_print_number(waits, " ");
	linux_print_number(peer_life, "\n");
	return !good;
}

static void expect(uint32_t got, int32_t want, const char *what)
{
	if (got != (uint32_t)want) {
		linux_print(what);
		linux_print(", ");
	}
}

/* Map 0 has the registers, 1 the memory, 2 the output section. */
static void rights(void)
{
	static const char module[] = "plumbline_shared";
	uint32_t read = LINUX_PROT_READ, write = LINUX_PROT_WRITE, exec = LINUX_PROT_EXEC;
	uint32_t memory = uio.shared.base, output = uio.output, size = uio.shared.output_size;

	expect(linux_mmap(uio.file, UIO_PAGE, read | write, 1), -SHARED_EACCES, "memory to write");
	expect(linux_mmap(uio.file, UIO_PAGE, read | exec, 1), -SHARED_EACCES, "memory to execute");
	expect(linux_mmap(uio.file, UIO_PAGE, read | exec, 2), -SHARED_EACCES, "output to execute");
	expect(linux_mmap(uio.file, UIO_PAGE + 1, read, 0), -SHARED_EINVAL, "a second page");
	expect(linux_mmap(uio.file, size + 1, read, 2), -SHARED_EINVAL, "past the output section");
	expect(linux_mmap(uio.file, UIO_PAGE, read, 4), -SHARED_EINVAL, "a fifth map");
	expect((uint32_t)linux_call(LINUX_MPROTECT, memory, UIO_PAGE, read | write), -SHARED_EACCES,
	       "mprotect of memory to write");
	expect((uint32_t)linux_call(LINUX_MPROTECT, output, UIO_PAGE, read | exec), -SHARED_EACCES,
	       "mprotect of output to execute");
	expect((uint32_t)linux_call(LINUX_MPROTECT, output, UIO_PAGE, read | write), 0,
	       "mprotect of output to write");
	expect((uint32_t)linux_open("/dev/uio0", 2), -SHARED_EBUSY, "a second open");
	expect((uint32_t)linux_call(LINUX_DELETE, (uint32_t)(uintptr_t)module, 0x800, 0),
	       -SHARED_EAGAIN, "the module unloaded while it is open");
	linux_print("end\n");
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? linux_number(argv[1]) : 0;

	if (!uio_open("link")) {
		linux_print("shared: no UIO device link, or it is in use\n");
		return 1;
	}
	if (argc > 1 && uio_same(argv[1], "rights")) {
		rights();
		return 0;
	}
	if (argc > 1 && uio_same(argv[1], "state")) {
		linux_print_number(shared_state(&uio.shared, uio.shared.id), " ");
		linux_print_number(shared_read(&uio.shared, SHARED_CONTROL), "\n");
		return 0;
	}
	return talk(count, argc > 2 ? linux_number(argv[2]) : count, argc > 3);
}
