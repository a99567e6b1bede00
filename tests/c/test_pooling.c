/* Engines with a pool of memories and tables. */
#include "check.h"
#include <pthread.h>
#include <sys/resource.h>

static safewasm_config_t *new_config(const safewasm_pooling_t *pooling) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_pooling(config, pooling));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  return config;
}

/* An engine with a pool, and a module of it. */
typedef struct {
  safewasm_engine_t *engine;
  safewasm_module_t *module;
} pool_t;

static pool_t new_pool(const safewasm_pooling_t *pooling, const char *text) {
  pool_t pool;
  OK(safewasm_engine_new(new_config(pooling), &pool.engine));
  pool.module = new_module(pool.engine, text);
  return pool;
}

static void delete_pool(pool_t pool) {
  safewasm_module_delete(pool.module);
  safewasm_engine_delete(pool.engine);
}

/* Small enough for any machine. */
static const safewasm_pooling_t SMALL = {.total_memories = 3, .total_tables = 2,
                                         .max_memory_size = 4 << 16, .table_elements = 10};

static const char *ONE_MEMORY =
    "(module (memory (export \"memory\") 1) (data (i32.const 5) \"five\")"
    "  (func (export \"set\") (param i32) (i32.store (i32.const 100) (local.get 0)))"
    "  (func (export \"get\") (result i32) (i32.load (i32.const 100)))"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))";

/* Adds an instance to the store, which is made if there is none. */
static safewasm_error_t *add(pool_t pool, safewasm_store_t **store,
                             safewasm_instance_t **instance) {
  *instance = NULL;
  if (*store == NULL) OK(safewasm_store_new(pool.engine, store));
  return safewasm_instance_new(*store, pool.module, NULL, 0, instance);
}

static int32_t call_1(safewasm_instance_t *instance, const char *name, int32_t argument) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_slot_t slot = {.i32 = argument};
  OK(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  return slot.i32;
}

TEST(an_instance_from_the_pool_works_and_finds_nothing_of_the_one_before) {
  safewasm_pooling_t resident = SMALL;
  resident.linear_memory_keep_resident = 2 << 16;
  const safewasm_pooling_t *const poolings[] = {&SMALL, &resident};
  for (int which = 0; which < 2; which++) {
    pool_t pool = new_pool(poolings[which], ONE_MEMORY);
    for (int32_t i = 1; i <= 10; i++) {
      safewasm_store_t *store = NULL;
      safewasm_instance_t *instance;
      uint8_t bytes[4];
      OK(add(pool, &store, &instance));
      CHECK(call_1(instance, "get", 0) == 0);
      call_1(instance, "set", i);
      CHECK(call_1(instance, "get", 0) == i);
      CHECK(call_1(instance, "grow", 1) == 1);
      safewasm_extern_t memory = get_export(instance, "memory");
      OK(safewasm_memory_read(memory.of.memory, 5, bytes, 4));
      CHECK(memcmp(bytes, "five", 4) == 0);
      OK(safewasm_memory_read(memory.of.memory, 1 << 16, bytes, 4));
      CHECK(memcmp(bytes, "\0\0\0\0", 4) == 0);
      OK(safewasm_memory_write(memory.of.memory, 1 << 16, (const uint8_t *)"dirt", 4));
      safewasm_extern_delete(&memory);
      safewasm_store_delete(store);
    }
    delete_pool(pool);
  }
}

TEST(an_instance_that_finds_no_room_is_refused_and_has_it_once_a_store_is_deleted) {
  pool_t pool = new_pool(&SMALL, ONE_MEMORY);
  safewasm_store_t *stores[3] = {NULL}, *another = NULL;
  safewasm_instance_t *instance;
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 3; i++) {
      if (stores[i] == NULL) OK(add(pool, &stores[i], &instance));
    }
    FAILS(add(pool, &another, &instance), LIMIT, "3");
    CHECK(instance == NULL);
    FAILS(add(pool, &stores[0], &instance), LIMIT, "all memories of the engine's pool, 3, are in use");
    safewasm_store_delete(stores[round]);
    stores[round] = NULL;
    OK(add(pool, &another, &instance));
    safewasm_store_delete(another);
    another = NULL;
  }
  for (int i = 0; i < 3; i++) safewasm_store_delete(stores[i]);
  delete_pool(pool);
}

TEST(what_would_never_fit_is_refused_when_it_is_compiled) {
  pool_t pool = new_pool(&SMALL, "(module (memory 4) (table 10 funcref))");
  const struct {
    const char *module, *message;
  } large[] = {
      {"(module (memory 5))", "it has a memory of 327680 bytes, and memories of the pool have at most 262144"},
      {"(module (memory 1) (memory 1))", "it has 2 memories, and the pool allows a module at most 1"},
      {"(module (table 11 funcref))", "it has a table of 11 elements, and tables of the pool have at most 10"},
      {"(module (table 1 funcref) (table 1 funcref))", "it has 2 tables, and the pool allows a module at most 1"},
      {"(module (memory 1 2 shared))", "it has a shared memory, and a pool can't have any"},
  };
  safewasm_module_t *module;
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
    char message[200];
    snprintf(message, sizeof message, "the module doesn't fit the pool of the engine: %s",
             large[i].message);
    FAILS(safewasm_module_new_text(pool.engine, large[i].module, strlen(large[i].module), &module),
          LIMIT, message);
  }
  const char *const invalid = "(module (func (result i32)))";
  FAILS(safewasm_module_new_text(pool.engine, invalid, strlen(invalid), &module), INVALID_MODULE, "");
  delete_pool(pool);
}

TEST(a_memory_grows_up_to_the_size_that_the_pool_has) {
  pool_t pool = new_pool(&SMALL, ONE_MEMORY);
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance;
  OK(add(pool, &store, &instance));
  CHECK(call_1(instance, "grow", 3) == 1);
  CHECK(call_1(instance, "grow", 1) == -1);
  safewasm_store_delete(store);
  delete_pool(pool);
}

TEST(what_a_program_makes_by_itself_takes_no_room_in_the_pool) {
  pool_t pool = new_pool(&SMALL, ONE_MEMORY);
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance;
  const safewasm_memorytype_t six_pages = {.min = 6};
  OK(safewasm_store_new(pool.engine, &store));
  for (int i = 0; i < 10; i++) {
    safewasm_memory_t *memory;
    OK(safewasm_memory_new(store, &six_pages, &memory));
    safewasm_memory_delete(memory);
  }
  for (int i = 0; i < 3; i++) OK(add(pool, &store, &instance));
  safewasm_store_delete(store);
  delete_pool(pool);
}

TEST(many_calls_at_once_take_no_room_in_the_pool) {
  static int32_t xs[5000], sums[5000];
  pool_t pool = new_pool(
      &SMALL, "(module (memory 1) (func (export \"f\") (param i32) (result i32)"
              "  (i32.add (local.get 0) (i32.const 7))))");
  safewasm_store_t *stores[3] = {NULL};
  for (int s = 0; s < 3; s++) {
    safewasm_instance_t *instance;
    OK(add(pool, &stores[s], &instance));
    safewasm_extern_t func = get_export(instance, "f");
    for (int32_t i = 0; i < 5000; i++) xs[i] = i;
    OK(safewasm_func_call_bulk(func.of.func, 5000, &(safewasm_column_t){xs, 4}, 1,
                               &(safewasm_column_t){sums, 4}, 1));
    for (int32_t i = 0; i < 5000; i++) CHECK(sums[i] == i + 7);
    safewasm_extern_delete(&func);
  }
  for (int s = 0; s < 3; s++) safewasm_store_delete(stores[s]);
  delete_pool(pool);
}

static void *come_and_go(void *pool) {
  for (int32_t i = 0; i < 200; i++) {
    safewasm_store_t *store = NULL;
    safewasm_instance_t *instance;
    OK(add(*(pool_t *)pool, &store, &instance));
    call_1(instance, "set", i);
    CHECK(call_1(instance, "get", 0) == i);
    safewasm_store_delete(store);
  }
  return NULL;
}

TEST(threads_share_a_pool) {
  pool_t pool = new_pool(&SMALL, ONE_MEMORY);
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, come_and_go, &pool) == 0);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  delete_pool(pool);
}

/* An external reference in a store. */
static safewasm_error_t *add_reference(safewasm_store_t *store) {
  static int here;
  safewasm_ref_t *ref;
  void *env = NULL;
  safewasm_error_t *error = safewasm_ref_new_extern(store, &here, NULL, &ref);
  if (error != NULL) return error;
  OK(safewasm_ref_env(ref, &env));
  CHECK(env == &here);
  safewasm_ref_delete(ref);
  return NULL;
}

TEST(a_store_with_references_takes_a_memory_of_the_pool) {
  pool_t pool = new_pool(&SMALL, ONE_MEMORY);
  safewasm_store_t *stores[4];
  for (int i = 0; i < 4; i++) OK(safewasm_store_new(pool.engine, &stores[i]));
  for (int i = 0; i < 3; i++) {
    OK(add_reference(stores[i]));
    OK(add_reference(stores[i]));
  }
  FAILS(add_reference(stores[3]), LIMIT, "all memories of the engine's pool, 3, are in use");
  safewasm_store_delete(stores[0]);
  OK(add_reference(stores[3]));
  for (int i = 1; i < 4; i++) safewasm_store_delete(stores[i]);
  delete_pool(pool);
}

/* The address space of this process, in bytes. */
static size_t address_space(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
  if (file != NULL) fclose(file);
  return pages * 4096;
}

TEST(the_defaults_are_as_documented) {
  const safewasm_pooling_t defaults = {0};
  const size_t tebibyte = (size_t)1 << 40, before = address_space();
  pool_t pool = new_pool(&defaults, "(module (memory 1) (table 20000 funcref))");
  safewasm_module_t *no;
  const char *const large = "(module (table 20001 funcref))";
  FAILS(safewasm_module_new_text(pool.engine, large, strlen(large), &no), LIMIT, "doesn't fit the pool");
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance;
  CHECK(address_space() - before > 3 * tebibyte && address_space() - before < 5 * tebibyte);
  for (int i = 0; i < 1000; i++) OK(add(pool, &store, &instance));
  FAILS(add(pool, &store, &instance), LIMIT, "1000");
  safewasm_store_delete(store);
  delete_pool(pool);
}

TEST(settings_that_can_not_be_are_refused) {
  safewasm_config_t *config = new_config(NULL);
  safewasm_pooling_t pooling = SMALL;
  pooling.max_memory_size = ((size_t)4 << 30) + 1;
  FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT,
        "`pooling->max_memory_size` is 4294967297; it must be at most 4294967296");
  pooling = SMALL;
  pooling.table_elements = (size_t)UINT32_MAX + 1;
  FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT, "table_elements");
  pooling = SMALL;
  pooling.linear_memory_keep_resident = SIZE_MAX;
  FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT, "keep_resident");
  pooling = SMALL;
  pooling.table_keep_resident = SIZE_MAX;
  FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT, "table_keep_resident");
  pooling = SMALL;
  pooling.pagemap_scan = 2;
  FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT,
        "`pooling->pagemap_scan` is 2; it must be at most 1");
  uint32_t *const totals[] = {&pooling.total_memories, &pooling.total_tables, &pooling.total_gc_heaps};
  for (int i = 0; i < 3; i++) {
    pooling = SMALL;
    *totals[i] = (1 << 20) + 1;
    FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT,
          "is 1048577; it must be at most 1048576");
  }
  uint32_t *const of_module[] = {&pooling.max_memories_per_module, &pooling.max_tables_per_module};
  for (int i = 0; i < 2; i++) {
    pooling = SMALL;
    *of_module[i] = 1001;
    FAILS(safewasm_config_set_pooling(config, &pooling), INVALID_ARGUMENT,
          "_per_module` is 1001; it must be at most 1000");
  }
  FAILS(safewasm_config_set_pooling(NULL, &SMALL), NULL_POINTER, "`config`");
  safewasm_config_delete(config);
  FAILS(safewasm_config_set_pooling(config, &SMALL), INVALID_HANDLE, "`config`");
}

TEST(pooling_is_turned_off_by_null) {
  safewasm_config_t *config = new_config(&SMALL);
  safewasm_engine_t *engine;
  OK(safewasm_config_set_pooling(config, NULL));
  OK(safewasm_engine_new(config, &engine));
  safewasm_module_delete(new_module(engine, "(module (memory 5) (memory 1))"));
  safewasm_engine_delete(engine);
}

TEST(a_pool_for_which_there_is_no_address_space_is_an_error) {
  const safewasm_pooling_t large = {.total_memories = 1 << 20};
  struct rlimit before, limit;
  safewasm_engine_t *engine;
  FAILS(safewasm_engine_new(new_config(&large), &engine), LIMIT, "no room for the engine's pool");
  CHECK(engine == NULL);
  getrlimit(RLIMIT_AS, &before);
  limit = before;
  limit.rlim_cur = (rlim_t)64 << 30;
  setrlimit(RLIMIT_AS, &limit);
  const safewasm_pooling_t defaults = {0};
  FAILS(safewasm_engine_new(new_config(&defaults), &engine), LIMIT, "no room");
  setrlimit(RLIMIT_AS, &before);
  OK(safewasm_engine_new(new_config(&SMALL), &engine));
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(an_instance_from_the_pool_works_and_finds_nothing_of_the_one_before);
  RUN(an_instance_that_finds_no_room_is_refused_and_has_it_once_a_store_is_deleted);
  RUN(what_would_never_fit_is_refused_when_it_is_compiled);
  RUN(a_memory_grows_up_to_the_size_that_the_pool_has);
  RUN(what_a_program_makes_by_itself_takes_no_room_in_the_pool);
  RUN(many_calls_at_once_take_no_room_in_the_pool);
  RUN(threads_share_a_pool);
  RUN(a_store_with_references_takes_a_memory_of_the_pool);
  RUN_NATIVELY(the_defaults_are_as_documented);
  RUN(settings_that_can_not_be_are_refused);
  RUN(pooling_is_turned_off_by_null);
  RUN_NATIVELY(a_pool_for_which_there_is_no_address_space_is_an_error);
  return finish("pooling");
}
