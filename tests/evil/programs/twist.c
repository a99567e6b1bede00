/* Uses functions as nobody means them to be used: the argument says how. Exits with 0 if it got nothing by it. */
#include "escape.h"

/* Links to a link, three times each, so that following the last one would take 3^60 steps. */
static int links(void) {
  __wasi_fd_t fd;
  if (__wasi_path_symlink(".", WORK, "link0") != 0) return 101;
  for (int i = 1; i < 60; i++) {
    char name[20], target[60];
    snprintf(name, sizeof name, "link%d", i);
    snprintf(target, sizeof target, "link%d/link%d/link%d", i - 1, i - 1, i - 1);
    if (__wasi_path_symlink(target, WORK, name) != 0) return 102;
  }
  for (int i = 10; i < 60; i++) {
    char path[20];
    snprintf(path, sizeof path, "link%d/x", i);
    if (open_at(WORK, path, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, 0, TO_READ, &fd) != __WASI_ERRNO_LOOP) return 103;
  }
  return 0;
}

/* Reads the end of a folder with many names again and again, each time from its beginning. */
static int folder(void) {
  static uint8_t entry[300];
  __wasi_size_t used;
  for (int i = 0; i < 2000; i++) {
    char name[20];
    snprintf(name, sizeof name, "name%d", i);
    if (__wasi_path_create_directory(WORK, name) != 0) return 101;
  }
  for (;;) {
    if (__wasi_fd_readdir(WORK, entry, sizeof entry, 1999, &used) != 0) return 102;
  }
}

/* Passes one piece of memory as everything that a function reads and writes. */
static int overlap(void) {
  static union {
    uint8_t bytes[65536];
    __wasi_iovec_t parts[1000];
    __wasi_ciovec_t given[1000];
    __wasi_subscription_t wishes[1000];
    __wasi_event_t events[1000];
    __wasi_size_t count;
  } all;
  __wasi_fd_t fd;
  if (open_at(WORK, "large.bin", 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) != 0) return 101;
  for (size_t i = 0; i < 1000; i++) all.given[i] = (__wasi_ciovec_t){all.bytes, sizeof all};
  if (__wasi_fd_write(fd, all.given, 1000, &all.count) != 0) return 102;
  for (size_t i = 0; i < 1000; i++) all.parts[i] = (__wasi_iovec_t){all.bytes, sizeof all};
  if (__wasi_fd_pread(fd, all.parts, 1000, 0, &all.count) != 0) return 103;
  if (__wasi_random_get(all.bytes, sizeof all) != 0) return 104;
  for (size_t i = 0; i < 1000; i++) all.wishes[i] = (__wasi_subscription_t){.u.tag = __WASI_EVENTTYPE_CLOCK};
  if (__wasi_poll_oneoff(all.wishes, all.events, 1000, &all.count) != 0 || all.count != 1000) return 105;
  return 0;
}

/* Moves its folders over its streams, and closes all that it has. */
static int close_all(void) {
  __wasi_size_t written;
  if (__wasi_fd_renumber(GIVEN, 0) != 0 || __wasi_fd_renumber(WORK, 1) != 0 || __wasi_fd_renumber(0, 2) != 0) return 101;
  for (__wasi_fd_t fd = 0; fd < 100; fd++) (void)__wasi_fd_close(fd);
  const __wasi_ciovec_t text = {(const uint8_t *)"text", 4};
  for (__wasi_fd_t fd = 0; fd < 100; fd++) attempt(__wasi_fd_write(fd, &text, 1, &written), "fd_write after", "fd_close");
  return finish();
}

int main(int argc, char **argv) {
  const char *const how = argc > 1 ? argv[1] : "";
  if (strcmp(how, "links") == 0) return links();
  if (strcmp(how, "folder") == 0) return folder();
  if (strcmp(how, "overlap") == 0) return overlap();
  if (strcmp(how, "close") == 0) return close_all();
  return 110;
}
