/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/fakes/kernel/threads.h"
