/* The cache of compiled modules on a disk that is full or can't be written to. */
#include "cache.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PAGE = 4096, DISK = 64 * PAGE };

static bool write_text(const char *path, const char *text) {
  const int file = open(path, O_WRONLY);
  const bool is_written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
  if (file >= 0) close(file);
  return is_written;
}

/* Lets this process alone mount file systems: as root, or as the root of a user namespace. */
static bool may_mount(void) {
  char user[64], group[64];
  snprintf(user, sizeof user, "0 %u 1", geteuid());
  snprintf(group, sizeof group, "0 %u 1", getegid());
  if (geteuid() == 0) return unshare(CLONE_NEWNS) == 0;
  return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", user) && write_text("/proc/self/gid_map", group);
}

/* Calls `test` in a child for which the folder is a small disk of its own. */
static void with_disk(void (*test)(void)) {
  new_folder();
  const pid_t child = fork();
  if (child == 0) {
    char options[64];
    snprintf(options, sizeof options, "size=%d,mode=0700", DISK);
    alarm(SECONDS_FOR_A_TEST);
    if (!may_mount() || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", folder, "tmpfs", 0, options) != 0) {
      printf("skipped: the system lets nobody mount\n");
    } else {
      test();
    }
    fflush(stdout);
    _exit(failed_here);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(rmdir(folder) == 0);
}

/* Writes a file that leaves so many bytes of the disk. Returns whether the disk has them. */
static bool leave(off_t free) {
  char path[600];
  static const char page[PAGE];
  off_t size = 0;
  snprintf(path, sizeof path, "%s/filler", folder);
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  CHECK(file >= 0);
  while (write(file, page, PAGE) == PAGE) size += PAGE;
  const bool has = size >= free;
  if (has) CHECK(ftruncate(file, size - free) == 0);
  CHECK(close(file) == 0);
  return has;
}

static void compile_while_the_disk_is_full(void) {
  int kept = 0, not_kept = 0;
  /* The disk is full when the key is written, anywhere in an entry, or not at all. */
  for (off_t free = 0; leave(free); free += PAGE) {
    uint64_t counts[3];
    safewasm_engine_t *engine = cached_engine(SIZE);
    safewasm_module_t *module = new_module(engine, TEXT);
    check_runs(engine, module);
    OK(safewasm_engine_cache_counts(engine, &counts[0], &counts[1], &counts[2]));
    CHECK(counts[0] == 0 && files(".unfinished", NULL) == 0);
    const int entries = files(".artifact", NULL);
    CHECK(entries == 1 || (entries == 0 && counts[2] == 1));
    if (entries == 1) kept++; else not_kept++;
    safewasm_module_delete(module);
    safewasm_engine_delete(engine);
    /* What is there is whole. */
    if (entries == 1) use_cache(1, 0, 0);
    files("", delete_file);
  }
  CHECK(kept > 0 && not_kept > 2);
}

TEST(a_module_is_compiled_while_the_disk_is_full) { with_disk(compile_while_the_disk_is_full); }

static void compile_when_there_is_room_again(void) {
  use_cache(0, 1, 0);
  files(".artifact", delete_file);
  CHECK(leave(PAGE));
  use_cache(0, 1, 1);
  CHECK(files(".artifact", NULL) == 0);
  CHECK(leave(DISK / 2));
  use_cache(0, 1, 0);
  use_cache(1, 0, 0);
  /* Entries of a full disk are found. */
  CHECK(leave(0));
  use_cache(1, 0, 0);
}

TEST(a_module_is_kept_when_the_disk_has_room_again) { with_disk(compile_when_there_is_room_again); }

static void use_a_disk_that_can_be_read_only(void) {
  use_cache(0, 1, 0);
  CHECK(mount("none", folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
  use_cache(1, 0, 0);
  safewasm_engine_t *engine = cached_engine(SIZE);
  safewasm_module_delete(new_module(engine, "(module (memory 1))"));
  check_counts(engine, 0, 1, 1);
  safewasm_engine_delete(engine);
}

TEST(modules_are_found_on_a_disk_that_can_be_read_only) { with_disk(use_a_disk_that_can_be_read_only); }

static void use_a_disk_that_was_always_read_only(void) {
  CHECK(mount("none", folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
  use_cache(0, 0, 1);
}

TEST(a_module_is_compiled_where_there_was_never_a_cache) { with_disk(use_a_disk_that_was_always_read_only); }

/* The signal SIGXFSZ would end the process. */
TEST(a_file_larger_than_the_process_may_write_is_not_written) {
  new_folder();
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit limit = {100, 100};
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    safewasm_engine_t *engine = cached_engine(SIZE);
    safewasm_module_t *module = new_module(engine, TEXT);
    check_runs(engine, module);
    _exit(failed_here);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(files(".artifact", NULL) == 0);
  delete_folder();
}

TEST(the_folder_may_vanish) {
  new_folder();
  safewasm_engine_t *engine = cached_engine(SIZE);
  delete_folder();
  safewasm_module_t *module = new_module(engine, TEXT);
  check_runs(engine, module);
  check_counts(engine, 0, 1, 1);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN_NATIVELY(a_module_is_compiled_while_the_disk_is_full);
  RUN_NATIVELY(a_module_is_kept_when_the_disk_has_room_again);
  RUN_NATIVELY(modules_are_found_on_a_disk_that_can_be_read_only);
  RUN_NATIVELY(a_module_is_compiled_where_there_was_never_a_cache);
  RUN_NATIVELY(a_file_larger_than_the_process_may_write_is_not_written);
  RUN(the_folder_may_vanish);
  return finish("disks");
}
