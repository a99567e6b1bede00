/* Core dumps of traps. That their sections are right is a test of the library's own, in src/store/coredump.rs. */
#include "check.h"
#include <sys/resource.h>

#define MIB (UINT64_C(1) << 20)

static safewasm_engine_t *engine_with(uint64_t coredump_size, const safewasm_pooling_t *pooling) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_option(config, SAFEWASM_OPTION_COREDUMP_SIZE, coredump_size));
  OK(safewasm_config_set_epoch_interruption(config, true));
  if (pooling != NULL) OK(safewasm_config_set_pooling(config, pooling));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* An instance in such an engine. */
static world_t world_of(safewasm_engine_t *engine, const char *text) {
  world_t world = {.engine = engine};
  OK(safewasm_store_new(engine, &world.store));
  world.module = new_module(engine, text);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

static safewasm_error_t *call_in(safewasm_instance_t *instance, const char *name) {
  safewasm_func_t *func;
  OK(safewasm_instance_func(instance, name, SAFEWASM_STRLEN, &func));
  safewasm_error_t *error = safewasm_func_call_slots(func, NULL, 0);
  safewasm_func_delete(func);
  return error;
}

/* Whether the error has a core dump that contains a text. */
static bool dump_has(safewasm_error_t *error, const char *text) {
  size_t len = 1;
  const uint8_t *dump = safewasm_error_coredump(error, &len);
  const size_t text_len = strlen(text);
  CHECK((dump == NULL) == (len == 0));
  if (dump == NULL) return false;
  CHECK(len > 8 && memcmp(dump, "\0asm\1\0\0\0", 8) == 0);
  for (size_t i = 0; i + text_len <= len; i++) {
    if (memcmp(dump + i, text, text_len) == 0) return true;
  }
  return false;
}

static size_t dump_len(safewasm_error_t *error) {
  size_t len = 1;
  CHECK((safewasm_error_coredump(error, NULL) == NULL) == (safewasm_error_coredump(error, &len) == NULL));
  return len;
}

static const char *GUEST =
    "(module $guest (memory (export \"memory\") 1) (data (i32.const 100) \"before the trap\")"
    "  (func (export \"run\") (i32.store8 (i32.const 107) (i32.const 65)) unreachable)"
    "  (func (export \"change\") (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)))"
    "  (func (export \"loop\") (loop (br 0))))";

TEST(a_trap_has_a_core_dump_of_that_moment_that_outlives_the_store) {
  world_t world = world_of(engine_with(MIB, NULL), GUEST);
  safewasm_error_t *error = call_in(world.instance, "run");
  OK(call_in(world.instance, "change"));
  delete_world(world);
  CHECK(dump_has(error, "before Ahe trap"));
  CHECK(dump_has(error, "guest") && dump_has(error, "corestack") && dump_has(error, "coreinstances"));
  /* The message and the frames are as ever. */
  CHECK(strcmp(safewasm_error_message(error, NULL), "wasm trap: wasm `unreachable` instruction executed") == 0);
  CHECK(safewasm_error_frames_len(error) == 1);
  safewasm_error_delete(error);
  CHECK(dump_len(error) == 0);
}

TEST(without_the_option_and_for_other_errors_there_is_no_dump) {
  world_t world = world_of(engine_with(0, NULL), GUEST);
  safewasm_error_t *error = call_in(world.instance, "run");
  CHECK(error != NULL && dump_len(error) == 0);
  safewasm_error_delete(error);
  delete_world(world);

  world = world_of(engine_with(MIB, NULL), "(module (tag $t) (func (export \"throw\") (throw $t)))");
  error = call_in(world.instance, "throw");
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_EXCEPTION && dump_len(error) == 0);
  safewasm_error_delete(error);
  OK(safewasm_store_set_memory_limit(world.store, 1));
  safewasm_memorytype_t type = {.min = 1};
  safewasm_memory_t *memory;
  error = safewasm_memory_new(world.store, &type, &memory);
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_LIMIT && dump_len(error) == 0);
  safewasm_error_delete(error);
  CHECK(dump_len(NULL) == 0 && dump_len((safewasm_error_t *)world.store) == 0);
  delete_world(world);
}

TEST(an_interrupt_and_a_start_function_that_traps_have_a_dump) {
  world_t world = world_of(engine_with(MIB, NULL), GUEST);
  OK(safewasm_store_set_deadline(world.store, 10000000));
  safewasm_error_t *error = call_in(world.instance, "loop");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT && dump_has(error, "before the trap"));
  safewasm_error_delete(error);
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));

  safewasm_module_t *module =
      new_module(world.engine, "(module (memory 1) (data (i32.const 0) \"start\")"
                               "  (func $start unreachable) (start $start))");
  safewasm_instance_t *instance;
  error = safewasm_instance_new(world.store, module, NULL, 0, &instance);
  CHECK(dump_has(error, "start") && dump_has(error, "before the trap"));
  safewasm_error_delete(error);
  safewasm_module_delete(module);
  delete_world(world);
}

/* Calls `run`, and forgets its error or returns it. */
typedef struct {
  safewasm_instance_t *inner;
  bool forgets;
} nested_t;

static safewasm_error_t *call_inner(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  const nested_t *nested = env;
  (void)caller, (void)slots, (void)slots_len;
  safewasm_error_t *error = call_in(nested->inner, "run");
  CHECK(dump_has(error, "corestack"));
  OK(call_in(nested->inner, "change"));
  if (!nested->forgets) return error;
  safewasm_error_delete(error);
  return NULL;
}

TEST(the_error_of_nested_calls_has_the_dump_of_the_innermost_trap) {
  nested_t nested = {NULL, false};
  world_t world = world_of(engine_with(MIB, NULL), GUEST);
  safewasm_linker_t *linker;
  safewasm_functype_t *type;
  safewasm_instance_t *outer;
  nested.inner = world.instance;
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_linker_new(world.engine, &linker));
  OK(safewasm_linker_define_func_slots(linker, "", 0, "f", 1, type, call_inner, &nested, NULL));
  safewasm_module_t *module = new_module(
      world.engine, "(module $outer (import \"\" \"f\" (func $f)) (memory 1) (data (i32.const 0) \"outer data\")"
                    "  (func (export \"go\") (call $f)) (func (export \"trap\") (call $f) unreachable))");
  OK(safewasm_linker_instantiate(linker, world.store, module, &outer));

  safewasm_error_t *error = call_in(outer, "go");
  CHECK(dump_has(error, "before Ahe trap") && dump_has(error, "outer data"));
  CHECK(safewasm_error_frames_len(error) == 2);
  safewasm_error_delete(error);
  nested.forgets = true;
  OK(call_in(outer, "go"));
  error = call_in(outer, "trap");
  CHECK(!dump_has(error, "before Ahe trap") && dump_has(error, "outer data"));
  safewasm_error_delete(error);

  safewasm_linker_delete(linker);
  safewasm_functype_delete(type);
  safewasm_instance_delete(outer);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(memories_that_exceed_the_size_are_left_out) {
  world_t world = world_of(engine_with(64 << 10, NULL), GUEST);
  safewasm_error_t *error = call_in(world.instance, "run");
  CHECK(dump_has(error, "corestack") && !dump_has(error, "before") && dump_len(error) < 4000);
  safewasm_error_delete(error);
  delete_world(world);

  world = world_of(engine_with(10, NULL), GUEST);
  error = call_in(world.instance, "run");
  CHECK(error != NULL && dump_len(error) == 0);
  safewasm_error_delete(error);
  delete_world(world);
}

TEST(the_largest_memory_and_the_longest_name_cost_little) {
  text_t text = {NULL, 0, 0};
  put(&text, "(module $");
  put_many(&text, "name", 20000);
  put(&text, " (memory 65536) (func (export \"run\") unreachable))");
  world_t world = world_of(engine_with(MIB, NULL), text.data);
  safewasm_error_t *error = call_in(world.instance, "run");
  CHECK(dump_has(error, "corestack") && dump_len(error) < 4000);
  safewasm_error_delete(error);
  delete_world(world);
  free(text.data);
}

TEST(a_dump_of_a_pooled_memory_has_its_contents) {
  const safewasm_pooling_t pooling = {.total_memories = 2, .total_tables = 2, .max_tables_per_module = 1,
                                      .max_memory_size = 1 << 20, .table_elements = 10};
  world_t world = world_of(engine_with(2 * MIB, &pooling), GUEST);
  safewasm_error_t *error = call_in(world.instance, "run");
  CHECK(dump_has(error, "before Ahe trap"));
  safewasm_error_delete(error);
  delete_world(world);
}

static size_t address_space(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
  fclose(file);
  return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

TEST(a_process_without_memory_for_a_dump_gets_the_trap_without_it) {
  world_t world = world_of(engine_with(1 << 30, NULL),
                           "(module (memory 1600) (data (i32.const 0) \"large\") (func (export \"run\") unreachable))");
  struct rlimit before, limit;
  CHECK(getrlimit(RLIMIT_AS, &before) == 0);
  limit = before;
  limit.rlim_cur = address_space() + (200 << 20);
  CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
  safewasm_error_t *error = call_in(world.instance, "run");
  CHECK(setrlimit(RLIMIT_AS, &before) == 0);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
  CHECK(!dump_has(error, "large") && dump_has(error, "corestack"));
  safewasm_error_delete(error);
  error = call_in(world.instance, "run");
  CHECK(dump_has(error, "large"));
  safewasm_error_delete(error);
  delete_world(world);
}

int main(void) {
  RUN(a_trap_has_a_core_dump_of_that_moment_that_outlives_the_store);
  RUN(without_the_option_and_for_other_errors_there_is_no_dump);
  RUN(an_interrupt_and_a_start_function_that_traps_have_a_dump);
  RUN(the_error_of_nested_calls_has_the_dump_of_the_innermost_trap);
  RUN(memories_that_exceed_the_size_are_left_out);
  RUN(the_largest_memory_and_the_longest_name_cost_little);
  RUN(a_dump_of_a_pooled_memory_has_its_contents);
  RUN_NATIVELY(a_process_without_memory_for_a_dump_gets_the_trap_without_it);
  return finish("coredumps");
}
