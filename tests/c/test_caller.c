/* A host function reads its caller's memory through a pointer and a length. */
#include "links.h"

#define MEMORY(caller, name, data, len) safewasm_caller_memory((caller), NAME(name), (data), (len))

/* A host function whose body a test sets. */
typedef struct {
  links_t *links;
  safewasm_instance_t *instance;
  safewasm_caller_t *kept;
  void (*body)(void *env, safewasm_caller_t *caller);
} host_t;

static safewasm_error_t *run_body(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                  size_t slots_len) {
  host_t *host = env;
  (void)slots, (void)slots_len;
  host->links->calls++;
  host->body(env, caller);
  return NULL;
}

static const char *GUEST =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    "  (memory $memory (export \"memory\") 1 3) (memory (export \"empty\") 0)"
    "  (global (export \"global\") i32 (i32.const 1)) (data (memory $memory) (i32.const 9) \"abc\")"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow $memory (local.get 0)))"
    "  (func (export \"go\") (param i32) (result i32) (drop (call $f (local.get 0)))"
    "    (i32.load8_u $memory (i32.const 10))))";

static host_t new_host(links_t *links, void (*body)(void *env, safewasm_caller_t *caller)) {
  return (host_t){.links = links, .body = body};
}

static safewasm_error_t *go(links_t *links, host_t *host) {
  OK(safewasm_linker_define_func_slots(links->linker, NAME("env"), NAME("f"), links->unary,
                                       run_body, host, NULL));
  host->instance = instantiate(links, GUEST);
  safewasm_extern_t func = get_export(host->instance, "go");
  safewasm_slot_t slot = {.i32 = 0};
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, &slot, 1);
  if (error == NULL) CHECK(slot.i32 == 'X');
  safewasm_extern_delete(&func);
  return error;
}

static void read_and_write(void *env, safewasm_caller_t *caller) {
  uint8_t *data;
  size_t len;
  (void)env;
  OK(MEMORY(caller, "memory", &data, &len));
  CHECK(len == 65536 && memcmp(data + 9, "abc", 3) == 0 && data[len - 1] == 0);
  data[10] = 'X';
  OK(MEMORY(caller, "empty", &data, &len));
  CHECK(len == 0);
}

TEST(a_host_function_reads_and_writes_the_memory_of_its_caller) {
  links_t links = new_links();
  host_t host = new_host(&links, read_and_write);
  OK(go(&links, &host));
  CHECK(links.calls == 1);
  safewasm_instance_delete(host.instance);
  delete_links(&links);
}

static void grow(void *env, safewasm_caller_t *caller) {
  host_t *host = env;
  uint8_t *data;
  size_t len;
  OK(MEMORY(caller, "memory", &data, &len));
  CHECK(len == 65536 && data[9] == 'a');
  CHECK(call(host->instance, "grow", 2) == 1);
  OK(MEMORY(caller, "memory", &data, &len));
  CHECK(len == 3 * 65536 && data[9] == 'a' && data[len - 1] == 0);
  data[len - 1] = 1;
  data[10] = 'X';
}

TEST(a_memory_that_grows_in_a_host_function_is_asked_for_again) {
  links_t links = new_links();
  host_t host = new_host(&links, grow);
  OK(go(&links, &host));
  safewasm_instance_delete(host.instance);
  delete_links(&links);
}

static void ask_wrongly(void *env, safewasm_caller_t *caller) {
  uint8_t *data = (uint8_t *)1;
  size_t len = 1;
  (void)env;
  FAILS(MEMORY(caller, "none", &data, &len), NOT_FOUND, "`none`");
  CHECK(data == NULL && len == 0);
  FAILS(MEMORY(caller, "global", &data, &len), TYPE_MISMATCH, "`global`");
  FAILS(MEMORY(caller, "go", &data, &len), TYPE_MISMATCH, "no memory");
  FAILS(MEMORY(caller, "\xff", &data, &len), INVALID_ARGUMENT, "`name`");
  FAILS(safewasm_caller_memory(caller, NULL, 0, &data, &len), NULL_POINTER, "`name`");
  FAILS(MEMORY(caller, "memory", NULL, &len), NULL_POINTER, "`data_out`");
  FAILS(MEMORY(caller, "memory", &data, NULL), NULL_POINTER, "`len_out`");
  FAILS(MEMORY(NULL, "memory", &data, &len), NULL_POINTER, "`caller`");
  OK(MEMORY(caller, "memory", &data, &len));
  data[10] = 'X';
}

TEST(what_is_no_memory_of_the_caller_is_an_error) {
  links_t links = new_links();
  host_t host = new_host(&links, ask_wrongly);
  OK(go(&links, &host));
  safewasm_instance_delete(host.instance);
  delete_links(&links);
}

static void keep(void *env, safewasm_caller_t *caller) {
  host_t *host = env;
  uint8_t *data;
  size_t len;
  OK(MEMORY(caller, "memory", &data, &len));
  data[10] = 'X';
  host->kept = caller;
}

TEST(a_caller_that_was_kept_has_no_memory) {
  links_t links = new_links();
  host_t host = new_host(&links, keep);
  uint8_t *data;
  size_t len;
  OK(go(&links, &host));
  FAILS(MEMORY(host.kept, "memory", &data, &len), INVALID_HANDLE, "`caller`");
  FAILS(MEMORY((safewasm_caller_t *)links.store, "memory", &data, &len), INVALID_HANDLE,
        "`caller`");
  safewasm_instance_delete(host.instance);
  delete_links(&links);
}

static void delete_store(void *env, safewasm_caller_t *caller) {
  host_t *host = env;
  uint8_t *data;
  size_t len;
  OK(MEMORY(caller, "memory", &data, &len));
  data[10] = 'X';
  safewasm_store_delete(host->links->store);
  FAILS(MEMORY(caller, "memory", &data, &len), INVALID_HANDLE, "`caller`");
  CHECK(data == NULL && len == 0);
}

TEST(a_caller_whose_store_was_deleted_has_no_memory) {
  links_t links = new_links();
  host_t host = new_host(&links, delete_store);
  OK(go(&links, &host));
  safewasm_instance_delete(host.instance);
  delete_links(&links);
}

static void find_none(void *env, safewasm_caller_t *caller) {
  uint8_t *data;
  size_t len;
  (void)env;
  FAILS(MEMORY(caller, "memory", &data, &len), NOT_FOUND, "`memory`");
}

TEST(a_host_function_that_the_program_calls_has_no_memory) {
  links_t links = new_links();
  host_t host = new_host(&links, find_none);
  safewasm_func_t *func;
  safewasm_slot_t slot = {.i32 = 0};
  OK(safewasm_func_new_slots(links.store, links.unary, run_body, &host, NULL, &func));
  OK(safewasm_func_call_slots(func, &slot, 1));
  CHECK(links.calls == 1);
  safewasm_func_delete(func);
  delete_links(&links);
}

static void find_shared(void *env, safewasm_caller_t *caller) {
  uint8_t *data;
  size_t len;
  (void)env;
  FAILS(MEMORY(caller, "memory", &data, &len), UNSUPPORTED, "safewasm_sharedmemory_read");
  CHECK(data == NULL && len == 0);
}

TEST(a_shared_memory_is_refused) {
  links_t links = {.engine = NULL};
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_shared_memory(config, true));
  OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_engine_new(config, &links.engine));
  OK(safewasm_store_new(links.engine, &links.store));
  OK(safewasm_linker_new(links.engine, &links.linker));
  OK(safewasm_functype_new(links.engine, &I32, 1, &I32, 1, &links.unary));
  host_t host = new_host(&links, find_shared);
  OK(safewasm_linker_define_func_slots(links.linker, NAME("env"), NAME("f"), links.unary, run_body,
                                       &host, NULL));
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
              "  (memory (export \"memory\") 1 2 shared)"
              "  (func (export \"go\") (param i32) (result i32) (call $f (local.get 0))))");
  call(instance, "go", 1);
  CHECK(links.calls == 1);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

int main(void) {
  RUN(a_host_function_reads_and_writes_the_memory_of_its_caller);
  RUN(a_memory_that_grows_in_a_host_function_is_asked_for_again);
  RUN(what_is_no_memory_of_the_caller_is_an_error);
  RUN(a_caller_that_was_kept_has_no_memory);
  RUN(a_caller_whose_store_was_deleted_has_no_memory);
  RUN(a_host_function_that_the_program_calls_has_no_memory);
  RUN(a_shared_memory_is_refused);
  return finish("caller");
}
