/*
 * Processes: programs for WASI that run on threads of the library, with limits of time, memory and output.
 *
 *   cc -Iinclude examples/process.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o process
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

#define PRINT(text)                                                                                       \
  "(import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32 i32 i32 i32) (result i32)))"   \
  "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"                            \
  "(memory (export \"memory\") 1)"                                                                        \
  "(data (i32.const 0) \"\\10\\00\\00\\00\\10\\00\\00\\00\") (data (i32.const 16) \"" text "\")"           \
  "(func $print (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))"

/* A program prints 16 characters at a time. */
static const char *PROGRAMS[] = {
    "(module " PRINT("Hello from wasm\\0a") "(func (export \"_start\") (call $print) (call $exit (i32.const 3))))",
    "(module " PRINT("Thinking hard...") "(func (export \"_start\") (call $print) (loop $again (br $again))))",
    "(module " PRINT("More, and more. ") "(func (export \"_start\") (loop $again (call $print) (br $again))))",
    "(module (memory 1000) (func (export \"_start\")))",
};

enum { COUNT = sizeof PROGRAMS / sizeof *PROGRAMS };

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

/* Starts a program, whose output goes to the buffer. */
static safewasm_process_t *start(safewasm_engine_t *engine, safewasm_linker_t *linker, const char *text,
                                 safewasm_buffer_t *output) {
  safewasm_module_t *module;
  safewasm_store_t *store;
  safewasm_wasi_t *wasi;
  safewasm_process_t *process;
  check(safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module));
  check(safewasm_wasi_new(&wasi));
  check(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, output));
  check(safewasm_store_new(engine, &store));
  check(safewasm_store_set_wasi(store, wasi));
  check(safewasm_store_set_memory_limit(store, 16 * 65536));
  check(safewasm_store_set_deadline(store, 1000 * 1000 * 1000));
  /* The process has the store from here on. */
  check(safewasm_process_new(linker, module, store, NULL, NULL, NULL, &process));
  safewasm_module_delete(module);
  return process;
}

/* Waits for a process, and prints its output and its end. */
static void report(safewasm_process_t *process, safewasm_buffer_t *output) {
  bool has_ended;
  uint32_t status;
  safewasm_bytes_t *bytes;
  const uint8_t *data;
  size_t len;
  check(safewasm_process_wait(process, UINT64_MAX, &has_ended));
  safewasm_error_t *error = safewasm_process_status(process, &has_ended, &status);
  check(safewasm_buffer_take(output, &bytes));
  check(safewasm_bytes_data(bytes, &data, &len));
  printf("%u bytes of output: \"%.15s\"\n", (unsigned)len, len > 0 ? (const char *)data : "");
  if (error == NULL) printf("  status %u\n", status);
  else printf("  %s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  safewasm_bytes_delete(bytes);
}

int main(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_linker_t *linker;
  safewasm_buffer_t *outputs[COUNT];
  safewasm_process_t *processes[COUNT];
  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true));
  check(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));

  /* All of them run at once. */
  for (int i = 0; i < COUNT; i++) {
    check(safewasm_buffer_new(1000, &outputs[i]));
    processes[i] = start(engine, linker, PROGRAMS[i], outputs[i]);
  }
  for (int i = 0; i < COUNT; i++) {
    report(processes[i], outputs[i]);
    safewasm_process_delete(processes[i]);
    safewasm_buffer_delete(outputs[i]);
  }
  safewasm_linker_delete(linker);
  safewasm_engine_delete(engine);
  return 0;
}
