/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a function that may fault, and returns its exception. */
#ifndef GUEST_LIB_EXCEPTIONS_H
#define GUEST_LIB_EXCEPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum exception_kind {
	EXCEPTION_NONE,
	EXCEPTION_UNDEF,
	EXCEPTION_SVC,
	EXCEPTION_PREFETCH_ABORT,
	EXCEPTION_DATA_ABORT,
};

struct guest_exception {
	enum exception_kind kind;
	uint32_t fault_status;	/* DFSR or IFSR of an abort, else 0 */
	uint32_t fault_address; /* DFAR or IFAR of an abort, else 0 */
	uint32_t pc;		/* of the instruction (asynchronous abort: where it was taken) */
	uint32_t psr;		/* CPSR at that point */
};

/* DFSR/IFSR, short descriptors: FS[4] is bit 10 (ARM DDI 0406C, B4.1.52) */
#define EXCEPTION_FAULT(status)	       ((0xfu & (status)) | (((status) >> 6) & 0x10u))
#define EXCEPTION_WNR(status)	       (((status) >> 11) & 1u)
#define EXCEPTION_FAULT_SYNC_EXTERNAL  0x08u
#define EXCEPTION_FAULT_ASYNC_EXTERNAL 0x16u
#define EXCEPTION_FAULT_ALIGNMENT      0x01u
#define EXCEPTION_FAULT_TRANSLATION_1  0x05u
#define EXCEPTION_FAULT_TRANSLATION_2  0x07u
#define EXCEPTION_FAULT_PERMISSION_1   0x0du

/* Calls fn(arg) with the interrupt masks as they are. The first exception ends fn (its stack is
 * dropped) and is returned; the caller continues with its own registers and masks. Calls may be
 * nested, on every CPU. */
struct guest_exception exception_try(void (*fn)(void *), void *arg);

/* The same in User mode, IRQ and FIQ masks as they are, on a stack of its own (4 KiB). fn ends by a
 * return or any exception; it cannot print, because device registers are privileged. */
struct guest_exception exception_try_user(void (*fn)(void *), void *arg);

/* The frame that the vectors have saved; execution continues at `pc`, which may be changed. */
struct exception_frame {
	uint32_t psr;
	uint32_t r[13];
	uint32_t lr; /* of the mode that took the exception: as pc */
	uint32_t pc;
};

/* An alternative to exception_try: true means 'continue at frame->pc'. NULL: none. An exception
 * that is not handled prints the frame and ends the guest with status 125. */
typedef bool (*exception_handler_fn)(enum exception_kind kind, struct exception_frame *frame);
void exception_set_handler(exception_handler_fn handler);

const char *exception_name(enum exception_kind kind);

/* Ready to call: one access or instruction each; `arg` points at a struct exception_access or is
 * ignored. */
struct exception_access {
	uint32_t address;
	uint32_t value; /* written, or read */
};
void exception_read8(void *access);
void exception_read16(void *access);
void exception_read32(void *access);
void exception_write8(void *access);
void exception_write16(void *access);
void exception_write32(void *access);
void exception_run_word(
	void *word); /* *(uint32_t *)word: one ARM instruction, executed, then returns */

#endif
