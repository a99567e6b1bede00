/* Sleeps for ever: the argument says how. */
#include "escape.h"
#include <time.h>

int main(int argc, char **argv) {
  const char *const how = argc > 1 ? argv[1] : "";
  static __wasi_subscription_t wishes[1000];
  static __wasi_event_t events[1000];
  __wasi_size_t happened;
  for (size_t i = 0; i < 1000; i++) {
    wishes[i].u.tag = __WASI_EVENTTYPE_CLOCK;
    wishes[i].u.u.clock.id = i % 2 == 0 ? __WASI_CLOCKID_MONOTONIC : __WASI_CLOCKID_REALTIME;
    wishes[i].u.u.clock.timeout = UINT64_MAX - i;
    wishes[i].u.u.clock.flags = i % 3 == 0 ? __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME : 0;
  }
  if (strcmp(how, "one") == 0) return __wasi_poll_oneoff(wishes, events, 1, &happened) == 0 ? 101 : 102;
  if (strcmp(how, "many") == 0) return __wasi_poll_oneoff(wishes, events, 1000, &happened) == 0 ? 101 : 102;
  if (strcmp(how, "short") == 0) {
    for (;;) nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
  }
  for (;;) (void)__wasi_sched_yield();
}
