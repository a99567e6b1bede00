/* Exports that are looked up by name as objects of one kind. */
#include "check.h"

#define ANY SAFEWASM_STRLEN

static const char *MODULE =
    "(module"
    "  (func (export \"func\") (result i32) (i32.const 42))"
    "  (memory (export \"memory\") 1)"
    "  (global (export \"global\") i32 (i32.const 7))"
    "  (table (export \"table\") 3 funcref)"
    "  (tag (export \"tag\") (param i32)))";

/* Looks an export up as an object of one kind, and deletes that. */
#define LOOK_UP(kind)                                                                     \
  static safewasm_error_t *look_up_##kind(safewasm_instance_t *instance, const char *name) { \
    safewasm_##kind##_t *kind = (safewasm_##kind##_t *)1;                                    \
    safewasm_error_t *error = safewasm_instance_##kind(instance, name, ANY, &kind);          \
    CHECK((kind != NULL) == (error == NULL));                                                \
    CHECK(safewasm_##kind##_is_valid(kind) == (error == NULL));                              \
    safewasm_##kind##_delete(kind);                                                          \
    return error;                                                                            \
  }

LOOK_UP(func)
LOOK_UP(memory)
LOOK_UP(global)
LOOK_UP(table)
LOOK_UP(tag)

typedef safewasm_error_t *look_up_t(safewasm_instance_t *instance, const char *name);

static look_up_t *const LOOK_UPS[] = {look_up_func, look_up_memory, look_up_global, look_up_table,
                                      look_up_tag};
static const char *const KINDS[] = {"func", "memory", "global", "table", "tag"};

TEST(each_kind_of_export_is_found_by_its_look_up_and_refused_by_the_others) {
  world_t world = new_world(MODULE);
  for (size_t i = 0; i < 5; i++) {
    for (size_t wanted = 0; wanted < 5; wanted++) {
      char expected[64];
      snprintf(expected, sizeof expected, "the export `%s` is a %s, not a %s", KINDS[i], KINDS[i],
               KINDS[wanted]);
      if (i == wanted) {
        OK(LOOK_UPS[wanted](world.instance, KINDS[i]));
      } else {
        FAILS(LOOK_UPS[wanted](world.instance, KINDS[i]), TYPE_MISMATCH, expected);
      }
    }
  }
  delete_world(world);
}

TEST(a_name_that_is_not_exported_is_answered_with_the_names_that_are) {
  world_t world = new_world(MODULE);
  for (size_t i = 0; i < 5; i++) {
    FAILS(LOOK_UPS[i](world.instance, "fun"), NOT_FOUND,
          "no export called `fun`; the instance exports: `func`, `memory`, `global`, `table`, `tag`");
  }
  delete_world(world);
}

TEST(bad_arguments_are_named) {
  world_t world = new_world(MODULE);
  safewasm_func_t *func = NULL;
  FAILS(safewasm_instance_func(world.instance, "func", 4, NULL), NULL_POINTER, "`func_out`");
  FAILS(safewasm_instance_func(world.instance, NULL, 4, &func), NULL_POINTER, "`name`");
  FAILS(safewasm_instance_func(NULL, "func", 4, &func), NULL_POINTER, "`instance`");
  FAILS(safewasm_instance_func(world.instance, "\xff", ANY, &func), INVALID_ARGUMENT, "not UTF-8");
  safewasm_store_delete(world.store);
  FAILS(safewasm_instance_func(world.instance, "func", 4, &func), INVALID_HANDLE, "`instance`");
  delete_world(world);
}

TEST(a_function_and_a_memory_that_were_looked_up_work) {
  world_t world = new_world(MODULE);
  safewasm_func_t *func = NULL;
  safewasm_memory_t *memory = NULL;
  safewasm_slot_t slot;
  size_t len = 0;
  OK(safewasm_instance_func(world.instance, "func", ANY, &func));
  OK(safewasm_instance_memory(world.instance, "memory", ANY, &memory));
  OK(safewasm_func_call_slots(func, &slot, 1));
  OK(safewasm_memory_len(memory, &len));
  CHECK(slot.i32 == 42 && len == 65536);
  safewasm_func_delete(func);
  safewasm_memory_delete(memory);
  delete_world(world);
}

TEST(a_shared_memory_is_no_memory_of_a_store) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance = NULL;
  safewasm_memory_t *memory = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_shared_memory(config, true));
  OK(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_store_new(engine, &store));
  safewasm_module_t *module = new_module(engine, "(module (memory (export \"m\") 1 1 shared))");
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  FAILS(safewasm_instance_memory(instance, "m", ANY, &memory), TYPE_MISMATCH,
        "the export `m` is a shared memory, not a memory");
  CHECK(memory == NULL);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

static int32_t number_of(safewasm_instance_t *instance) {
  safewasm_global_t *number = NULL;
  safewasm_val_t value = {0};
  OK(safewasm_instance_global(instance, "number", ANY, &number));
  OK(safewasm_global_get(number, &value));
  safewasm_global_delete(number);
  return value.of.i32;
}

TEST(instances_of_one_module_in_one_store_have_exports_of_their_own) {
  world_t world = new_world("(module (global (export \"number\") (mut i32) (i32.const 1)))");
  safewasm_instance_t *other = NULL;
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &other));
  CHECK(number_of(world.instance) == 1);
  CHECK(number_of(other) == 1);
  safewasm_global_t *number = NULL;
  const safewasm_val_t two = {SAFEWASM_VAL_I32, {.i32 = 2}};
  OK(safewasm_instance_global(other, "number", ANY, &number));
  OK(safewasm_global_set(number, &two));
  safewasm_global_delete(number);
  /* A second look-up, and one after the first instance's handle is gone. */
  CHECK(number_of(world.instance) == 1);
  CHECK(number_of(other) == 2);
  safewasm_instance_delete(world.instance);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  CHECK(number_of(world.instance) == 1);
  CHECK(number_of(other) == 2);
  safewasm_instance_delete(other);
  delete_world(world);
}

TEST(an_export_that_is_looked_up_twice_has_two_handles) {
  world_t world = new_world(MODULE);
  safewasm_func_t *first = NULL, *second = NULL;
  OK(safewasm_instance_func(world.instance, "func", ANY, &first));
  OK(safewasm_instance_func(world.instance, "func", ANY, &second));
  CHECK(first != second);
  safewasm_func_delete(first);
  safewasm_slot_t slot;
  OK(safewasm_func_call_slots(second, &slot, 1));
  CHECK(slot.i32 == 42);
  safewasm_func_delete(second);
  delete_world(world);
}

int main(void) {
  RUN(each_kind_of_export_is_found_by_its_look_up_and_refused_by_the_others);
  RUN(a_name_that_is_not_exported_is_answered_with_the_names_that_are);
  RUN(bad_arguments_are_named);
  RUN(a_function_and_a_memory_that_were_looked_up_work);
  RUN(instances_of_one_module_in_one_store_have_exports_of_their_own);
  RUN(an_export_that_is_looked_up_twice_has_two_handles);
  RUN(a_shared_memory_is_no_memory_of_a_store);
  return finish("exports");
}
