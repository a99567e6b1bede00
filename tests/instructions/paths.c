/* Goes along each path of calls a thousand times, for their instructions to be counted. */
#include "../c/check.h"

enum { TIMES = 1000 };

static const char *PATHS =
    "(module"
    "  (import \"host\" \"add\" (func $host (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (global (export \"global\") (mut i32) (i32.const 1))"
    "  (func (export \"add\") (param i32 i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 1)))"
    "  (func (export \"loop\") (param i32) (result i32)"
    "    (loop $again"
    "      (drop (call $host (local.get 0) (i32.const 1)))"
    "      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "    (local.get 0)))";

static const char *COMPONENT =
    "(component"
    "  (core module $m (func (export \"add\") (param i32 i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 1))))"
    "  (core instance $i (instantiate $m))"
    "  (func (export \"add\") (param \"x\" u32) (param \"y\" u32) (result u32)"
    "    (canon lift (core func $i \"add\"))))";

static safewasm_instance_t *looked_at;
static safewasm_componentfunc_t *component_add;
static safewasm_func_t *add, *loop;
static safewasm_memory_t *memory;
static safewasm_global_t *global;

/* Each of these is a path: the counting begins when it is entered, and ends when it is left. */
#define PATH(name) void name(void); __attribute__((noinline)) void name(void)

PATH(path_slot_call) {
  for (int32_t i = 0; i < TIMES; i++) {
    safewasm_slot_t slots[2] = {{.i32 = i}, {.i32 = 1}};
    OK(safewasm_func_call_slots(add, slots, 2));
  }
}

PATH(path_checked_call) {
  for (int32_t i = 0; i < TIMES; i++) {
    const safewasm_val_t args[2] = {{SAFEWASM_VAL_I32, {.i32 = i}}, {SAFEWASM_VAL_I32, {.i32 = 1}}};
    safewasm_val_t result;
    OK(safewasm_func_call(add, args, 2, &result, 1));
  }
}

PATH(path_ten_bulk_calls) {
  static int32_t numbers[10 * TIMES];
  const safewasm_column_t columns[] = {{numbers, 4}, {numbers, 4}};
  OK(safewasm_func_call_bulk(add, 10 * TIMES, columns, 2, columns, 1));
}

PATH(path_component_slot_call) {
  for (int32_t i = 0; i < TIMES; i++) {
    safewasm_slot_t slots[2] = {{.i32 = i}, {.i32 = 1}};
    OK(safewasm_componentfunc_call_slots(component_add, slots, 2));
  }
}

PATH(path_component_call) {
  for (uint32_t i = 0; i < TIMES; i++) {
    safewasm_node_t args[2] = {{.kind = SAFEWASM_WIT_U32}, {.kind = SAFEWASM_WIT_U32}};
    safewasm_values_t *values;
    args[0].of.u = i;
    args[1].of.u = 1;
    OK(safewasm_componentfunc_call(component_add, args, 2, &values));
    safewasm_values_delete(values);
  }
}

PATH(path_host_call) {
  safewasm_slot_t slot = {.i32 = TIMES};
  OK(safewasm_func_call_slots(loop, &slot, 1));
}

PATH(path_global_get) {
  safewasm_val_t value;
  for (int i = 0; i < TIMES; i++) OK(safewasm_global_get(global, &value));
}

PATH(path_memory_read) {
  uint8_t byte;
  for (uint64_t i = 0; i < TIMES; i++) OK(safewasm_memory_read(memory, i, &byte, 1));
}

PATH(path_export_look_up) {
  for (int i = 0; i < TIMES; i++) {
    safewasm_extern_t item = get_export(looked_at, "add");
    safewasm_extern_delete(&item);
  }
}

static safewasm_error_t *host_add(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                  size_t slots_len) {
  (void)env, (void)caller, (void)slots_len;
  slots[0].i32 += slots[1].i32;
  return NULL;
}

int main(void) {
  world_t world = {.engine = new_engine()};
  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32}, both[] = {i32, i32};
  safewasm_functype_t *type;
  safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_FUNC};
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, PATHS);
  OK(safewasm_functype_new(world.engine, both, 2, both, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, host_add, NULL, NULL, &import.of.func));
  OK(safewasm_instance_new(world.store, world.module, &import, 1, &world.instance));
  looked_at = world.instance;
  add = get_export(world.instance, "add").of.func;
  loop = get_export(world.instance, "loop").of.func;
  memory = get_export(world.instance, "memory").of.memory;
  global = get_export(world.instance, "global").of.global;
  safewasm_component_t *component;
  safewasm_componentinstance_t *instance;
  OK(safewasm_component_new_text(world.engine, COMPONENT, SAFEWASM_STRLEN, &component));
  OK(safewasm_componentinstance_new(world.store, component, &instance));
  OK(safewasm_componentinstance_func(instance, NULL, 0, "add", SAFEWASM_STRLEN, &component_add));
  safewasm_component_delete(component);
  /* The first time is another thing: symbols are bound, the thread is made ready. */
  for (int round = 0; round < 2; round++) {
    path_slot_call();
    path_checked_call();
    path_ten_bulk_calls();
    path_host_call();
    path_component_slot_call();
    path_component_call();
    path_global_get();
    path_memory_read();
    path_export_look_up();
  }
  delete_world(world);
  return failed_here;
}
