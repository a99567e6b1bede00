/* Programs for WASI: arguments, environment, exits, clocks, random numbers, waiting. */
#include "wasi.h"
#include <pthread.h>
#include <unistd.h>

TEST(a_program_gets_its_arguments_and_environment) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_arg(wasi, "program", SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_arg(wasi, "", 0));
  OK(safewasm_wasi_add_arg(wasi, "\xc3\xa9t\xc3\xa9...", 5));
  OK(safewasm_wasi_add_env(wasi, "NAME", SAFEWASM_STRLEN, "old", SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_env(wasi, "EMPTY", SAFEWASM_STRLEN, "", SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_env(wasi, "NAME", SAFEWASM_STRLEN, "a=b", SAFEWASM_STRLEN));
  world_t world = new_program(
      "(func (export \"_start\")"
      "  (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))"
      "  (drop (call $environ_sizes_get (i32.const 8) (i32.const 12)))"
      "  (drop (call $args_get (i32.const 100) (i32.const 200)))"
      "  (drop (call $environ_get (i32.const 300) (i32.const 400))))",
      wasi);
  uint32_t status = 1;
  OK(safewasm_instance_run(world.instance, &status));
  CHECK(status == 0);
  char bytes[16];
  CHECK(peek_u32(world, 0) == 3 && peek_u32(world, 4) == 8 + 1 + 6);
  CHECK(peek_u32(world, 8) == 2 && peek_u32(world, 12) == 9 + 7);
  CHECK(peek_u32(world, 100) == 200 && peek_u32(world, 104) == 208 && peek_u32(world, 108) == 209);
  peek(world, 200, bytes, 15);
  CHECK(memcmp(bytes, "program\0\0\xc3\xa9t\xc3\xa9", 15) == 0);
  peek(world, 400, bytes, 16);
  CHECK(memcmp(bytes, "NAME=a=b\0EMPTY=", 16) == 0);
  delete_world(world);
}

TEST(a_program_exits_with_any_status) {
  /* The fixed clock is the status. */
  static const char *const body =
      "(func $quit (export \"quit\")"
      "  (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0)))"
      "  (call $proc_exit (i32.load (i32.const 0))) (unreachable))"
      "(func (export \"_start\") (call $quit))";
  for (uint32_t status = 0; status <= 256; status++) {
    uint32_t wanted = status == 256 ? UINT32_MAX : status, found = ~wanted;
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_fixed_clock(wasi, wanted));
    world_t world = new_program(body, wasi);
    OK(safewasm_instance_run(world.instance, &found));
    CHECK(found == wanted);

    /* An exit in any other call is an error. */
    safewasm_error_t *error = call(world, "quit");
    CHECK(safewasm_error_exit_status(error, &found) && found == wanted);
    CHECK(safewasm_error_exit_status(error, NULL));
    FAILS(error, EXIT, "the program exited with the status ");
    delete_world(world);
    if (failed_here) return;
  }
  uint32_t status = 5;
  CHECK(!safewasm_error_exit_status(NULL, &status) && status == 0);
}

TEST(a_store_without_wasi_is_an_error) {
  world_t world = new_program(
      "(func (export \"_start\") (drop (call $random_get (i32.const 0) (i32.const 1))))", NULL);
  uint32_t status = 5;
  FAILS(safewasm_instance_run(world.instance, &status), UNSUPPORTED, "`safewasm_store_set_wasi`");
  CHECK(status == 0);
  OK(safewasm_store_set_wasi(world.store, new_wasi()));
  OK(safewasm_instance_run(world.instance, &status));

  safewasm_wasi_t *second = new_wasi();
  FAILS(safewasm_store_set_wasi(world.store, second), INVALID_ARGUMENT, "`store` has WASI already");
  CHECK(!safewasm_wasi_is_valid(second));
  delete_world(world);
}

static const char *const SLEEPER =
    /* Subscribes to the realtime clock, for 1000 seconds from now on. */
    "(func (export \"_start\")"
    "  (i64.store (i32.const 0) (i64.const 77))"
    "  (i64.store (i32.const 24) (i64.const 1000000000000))"
    "  (drop (call $poll_oneoff (i32.const 0) (i32.const 104) (i32.const 1) (i32.const 200))))";

TEST(a_deadline_ends_a_program_that_sleeps) {
  world_t world = new_program(SLEEPER, new_wasi());
  uint32_t status;
  OK(safewasm_store_set_deadline(world.store, 50 * MILLISECONDS));
  safewasm_error_t *error = safewasm_instance_run(world.instance, &status);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, "the store's deadline has passed");
  delete_world(world);
}

TEST(a_fixed_clock_is_advanced_by_sleeping_only) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_fixed_clock(wasi, UINT64_C(1700000000000000000)));
  world_t world = new_program(SLEEPER, wasi);
  uint32_t status;
  OK(safewasm_instance_run(world.instance, &status));
  CHECK(peek_u32(world, 200) == 1 && peek_u64(world, 104) == 77);
  delete_world(world);
}

int main(void) {
  RUN(a_program_gets_its_arguments_and_environment);
  RUN(a_program_exits_with_any_status);
  RUN(a_store_without_wasi_is_an_error);
  RUN(a_deadline_ends_a_program_that_sleeps);
  RUN(a_fixed_clock_is_advanced_by_sleeping_only);
  return finish("wasi");
}
