/* Which objects count against the limits of a store: refused, failed and shared ones,
   the heap of references, instances. */
#include "links.h"

enum { PAGE = 65536 };

static const safewasm_valtype_t FUNCREF = {
    .kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC, .nullable = true};

static const safewasm_memorytype_t ONE_PAGE = {.min = 1};

static safewasm_error_t *make(links_t *links, const char *text) {
  safewasm_module_t *module = new_module(links->engine, text);
  safewasm_instance_t *instance;
  safewasm_error_t *error = safewasm_instance_new(links->store, module, NULL, 0, &instance);
  CHECK((error == NULL) == (instance != NULL));
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  return error;
}

static safewasm_error_t *make_memory(links_t *links, safewasm_memorytype_t type) {
  safewasm_memory_t *memory;
  safewasm_error_t *error = safewasm_memory_new(links->store, &type, &memory);
  safewasm_memory_delete(memory);
  return error;
}

static safewasm_error_t *make_table(links_t *links, uint64_t min) {
  const safewasm_tabletype_t type = {.min = min, .is_64 = true, .element = FUNCREF};
  safewasm_table_t *table;
  safewasm_error_t *error = safewasm_table_new(links->store, &type, NULL, &table);
  safewasm_table_delete(table);
  return error;
}

/* Calls an export (i64) -> i64. */
static int64_t call_64(safewasm_instance_t *instance, const char *name, int64_t argument) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_slot_t slot = {.i64 = argument};
  OK(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  return slot.i64;
}

static safewasm_error_t *call_nothing(safewasm_instance_t *instance, const char *name) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  return error;
}

/* Links with an engine in which that feature is on. */
static links_t new_links_with(uint32_t feature, bool shared_memory) {
  links_t links = {.engine = NULL};
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_feature(config, feature, true));
  OK(safewasm_config_set_shared_memory(config, shared_memory));
  OK(safewasm_engine_new(config, &links.engine));
  OK(safewasm_store_new(links.engine, &links.store));
  return links;
}

TEST(a_table_that_wasm_fails_to_grow_gives_nothing_back) {
  links_t links = new_links();
  uint64_t size, previous;
  safewasm_instance_t *instance = instantiate(
      &links, "(module (table (export \"t\") i64 0 externref)"
              "  (func (export \"grow\") (param i64) (result i64)"
              "    (table.grow (ref.null extern) (local.get 0))))");
  safewasm_extern_t table = get_export(instance, "t");
  OK(safewasm_store_set_table_limit(links.store, 10));
  CHECK(call_64(instance, "grow", 10) == 0);
  for (int i = 0; i < 3; i++) {
    CHECK(call_64(instance, "grow", -1) == -1 && call_64(instance, "grow", 10) == -1);
    FAILS(safewasm_table_grow(table.of.table, UINT64_MAX, NULL, &previous), LIMIT, "table");
    CHECK(call_64(instance, "grow", 1) == -1);
  }
  OK(safewasm_table_size(table.of.table, &size));
  CHECK(size == 10);
  safewasm_extern_delete(&table);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_memory_that_wasm_fails_to_grow_gives_nothing_back) {
  const char *texts[] = {
      "(module (memory (export \"m\") 0 (pagesize 1))"
      "  (func (export \"grow\") (param i64) (result i64)"
      "    (i64.extend_i32_s (memory.grow (i32.wrap_i64 (local.get 0))))))",
      "(module (memory (export \"m\") i64 0 (pagesize 1))"
      "  (func (export \"grow\") (param i64) (result i64) (memory.grow (local.get 0))))"};
  for (int i = 0; i < 2; i++) {
    links_t links = new_links_with(SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES, false);
    size_t len;
    safewasm_module_t *module = new_module(links.engine, texts[i]);
    safewasm_instance_t *instance;
    OK(safewasm_store_set_memory_limit(links.store, 10));
    OK(safewasm_instance_new(links.store, module, NULL, 0, &instance));
    safewasm_extern_t memory = get_export(instance, "m");
    CHECK(call_64(instance, "grow", 10) == 0);
    for (int round = 0; round < 3; round++) {
      CHECK(call_64(instance, "grow", -1) == -1 && call_64(instance, "grow", 10) == -1);
    }
    OK(safewasm_memory_len(memory.of.memory, &len));
    CHECK(len == 10);
    safewasm_extern_delete(&memory);
    safewasm_instance_delete(instance);
    safewasm_module_delete(module);
    delete_links(&links);
  }
}

TEST(a_memory_that_wasm_fails_to_grow_leaves_room_for_another) {
  links_t links = new_links();
  OK(safewasm_store_set_memory_limit(links.store, UINT64_C(6) << 30));
  safewasm_instance_t *instance = instantiate(
      &links, "(module (memory 1 3) (memory $second 1)"
              "  (func (export \"beyond\") (param i32) (result i32) (memory.grow 0 (local.get 0)))"
              "  (func (export \"more\") (param i32) (result i32)"
              "    (memory.grow $second (local.get 0))))");
  for (int i = 0; i < 5; i++) {
    CHECK(call(instance, "beyond", 40000) == -1 && call(instance, "beyond", -1) == -1);
    CHECK(call(instance, "more", 65536) == -1 && call(instance, "more", -1) == -1);
  }
  CHECK(call(instance, "more", 1) == 1 && call(instance, "beyond", 2) == 1);
  OK(make_memory(&links, ONE_PAGE));
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(what_is_refused_counts_for_nothing) {
  links_t links = new_links();
  const safewasm_memorytype_t huge = {.min = UINT64_C(1) << 47, .is_64 = true};
  OK(safewasm_store_set_memory_limit(links.store, 3 * PAGE));
  for (int i = 0; i < 3; i++) {
    FAILS(make(&links, "(module (memory 2) (memory 2))"), LIMIT, "memory");
    FAILS(make_memory(&links, huge), LIMIT, "");
  }
  OK(make(&links, "(module (memory 3))"));
  FAILS(make_memory(&links, ONE_PAGE), LIMIT, "memory");
  OK(safewasm_store_set_table_limit(links.store, 5));
  for (int i = 0; i < 3; i++) {
    FAILS(make(&links, "(module (table 3 funcref) (table 3 externref))"), LIMIT, "table");
    FAILS(make(&links, "(module (table 5 funcref) (memory 1))"), LIMIT, "memory");
  }
  OK(make_table(&links, 5));
  FAILS(make_table(&links, 1), LIMIT, "table");
  delete_links(&links);
}

TEST(what_the_system_refuses_counts_for_nothing) {
  links_t links = new_links();
  const safewasm_memorytype_t huge = {.min = UINT64_C(1) << 47, .is_64 = true};
  const safewasm_tabletype_t small = {.min = 1, .is_64 = true, .element = FUNCREF};
  safewasm_table_t *table;
  uint64_t previous;
  FAILS(make_memory(&links, huge), LIMIT, "");
  for (int i = 60; i < 64; i++) FAILS(make_table(&links, UINT64_C(1) << i), LIMIT, "");
  OK(safewasm_table_new(links.store, &small, NULL, &table));
  for (int i = 45; i < 64; i++) {
    FAILS(safewasm_table_grow(table, UINT64_C(1) << i, NULL, &previous), LIMIT, "table");
  }
  OK(safewasm_store_set_memory_limit(links.store, PAGE));
  OK(safewasm_store_set_table_limit(links.store, 10));
  OK(make_memory(&links, ONE_PAGE));
  OK(safewasm_table_grow(table, 9, NULL, &previous));
  CHECK(previous == 1);
  FAILS(safewasm_table_grow(table, 1, NULL, &previous), LIMIT, "table");
  safewasm_table_delete(table);
  delete_links(&links);
}

TEST(what_a_start_function_took_before_it_trapped_stays_counted) {
  links_t links = new_links();
  OK(safewasm_store_set_memory_limit(links.store, 3 * PAGE));
  FAILS(make(&links, "(module (memory 1) (func $s (drop (memory.grow (i32.const 1))) (unreachable))"
                     "  (start $s))"), TRAP, "unreachable");
  OK(make_memory(&links, ONE_PAGE));
  FAILS(make_memory(&links, ONE_PAGE), LIMIT, "memory");
  delete_links(&links);
}

TEST(objects_of_wasm_that_do_not_fit_are_a_limit) {
  const char *text =
      "(module (type $b (struct (field (ref null $b)))) (type $a (array i8))"
      "  (func (export \"keep\") (local $a (ref null $b))"
      "    (loop $l (local.set $a (struct.new $b (local.get $a))) (br $l)))"
      "  (func (export \"large\") (drop (array.new $a (i32.const 0) (i32.const 10000000))))"
      "  (func (export \"small\") (drop (array.new $a (i32.const 0) (i32.const 10)))))";
  links_t links = new_links();
  OK(safewasm_store_set_memory_limit(links.store, 1 << 20));
  safewasm_instance_t *instance = instantiate(&links, text);
  for (int i = 0; i < 2; i++) {
    safewasm_error_t *error = call_nothing(instance, "keep");
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_NOT_A_TRAP);
    FAILS(error, LIMIT, "no room for a garbage-collected object of 32 bytes");
    FAILS(call_nothing(instance, "large"), LIMIT, "garbage-collected object of 10000028 bytes");
    OK(call_nothing(instance, "small"));
  }
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_shared_memory_counts_with_the_module_that_defines_it_only) {
  links_t links = new_links_with(SAFEWASM_FEATURE_THREADS, true);
  const safewasm_memorytype_t type = {.min = 2, .max = 4, .has_max = true, .is_shared = true};
  safewasm_extern_t shared = {.kind = SAFEWASM_EXTERN_SHARED_MEMORY};
  safewasm_instance_t *instance;
  uint64_t previous;
  OK(safewasm_store_set_memory_limit(links.store, PAGE));
  FAILS(make(&links, "(module (memory 2 4 shared))"), LIMIT, "memory");
  OK(safewasm_sharedmemory_new(links.engine, &type, &shared.of.sharedmemory));
  safewasm_module_t *module =
      new_module(links.engine, "(module (import \"\" \"m\" (memory 1 4 shared))"
                               "  (func (export \"grow\") (param i32) (result i32)"
                               "    (memory.grow (local.get 0))))");
  OK(safewasm_instance_new(links.store, module, &shared, 1, &instance));
  CHECK(call(instance, "grow", 1) == 2);
  OK(safewasm_sharedmemory_grow(shared.of.sharedmemory, 1, &previous));
  CHECK(previous == 3);
  OK(make(&links, "(module (memory 1 4 shared))"));
  FAILS(make_memory(&links, ONE_PAGE), LIMIT, "memory");
  safewasm_extern_delete(&shared);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(so_many_instances_are_made_in_a_store_and_no_more) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(links.engine, "(module)");
  safewasm_instancepre_t *pre;
  safewasm_instance_t *instance;
  const char *option = "`safewasm_store_set_instance_limit`";
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  OK(safewasm_store_set_instance_limit(links.store, 0));
  FAILS(make(&links, "(module)"), LIMIT, option);
  OK(safewasm_store_set_instance_limit(links.store, 3));
  OK(make(&links, "(module)")); /* counts even after its handle is deleted */
  FAILS(make(&links, "(module (import \"a\" \"b\" (func)))"), LINK, "`b`");
  OK(safewasm_store_set_memory_limit(links.store, 0));
  FAILS(make(&links, "(module (memory 1))"), LIMIT, "memory");
  OK(link_text(&links, links.store, "(module)"));
  OK(safewasm_instancepre_instantiate(pre, links.store, &instance));
  safewasm_instance_delete(instance);
  for (int i = 0; i < 2; i++) {
    FAILS(make(&links, "(module)"), LIMIT, option);
    FAILS(link_text(&links, links.store, "(module)"), LIMIT, option);
    FAILS(safewasm_instancepre_instantiate(pre, links.store, &instance), LIMIT, option);
    FAILS(safewasm_linker_define_module(links.linker, links.store, NAME("m"), module), LIMIT,
          option);
  }
  OK(safewasm_store_set_instance_limit(links.store, 4));
  FAILS(make(&links, "(module (func $f (unreachable)) (start $f))"), TRAP, "unreachable");
  FAILS(make(&links, "(module)"), LIMIT, option); /* the instance whose start trapped exists */
  OK(safewasm_store_set_instance_limit(links.store, UINT64_MAX));
  OK(make(&links, "(module)"));
  safewasm_instancepre_delete(pre);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(a_store_takes_ten_thousand_instances) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(links.engine, "(module)");
  safewasm_instance_t *instance;
  for (int i = 0; i < 10000; i++) {
    OK(safewasm_instance_new(links.store, module, NULL, 0, &instance));
    safewasm_instance_delete(instance);
  }
  FAILS(safewasm_instance_new(links.store, module, NULL, 0, &instance), LIMIT, "10000 instances");
  OK(safewasm_store_set_instance_limit(links.store, 10001));
  OK(safewasm_instance_new(links.store, module, NULL, 0, &instance));
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(calls_of_a_command_count_among_the_instances) {
  links_t links = new_links();
  safewasm_extern_t start, next;
  safewasm_slot_t slot = {.i32 = 5};
  safewasm_module_t *module = new_module(
      links.engine, "(module (memory 2) (func (export \"_start\"))"
                    "  (func (export \"next\") (param i32) (result i32)"
                    "    (i32.add (local.get 0) (i32.const 1))))");
  OK(safewasm_linker_define_module(links.linker, links.store, NAME("c"), module));
  OK(safewasm_linker_get(links.linker, links.store, NAME("c"), NAME("_start"), &start));
  OK(safewasm_linker_get(links.linker, links.store, NAME("c"), NAME("next"), &next));
  OK(safewasm_store_set_instance_limit(links.store, 3));
  OK(safewasm_func_call_slots(start.of.func, NULL, 0));
  OK(safewasm_store_set_memory_limit(links.store, 5 * PAGE));
  OK(safewasm_func_call_slots(next.of.func, &slot, 1));
  CHECK(slot.i32 == 6);
  for (int i = 0; i < 3; i++) { /* none of these count */
    FAILS(safewasm_func_call_slots(start.of.func, NULL, 0), LIMIT, "memory");
  }
  OK(safewasm_store_set_memory_limit(links.store, 6 * PAGE));
  OK(safewasm_func_call_slots(start.of.func, NULL, 0));
  FAILS(safewasm_func_call_slots(start.of.func, NULL, 0), LIMIT, "instances");
  FAILS(make(&links, "(module)"), LIMIT, "instances");
  OK(safewasm_store_set_memory_limit(links.store, UINT64_MAX));
  /* Through wasm too. */
  OK(safewasm_store_set_instance_limit(links.store, 5));
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"c\" \"_start\" (func $f)) (func (export \"go\") (call $f)))");
  OK(call_nothing(instance, "go"));
  safewasm_error_t *error = call_nothing(instance, "go");
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, LIMIT, "instances");
  safewasm_instance_delete(instance);
  safewasm_extern_delete(&start);
  safewasm_extern_delete(&next);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(default_values_count_and_what_is_refused_does_not) {
  links_t links = new_links();
  safewasm_store_t *other;
  size_t len;
  safewasm_module_t *large = new_module(
      links.engine, "(module (import \"a\" \"n\" (memory 2)) (import \"a\" \"m\" (memory 2)))");
  safewasm_module_t *tables =
      new_module(links.engine, "(module (import \"a\" \"t\" (table 5 funcref)))");
#define DEFAULTS(module) \
  safewasm_linker_define_unknown_imports_as_default_values(links.linker, links.store, module)
  OK(safewasm_store_set_memory_limit(links.store, 3 * PAGE));
  OK(safewasm_store_set_table_limit(links.store, 4));
  FAILS(DEFAULTS(large), LIMIT, "memory");
  FAILS(DEFAULTS(tables), LIMIT, "table");
  OK(safewasm_linker_len(links.linker, &len));
  CHECK(len == 0);
  OK(safewasm_store_new(links.engine, &other));
  OK(link_text(&links, other, "(module)")); /* the linker isn't bound to a store */
  safewasm_store_delete(other);
  OK(safewasm_store_set_table_limit(links.store, 5));
  OK(DEFAULTS(tables));
  FAILS(make_table(&links, 1), LIMIT, "table");
  safewasm_module_delete(large);
  safewasm_module_delete(tables);
  delete_links(&links);
}

int main(void) {
  RUN(a_table_that_wasm_fails_to_grow_gives_nothing_back);
  RUN(a_memory_that_wasm_fails_to_grow_gives_nothing_back);
  RUN(a_memory_that_wasm_fails_to_grow_leaves_room_for_another);
  RUN(what_is_refused_counts_for_nothing);
  RUN_NATIVELY(what_the_system_refuses_counts_for_nothing);
  RUN(what_a_start_function_took_before_it_trapped_stays_counted);
  RUN(objects_of_wasm_that_do_not_fit_are_a_limit);
  RUN(a_shared_memory_counts_with_the_module_that_defines_it_only);
  RUN(so_many_instances_are_made_in_a_store_and_no_more);
  RUN(a_store_takes_ten_thousand_instances);
  RUN(calls_of_a_command_count_among_the_instances);
  RUN(default_values_count_and_what_is_refused_does_not);
  return finish("budgets");
}
