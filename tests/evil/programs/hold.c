/* Ends while it holds files open and half written: the argument says how. */
#include "escape.h"

int main(int argc, char **argv) {
  const char *const how = argc > 1 ? argv[1] : "";
  static const char part[] = "half of a line";
  const __wasi_ciovec_t bytes = {(const uint8_t *)part, sizeof part};
  __wasi_size_t written;
  __wasi_fd_t fd;
  for (int i = 0; i < 50; i++) {
    char name[20];
    snprintf(name, sizeof name, "held%d", i);
    if (open_at(WORK, name, 0, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) != 0) return 101;
    if (__wasi_fd_write(fd, &bytes, 1, &written) != 0) return 102;
    if (open_at(WORK, "", 0, __WASI_OFLAGS_DIRECTORY, TO_READ, &fd) == 0) return 103;
    if (open_at(WORK, ".", 0, __WASI_OFLAGS_DIRECTORY, TO_READ, &fd) != 0) return 104;
  }
  if (strcmp(how, "trap") == 0) __builtin_trap();
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "exit") == 0) exit(7);
  if (strcmp(how, "large_exit") == 0) __wasi_proc_exit(4000000000u);
  for (;;) { }
}
