/* Programs for WASI: arguments, environment, exits, clocks, random numbers. */
#include "wasi.h"

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
  CHECK(run(world) == 0);
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

/* Counts the arguments and the environment variables that a program has. */
static void count(safewasm_wasi_t *wasi, uint32_t *args, uint32_t *env) {
  world_t world = new_program(
      "(func (export \"_start\")"
      "  (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))"
      "  (drop (call $environ_sizes_get (i32.const 8) (i32.const 12))))",
      wasi);
  CHECK(run(world) == 0);
  *args = peek_u32(world, 0);
  *env = peek_u32(world, 8);
  delete_world(world);
}

TEST(nothing_is_inherited_unless_asked_for) {
  uint32_t args = 9, env = 9;
  count(new_wasi(), &args, &env);
  CHECK(args == 0 && env == 0);
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_inherit_args(wasi));
  OK(safewasm_wasi_inherit_env(wasi));
  count(wasi, &args, &env);
  CHECK(args == 1 && env > 0);
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
    CHECK(run(world) == wanted);

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
  CHECK(run(world) == 0);

  safewasm_wasi_t *second = new_wasi();
  FAILS(safewasm_store_set_wasi(world.store, second), INVALID_ARGUMENT, "`store` has WASI already");
  CHECK(!safewasm_wasi_is_valid(second));
  delete_world(world);
}

TEST(a_module_that_wants_wasi_is_told_so) {
  safewasm_engine_t *engine = new_engine();
  safewasm_store_t *store;
  safewasm_linker_t *linker;
  safewasm_instance_t *instance;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_linker_new(engine, &linker));
  safewasm_module_t *module =
      new_module(engine, "(module (import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32))))");
  FAILS(safewasm_linker_instantiate(linker, store, module, &instance), LINK,
        "`wasi_snapshot_preview1` is WASI: define its functions by `safewasm_linker_define_wasi`");
  OK(safewasm_linker_define_wasi(linker));
  OK(safewasm_linker_instantiate(linker, store, module, &instance));
  FAILS(safewasm_linker_define_wasi(linker), INVALID_ARGUMENT, "is defined already");
  size_t len;
  OK(safewasm_linker_len(linker, &len));
  CHECK(len == 46);
  safewasm_module_delete(module);
  module = new_module(engine, "(module (import \"wasi_unstable\" \"sched_yield\" (func (result i32))))");
  FAILS(safewasm_linker_instantiate(linker, store, module, &instance), LINK,
        "; `wasi_unstable` isn't WASI preview 1, the version that this library has");
  safewasm_module_delete(module);
  module = new_module(engine, "(module (import \"wasi:cli/exit@0.2.0\" \"exit\" (func (param i32))))");
  FAILS(safewasm_linker_instantiate(linker, store, module, &instance), LINK,
        "`wasi:cli/exit@0.2.0` isn't WASI preview 1");
  safewasm_module_delete(module);
  module = new_module(engine, "(module (import \"wasi_snapshot_preview1\" \"fd_wrte\" (func)))");
  FAILS(safewasm_linker_instantiate(linker, store, module, &instance), LINK,
        "expected func () -> (); WASI preview 1 has no such function; did you mean `fd_write` of");
  safewasm_module_delete(module);
  safewasm_linker_delete(linker);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(only_a_command_can_run) {
  uint32_t status = 5;
  world_t world = new_program("(func (export \"_initialize\"))", new_wasi());
  FAILS(safewasm_instance_run(world.instance, &status), NOT_FOUND,
        "`instance` is no command: its module exports no function `_start`; it is a reactor");
  CHECK(status == 0);
  delete_world(world);
  world = new_program("(func (export \"_start\") (param i32))", new_wasi());
  FAILS(safewasm_instance_run(world.instance, &status), INVALID_MODULE, "`_start`");
  OK(safewasm_instance_initialize(world.instance));
  delete_world(world);
}

TEST(a_reactor_is_initialized_once) {
  world_t world = new_program(
      "(func (export \"_initialize\")"
      "  (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))"
      "(func (export \"quit\") (call $proc_exit (i32.const 3)))",
      new_wasi());
  OK(safewasm_instance_initialize(world.instance));
  OK(safewasm_instance_initialize(world.instance));
  CHECK(peek_u32(world, 0) == 1);

  /* A sibling is another instance. */
  safewasm_instance_delete(world.instance);
  safewasm_linker_t *linker;
  OK(safewasm_linker_new(world.engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  OK(safewasm_linker_instantiate(linker, world.store, world.module, &world.instance));
  OK(safewasm_instance_initialize(world.instance));
  CHECK(peek_u32(world, 0) == 1);
  safewasm_linker_delete(linker);
  delete_world(world);
}

TEST(a_reactor_that_exits_while_it_is_initialized_is_an_error) {
  world_t world =
      new_program("(func (export \"_initialize\") (call $proc_exit (i32.const 3)))", new_wasi());
  FAILS(safewasm_instance_initialize(world.instance), EXIT, "the program exited with the status 3");
  delete_world(world);
}

static const char *const CLOCKS =
    "(func (export \"_start\")"
    "  (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0)))"
    "  (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))"
    /* Sleeps 1000 days, by the realtime clock. */
    "  (i64.store (i32.const 104) (i64.const 77))"
    "  (i64.store (i32.const 128) (i64.const 86400000000000000))"
    "  (drop (call $poll_oneoff (i32.const 104) (i32.const 200) (i32.const 1) (i32.const 300)))"
    "  (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 16)))"
    "  (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 24)))"
    "  (drop (call $clock_res_get (i32.const 1) (i32.const 32)))"
    "  (i32.store (i32.const 40) (call $clock_time_get (i32.const 2) (i64.const 0) (i32.const 0)))"
    "  (drop (call $random_get (i32.const 1000) (i32.const 100))))";

TEST(a_fixed_clock_is_advanced_by_sleeping_only) {
  const uint64_t start = UINT64_C(1700000000000000000), days = UINT64_C(86400000000000000);
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_fixed_clock(wasi, start));
  world_t world = new_program(CLOCKS, wasi);
  CHECK(run(world) == 0);
  CHECK(peek_u64(world, 0) == start && peek_u64(world, 8) == 0);
  CHECK(peek_u32(world, 300) == 1 && peek_u64(world, 200) == 77);
  CHECK(peek_u64(world, 16) == start + days && peek_u64(world, 24) == days);
  CHECK(peek_u64(world, 32) == 1);
  CHECK(peek_u32(world, 40) == INVAL);
  delete_world(world);
}

TEST(two_runs_with_a_fixed_clock_and_a_seed_are_the_same) {
  unsigned char memory[3][2000];
  for (int i = 0; i < 3; i++) {
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_fixed_clock(wasi, 5));
    OK(safewasm_wasi_set_seed(wasi, i == 2 ? 8 : 7));
    world_t world = new_program(CLOCKS, wasi);
    CHECK(run(world) == 0);
    peek(world, 0, memory[i], sizeof memory[i]);
    delete_world(world);
  }
  CHECK(memcmp(memory[0], memory[1], sizeof memory[0]) == 0);
  CHECK(memcmp(memory[0], memory[2], sizeof memory[0]) != 0);
}

TEST(random_numbers_of_the_system_differ) {
  unsigned char bytes[2][100];
  for (int i = 0; i < 2; i++) {
    world_t world = new_program(
        "(func (export \"_start\") (drop (call $random_get (i32.const 0) (i32.const 100))))",
        new_wasi());
    CHECK(run(world) == 0);
    peek(world, 0, bytes[i], sizeof bytes[i]);
    delete_world(world);
  }
  CHECK(memcmp(bytes[0], bytes[1], sizeof bytes[0]) != 0);
}

TEST(a_wrong_setting_is_an_error) {
  safewasm_wasi_t *wasi = new_wasi();
  FAILS(safewasm_wasi_add_arg(wasi, "a\0b", 3), INVALID_ARGUMENT, "`arg` has a NUL at byte 1");
  FAILS(safewasm_wasi_add_arg(wasi, "a\xff", 2), INVALID_ARGUMENT, "`arg` is not UTF-8");
  FAILS(safewasm_wasi_add_env(wasi, "", 0, "v", 1), INVALID_ARGUMENT, "`name` is empty");
  FAILS(safewasm_wasi_add_env(wasi, "a=b", 3, "v", 1), INVALID_ARGUMENT, "`name` contains `=`");
  FAILS(safewasm_wasi_add_env(wasi, "n\0", 2, "v", 1), INVALID_ARGUMENT, "`name` has a NUL");
  FAILS(safewasm_wasi_add_env(wasi, "n", 1, "\0v", 2), INVALID_ARGUMENT, "`value` has a NUL");
  FAILS(safewasm_wasi_add_dir(wasi, "/", 1, "", 0, false), INVALID_ARGUMENT, "`guest` is empty");
  FAILS(safewasm_wasi_add_dir(wasi, "\0", 1, "/", 1, false), INVALID_ARGUMENT, "`host` has a NUL");
  safewasm_error_t *error =
      safewasm_wasi_add_dir(wasi, "/nowhere/at/all", SAFEWASM_STRLEN, "/", 1, false);
  CHECK(safewasm_error_os_code(error) == 2);
  FAILS(error, IO, "cannot open the folder `/nowhere/at/all`");
  FAILS(safewasm_wasi_add_dir(wasi, "/etc/passwd", SAFEWASM_STRLEN, "/", 1, false), IO,
        "cannot open the folder `/etc/passwd`: Not a directory");
  safewasm_wasi_delete(wasi);
  FAILS(safewasm_wasi_add_arg(wasi, "a", 1), INVALID_HANDLE, "`wasi` was deleted, or given to a store");
}

TEST(a_wrong_pointer_is_a_trap) {
  static const struct { const char *body; int code; } cases[] = {
      {"(call $random_get (i32.const 131071) (i32.const 2))", SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
      {"(call $random_get (i32.const -1) (i32.const 2))", SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
      {"(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 4))",
       SAFEWASM_TRAP_HEAP_MISALIGNED},
      {"(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 131072))",
       SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
      {"(call $fd_write (i32.const 1) (i32.const 131068) (i32.const 1) (i32.const 0))",
       SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
      {"(call $poll_oneoff (i32.const -16) (i32.const 0) (i32.const 1) (i32.const 0))",
       SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
      {"(call $args_sizes_get (i32.const -4) (i32.const 0))", SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    text_t text = {NULL, 0, 0};
    put(&text, "(func (export \"_start\") (drop ");
    put(&text, cases[i].body);
    put(&text, "))");
    world_t world = new_program(text.data, new_wasi());
    uint32_t status;
    safewasm_error_t *error = safewasm_instance_run(world.instance, &status);
    CHECK((int)safewasm_error_trap_code(error) == cases[i].code);
    FAILS(error, TRAP, "the WASI function `");
    /* The store lives on. */
    OK(safewasm_instance_initialize(world.instance));
    delete_world(world);
    free(text.data);
  }
}

TEST(absurd_lengths_and_unknown_numbers_are_an_errno) {
  static const struct { const char *body; uint32_t errno_; } cases[] = {
      {"(call $random_get (i32.const 0) (i32.const -1))", INVAL},
      {"(call $clock_time_get (i32.const 99) (i64.const 0) (i32.const 0))", INVAL},
      {"(call $clock_time_get (i32.const -1) (i64.const 0) (i32.const 0))", INVAL},
      {"(call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))", INVAL},
      {"(call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))", INVAL},
      {"(call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0))", INVAL},
      {"(call $fd_read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))", INVAL},
      {"(call $fd_close (i32.const -1))", BADF},
      {"(call $fd_renumber (i32.const 1) (i32.const -1))", BADF},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    text_t text = {NULL, 0, 0};
    put(&text, "(func (export \"_start\") (call $proc_exit ");
    put(&text, cases[i].body);
    put(&text, "))");
    world_t world = new_program(text.data, new_wasi());
    uint32_t status = run(world);
    if (status != cases[i].errno_) printf("%s: %u\n", cases[i].body, status);
    CHECK(status == cases[i].errno_);
    delete_world(world);
    free(text.data);
  }
}

/* A program without a memory of its own. */
TEST(a_program_without_a_memory_is_an_error) {
  safewasm_engine_t *engine = new_engine();
  safewasm_store_t *store;
  safewasm_linker_t *linker;
  safewasm_instance_t *instance;
  uint32_t status;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_store_set_wasi(store, new_wasi()));
  OK(safewasm_linker_new(engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  safewasm_module_t *module = new_module(
      engine,
      "(module (import \"wasi_snapshot_preview1\" \"sched_yield\" (func $yield (result i32)))"
      "  (func (export \"_start\") (drop (call $yield))))");
  OK(safewasm_linker_instantiate(linker, store, module, &instance));
  FAILS(safewasm_instance_run(instance, &status), TRAP,
        "the WASI function `sched_yield` needs the memory of the instance that calls it");

  /* The program calls the function itself. */
  safewasm_extern_t item;
  safewasm_slot_t slot = {.i32 = 0};
  OK(safewasm_linker_get(linker, store, "wasi_snapshot_preview1", SAFEWASM_STRLEN, "sched_yield",
                         SAFEWASM_STRLEN, &item));
  FAILS(safewasm_func_call_slots(item.of.func, &slot, 1), TRAP, "no instance called it");
  safewasm_module_delete(module);
  safewasm_linker_delete(linker);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

/* As programs with threads have it: the memory is shared, imported and exported again. */
TEST(a_program_may_have_a_shared_memory) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_linker_t *linker;
  safewasm_sharedmemory_t *memory;
  safewasm_instance_t *instance;
  uint32_t status;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_shared_memory(config, true));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_store_new(engine, &store));
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_arg(wasi, "program", SAFEWASM_STRLEN));
  OK(safewasm_wasi_set_seed(wasi, 0));
  OK(safewasm_store_set_wasi(store, wasi));
  OK(safewasm_linker_new(engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  safewasm_memorytype_t type = {.min = 1, .max = 1, .has_max = true, .is_shared = true};
  OK(safewasm_sharedmemory_new(engine, &type, &memory));
  safewasm_extern_t item = {.kind = SAFEWASM_EXTERN_SHARED_MEMORY, .of = {.sharedmemory = memory}};
  OK(safewasm_linker_define(linker, store, "env", 3, "memory", SAFEWASM_STRLEN, &item));
  safewasm_module_t *module = new_module(
      engine,
      "(module"
      "  (import \"wasi_snapshot_preview1\" \"args_get\" (func $args_get (param i32 i32) (result i32)))"
      "  (import \"wasi_snapshot_preview1\" \"random_get\" (func $random_get (param i32 i32) (result i32)))"
      "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $fd_write (param i32 i32 i32 i32) (result i32)))"
      "  (import \"env\" \"memory\" (memory 1 1 shared)) (export \"memory\" (memory 0))"
      "  (func (export \"_start\")"
      "    (drop (call $args_get (i32.const 0) (i32.const 8)))"
      "    (drop (call $random_get (i32.const 1000) (i32.const 1000)))"
      "    (i32.store (i32.const 100) (i32.const 8)) (i32.store (i32.const 104) (i32.const 7))"
      "    (drop (call $fd_write (i32.const 1) (i32.const 100) (i32.const 1) (i32.const 108)))"
      "    (drop (call $random_get (i32.const 65535) (i32.const 2)))))");
  OK(safewasm_linker_instantiate(linker, store, module, &instance));
  safewasm_error_t *error = safewasm_instance_run(instance, &status);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS);
  FAILS(error, TRAP, "`random_get`");
  char bytes[8];
  uint32_t written;
  uint64_t random;
  OK(safewasm_sharedmemory_read(memory, 8, (uint8_t *)bytes, 8));
  OK(safewasm_sharedmemory_read(memory, 108, (uint8_t *)&written, sizeof written));
  OK(safewasm_sharedmemory_read(memory, 1000, (uint8_t *)&random, sizeof random));
  CHECK(memcmp(bytes, "program", 8) == 0 && written == 7);
  CHECK(random == UINT64_C(0xe220a8397b1dcdaf));
  safewasm_sharedmemory_delete(memory);
  safewasm_module_delete(module);
  safewasm_linker_delete(linker);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_program_gets_its_arguments_and_environment);
  RUN(nothing_is_inherited_unless_asked_for);
  RUN(a_program_exits_with_any_status);
  RUN(a_store_without_wasi_is_an_error);
  RUN(a_module_that_wants_wasi_is_told_so);
  RUN(only_a_command_can_run);
  RUN(a_reactor_is_initialized_once);
  RUN(a_reactor_that_exits_while_it_is_initialized_is_an_error);
  RUN(a_fixed_clock_is_advanced_by_sleeping_only);
  RUN(two_runs_with_a_fixed_clock_and_a_seed_are_the_same);
  RUN(random_numbers_of_the_system_differ);
  RUN(a_wrong_setting_is_an_error);
  RUN(a_wrong_pointer_is_a_trap);
  RUN(absurd_lengths_and_unknown_numbers_are_an_errno);
  RUN(a_program_without_a_memory_is_an_error);
  RUN(a_program_may_have_a_shared_memory);
  return finish("wasi");
}
