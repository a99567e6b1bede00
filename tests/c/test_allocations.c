/* Calls that allocate nothing. This program counts every allocation of the process, as its own
   `malloc` comes before that of the system, but not before valgrind's. */
#include "check.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static size_t allocations;

void *malloc(size_t size) {
  allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  allocations++;
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  allocations++;
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  allocations++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  allocations++;
  *memory = __libc_memalign(alignment, size);
  return *memory == NULL;
}

enum { MANY = 40, TIMES = 1000 };

static const char *FUNCTIONS =
    "(module"
    "  (type $many (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32"
    "    i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)"
    "    (result i32)))"
    "  (import \"host\" \"slots\" (func $slots (type $many)))"
    "  (import \"host\" \"values\" (func $values (type $many)))"
    "  (memory (export \"memory\") 1)"
    "  (table (export \"table\") 1 funcref)"
    "  (global (export \"global\") (mut i32) (i32.const 1))"
    "  (func (export \"add\") (param i32 i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 1)))"
    "  (func (export \"many\") (type $many) (i32.add (local.get 0) (local.get 39)))"
    "  (func (export \"is_null\") (param funcref externref) (result i32)"
    "    (i32.and (ref.is_null (local.get 0)) (ref.is_null (local.get 1))))"
    "  (export \"call_slots\" (func $slots))"
    "  (export \"call_values\" (func $values)))";

static safewasm_error_t *sum_slots(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                   size_t slots_len) {
  (void)env, (void)caller;
  slots[0].i32 += slots[slots_len - 1].i32;
  return NULL;
}

static safewasm_error_t *sum_values(void *env, safewasm_caller_t *caller,
                                    const safewasm_val_t *args, size_t args_len,
                                    safewasm_val_t *results, size_t results_len) {
  (void)env, (void)caller, (void)results_len;
  results[0] = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = args[0].of.i32 + args[args_len - 1].of.i32}};
  return NULL;
}

static world_t new_functions(void) {
  world_t world = {.engine = new_engine()};
  safewasm_valtype_t types[MANY];
  safewasm_functype_t *type;
  safewasm_extern_t imports[2] = {{.kind = SAFEWASM_EXTERN_FUNC}, {.kind = SAFEWASM_EXTERN_FUNC}};
  for (int i = 0; i < MANY; i++) types[i] = (safewasm_valtype_t){.kind = SAFEWASM_VAL_I32};
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, FUNCTIONS);
  OK(safewasm_functype_new(world.engine, types, MANY, types, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, sum_slots, NULL, NULL, &imports[0].of.func));
  OK(safewasm_func_new(world.store, type, sum_values, NULL, NULL, &imports[1].of.func));
  OK(safewasm_instance_new(world.store, world.module, imports, 2, &world.instance));
  safewasm_functype_delete(type);
  return world;
}

/* How many allocations `TIMES` calls make after a first call. */
static size_t allocations_of(safewasm_func_t *func, const safewasm_val_t *args, size_t args_len,
                             int32_t expected) {
  safewasm_slot_t slots[MANY];
  safewasm_val_t result;
  size_t before = 0;
  for (int i = 0; i <= TIMES; i++) {
    OK(safewasm_func_call(func, args, args_len, &result, 1));
    CHECK(result.of.i32 == expected);
    if (args[0].kind == SAFEWASM_VAL_I32) {
      for (size_t j = 0; j < args_len; j++) slots[j].i32 = args[j].of.i32;
      OK(safewasm_func_call_slots(func, slots, args_len));
      CHECK(slots[0].i32 == expected);
    }
    if (i == 0) before = allocations;
  }
  return allocations - before;
}

TEST(what_is_allocated_is_counted) {
  size_t before = allocations;
  safewasm_engine_t *engine = new_engine();
  CHECK(allocations > before);
  safewasm_engine_delete(engine);
}

TEST(calls_with_few_and_many_values_and_calls_of_host_functions_allocate_nothing) {
  world_t world = new_functions();
  const char *const names[] = {"add", "many", "call_slots", "call_values"};
  safewasm_val_t args[MANY];
  for (int32_t i = 0; i < MANY; i++) args[i] = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = i}};
  for (int i = 0; i < 4; i++) {
    safewasm_extern_t func = get_export(world.instance, names[i]);
    size_t count = i == 0 ? 2 : MANY;
    CHECK(allocations_of(func.of.func, args, count, args[count - 1].of.i32) == 0);
    safewasm_extern_delete(&func);
  }
  delete_world(world);
}

TEST(calls_that_are_given_references_allocate_nothing) {
  world_t world = new_functions();
  safewasm_extern_t is_null = get_export(world.instance, "is_null");
  safewasm_val_t args[2] = {{.kind = SAFEWASM_VAL_FUNC}, {.kind = SAFEWASM_VAL_REF}};
  CHECK(allocations_of(is_null.of.func, args, 2, 1) == 0);
  args[0].of.func = is_null.of.func;
  OK(safewasm_ref_new_extern(world.store, NULL, NULL, &args[1].of.reference));
  CHECK(allocations_of(is_null.of.func, args, 2, 0) == 0);
  safewasm_ref_delete(args[1].of.reference);
  safewasm_extern_delete(&is_null);
  delete_world(world);
}

TEST(reading_and_writing_what_an_instance_holds_allocates_nothing) {
  world_t world = new_functions();
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_extern_t global = get_export(world.instance, "global");
  safewasm_val_t value;
  uint8_t bytes[64];
  size_t before = 0;
  for (int i = 0; i <= TIMES; i++) {
    OK(safewasm_memory_read(memory.of.memory, 0, bytes, sizeof bytes));
    OK(safewasm_memory_write(memory.of.memory, 0, bytes, sizeof bytes));
    OK(safewasm_global_get(global.of.global, &value));
    OK(safewasm_global_set(global.of.global, &value));
    if (i == 0) before = allocations;
  }
  CHECK(allocations == before);
  safewasm_extern_delete(&memory);
  safewasm_extern_delete(&global);
  delete_world(world);
}

TEST(slot_calls_and_bulk_calls_of_components_allocate_nothing) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component;
  safewasm_store_t *store;
  safewasm_componentinstance_t *instance;
  safewasm_componentfunc_t *add;
  OK(safewasm_component_new_text(engine,
                                 "(component"
                                 "  (core module $m (func (export \"add\") (param i32 i32) (result i32)"
                                 "    (i32.add (local.get 0) (local.get 1))))"
                                 "  (core instance $i (instantiate $m))"
                                 "  (func (export \"add\") (param \"x\" u8) (param \"y\" u8) (result u8)"
                                 "    (canon lift (core func $i \"add\"))))",
                                 SAFEWASM_STRLEN, &component));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_componentinstance_new(store, component, &instance));
  OK(safewasm_componentinstance_func(instance, NULL, 0, "add", SAFEWASM_STRLEN, &add));
  uint8_t xs[] = {1, 2}, sums[2];
  const safewasm_column_t args[] = {{xs, 1}, {xs, 1}}, results[] = {{sums, 1}};
  size_t before = 0;
  for (int i = 0; i <= TIMES; i++) {
    safewasm_slot_t slots[2] = {{.i32 = 40}, {.i32 = 2}};
    OK(safewasm_componentfunc_call_slots(add, slots, 2));
    CHECK(slots[0].i32 == 42);
    OK(safewasm_componentfunc_call_bulk(add, 2, args, 2, results, 1));
    CHECK(sums[1] == 4);
    if (i == 0) before = allocations;
  }
  CHECK(allocations == before);
  safewasm_store_delete(store);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(taking_an_error_and_naming_kinds_allocates_nothing) {
  char message[64];
  safewasm_error_t *errors[TIMES + 1];
  size_t before = 0;
  for (int i = 0; i <= TIMES; i++) errors[i] = safewasm_engine_new(NULL, NULL);
  for (int i = 0; i <= TIMES; i++) {
    safewasm_error_kind_t kind = safewasm_error_take(errors[i], message, sizeof message);
    CHECK(strcmp(safewasm_error_kind_name(kind), "null pointer") == 0);
    CHECK(strcmp(safewasm_trap_code_name(SAFEWASM_TRAP_INTERRUPT), "interrupt") == 0);
    CHECK(safewasm_error_take(NULL, message, sizeof message) == SAFEWASM_ERROR_NONE);
    if (i == 0) before = allocations;
  }
  CHECK(allocations == before);
}

int main(void) {
  RUN_NATIVELY(what_is_allocated_is_counted);
  RUN_NATIVELY(calls_with_few_and_many_values_and_calls_of_host_functions_allocate_nothing);
  RUN_NATIVELY(calls_that_are_given_references_allocate_nothing);
  RUN_NATIVELY(reading_and_writing_what_an_instance_holds_allocates_nothing);
  RUN_NATIVELY(slot_calls_and_bulk_calls_of_components_allocate_nothing);
  RUN_NATIVELY(taking_an_error_and_naming_kinds_allocates_nothing);
  return finish("allocations");
}
