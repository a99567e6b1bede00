/* clock_res_get, clock_time_get, random_get, sched_yield, proc_raise. */
#include "check.h"

#define IN_2020 (UINT64_C(1577836800) * 1000000000)
#define IN_2200 (UINT64_C(7258118400) * 1000000000)

static uint64_t now(uint32_t clock, uint64_t precision) {
  uint64_t time = 0;
  OK(raw_clock_time_get(clock, precision, &time));
  return time;
}

static void clocks(void) {
  uint64_t time = 0;

  CASE("clock_time_get tells the time since 1970 in nanoseconds");
  CHECK(now(REALTIME, 0) > IN_2020 && now(REALTIME, 0) < IN_2200);

  CASE("clock_time_get takes any precision");
  CHECK(now(REALTIME, UINT64_MAX) > IN_2020);
  CHECK(now(REALTIME, 1) > IN_2020);

  CASE("clock_time_get of the monotonic clock never goes back");
  uint64_t before = now(MONOTONIC, 0);
  for (int i = 0; i < 1000; i++) {
    uint64_t after = now(MONOTONIC, 0);
    CHECK(after >= before);
    before = after;
  }

  CASE("clock_res_get is more than 0");
  for (uint32_t clock = REALTIME; clock <= MONOTONIC; clock++) {
    time = 0;
    OK(raw_clock_res_get(clock, &time));
    CHECK(time > 0);
  }

  CASE("clock_res_get of a clock that isn't supported is inval");
  for (uint32_t clock = PROCESS_CPUTIME; clock <= THREAD_CPUTIME; clock++) {
    GIVES(raw_clock_res_get(clock, &time), SUCCESS, INVAL);
  }

  CASE("clock_time_get of a clock for processor time works or says that it isn't supported");
  for (uint32_t clock = PROCESS_CPUTIME; clock <= THREAD_CPUTIME; clock++) {
    GIVES(raw_clock_time_get(clock, 0, &time), SUCCESS, INVAL, BADF, NOTSUP);
  }

  CASE("a clock that doesn't exist is inval");
  static const uint32_t numbers[] = {4, 255, 256, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
  for (int i = 0; i < 7; i++) {
    GIVES(raw_clock_time_get(numbers[i], 0, &time), INVAL);
    GIVES(raw_clock_res_get(numbers[i], &time), INVAL);
  }
}

static void randomness(void) {
  static uint8_t bytes[70000], others[70000];

  CASE("random_get fills the buffer and nothing else");
  memset(bytes, 0, sizeof bytes);
  OK(raw_random_get(bytes + 1, 66666));
  CHECK(bytes[0] == 0 && bytes[66667] == 0 && bytes[66668] == 0);
  int seen[256] = {0}, values = 0;
  for (int i = 1; i <= 66666; i++) seen[bytes[i]]++;
  for (int i = 0; i < 256; i++) values += seen[i] > 0;
  CHECK(values == 256);

  CASE("random_get gives other bytes each time");
  OK(raw_random_get(others + 1, 66666));
  CHECK(memcmp(bytes, others, sizeof bytes) != 0);

  CASE("random_get of no bytes does nothing, at any address");
  OK(raw_random_get(NULL, 0));
  OK(raw_random_get(bytes + 1, 0));
  OK(raw_random_get((uint8_t *)(__builtin_wasm_memory_size(0) * 65536), 0));

  CASE("random_get fills a megabyte");
  static uint8_t many[1 << 20];
  OK(raw_random_get(many, sizeof many));
  CHECK(memcmp(many, many + sizeof many / 2, sizeof many / 2) != 0);
}

static void process(void) {
  CASE("sched_yield succeeds");
  OK(raw_sched_yield());

  CASE("proc_raise sends a signal to the program itself");
  GIVES(raw_proc_raise(16), SUCCESS);

  CASE("proc_raise of a signal that doesn't exist is inval");
  static const uint32_t signals[] = {31, 64, 255, 256, 0x7fffffff, 0xffffffff};
  for (int i = 0; i < 6; i++) GIVES(raw_proc_raise(signals[i]), INVAL);
}

int main(void) {
  clocks();
  randomness();
  process();
  end_case();
  return 0;
}
