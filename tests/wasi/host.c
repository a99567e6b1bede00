/* Runs one guest of `guests` in a fresh folder and prints a line for each of its cases:
 *
 *   host GUEST.wasm FOLDER
 *
 * A program with `_start` prints its cases itself. Of a reactor, each export whose name has a colon is a case, which
 * runs in a store of its own: `guests/memory.c` says what their names mean. */
#include <errno.h>
#include <fcntl.h>
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  printf("FAILED the host: %s\n", safewasm_error_message(error, NULL));
  exit(1);
}

static void check_system(const char *what, int result) {
  if (result >= 0) return;
  printf("FAILED the host: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  check_system(path, file == NULL ? -1 : 0);
  fputs(text, file);
  fclose(file);
}

static void make_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  check_system(path, bind(fd, (struct sockaddr *)&address, sizeof address));
  close(fd);
}

/* The folders that the guest is given, `rw` and `ro`, and one beside them that it is not. */
static void make_folders(void) {
  static const char *const folders[] = {"rw", "rw/folder", "rw/specials", "rw/names", "ro", "ro/sub", "ro/empty", "outside"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) check_system(folders[i], mkdir(folders[i], 0777));
  check_system("fifo", mkfifo("rw/specials/fifo", 0666));
  make_socket("rw/specials/socket");
  write_file("rw/names/good", "");
  write_file("rw/names/\xff", "");
  check_system("escape", symlink("../outside", "rw/escape"));
  check_system("escape_file", symlink("../outside/secret", "rw/escape_file"));
  check_system("absolute", symlink("/etc", "rw/absolute"));
  write_file("ro/file", "readable");
  write_file("ro/sub/inner", "in");
  check_system("link", symlink("file", "ro/link"));
  write_file("outside/secret", "secret");
}

/* Whether nothing was changed, added or removed where the guest may not. */
static bool is_untouched(void) {
  return system("test \"$(cat outside/secret ro/file ro/sub/inner)\" = secretreadablein &&"
                "test \"$(ls outside ro ro/sub ro/empty | tr '\\n' ' ')\" ="
                " 'outside: secret  ro: empty file link sub  ro/empty:  ro/sub: inner '") == 0;
}

static safewasm_engine_t *engine;
static safewasm_module_t *module;
static safewasm_linker_t *linker;
static safewasm_store_t *store;
static safewasm_instance_t *instance;
static safewasm_buffer_t *output;

static void add_arg(safewasm_wasi_t *wasi, const char *arg) { check(safewasm_wasi_add_arg(wasi, arg, SAFEWASM_STRLEN)); }

static void add_env(safewasm_wasi_t *wasi, const char *name, const char *value) {
  check(safewasm_wasi_add_env(wasi, name, SAFEWASM_STRLEN, value, SAFEWASM_STRLEN));
}

static void start(void) {
  safewasm_wasi_t *wasi = NULL;
  check(safewasm_wasi_new(&wasi));
  add_arg(wasi, "arguments.wasm");
  add_arg(wasi, "");
  add_arg(wasi, "two words");
  add_arg(wasi, "h\xc3\xb6\xc3\xb6=1");
  add_env(wasi, "A", "1");
  add_env(wasi, "EMPTY", "");
  add_env(wasi, "B", "x=y");
  add_env(wasi, "\xc3\xa4", "\xe2\x82\xac");
  check(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)"hello stdin", 11));
  check(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, output));
  check(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDERR, output));
  check(safewasm_wasi_add_dir(wasi, "rw", 2, "/rw", 3, true));
  check(safewasm_wasi_add_dir(wasi, "ro", 2, "/ro", 3, false));
  check(safewasm_store_new(engine, &store));
  check(safewasm_store_set_wasi(store, wasi));
  check(safewasm_linker_instantiate(linker, store, module, &instance));
}

static void end(void) {
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
}

/* Prints what the guest wrote. */
static void print_output(void) {
  safewasm_bytes_t *bytes = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  check(safewasm_buffer_take(output, &bytes));
  check(safewasm_bytes_data(bytes, &data, &len));
  fwrite(data, 1, len, stdout);
  safewasm_bytes_delete(bytes);
}

static void run_program(void) {
  uint32_t status = 0;
  start();
  safewasm_error_t *error = safewasm_instance_run(instance, &status);
  print_output();
  if (error != NULL || status != 0) {
    printf("FAILED to run to its end: %s\n", error == NULL ? "status" : safewasm_error_message(error, NULL));
    safewasm_error_delete(error);
  }
  end();
}

static safewasm_error_t *call(const char *name, safewasm_slot_t *result, size_t results) {
  safewasm_func_t *func = NULL;
  check(safewasm_instance_func(instance, name, SAFEWASM_STRLEN, &func));
  safewasm_error_t *error = safewasm_func_call_slots(func, result, results);
  safewasm_func_delete(func);
  return error;
}

/* Whether a case of a reactor ends as its name says. */
static bool ends_as_named(const char *name, safewasm_error_t *error, safewasm_slot_t result) {
  bool traps = error != NULL && safewasm_error_kind(error) == SAFEWASM_ERROR_TRAP;
  uint32_t status = 0;
  if (strncmp(name, "exits ", 6) == 0) {
    return error != NULL && safewasm_error_kind(error) == SAFEWASM_ERROR_EXIT &&
           safewasm_error_exit_status(error, &status) && status == strtoul(name + 6, NULL, 10);
  }
  if (strncmp(name, "traps", 5) == 0) return traps;
  if (strncmp(name, "refuses", 7) == 0) return traps || (error == NULL && result.i32 != 0);
  return error == NULL && result.i32 == 0;
}

static void run_case(safewasm_text_t name) {
  safewasm_slot_t result = {0};
  start();
  check(safewasm_instance_initialize(instance));
  check(call("opened", &result, 1));
  bool well = result.i32 == 1;
  safewasm_error_t *error = call(name.data, &result, strncmp(name.data, "exits", 5) == 0 ? 0 : 1);
  well = well && ends_as_named(name.data, error, result);
  if (!well) printf("    %s\n", error == NULL ? "no error" : safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  /* The store works on. */
  well = well && call("opened", &result, 1) == NULL && result.i32 == 1;
  printf("%s %s\n", well ? "ok" : "FAILED", name.data);
  end();
}

/* Runs each case of a reactor. Returns false for a program, which has a function `_start`. */
static bool run_cases(void) {
  size_t len = 0;
  check(safewasm_module_exports_len(module, &len));
  for (size_t i = 0; i < len; i++) {
    safewasm_text_t name;
    safewasm_externtype_t *type = NULL;
    check(safewasm_module_export(module, i, &name, &type));
    safewasm_externtype_delete(type);
    if (strcmp(name.data, "_start") == 0) return false;
    if (strstr(name.data, ": ") != NULL) run_case(name);
  }
  return true;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  alarm(120);
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_module_new_file(engine, argv[1], SAFEWASM_STRLEN, &module));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));
  check(safewasm_buffer_new(1 << 20, &output));
  check_system(argv[2], mkdir(argv[2], 0777));
  check_system(argv[2], chdir(argv[2]));
  make_folders();
  if (!run_cases()) run_program();
  printf("%s the files that the guest may not change are as before\n", is_untouched() ? "ok" : "FAILED");
  safewasm_buffer_delete(output);
  safewasm_linker_delete(linker);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return 0;
}
