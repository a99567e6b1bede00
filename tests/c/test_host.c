/* Host functions: arguments and results, errors, reentry, references, and lifetimes. */
#include "check.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls its import `f` in several ways. */
static const char *CALLER =
    "(module (import \"host\" \"f\" (func $f (param i32 i64 f32 f64) (result f64 i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"call\") (param i32 i64 f32 f64) (result f64 i32)"
    "    (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3)))"
    "  (func (export \"grow\") (result i32) (memory.grow (i32.const 1)))"
    "  (func (export \"boom\") unreachable))";

static const safewasm_valtype_t I32 = {.kind = SAFEWASM_VAL_I32};
static const safewasm_valtype_t I64 = {.kind = SAFEWASM_VAL_I64};
static const safewasm_valtype_t F32 = {.kind = SAFEWASM_VAL_F32};
static const safewasm_valtype_t F64 = {.kind = SAFEWASM_VAL_F64};
static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};

/* The data of a host function of these tests. */
typedef struct {
  world_t world;
  safewasm_extern_t func;
  safewasm_error_t *result;
  safewasm_caller_t *kept;
  const safewasm_cell_t *cell;
  size_t seen_len;
  int calls, finalized, mode;
} host_t;

static void finalize(void *env) { ((host_t *)env)->finalized++; }

static safewasm_functype_t *type_of_f(safewasm_engine_t *engine) {
  safewasm_valtype_t params[] = {I32, I64, F32, F64}, results[] = {F64, I32};
  safewasm_functype_t *type;
  OK(safewasm_functype_new(engine, params, 4, results, 2, &type));
  return type;
}

/* A world whose import `f` is a host function with that callback. */
static void new_host(host_t *host, safewasm_callback_t callback) {
  host->world.engine = new_engine();
  OK(safewasm_store_new(host->world.engine, &host->world.store));
  host->world.module = new_module(host->world.engine, CALLER);
  safewasm_functype_t *type = type_of_f(host->world.engine);
  host->func.kind = SAFEWASM_EXTERN_FUNC;
  OK(safewasm_func_new(host->world.store, type, callback, host, finalize, &host->func.of.func));
  safewasm_functype_delete(type);
  OK(safewasm_instance_new(host->world.store, host->world.module, &host->func, 1,
                           &host->world.instance));
}

static void delete_host(host_t *host) {
  safewasm_extern_delete(&host->func);
  delete_world(host->world);
  CHECK(host->finalized == 1);
}

static safewasm_error_t *call_f(host_t *host, safewasm_val_t results[2]) {
  safewasm_extern_t call = get_export(host->world.instance, "call");
  safewasm_val_t args[4] = {{SAFEWASM_VAL_I32, {.i32 = -7}},
                            {SAFEWASM_VAL_I64, {.i64 = INT64_C(1) << 40}},
                            {SAFEWASM_VAL_F32, {.f32 = 0.5f}},
                            {SAFEWASM_VAL_F64, {.f64 = -0.25}}};
  safewasm_error_t *error = safewasm_func_call(call.of.func, args, 4, results, 2);
  safewasm_extern_delete(&call);
  return error;
}

static safewasm_error_t *add_up(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                                size_t args_len, safewasm_val_t *results, size_t results_len) {
  host_t *host = env;
  host->calls++;
  host->kept = caller;
  CHECK(args_len == 4 && results_len == 2 && safewasm_caller_is_valid(caller));
  CHECK(args[0].kind == SAFEWASM_VAL_I32 && args[3].kind == SAFEWASM_VAL_F64);
  double sum = (double)args[0].of.i32 + (double)args[1].of.i64 + (double)args[2].of.f32 +
               args[3].of.f64;
  results[0] = (safewasm_val_t){SAFEWASM_VAL_F64, {.f64 = sum}};
  results[1] = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = 42}};
  return NULL;
}

TEST(a_host_function_takes_and_gives_values) {
  host_t host = {.calls = 0};
  new_host(&host, add_up);
  safewasm_val_t results[2];
  OK(call_f(&host, results));
  CHECK(results[0].of.f64 == -7.0 + 1099511627776.0 + 0.5 - 0.25);
  CHECK(results[1].of.i32 == 42 && host.calls == 1 && host.finalized == 0);

  /* The caller is invalid once the host function has returned. */
  safewasm_extern_t item;
  safewasm_store_t *store;
  CHECK(!safewasm_caller_is_valid(host.kept));
  FAILS(safewasm_caller_export(host.kept, "memory", 6, &item), INVALID_HANDLE, "`caller`");
  FAILS(safewasm_caller_store(NULL, &store), NULL_POINTER, "`caller`");
  delete_host(&host);
}

static safewasm_error_t *double_slot(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  (void)caller;
  ((host_t *)env)->calls++;
  CHECK(slots_len == 1);
  slots[0].i32 *= 2;
  return NULL;
}

TEST(a_host_function_of_slots_is_called_from_wasm_and_by_the_program) {
  host_t host = {.calls = 0};
  world_t world = new_world("(module)");
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(world.engine, &I32, 1, &I32, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, double_slot, &host, finalize, &func));
  safewasm_slot_t slot = {.i32 = 21};
  OK(safewasm_func_call_slots(func, &slot, 1));
  CHECK(slot.i32 == 42 && host.calls == 1);

  safewasm_module_t *module = new_module(
      world.engine, "(module (import \"a\" \"b\" (func $f (param i32) (result i32)))"
                    "  (func (export \"g\") (param i32) (result i32)"
                    "    (call $f (call $f (local.get 0)))))");
  safewasm_instance_t *instance;
  safewasm_extern_t import = {SAFEWASM_EXTERN_FUNC, {.func = func}};
  OK(safewasm_instance_new(world.store, module, &import, 1, &instance));
  safewasm_extern_t g = get_export(instance, "g");
  slot.i32 = 3;
  OK(safewasm_func_call_slots(g.of.func, &slot, 1));
  CHECK(slot.i32 == 12 && host.calls == 3);

  safewasm_func_t *none;
  safewasm_functype_t *of_reference;
  OK(safewasm_functype_new(world.engine, &EXTERNREF, 1, NULL, 0, &of_reference));
  FAILS(safewasm_func_new_slots(world.store, of_reference, double_slot, &host, finalize, &none),
        UNSUPPORTED, "(externref) -> ()");
  CHECK(host.finalized == 1); /* the env of the function that was not made */
  FAILS(safewasm_func_new(world.store, type, NULL, &host, finalize, &none), NULL_POINTER,
        "`callback`");
  CHECK(host.finalized == 2 && none == NULL);

  safewasm_engine_t *other = new_engine();
  safewasm_functype_t *foreign;
  OK(safewasm_functype_new(other, &I32, 1, &I32, 1, &foreign));
  FAILS(safewasm_func_new_slots(world.store, foreign, double_slot, NULL, NULL, &none),
        WRONG_ENGINE, "`functype`");
  safewasm_functype_delete(foreign);
  safewasm_engine_delete(other);
  safewasm_functype_delete(of_reference);
  safewasm_functype_delete(type);
  safewasm_extern_delete(&g);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_func_delete(func);
  CHECK(host.finalized == 2);
  delete_world(world);
  CHECK(host.finalized == 3);
}

static safewasm_error_t *misbehave(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                                   size_t args_len, safewasm_val_t *results, size_t results_len) {
  host_t *host = env;
  safewasm_error_t *error = NULL;
  (void)caller, (void)args, (void)args_len, (void)results_len;
  results[0] = (safewasm_val_t){SAFEWASM_VAL_F64, {.f64 = 1}};
  switch (host->mode) {
  case 0: /* an error of its own, with an env */
    OK(safewasm_error_new("no such file", 12, host, finalize, TAG, &error));
    return error;
  case 1: /* results that aren't set */
    return NULL;
  case 2: /* a result of the wrong kind */
    results[1] = (safewasm_val_t){SAFEWASM_VAL_I64, {.i64 = 1}};
    return NULL;
  case 3: /* a pointer that is no error */
    return (safewasm_error_t *)(void *)host;
  case 4: { /* a trap further in */
    safewasm_extern_t boom = get_export(host->world.instance, "boom");
    error = safewasm_func_call(boom.of.func, NULL, 0, NULL, 0);
    safewasm_extern_delete(&boom);
    return error;
  }
  default: /* deletes its own store */
    safewasm_store_delete(host->world.store);
    CHECK(!safewasm_store_is_valid(host->world.store) && host->finalized == 0);
    results[1] = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = 5}};
    return NULL;
  }
}

TEST(a_host_function_that_misbehaves_is_an_error_and_the_store_works_on) {
  host_t host = {.calls = 0};
  new_host(&host, misbehave);
  safewasm_val_t results[2];
  safewasm_error_t *error = call_f(&host, results);
  CHECK(safewasm_error_env(error, TAG) == &host && host.finalized == 0);
  CHECK(safewasm_error_frames_len(error) == 1 && results[0].kind == 0);
  FAILS(error, HOST, "no such file");
  CHECK(host.finalized == 1);
  host.finalized = 0;

  host.mode = 1;
  FAILS(call_f(&host, results), TYPE_MISMATCH, "`results[1]` is not set (its kind is 0), not i32");
  host.mode = 2;
  FAILS(call_f(&host, results), TYPE_MISMATCH, "`results[1]` is i64, not i32");
  host.mode = 3;
  FAILS(call_f(&host, results), INVALID_HANDLE, "invalid error handle");
  host.mode = 4;
  error = call_f(&host, results);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
  CHECK(safewasm_error_frames_len(error) == 2); /* `boom`, then `call` */
  FAILS(error, TRAP, "unreachable");
  host.mode = 5;
  OK(call_f(&host, results));
  CHECK(results[1].of.i32 == 5 && host.finalized == 1);
  safewasm_extern_t item;
  FAILS(safewasm_instance_export(host.world.instance, "call", 4, &item), INVALID_HANDLE,
        "`instance`");
  delete_host(&host);
}

static safewasm_error_t *re_enter(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                                  size_t args_len, safewasm_val_t *results, size_t results_len) {
  host_t *host = env;
  safewasm_store_t *store;
  safewasm_extern_t memory, grow, nothing;
  safewasm_slot_t slot;
  OK(safewasm_caller_store(caller, &store));
  CHECK(store == host->world.store);
  OK(safewasm_caller_export(caller, "memory", 6, &memory));
  OK(safewasm_caller_export(caller, "grow", 4, &grow));
  FAILS(safewasm_caller_export(caller, "nothing", 7, &nothing), NOT_FOUND, "`nothing`");
  host->seen_len = host->cell->len;
  OK(safewasm_func_call_slots(grow.of.func, &slot, 1));
  CHECK(slot.i32 == 1 && host->cell->len == 131072);
  OK(safewasm_memory_write(memory.of.memory, 131071, (const uint8_t *)"!", 1));

  /* Another module and another host function, here and now. */
  safewasm_functype_t *type = type_of_f(host->world.engine);
  safewasm_extern_t inner = {.kind = SAFEWASM_EXTERN_FUNC};
  safewasm_instance_t *instance;
  OK(safewasm_func_new(store, type, add_up, host, NULL, &inner.of.func));
  OK(safewasm_instance_new(store, host->world.module, &inner, 1, &instance));
  safewasm_extern_t call = get_export(instance, "call");
  OK(safewasm_func_call(call.of.func, args, args_len, results, results_len));
  CHECK(safewasm_caller_is_valid(caller) && !safewasm_caller_is_valid(host->kept));
  safewasm_extern_delete(&call);
  safewasm_instance_delete(instance);
  safewasm_extern_delete(&inner);
  safewasm_functype_delete(type);
  safewasm_extern_delete(&memory);
  safewasm_extern_delete(&grow);
  return NULL;
}

TEST(a_host_function_may_do_anything_in_its_store) {
  host_t host = {.calls = 0};
  new_host(&host, re_enter);
  safewasm_extern_t memory = get_export(host.world.instance, "memory");
  safewasm_view_t *view;
  OK(safewasm_memory_view(memory.of.memory, &view, &host.cell));
  safewasm_val_t results[2];
  OK(call_f(&host, results));
  CHECK(results[1].of.i32 == 42 && host.calls == 1 && host.seen_len == 65536);
  CHECK(host.cell->data[131071] == '!');
  safewasm_view_delete(view);
  safewasm_extern_delete(&memory);
  delete_host(&host);
}

static safewasm_error_t *recurse(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                 size_t slots_len) {
  safewasm_extern_t down;
  ((host_t *)env)->calls++;
  OK(safewasm_caller_export(caller, "down", 4, &down));
  safewasm_error_t *error = safewasm_func_call_slots(down.of.func, slots, slots_len);
  safewasm_extern_delete(&down);
  return error;
}

TEST(recursion_through_host_functions_ends_in_a_trap) {
  host_t host = {.calls = 0};
  world_t world = new_world("(module)");
  safewasm_functype_t *type;
  safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
  safewasm_instance_t *instance;
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, recurse, &host, NULL, &func.of.func));
  safewasm_module_t *module = new_module(
      world.engine, "(module (import \"\" \"up\" (func $up)) (func (export \"down\") call $up))");
  OK(safewasm_instance_new(world.store, module, &func, 1, &instance));
  safewasm_extern_t down = get_export(instance, "down");
  for (int round = 0; round < 2; round++) {
    safewasm_error_t *error = safewasm_func_call_slots(down.of.func, NULL, 0);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_STACK_OVERFLOW);
    FAILS(error, TRAP, "call stack exhausted");
  }
  CHECK(host.calls > 20);
  safewasm_extern_delete(&down);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  delete_world(world);
}

static const char *REFERENCES =
    "(module (table (export \"t\") 2 externref)"
    "  (func (export \"put\") (param externref) (table.set (i32.const 0) (local.get 0)))"
    "  (func (export \"get\") (result externref) (table.get (i32.const 0)))"
    "  (func (export \"self\") (result funcref) (ref.func $self))"
    "  (func $self (export \"number\") (result i32) (i32.const 9))"
    "  (func (export \"i31\") (param i31ref) (result anyref) (local.get 0)))";

TEST(an_external_reference_keeps_its_identity_and_is_finalized_once) {
  host_t host = {.calls = 0};
  world_t world = new_world(REFERENCES);
  safewasm_extern_t put = get_export(world.instance, "put");
  safewasm_extern_t get = get_export(world.instance, "get");
  safewasm_val_t value = {.kind = SAFEWASM_VAL_REF}, back;
  void *env;
  uint32_t same;
  OK(safewasm_ref_new_extern(world.store, &host, finalize, &value.of.reference));
  OK(safewasm_func_call(put.of.func, &value, 1, NULL, 0));
  OK(safewasm_func_call(get.of.func, NULL, 0, &back, 1));
  CHECK(back.kind == SAFEWASM_VAL_REF && back.of.reference != value.of.reference);
  OK(safewasm_ref_env(back.of.reference, &env));
  OK(safewasm_ref_same(back.of.reference, value.of.reference, &same));
  CHECK(env == &host && same == 1);
  safewasm_ref_delete(back.of.reference);
  safewasm_ref_delete(value.of.reference);
  OK(safewasm_store_collect(world.store));
  CHECK(host.finalized == 0); /* the table still has it */
  value.of.reference = NULL;
  OK(safewasm_func_call(put.of.func, &value, 1, NULL, 0));
  OK(safewasm_store_collect(world.store));
  CHECK(host.finalized == 1);
  OK(safewasm_func_call(get.of.func, NULL, 0, &back, 1));
  CHECK(back.kind == SAFEWASM_VAL_REF && back.of.reference == NULL);

  /* A reference that wasm never had is finalized with the store at the latest. */
  OK(safewasm_ref_new_extern(world.store, &host, finalize, &value.of.reference));
  safewasm_extern_delete(&put);
  safewasm_extern_delete(&get);
  delete_world(world);
  CHECK(host.finalized == 2 && !safewasm_ref_is_valid(value.of.reference));
}

TEST(references_of_other_kinds_go_in_and_out) {
  world_t world = new_world(REFERENCES), other = new_world(REFERENCES);
  safewasm_extern_t self = get_export(world.instance, "self");
  safewasm_extern_t i31 = get_export(world.instance, "i31");
  safewasm_extern_t put = get_export(world.instance, "put");
  safewasm_val_t value, back;
  uint32_t number;
  safewasm_valtype_t type;
  OK(safewasm_func_call(self.of.func, NULL, 0, &back, 1));
  CHECK(back.kind == SAFEWASM_VAL_FUNC);
  OK(safewasm_func_call(back.of.func, NULL, 0, &value, 1));
  CHECK(value.of.i32 == 9);
  FAILS(safewasm_func_call(put.of.func, &back, 1, NULL, 0), TYPE_MISMATCH, "externref");
  safewasm_func_delete(back.of.func);

  value.kind = SAFEWASM_VAL_REF;
  OK(safewasm_ref_new_i31(world.store, 77, &value.of.reference));
  OK(safewasm_func_call(i31.of.func, &value, 1, &back, 1));
  OK(safewasm_ref_i31(back.of.reference, &number));
  OK(safewasm_ref_type(back.of.reference, &type));
  CHECK(number == 77 && type.heap == SAFEWASM_HEAP_I31 && !type.nullable);
  FAILS(safewasm_func_call(put.of.func, &value, 1, NULL, 0), TYPE_MISMATCH, "not externref");
  void *env;
  FAILS(safewasm_ref_env(value.of.reference, &env), TYPE_MISMATCH, "`reference`");
  safewasm_ref_delete(back.of.reference);
  safewasm_ref_delete(value.of.reference);

  OK(safewasm_ref_new_i31(other.store, 1, &value.of.reference));
  FAILS(safewasm_func_call(i31.of.func, &value, 1, &back, 1), WRONG_STORE,
        "`args[0].of.reference`");
  safewasm_ref_delete(value.of.reference);
  FAILS(safewasm_func_call(i31.of.func, &value, 1, &back, 1), INVALID_HANDLE,
        "`args[0].of.reference`");
  safewasm_extern_delete(&self);
  safewasm_extern_delete(&i31);
  safewasm_extern_delete(&put);
  delete_world(world);
  delete_world(other);
}

static safewasm_error_t *pass_exception_on(void *env, safewasm_caller_t *caller,
                                           const safewasm_val_t *args, size_t args_len,
                                           safewasm_val_t *results, size_t results_len) {
  safewasm_extern_t thrower;
  (void)env, (void)args, (void)args_len, (void)results, (void)results_len;
  OK(safewasm_caller_export(caller, "throw", 5, &thrower));
  safewasm_error_t *error = safewasm_func_call(thrower.of.func, NULL, 0, NULL, 0);
  safewasm_extern_delete(&thrower);
  return error;
}

TEST(an_exception_of_wasm_goes_through_a_host_function_and_is_caught) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type;
  safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
  safewasm_instance_t *instance;
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new(world.store, type, pass_exception_on, NULL, NULL, &func.of.func));
  safewasm_module_t *module = new_module(
      world.engine,
      "(module (import \"\" \"f\" (func $f)) (tag $e (param i32))"
      "  (func (export \"throw\") (throw $e (i32.const 31)))"
      "  (func (export \"catch\") (result i32)"
      "    (block $caught (result i32)"
      "      (try_table (catch $e $caught) (call $f)) (i32.const 0)))"
      "  (func (export \"let\") (call $f)))");
  OK(safewasm_instance_new(world.store, module, &func, 1, &instance));
  safewasm_extern_t catch = get_export(instance, "catch"), let = get_export(instance, "let");
  safewasm_slot_t slot;
  OK(safewasm_func_call_slots(catch.of.func, &slot, 1));
  CHECK(slot.i32 == 31);
  safewasm_error_t *error = safewasm_func_call_slots(let.of.func, NULL, 0);
  safewasm_ref_t *exception;
  safewasm_valtype_t of;
  OK(safewasm_error_exception(error, &exception));
  OK(safewasm_ref_type(exception, &of));
  CHECK(of.heap == SAFEWASM_HEAP_CONCRETE_EXN || of.heap == SAFEWASM_HEAP_EXN);
  safewasm_ref_delete(exception);
  FAILS(error, EXCEPTION, "exception");
  FAILS(safewasm_error_exception(NULL, &exception), NULL_POINTER, "`error`");
  safewasm_extern_delete(&catch);
  safewasm_extern_delete(&let);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  delete_world(world);
}

static safewasm_error_t *end_thread(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  pthread_exit(NULL);
}

static void *call_host(void *func) {
  safewasm_error_delete(safewasm_func_call_slots(func, NULL, 0));
  return NULL;
}

TEST(a_thread_that_ends_in_a_host_function_ends_the_process_with_a_message) {
  int out[2];
  char said[400] = {0};
  CHECK(pipe(out) == 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(out[1], 2);
    world_t world = new_world("(module)");
    safewasm_functype_t *type;
    safewasm_func_t *func;
    pthread_t thread;
    OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
    OK(safewasm_func_new_slots(world.store, type, end_thread, NULL, NULL, &func));
    pthread_create(&thread, NULL, call_host, func);
    pthread_join(thread, NULL);
    _exit(0);
  }
  close(out[1]);
  int status;
  waitpid(child, &status, 0);
  CHECK(read(out[0], said, sizeof said - 1) > 0);
  CHECK(WIFSIGNALED(status) && strstr(said, "must return") != NULL);
  close(out[0]);
}

static safewasm_error_t *leave_the_program(void *env, safewasm_caller_t *caller,
                                           safewasm_slot_t *slots, size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  exit(7);
}

TEST(a_host_function_may_end_the_process) {
  pid_t child = fork();
  if (child == 0) {
    world_t world = new_world("(module)");
    safewasm_functype_t *type;
    safewasm_func_t *func;
    OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
    OK(safewasm_func_new_slots(world.store, type, leave_the_program, NULL, NULL, &func));
    safewasm_error_delete(safewasm_func_call_slots(func, NULL, 0));
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(void) {
  /* First, since a child process has none of the threads that compile. */
  RUN_NATIVELY(a_thread_that_ends_in_a_host_function_ends_the_process_with_a_message);
  RUN_NATIVELY(a_host_function_may_end_the_process);
  RUN(a_host_function_takes_and_gives_values);
  RUN(a_host_function_of_slots_is_called_from_wasm_and_by_the_program);
  RUN(a_host_function_that_misbehaves_is_an_error_and_the_store_works_on);
  RUN(a_host_function_may_do_anything_in_its_store);
  RUN_NATIVELY(recursion_through_host_functions_ends_in_a_trap);
  RUN(an_external_reference_keeps_its_identity_and_is_finalized_once);
  RUN(references_of_other_kinds_go_in_and_out);
  RUN(an_exception_of_wasm_goes_through_a_host_function_and_is_caught);
  return finish("host");
}
