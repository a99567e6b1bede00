/* Files and lines in backtraces, from good debug info and from debug info that is made to cost much. */
#include "binary.h"
#include "check.h"
#include <pthread.h>

static safewasm_engine_t *engine_with_lines(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_backtrace_lines(config, true));
  OK(safewasm_config_set_epoch_interruption(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* The error of calling an export with these arguments. Its module is deleted before. */
static safewasm_error_t *call_of(safewasm_store_t *store, safewasm_module_t *module,
                                 const char *name, const int32_t *args, size_t count) {
  safewasm_instance_t *instance;
  safewasm_extern_t func;
  safewasm_slot_t slots[2];
  for (size_t i = 0; i < count; i++) slots[i].i32 = args[i];
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  safewasm_module_delete(module);
  OK(safewasm_instance_export(instance, name, strlen(name), &func));
  return safewasm_func_call_slots(func.of.func, slots, count);
}

static safewasm_module_t *lines_module(safewasm_engine_t *engine) {
  safewasm_module_t *module;
  const char *path = "julia/examples/lines.wasm";
  OK(safewasm_module_new_file(engine, path, strlen(path), &module));
  return module;
}

static bool frame_is(safewasm_error_t *error, size_t index, const char *func, const char *file,
                     uint32_t line) {
  safewasm_frame_t frame;
  if (!safewasm_error_frame(error, index, &frame) || frame.func_name.data == NULL) return false;
  bool same_file = file == NULL ? frame.file.data == NULL
                                : frame.file.data != NULL && strcmp(frame.file.data, file) == 0;
  return same_file && frame.line == line && strcmp(frame.func_name.data, func) == 0;
}

TEST(frames_have_files_and_lines_if_the_config_asks_for_them) {
  for (int lines = 0; lines < 2; lines++) {
    safewasm_engine_t *engine = lines ? engine_with_lines() : new_engine();
    safewasm_store_t *store;
    OK(safewasm_store_new(engine, &store));
    safewasm_error_t *error = call_of(store, lines_module(engine), "ratio", (int32_t[]){6, 0}, 2);
    if (lines) {
      CHECK(safewasm_error_frames_len(error) == 3);
      CHECK(frame_is(error, 0, "divide", "./lines.c", 9));
      CHECK(frame_is(error, 1, "twice", "./lines.c", 13));
      CHECK(frame_is(error, 2, "ratio", "./lines.c", 17));
    } else {
      CHECK(safewasm_error_frames_len(error) == 2);
      CHECK(frame_is(error, 0, "divide", NULL, 0) && frame_is(error, 1, "ratio", NULL, 0));
    }
    CHECK(strstr(safewasm_error_message(error, NULL), "left out") == NULL);
    FAILS(error, TRAP, "integer divide by zero");
    safewasm_store_delete(store);
    safewasm_engine_delete(engine);
  }
}

/* A module whose `f(n)` calls itself n times and then traps, or loops for ever if n is negative. Its debug
   info tells of `depth` inlined calls within each other, with a name of that length. */
static bytes_t nested_inlined_calls(size_t depth, size_t name_len) {
  bytes_t module = {NULL, 0, 0};
  static const uint8_t body[] = {
      0,                                                          /* no locals */
      0x20, 0, 0x41, 0, 0x48, 0x04, 0x40, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b, /* loop if negative */
      0x20, 0, 0x45, 0x04, 0x40, 0x00, 0x0b,                      /* unreachable if zero */
      0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x0b};                     /* f(n - 1) */
  put_bytes(&module, "\0asm\1\0\0\0", 8);
  PUT(&module, 1, 5, 1, 0x60, 1, 0x7f, 0, 3, 2, 1, 0, 7, 5, 1, 1, 'f', 0, 0);
  PUT(&module, 10, sizeof body + 2, 1, sizeof body);
  put_bytes(&module, body, sizeof body);
  put_inlined_calls(&module, sizeof body + 2, depth, name_len);
  return module;
}

static void check_bounds(safewasm_error_t *error, bool is_left_out) {
  safewasm_frame_t frame;
  size_t frames = safewasm_error_frames_len(error);
  CHECK(frames > 0 && frames <= 100 + 400);
  for (size_t i = 0; i < frames; i++) {
    CHECK(safewasm_error_frame(error, i, &frame) && frame.func_name.len <= 1000);
  }
  const char *note = strstr(safewasm_error_message(error, NULL), "left out of the backtrace");
  CHECK((note != NULL) == is_left_out);
}

/* On a thread with a small stack: a symbolizer that recurses would need a large one. */
static void *trap_with_debug_info(void *unused) {
  static const struct {
    size_t depth, name_len;
    int32_t calls;
    bool is_left_out;
  } cases[] = {{3, 10, 5, false}, {100, 100000, 99, true}, {50000, 10, 0, true}, {50000, 10, 99, true}};
  safewasm_engine_t *engine = engine_with_lines();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bytes_t bytes = nested_inlined_calls(cases[i].depth, cases[i].name_len);
    safewasm_store_t *store;
    safewasm_module_t *module;
    OK(safewasm_store_new(engine, &store));
    OK(safewasm_module_new(engine, bytes.data, bytes.len, &module));
    safewasm_error_t *error = call_of(store, module, "f", &cases[i].calls, 1);
    check_bounds(error, cases[i].is_left_out);
    FAILS(error, TRAP, "unreachable");
    safewasm_store_delete(store);
    free(bytes.data);
  }
  safewasm_engine_delete(engine);
  return unused;
}

TEST(debug_info_costs_a_bounded_time_memory_and_stack) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  CHECK(pthread_create(&thread, &attributes, trap_with_debug_info, NULL) == 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
}

TEST(debug_info_is_read_within_bounds_where_a_deadline_ends_a_call) {
  safewasm_engine_t *engine = engine_with_lines();
  bytes_t bytes = nested_inlined_calls(50000, 10);
  const int32_t for_ever = -1;
  safewasm_store_t *store;
  safewasm_module_t *module;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_module_new(engine, bytes.data, bytes.len, &module));
  OK(safewasm_store_set_deadline(store, 20 * 1000 * 1000));
  safewasm_error_t *error = call_of(store, module, "f", &for_ever, 1);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  check_bounds(error, true);
  FAILS(error, TRAP, "interrupt");
  safewasm_store_delete(store);
  free(bytes.data);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(frames_have_files_and_lines_if_the_config_asks_for_them);
  RUN(debug_info_costs_a_bounded_time_memory_and_stack);
  RUN(debug_info_is_read_within_bounds_where_a_deadline_ends_a_call);
  return finish("lines");
}
