/* Artifacts: compiled modules as bytes, and bytes that are none. */
#include "artifacts.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

TEST(a_module_comes_back_from_its_artifact_with_all_that_it_has) {
  safewasm_engine_t *engine = new_engine(), *other = new_engine();
  safewasm_module_t *module = new_module(engine, TEXT), *loaded = NULL, *mapped = NULL;
  copy_t artifact = serialized(module);
  safewasm_module_delete(module);
  OK(load(other, artifact, &loaded));
  check_module(other, loaded);
  new_file(artifact.data, artifact.len);
  OK(load_file(other, &mapped));
  check_module(other, mapped);
  CHECK(unlink(path) == 0);
  safewasm_module_delete(loaded);
  safewasm_module_delete(mapped);
  free(artifact.data);
  safewasm_engine_delete(engine);
  safewasm_engine_delete(other);
}

TEST(a_loaded_module_has_the_same_artifact_again) {
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  safewasm_module_t *module = NULL;
  new_file(artifact.data, artifact.len);
  for (int i = 0; i < 2; i++) {
    OK(i == 0 ? load(engine, artifact, &module) : load_file(engine, &module));
    copy_t again = serialized(module);
    CHECK(again.len == artifact.len && memcmp(again.data, artifact.data, again.len) == 0);
    safewasm_module_delete(module);
    OK(load(engine, again, &module));
    check_module(engine, module);
    safewasm_module_delete(module);
    free(again.data);
  }
  CHECK(unlink(path) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(an_empty_module_has_an_artifact) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance = NULL;
  copy_t artifact = artifact_of(engine, "(module)");
  new_file(artifact.data, artifact.len);
  OK(safewasm_store_new(engine, &store));
  for (int i = 0; i < 2; i++) {
    OK(i == 0 ? load(engine, artifact, &module) : load_file(engine, &module));
    OK(safewasm_instance_new(store, module, NULL, 0, &instance));
    safewasm_instance_delete(instance);
    safewasm_module_delete(module);
  }
  CHECK(unlink(path) == 0);
  free(artifact.data);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(backtraces_of_loaded_modules_have_files_and_lines) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  safewasm_store_t *store = NULL;
  safewasm_module_t *module = NULL;
  safewasm_instance_t *instance = NULL;
  safewasm_func_t *ratio = NULL;
  safewasm_frame_t frame;
  const char *file = "julia/examples/lines.wasm";
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_backtrace_lines(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_engine_new(config, &engine));
  OK(safewasm_module_new_file(engine, file, strlen(file), &module));
  copy_t artifact = serialized(module);
  safewasm_module_delete(module);
  OK(load(engine, artifact, &module));
  free(artifact.data);
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  safewasm_module_delete(module);
  OK(safewasm_instance_func(instance, "ratio", 5, &ratio));
  safewasm_slot_t slots[2] = {{.i32 = 6}, {.i32 = 0}};
  safewasm_error_t *error = safewasm_func_call_slots(ratio, slots, 2);
  CHECK(safewasm_error_frames_len(error) == 3 && safewasm_error_frame(error, 0, &frame));
  CHECK(frame.line == 9 && frame.file.data != NULL && strcmp(frame.file.data, "./lines.c") == 0);
  safewasm_error_delete(error);
  safewasm_func_delete(ratio);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

TEST(an_instance_lives_on_without_the_module_and_the_file) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  safewasm_store_t *store = NULL;
  copy_t artifact = artifact_of(engine, TEXT);
  new_file(artifact.data, artifact.len);
  OK(load_file(engine, &module));
  CHECK(unlink(path) == 0);
  safewasm_instance_t *instance = start(engine, module, &store);
  safewasm_module_delete(module);
  CHECK(call_sum(instance, 2) == 43);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);

  /* Another file takes its place. */
  new_file(artifact.data, artifact.len);
  OK(load_file(engine, &module));
  char other[] = "target/c/other-XXXXXX";
  int file = mkstemp(other);
  CHECK(file >= 0 && write(file, "junk", 4) == 4 && close(file) == 0 && rename(other, path) == 0);
  check_module(engine, module);
  safewasm_module_delete(module);
  FAILS(load_file(engine, &module), INVALID_ARTIFACT, path);
  CHECK(unlink(path) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(a_pooled_engine_loads_artifacts_and_refuses_those_that_dont_fit_the_pool) {
  safewasm_engine_t *engine = NULL, *without = new_engine();
  safewasm_module_t *module = NULL;
  copy_t artifact = artifact_of(without, TEXT), large = artifact_of(without, "(module (memory 100))");
  safewasm_pooling_t pool = {.total_memories = 2, .max_memory_size = 1 << 20};
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_pooling(config, &pool));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_engine_new(config, &engine));
  OK(load(engine, artifact, &module));
  check_module(engine, module);
  safewasm_module_delete(module);
  REFUSED(engine, large, LIMIT, "6553600 bytes");
  REFUSED(engine, large, LIMIT, "pool");
  free(artifact.data);
  free(large.data);
  safewasm_engine_delete(engine);
  safewasm_engine_delete(without);
}

/* The module that an artifact has, or NULL with an error of that kind. */
#define HAS_NO_WASM(bytes, kind, text)                                                            \
  do {                                                                                            \
    const uint8_t *wasm_data = (const uint8_t *)"";                                               \
    size_t wasm_len = 1;                                                                          \
    FAILS(safewasm_artifact_wasm((bytes).data, (bytes).len, &wasm_data, &wasm_len), kind, text);  \
    CHECK(wasm_data == NULL && wasm_len == 0);                                                    \
  } while (0)

TEST(the_module_is_in_an_artifact_whether_its_code_fits_or_not) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL, *other = new_engine();
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_consume_fuel(config, true));
  OK(safewasm_engine_new(config, &engine));
  copy_t artifact = artifact_of(engine, TEXT), wasm = wasm_of(TEXT);
  REFUSED(other, artifact, INCOMPATIBLE, "consume_fuel");
  const uint8_t *data = NULL;
  size_t len = 0;
  OK(safewasm_artifact_wasm(artifact.data, artifact.len, &data, &len));
  CHECK(data > artifact.data && data + len < artifact.data + artifact.len);
  CHECK(len == wasm.len && memcmp(data, wasm.data, len) == 0);
  safewasm_module_t *module = NULL;
  OK(safewasm_module_new(other, data, len, &module));
  check_module(other, module);
  safewasm_module_delete(module);
  for (size_t at = 0; at < artifact.len - 1; at += 1 + at % 41) {
    artifact.data[at] ^= 0x10;
    HAS_NO_WASM(artifact, INVALID_ARTIFACT, "`bytes`");
    artifact.data[at] ^= 0x10;
  }
  /* Of a later version. */
  artifact.data[artifact.len - 1]++;
  REFUSED(other, artifact, INCOMPATIBLE, "another version of the library");
  OK(safewasm_artifact_wasm(artifact.data, artifact.len, &data, &len));
  CHECK(len == wasm.len && memcmp(data, wasm.data, len) == 0);
  artifact.len--;
  HAS_NO_WASM(artifact, INVALID_ARTIFACT, "cut");
  free(artifact.data);
  free(wasm.data);
  safewasm_engine_delete(engine);
  safewasm_engine_delete(other);
}

/* What bytes are, and the message for whom they aren't an artifact. */
static void check_other(safewasm_engine_t *engine, const void *data, size_t len, uint32_t content, const char *text) {
  copy_t bytes = copy_of(data, len);
  safewasm_bytes_t *none = NULL;
  CHECK(content_of(bytes) == content);
  REFUSED(engine, bytes, INVALID_ARTIFACT, text);
  HAS_NO_WASM(bytes, INVALID_ARTIFACT, text);
  if (content != SAFEWASM_CONTENT_MODULE) {
    FAILS(safewasm_module_precompile(engine, bytes.data, bytes.len, &none), INVALID_MODULE, "nvalid");
    CHECK(none == NULL);
  }
  free(bytes.data);
}

TEST(bytes_of_another_kind_are_recognised) {
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT), wasm = wasm_of(TEXT);
  uint64_t code;
  memcpy(&code, artifact.data + artifact.len - TRAILER, 8);
  CHECK(content_of(artifact) == SAFEWASM_CONTENT_ARTIFACT);
  check_other(engine, wasm.data, wasm.len, SAFEWASM_CONTENT_MODULE, "`safewasm_module_new`");
  check_other(engine, "(module)", 8, SAFEWASM_CONTENT_TEXT, "`safewasm_module_new`");
  check_other(engine, "\0asm\x0d\0\1\0", 8, SAFEWASM_CONTENT_COMPONENT, "component");
  check_other(engine, "", 0, SAFEWASM_CONTENT_UNKNOWN, "empty");
  check_other(engine, "\0", 1, SAFEWASM_CONTENT_UNKNOWN, "no compiled module");
  check_other(engine, "\x1f\x8b\x08", 3, SAFEWASM_CONTENT_UNKNOWN, "gzip");
  /* Wasmtime's own artifact. */
  check_other(engine, artifact.data, code, SAFEWASM_CONTENT_UNKNOWN, "cut");
  static uint8_t program[1 << 16];
  FILE *file = fopen("/proc/self/exe", "rb");
  size_t len = file == NULL ? 0 : fread(program, 1, sizeof program, file);
  CHECK(len > 0 && fclose(file) == 0);
  check_other(engine, program, len, SAFEWASM_CONTENT_UNKNOWN, "program");
  uint32_t random = 1;
  for (size_t i = 0; i < 300; i++) {
    for (size_t j = 0; j <= i; j++) program[j] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
    program[0] |= 0x80;
    check_other(engine, program, i + 1, SAFEWASM_CONTENT_UNKNOWN, "");
  }
  free(artifact.data);
  free(wasm.data);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_is_no_module_and_the_message_says_how_it_is_loaded) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  safewasm_bytes_t *bytes = NULL;
  const char *text = "`safewasm_module_deserialize`";
  copy_t artifact = artifact_of(engine, TEXT);
  FAILS(safewasm_module_new(engine, artifact.data, artifact.len, &module), INVALID_MODULE, text);
  FAILS(safewasm_module_precompile(engine, artifact.data, artifact.len, &bytes), INVALID_MODULE, text);
  FAILS(safewasm_module_validate(engine, artifact.data, artifact.len), INVALID_MODULE, text);
  new_file(artifact.data, artifact.len);
  FAILS(safewasm_module_new_file(engine, path, strlen(path), &module), INVALID_MODULE, text);
  FAILS(safewasm_module_new_file(engine, path, strlen(path), &module), INVALID_MODULE, path);
  CHECK(unlink(path) == 0 && module == NULL && bytes == NULL);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(files_that_cant_be_read_are_errors_of_the_system) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  safewasm_error_t *error;
  error = safewasm_module_deserialize_file(engine, "no/such/file", SAFEWASM_STRLEN, &module);
  CHECK(safewasm_error_os_code(error) == ENOENT);
  FAILS(error, IO, "no/such/file");
  error = safewasm_module_deserialize_file(engine, "target", SAFEWASM_STRLEN, &module);
  CHECK(safewasm_error_os_code(error) == EISDIR);
  FAILS(error, IO, "the file `target`");
  FAILS(safewasm_module_deserialize_file(engine, "(module)", SAFEWASM_STRLEN, &module), INVALID_ARGUMENT, "`path`");
  FAILS(safewasm_module_deserialize_file(engine, "\xff", 1, &module), INVALID_ARGUMENT, "`path`");
  FAILS(safewasm_module_deserialize_file(engine, "a\0b", 3, &module), INVALID_ARGUMENT, "NUL");
  FAILS(safewasm_module_deserialize_file(engine, "", 0, &module), IO, "``");
  char pipe[] = "target/c/pipe-XXXXXX";
  CHECK(mkdtemp(pipe) != NULL && rmdir(pipe) == 0 && mkfifo(pipe, 0600) == 0);
  error = safewasm_module_deserialize_file(engine, pipe, SAFEWASM_STRLEN, &module);
  CHECK(safewasm_error_os_code(error) == ESPIPE);
  FAILS(error, IO, pipe);
  CHECK(unlink(pipe) == 0);
  FAILS(safewasm_module_deserialize_file(engine, "/dev/null", SAFEWASM_STRLEN, &module), IO, "a device");
  copy_t artifact = artifact_of(engine, TEXT);
  new_file(artifact.data, artifact.len);
  CHECK(chmod(path, 0) == 0);
  if (geteuid() != 0) FAILS(load_file(engine, &module), IO, "ermission denied");
  CHECK(unlink(path) == 0 && module == NULL);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

/* Where the system refuses the mount, the child says so. */
TEST(code_in_a_file_system_without_programs_is_an_error_of_the_system) {
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  char folder[] = "target/c/noexec-XXXXXX";
  CHECK(mkdtemp(folder) != NULL);
  pid_t child = fork();
  if (child == 0) {
    safewasm_module_t *module = NULL;
    char name[64];
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", folder, "tmpfs", MS_NOEXEC, NULL) != 0) {
      printf("skipped: the system lets nobody mount\n");
      fflush(stdout);
      _exit(0);
    }
    snprintf(name, sizeof name, "%s/a", folder);
    FILE *file = fopen(name, "wb");
    CHECK(file != NULL && fwrite(artifact.data, 1, artifact.len, file) == artifact.len && fclose(file) == 0);
    FAILS(safewasm_module_deserialize_file(engine, name, SAFEWASM_STRLEN, &module), IO, "`safewasm_module_deserialize`");
    OK(load(engine, artifact, &module));
    fflush(stdout);
    _exit(failed_here);
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(rmdir(folder) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(invalid_arguments_are_errors) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(engine, "(module)"), *none = NULL;
  safewasm_bytes_t *bytes = NULL;
  const uint8_t *data = NULL;
  size_t len = 1;
  uint32_t content = 1;
  FAILS(safewasm_module_serialize(NULL, &bytes), NULL_POINTER, "`module`");
  FAILS(safewasm_module_serialize(module, NULL), NULL_POINTER, "`bytes_out`");
  FAILS(safewasm_module_precompile(engine, NULL, 0, &bytes), NULL_POINTER, "`wasm`");
  FAILS(safewasm_module_precompile(NULL, (const uint8_t *)"", 0, &bytes), NULL_POINTER, "`engine`");
  FAILS(safewasm_module_deserialize(engine, NULL, 0, &none), NULL_POINTER, "`bytes`");
  FAILS(safewasm_module_deserialize(engine, (const uint8_t *)"", SIZE_MAX, &none), INVALID_ARGUMENT, "`SAFEWASM_STRLEN`");
  FAILS(safewasm_module_deserialize(NULL, (const uint8_t *)"", 0, &none), NULL_POINTER, "`engine`");
  FAILS(safewasm_module_deserialize_file(engine, NULL, 0, &none), NULL_POINTER, "`path`");
  FAILS(safewasm_module_deserialize_file(engine, "", 0, NULL), NULL_POINTER, "`module_out`");
  FAILS(safewasm_module_wasm(module, NULL, &len), NULL_POINTER, "`data_out`");
  FAILS(safewasm_module_wasm(module, &data, NULL), NULL_POINTER, "`len_out`");
  FAILS(safewasm_artifact_wasm(NULL, 0, &data, &len), NULL_POINTER, "`bytes`");
  FAILS(safewasm_artifact_wasm((const uint8_t *)"", 0, NULL, &len), NULL_POINTER, "`data_out`");
  FAILS(safewasm_artifact_wasm((const uint8_t *)"", 0, &data, NULL), NULL_POINTER, "`len_out`");
  FAILS(safewasm_detect(NULL, 0, &content), NULL_POINTER, "`bytes`");
  CHECK(content == SAFEWASM_CONTENT_UNKNOWN);
  FAILS(safewasm_detect((const uint8_t *)"", 0, NULL), NULL_POINTER, "`content_out`");
  safewasm_module_delete(module);
  FAILS(safewasm_module_serialize(module, &bytes), INVALID_HANDLE, "`module`");
  FAILS(safewasm_module_wasm(module, &data, &len), INVALID_HANDLE, "`module`");
  CHECK(data == NULL && len == 0 && bytes == NULL && none == NULL);
  safewasm_engine_delete(engine);
  FAILS(safewasm_module_deserialize(engine, (const uint8_t *)"", 0, &none), INVALID_HANDLE, "`engine`");
}

int main(void) {
  RUN(a_module_comes_back_from_its_artifact_with_all_that_it_has);
  RUN(a_loaded_module_has_the_same_artifact_again);
  RUN(an_empty_module_has_an_artifact);
  RUN(backtraces_of_loaded_modules_have_files_and_lines);
  RUN(an_instance_lives_on_without_the_module_and_the_file);
  RUN(a_pooled_engine_loads_artifacts_and_refuses_those_that_dont_fit_the_pool);
  RUN(the_module_is_in_an_artifact_whether_its_code_fits_or_not);
  RUN(bytes_of_another_kind_are_recognised);
  RUN(an_artifact_is_no_module_and_the_message_says_how_it_is_loaded);
  RUN(files_that_cant_be_read_are_errors_of_the_system);
  RUN_NATIVELY(code_in_a_file_system_without_programs_is_an_error_of_the_system);
  RUN(invalid_arguments_are_errors);
  return finish("artifacts");
}
