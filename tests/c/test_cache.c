/* The cache of compiled modules. */
#include "cache.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

TEST(a_module_is_compiled_once_for_all_engines) {
  new_folder();
  use_cache(0, 1, 0);
  CHECK(files(".artifact", NULL) == 1);
  CHECK(files("key", NULL) == 1);
  CHECK(files(".unfinished", NULL) == 0);
  use_cache(1, 0, 0);
  safewasm_engine_t *engine = cached_engine(SIZE);
  safewasm_module_t *module = new_module(engine, TEXT);
  safewasm_text_t name;
  const uint8_t *data;
  size_t len;
  OK(safewasm_module_name(module, &name));
  CHECK(strcmp(name.data, "named") == 0);
  OK(safewasm_module_custom_sections_len(module, &len));
  CHECK(len >= 1);
  OK(safewasm_module_wasm(module, &data, &len));
  CHECK(len > 8 && memcmp(data, "\0asm", 4) == 0);
  safewasm_module_delete(new_module(engine, "(module)"));
  check_counts(engine, 1, 1, 0);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  delete_folder();
}

TEST(another_process_finds_the_module) {
  new_folder();
  const pid_t child = fork();
  if (child == 0) {
    use_cache(0, 1, 0);
    _exit(failed_here);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  use_cache(1, 0, 0);
  delete_folder();
}

TEST(another_config_has_modules_of_its_own) {
  new_folder();
  use_cache(0, 1, 0);
  safewasm_config_t *config = cached(SIZE);
  safewasm_engine_t *engine;
  OK(safewasm_config_set_consume_fuel(config, true));
  OK(safewasm_engine_new(config, &engine));
  safewasm_module_delete(new_module(engine, TEXT));
  check_counts(engine, 0, 1, 0);
  safewasm_engine_delete(engine);
  config = cached(SIZE);
  OK(safewasm_config_set_option(config, SAFEWASM_OPTION_DETERMINISTIC, 1));
  OK(safewasm_engine_new(config, &engine));
  safewasm_module_delete(new_module(engine, TEXT));
  check_counts(engine, 0, 1, 0);
  safewasm_engine_delete(engine);
  CHECK(files(".artifact", NULL) == 3);
  delete_folder();
}

TEST(a_limit_of_the_engine_holds_for_known_modules) {
  new_folder();
  use_cache(0, 1, 0);
  safewasm_config_t *config = cached(SIZE);
  safewasm_engine_t *engine;
  safewasm_module_t *module;
  OK(safewasm_config_set_max_module_functions(config, 1));
  OK(safewasm_engine_new(config, &engine));
  FAILS(safewasm_module_new_text(engine, TEXT, SAFEWASM_STRLEN, &module), LIMIT, "2 functions");
  safewasm_engine_delete(engine);
  delete_folder();
}

static off_t place;

static void flip(const char *path) {
  const int file = open(path, O_RDWR);
  uint8_t byte;
  CHECK(file >= 0 && pread(file, &byte, 1, place) == 1);
  byte ^= 0x10;
  CHECK(pwrite(file, &byte, 1, place) == 1);
  close(file);
}

static void cut(const char *path) { CHECK(truncate(path, place) == 0); }

static off_t size;

static void measure(const char *path) {
  struct stat about;
  CHECK(stat(path, &about) == 0);
  size = about.st_size;
}

TEST(a_damaged_entry_is_compiled_again) {
  new_folder();
  use_cache(0, 1, 0);
  files(".artifact", measure);
  CHECK(size > 1000);
  for (place = 0; place < size; place += size / 40) {
    CHECK(files(".artifact", flip) == 1);
    use_cache(0, 1, 1);
    use_cache(1, 0, 0);
  }
  for (place = size - 200; place < size; place += 7) {
    CHECK(files(".artifact", flip) == 1);
    use_cache(0, 1, 1);
  }
  for (place = 0; place < size; place += size / 20) {
    CHECK(files(".artifact", cut) == 1);
    use_cache(0, 1, 1);
  }
  use_cache(1, 0, 0);
  delete_folder();
}

static void replace_by_link(const char *path) {
  char other[700];
  snprintf(other, sizeof other, "%s.other", path);
  CHECK(rename(path, other) == 0);
  CHECK(symlink(strrchr(other, '/') + 1, path) == 0);
}

static void replace_by_fifo(const char *path) { CHECK(unlink(path) == 0 && mkfifo(path, 0600) == 0); }

static char first[600];

static void remember(const char *path) { strcpy(first, path); }

static void copy_first(const char *path) {
  char command[1400];
  if (strcmp(path, first) == 0) return;
  snprintf(command, sizeof command, "cp '%s' '%s'", first, path);
  CHECK(system(command) == 0);
}

TEST(an_entry_that_the_library_did_not_write_is_not_loaded) {
  new_folder();
  use_cache(0, 1, 0);
  files(".artifact", replace_by_link);
  use_cache(0, 1, 1);
  files(".artifact", replace_by_fifo);
  use_cache(0, 1, 1);
  use_cache(1, 0, 0);
  /* An entry under the name of another. */
  files(".artifact", remember);
  safewasm_engine_t *engine = cached_engine(SIZE);
  safewasm_module_delete(new_module(engine, "(module (func (export \"other\")))"));
  CHECK(files(".artifact", copy_first) == 2);
  safewasm_module_delete(new_module(engine, "(module (func (export \"other\")))"));
  check_counts(engine, 0, 2, 1);
  safewasm_engine_delete(engine);
  /* With another key, all entries are from somebody else. */
  CHECK(files("key", delete_file) == 1);
  use_cache(0, 1, 1);
  use_cache(1, 0, 0);
  delete_folder();
}

TEST(a_key_that_others_may_read_turns_the_cache_off) {
  new_folder();
  use_cache(0, 1, 0);
  char path[600];
  snprintf(path, sizeof path, "%s/key", folder);
  CHECK(chmod(path, 0644) == 0);
  use_cache(0, 0, 1);
  CHECK(truncate(path, 5) == 0 && chmod(path, 0600) == 0);
  use_cache(0, 0, 1);
  delete_folder();
}

static void refuses(const char *path, safewasm_error_kind_t kind, const char *why) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_cache(config, path, SAFEWASM_STRLEN, SIZE));
  check_fails(safewasm_engine_new(config, &engine), kind, why, __FILE__, __LINE__, path);
  CHECK(engine == NULL);
}

TEST(a_folder_that_can_not_be_a_cache_is_an_error) {
  new_folder();
  char path[600];
  snprintf(path, sizeof path, "%s/file", folder);
  const int file = open(path, O_WRONLY | O_CREAT, 0600);
  close(file);
  refuses(path, SAFEWASM_ERROR_IO, "as a cache");
  snprintf(path, sizeof path, "%s/file/below", folder);
  refuses(path, SAFEWASM_ERROR_IO, "as a cache");
  refuses("/proc/nobody/makes/this", SAFEWASM_ERROR_IO, "as a cache");
  CHECK(chmod(folder, 0777) == 0);
  refuses(folder, SAFEWASM_ERROR_INVALID_ARGUMENT, "other users may write to it");
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  FAILS(safewasm_config_set_cache(config, "", 0, SIZE), INVALID_ARGUMENT, "`folder`");
  FAILS(safewasm_config_set_cache(config, "a\0b", 3, SIZE), INVALID_ARGUMENT, "`folder`");
  FAILS(safewasm_config_set_cache(config, "\xff", 1, SIZE), INVALID_ARGUMENT, "`folder`");
  safewasm_config_delete(config);
  safewasm_engine_t *engine = new_engine();
  uint64_t counts[3];
  FAILS(safewasm_engine_cache_counts(engine, &counts[0], &counts[1], &counts[2]), UNSUPPORTED, "no cache");
  safewasm_engine_delete(engine);
  delete_folder();
}

TEST(the_folder_is_made_for_its_user_only) {
  new_folder();
  struct stat about;
  char top[600];
  strcpy(top, folder);
  CHECK(setenv("XDG_CACHE_HOME", "relative", 1) == 0);
  char home[700];
  char *const working = getcwd(NULL, 0);
  snprintf(home, sizeof home, "%s/%s", working, folder);
  free(working);
  CHECK(setenv("HOME", home, 1) == 0);
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_cache(config, NULL, 0, SIZE));
  OK(safewasm_engine_new(config, &engine));
  safewasm_module_delete(new_module(engine, TEXT));
  check_counts(engine, 0, 1, 0);
  safewasm_engine_delete(engine);
  snprintf(home, sizeof home, "%s/.cache/safewasm", top);
  CHECK(stat(home, &about) == 0 && (about.st_mode & 0777) == 0700);
  snprintf(home, sizeof home, "rm -r '%s'", top);
  CHECK(system(home) == 0);
}

/* An engine with the user's own cache, which can't be made: modules are compiled each time. */
static void compiles_without_a_cache(void) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_cache(config, NULL, 0, SIZE));
  OK(safewasm_engine_new(config, &engine));
  for (int i = 0; i < 2; i++) safewasm_module_delete(new_module(engine, TEXT));
  check_counts(engine, 0, 0, 1);
  safewasm_engine_delete(engine);
}

TEST(without_a_folder_of_the_user_modules_are_compiled_as_without_a_cache) {
  CHECK(unsetenv("XDG_CACHE_HOME") == 0 && unsetenv("HOME") == 0);
  compiles_without_a_cache();
  CHECK(setenv("XDG_CACHE_HOME", "/proc/nobody/makes/this", 1) == 0);
  compiles_without_a_cache();
  CHECK(setenv("XDG_CACHE_HOME", "/dev/null", 1) == 0);
  compiles_without_a_cache();
  CHECK(unsetenv("XDG_CACHE_HOME") == 0);
}

TEST(the_modules_that_were_used_longest_ago_are_deleted) {
  new_folder();
  use_cache(0, 1, 0);
  files(".artifact", measure);
  files(".artifact", remember);
  safewasm_engine_t *engine = cached_engine((uint64_t)size * 4);
  for (int i = 0; i < 12; i++) {
    char text[300];
    snprintf(text, sizeof text, "(module (func (export \"f%d\") (result i32) (i32.const %d)))", i, i);
    /* The time of use has a resolution of some milliseconds. */
    usleep(20000);
    safewasm_module_delete(new_module(engine, text));
    usleep(20000);
    safewasm_module_delete(new_module(engine, TEXT));
  }
  check_counts(engine, 12, 12, 0);
  CHECK(access(first, F_OK) == 0);
  CHECK(files(".artifact", NULL) <= 5);
  safewasm_engine_delete(engine);
  engine = cached_engine(10);
  safewasm_module_delete(new_module(engine, "(module (func (export \"large\")))"));
  check_counts(engine, 0, 1, 0);
  safewasm_engine_delete(engine);
  delete_folder();
}

TEST(what_a_killed_writer_left_is_deleted_after_an_hour) {
  new_folder();
  char old[600], young[600];
  snprintf(old, sizeof old, "%s/a.1.2.unfinished", folder);
  snprintf(young, sizeof young, "%s/b.1.2.unfinished", folder);
  close(open(old, O_WRONLY | O_CREAT, 0600));
  close(open(young, O_WRONLY | O_CREAT, 0600));
  const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
  CHECK(utimensat(AT_FDCWD, old, times, 0) == 0);
  use_cache(0, 1, 0);
  CHECK(access(old, F_OK) != 0);
  CHECK(access(young, F_OK) == 0);
  delete_folder();
}

static void *compile_many(void *engine) {
  for (int i = 0; i < 20; i++) {
    char text[300];
    snprintf(text, sizeof text, "(module (func (export \"f\") (result i32) (i32.const %d)))", i);
    safewasm_module_delete(new_module(engine, text));
  }
  return NULL;
}

TEST(many_processes_and_threads_may_use_a_folder_at_once) {
  new_folder();
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = fork();
    if (children[i] != 0) continue;
    safewasm_engine_t *engine = cached_engine(SIZE);
    pthread_t thread;
    pthread_create(&thread, NULL, compile_many, engine);
    compile_many(engine);
    pthread_join(thread, NULL);
    uint64_t counts[3];
    OK(safewasm_engine_cache_counts(engine, &counts[0], &counts[1], &counts[2]));
    CHECK(counts[0] + counts[1] == 40 && counts[2] == 0);
    _exit(failed_here);
  }
  for (int i = 0; i < 4; i++) {
    int status;
    CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
  }
  CHECK(files(".artifact", NULL) == 20);
  safewasm_engine_t *engine = cached_engine(SIZE);
  compile_many(engine);
  check_counts(engine, 20, 0, 0);
  safewasm_engine_delete(engine);
  delete_folder();
}

TEST(an_entry_that_can_not_be_opened_for_now_stays) {
  new_folder();
  use_cache(0, 1, 0);
  const pid_t child = fork();
  if (child == 0) {
    safewasm_engine_t *engine = cached_engine(SIZE);
    const struct rlimit none = {3, 3};
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    check_runs(engine, new_module(engine, TEXT));
    check_counts(engine, 0, 1, 2);
    _exit(failed_here);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  use_cache(1, 0, 0);
  delete_folder();
}

int main(void) {
  RUN(a_module_is_compiled_once_for_all_engines);
  RUN_NATIVELY(another_process_finds_the_module);
  RUN(another_config_has_modules_of_its_own);
  RUN(a_limit_of_the_engine_holds_for_known_modules);
  RUN(a_damaged_entry_is_compiled_again);
  RUN(an_entry_that_the_library_did_not_write_is_not_loaded);
  RUN(a_key_that_others_may_read_turns_the_cache_off);
  RUN(a_folder_that_can_not_be_a_cache_is_an_error);
  RUN(the_folder_is_made_for_its_user_only);
  RUN(without_a_folder_of_the_user_modules_are_compiled_as_without_a_cache);
  RUN(the_modules_that_were_used_longest_ago_are_deleted);
  RUN(what_a_killed_writer_left_is_deleted_after_an_hour);
  RUN_NATIVELY(many_processes_and_threads_may_use_a_folder_at_once);
  RUN_NATIVELY(an_entry_that_can_not_be_opened_for_now_stays);
  return finish("cache");
}
