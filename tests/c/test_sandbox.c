/* Sandboxes: their defaults, and how they take the place of one another. */
#include "check.h"

static const char LOOP[] = "(module (func (export \"run\") (loop (br 0))))";

/* An engine for a sandbox, or for the default one. */
static safewasm_engine_t *new_sandbox_engine(const safewasm_sandbox_t *sandbox) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_config_set_sandbox(config, sandbox));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static safewasm_error_t *compile(safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module;
  safewasm_error_t *error = safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module);
  safewasm_module_delete(module);
  return error;
}

/* Makes an instance, and calls its `run` if it has one. */
static safewasm_error_t *run(safewasm_engine_t *engine, safewasm_store_t *store, const char *text) {
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *func = NULL;
  OK(safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module));
  safewasm_error_t *error = safewasm_instance_new(store, module, NULL, 0, &instance);
  if (error == NULL && strstr(text, "\"run\"") != NULL) {
    OK(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &func));
    error = safewasm_func_call_slots(func, NULL, 0);
  }
  safewasm_module_delete(module);
  return error;
}

TEST(a_sandbox_has_the_documented_defaults) {
  const safewasm_sandbox_t defaults = {0}, *const asked[] = {NULL, &defaults};
  for (size_t i = 0; i < 2; i++) {
    safewasm_engine_t *engine = new_sandbox_engine(asked[i]);
    safewasm_store_t *store;
    OK(safewasm_store_new(engine, &store));
    OK(safewasm_store_set_sandbox(store, asked[i]));
    FAILS(run(engine, store, "(module (memory 4097))"), LIMIT, "memory limit is 268435456 bytes");
    FAILS(run(engine, store, "(module (table 100001 funcref))"), LIMIT, "table limit is 100000 elements");
    FAILS(safewasm_store_set_fuel(store, 1), UNSUPPORTED, "no fuel");
    for (int made = 0; made < 100; made++) OK(run(engine, store, "(module)"));
    FAILS(run(engine, store, "(module)"), LIMIT, "100 instances");
    text_t text = {NULL, 0, 0};
    put(&text, "(module");
    put_many(&text, "(func)", 50001);
    put(&text, ")");
    FAILS(compile(engine, text.data), LIMIT, "50001 functions, and the limit is 50000");
    free(text.data);
    text = (text_t){NULL, 0, 0};
    put(&text, "(module (memory 1) (data \"");
    put_many(&text, "0123456789abcdef", 1 << 20);
    put(&text, "\"))");
    FAILS(compile(engine, text.data), LIMIT, "the limit is 16777216");
    free(text.data);
    safewasm_store_delete(store);
    safewasm_engine_delete(engine);
  }
}

TEST(a_call_in_a_sandbox_ends_after_ten_seconds_at_the_latest) {
  safewasm_engine_t *engine = new_sandbox_engine(NULL);
  safewasm_store_t *store;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_store_set_sandbox(store, NULL));
  FAILS(run(engine, store, LOOP), TRAP, "the time limit of the call has passed");
  /* The time is that of all calls together. */
  FAILS(run(engine, store, LOOP), TRAP, "the time limit of the call has passed");
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(a_sandbox_takes_the_place_of_the_one_before) {
  const safewasm_sandbox_t tight = {.timeout = 1000000, .memory_limit = 1, .table_limit = 1};
  safewasm_engine_t *engine = new_sandbox_engine(NULL);
  safewasm_store_t *store;
  OK(safewasm_store_new(engine, &store));
  for (int round = 0; round < 3; round++) {
    OK(safewasm_store_set_sandbox(store, &tight));
    FAILS(run(engine, store, "(module (memory 1))"), LIMIT, "memory limit is 1 byte");
    OK(safewasm_store_set_sandbox(store, NULL));
    OK(run(engine, store, "(module (memory 1) (table 2 funcref) (func (export \"run\")))"));
    OK(safewasm_store_set_sandbox(store, &(safewasm_sandbox_t){.timeout = 1000000}));
    FAILS(run(engine, store, LOOP), TRAP, "time limit");
    OK(safewasm_store_set_sandbox(store, &(safewasm_sandbox_t){.timeout = UINT64_MAX}));
    OK(run(engine, store, "(module (func (export \"run\")))"));
  }
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(fuel_is_on_if_the_sandbox_limits_it) {
  const safewasm_sandbox_t fuelled = {.fuel = 1000}, unlimited = {.fuel = UINT64_MAX};
  safewasm_engine_t *engine = new_sandbox_engine(&fuelled), *other = new_sandbox_engine(&unlimited);
  safewasm_store_t *store;
  uint64_t fuel = 0;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_store_set_sandbox(store, &fuelled));
  FAILS(run(engine, store, LOOP), TRAP, "out of fuel");
  OK(safewasm_store_set_sandbox(store, NULL));
  OK(safewasm_store_fuel(store, &fuel));
  CHECK(fuel == UINT64_MAX);
  safewasm_store_delete(store);
  OK(safewasm_store_new(other, &store));
  FAILS(safewasm_store_set_sandbox(store, &fuelled), UNSUPPORTED, "`store` has no fuel");
  OK(safewasm_store_set_sandbox(store, &unlimited));
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  safewasm_engine_delete(other);
}

TEST(a_sandbox_turns_off_what_no_limit_bounds) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_shared_memory(config, true));
  OK(safewasm_config_set_debug_info(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_config_set_sandbox(config, NULL));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_store_new(engine, &store));
  FAILS(run(engine, store, "(module (memory 1 1 shared))"), UNSUPPORTED, "shared memories are off");
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  /* A time limit needs what the sandbox of the config turns on. */
  engine = new_engine();
  OK(safewasm_store_new(engine, &store));
  FAILS(safewasm_store_set_sandbox(store, NULL), UNSUPPORTED, "epoch interruption");
  OK(safewasm_store_set_sandbox(store, &(safewasm_sandbox_t){.timeout = UINT64_MAX}));
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_sandbox_has_the_documented_defaults);
  RUN_NATIVELY(a_call_in_a_sandbox_ends_after_ten_seconds_at_the_latest);
  RUN(a_sandbox_takes_the_place_of_the_one_before);
  RUN(fuel_is_on_if_the_sandbox_limits_it);
  RUN(a_sandbox_turns_off_what_no_limit_bounds);
  return finish("sandbox");
}
