/* Perf maps and jitdumps: files from which Linux's `perf` learns the functions of wasm. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static const char *MODULE =
    "(module"
    "  (func $add (export \"add\") (param i32 i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 1)))"
    "  (func (@name \"first\\0a12345 10 forged\\1b[31m\"))"
    "  (func (export \"without a name\")))";

static safewasm_error_t *engine_with(uint64_t strategy, safewasm_engine_t **engine) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_option(config, SAFEWASM_OPTION_PROFILING_STRATEGY, strategy));
  return safewasm_engine_new(config, engine);
}

/* The path of this process's perf map or jitdump. */
static const char *path_of(uint64_t strategy) {
  static char path[64];
  const bool is_map = strategy == SAFEWASM_PROFILING_PERF_MAP;
  snprintf(path, sizeof path, is_map ? "/tmp/perf-%d.map" : "target/c/jit-%d.dump", (int)getpid());
  return path;
}

/* The bytes of a file, followed by a NUL. */
static char *contents(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  static char bytes[1 << 20];
  *len = 0;
  CHECK(file != NULL);
  if (file != NULL) {
    *len = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
  }
  bytes[*len] = '\0';
  return bytes;
}

TEST(a_perf_map_has_a_line_for_each_function) {
  safewasm_engine_t *engine = NULL;
  size_t len = 0, lines = 0;
  OK(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine));
  safewasm_module_t *module = new_module(engine, MODULE);
  const char *names[] = {"add", "first\\n12345 10 forged\\e[31m", "wasm-function[2]"};
  char *line = contents(path_of(SAFEWASM_PROFILING_PERF_MAP), &len);
  for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    unsigned long long address = 0, size = 0;
    int name = 0;
    *end = '\0';
    CHECK(sscanf(line, "%llx %llx %n", &address, &size, &name) == 2);
    CHECK(address != 0 && size != 0);
    CHECK(lines < 3 && strcmp(line + name, names[lines]) == 0);
    lines++;
  }
  CHECK(lines == 3);
  struct stat file;
  CHECK(stat(path_of(SAFEWASM_PROFILING_PERF_MAP), &file) == 0);
  CHECK((file.st_mode & 0777) == 0600);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  unlink(path_of(SAFEWASM_PROFILING_PERF_MAP));
}

static uint32_t u32_at(const char *bytes) {
  uint32_t number;
  memcpy(&number, bytes, sizeof number);
  return number;
}

static uint64_t u64_at(const char *bytes) {
  uint64_t number;
  memcpy(&number, bytes, sizeof number);
  return number;
}

TEST(a_jitdump_has_the_code_of_each_function) {
  safewasm_engine_t *engine = NULL;
  size_t len = 0;
  uint64_t functions = 0, before = 0;
  setenv("JITDUMPDIR", "target/c", 1);
  OK(engine_with(SAFEWASM_PROFILING_JIT_DUMP, &engine));
  safewasm_module_t *module = new_module(engine, MODULE);
  const char *bytes = contents(path_of(SAFEWASM_PROFILING_JIT_DUMP), &len);
  CHECK(len > 40);
  CHECK(u32_at(bytes) == 0x4A695444 && u32_at(bytes + 4) == 1 && u32_at(bytes + 8) == 40);
  CHECK(u32_at(bytes + 20) == (uint32_t)getpid());
  for (size_t at = 40; at + 56 < len; at += u32_at(bytes + at + 4), functions++) {
    const char *record = bytes + at, *name = record + 56, *code = name + strlen(name) + 1;
    const size_t code_size = (size_t)u64_at(record + 40);
    CHECK(u32_at(record) == 0);
    CHECK(u64_at(record + 8) >= before);
    before = u64_at(record + 8);
    CHECK(u64_at(record + 24) == u64_at(record + 32));
    CHECK(u64_at(record + 48) == functions);
    CHECK(code + code_size == record + u32_at(record + 4));
    /* The code is at that address. */
    CHECK(memcmp((const void *)(uintptr_t)u64_at(record + 32), code, code_size) == 0);
    if (functions == 0) CHECK(strcmp(name, "add") == 0);
  }
  CHECK(functions == 3);
  /* The mapping by which a recording tells where the file is. */
  const char *file = strrchr(path_of(SAFEWASM_PROFILING_JIT_DUMP), '/');
  char wanted[64];
  snprintf(wanted, sizeof wanted, "%s", file);
  char *maps = contents("/proc/self/maps", &len);
  char *found = strstr(maps, wanted);
  CHECK(found != NULL);
  if (found != NULL) {
    while (found > maps && found[-1] != '\n') found--;
    CHECK(strstr(found, "r-xp") != NULL && strstr(found, "r-xp") < strstr(found, wanted));
  }
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  unlink(path_of(SAFEWASM_PROFILING_JIT_DUMP));
}

/* Runs `body` in a child, whose files have other names than this process's. */
static void in_child(void (*body)(void)) {
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(failed_here == 0 ? 0 : 1);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void meet_a_link(void) {
  safewasm_engine_t *engine = NULL;
  const char *map = path_of(SAFEWASM_PROFILING_PERF_MAP);
  char victim[] = "target/c/victim-XXXXXX";
  const int file = mkstemp(victim);
  CHECK(file >= 0 && symlink(victim, map) == 0);
  FAILS(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine), IO, map);
  CHECK(unlink(map) == 0 && link(victim, map) == 0);
  FAILS(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine), IO, "several names");
  CHECK(unlink(map) == 0 && mkfifo(map, 0600) == 0);
  FAILS(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine), IO, map);
  struct stat data;
  CHECK(unlink(map) == 0 && fstat(file, &data) == 0 && data.st_size == 0);
  CHECK(unlink(victim) == 0);
  /* With the way free, the same process succeeds. */
  OK(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine));
  safewasm_engine_delete(engine);
  unlink(map);
}

TEST(links_and_pipes_in_place_of_the_file_are_errors) { in_child(meet_a_link); }

static void meet_no_folder(void) {
  safewasm_engine_t *engine = NULL;
  setenv("JITDUMPDIR", "target/c/no such folder", 1);
  FAILS(engine_with(SAFEWASM_PROFILING_JIT_DUMP, &engine), IO, "no such folder/jit-");
}

TEST(a_folder_that_does_not_exist_is_an_error) { in_child(meet_no_folder); }

static safewasm_engine_t *engine_of_parent;

static void write_in_child(void) {
  size_t len = 0;
  safewasm_module_t *module = new_module(engine_of_parent, MODULE);
  CHECK(strstr(contents(path_of(SAFEWASM_PROFILING_PERF_MAP), &len), " add\n") != NULL);
  safewasm_module_delete(module);
  unlink(path_of(SAFEWASM_PROFILING_PERF_MAP));
}

TEST(a_forked_child_writes_a_file_of_its_own) {
  OK(engine_with(SAFEWASM_PROFILING_PERF_MAP, &engine_of_parent));
  unlink(path_of(SAFEWASM_PROFILING_PERF_MAP));
  in_child(write_in_child);
  CHECK(access(path_of(SAFEWASM_PROFILING_PERF_MAP), F_OK) != 0);
  safewasm_engine_delete(engine_of_parent);
}

TEST(another_number_is_no_strategy) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  FAILS(safewasm_config_set_option(config, SAFEWASM_OPTION_PROFILING_STRATEGY, 3), INVALID_ARGUMENT,
        "SAFEWASM_OPTION_PROFILING_STRATEGY");
  safewasm_config_delete(config);
}

int main(void) {
  RUN(another_number_is_no_strategy);
  RUN_NATIVELY(a_perf_map_has_a_line_for_each_function);
  RUN_NATIVELY(a_jitdump_has_the_code_of_each_function);
  RUN_NATIVELY(links_and_pipes_in_place_of_the_file_are_errors);
  RUN_NATIVELY(a_folder_that_does_not_exist_is_an_error);
  RUN_NATIVELY(a_forked_child_writes_a_file_of_its_own);
  return finish("perf");
}
