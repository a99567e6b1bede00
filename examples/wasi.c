// Runs a program for WASI preview 1, with an argument, and prints its exit status.

#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

// A program that exits with the number of its arguments. A compiler for the target wasm32-wasip1 makes such
// modules from C or Rust.
static const char program[] =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\""
    "    (func $args_sizes_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $proc_exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"_start\")"
    "    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))"
    "    (call $proc_exit (i32.load (i32.const 0)))))";

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_linker_t *linker;
  safewasm_instance_t *instance;
  safewasm_wasi_t *wasi;
  uint32_t status;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, program, SAFEWASM_STRLEN, &module));

  check(safewasm_wasi_new(&wasi));
  check(safewasm_wasi_add_arg(wasi, "program", SAFEWASM_STRLEN));
  check(safewasm_wasi_add_arg(wasi, "first", SAFEWASM_STRLEN));
  check(safewasm_store_set_wasi(store, wasi));    // takes `wasi`

  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));
  check(safewasm_linker_instantiate(linker, store, module, &instance));
  check(safewasm_instance_run(instance, &status));
  printf("exit status %u\n", status);

  safewasm_linker_delete(linker);
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}
