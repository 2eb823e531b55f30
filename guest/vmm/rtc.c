/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/rtc.h"
#include "guest/lib/timer.h"

#define RTC_DR	   0x00u
#define RTC_MR	   0x04u
#define RTC_LR	   0x08u
#define RTC_CR	   0x0cu
#define RTC_ID	   0xfe0u /* eight bytes, a word each, to the end of the page */
#define RTC_ID_END 0x1000u

static volatile uint32_t rtc_match;
static volatile uint32_t rtc_load;  /* as RTCLR was written last */
static volatile uint32_t rtc_since; /* the second of this partition's counter in which it was */

static uint32_t rtc_second(void)
{
	return (uint32_t)(timer_count() / timer_frequency());
}

/* Peripheral and PrimeCell identification (3.3.9 to 3.3.16). */
static uint32_t rtc_id(uint32_t offset)
{
	static const uint8_t id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	return id[(offset - RTC_ID) / 4];
}

uint32_t rtc_access(uint32_t offset, bool write, uint32_t value)
{
	if (write && offset == RTC_LR) {
		rtc_load = value;
		rtc_since = rtc_second();
	}
	if (write && offset == RTC_MR) {
		rtc_match = value;
	}
	switch (offset) {
	case RTC_DR:
		return rtc_load + rtc_second() - rtc_since;
	case RTC_MR:
		return rtc_match;
	case RTC_LR:
		return rtc_load;
	case RTC_CR:
		return 1; /* it runs */
	default:
		return offset >= RTC_ID && offset < RTC_ID_END ? rtc_id(offset) : 0;
	}
}
