/* Opens FIFOs and devices, which would block or never end. */
#include "escape.h"

int main(void) {
  static const char *const paths[] = {"fifo", "fifo_link", "socket", "device"};
  __wasi_fd_t fd;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    for (__wasi_lookupflags_t lookup = 0; lookup < 2; lookup++) {
      attempt(open_at(WORK, paths[i], lookup, 0, TO_READ, &fd), "path_open", paths[i]);
      attempt(open_at(WORK, paths[i], lookup, 0, TO_WRITE, &fd), "path_open to write", paths[i]);
      attempt(open_at(WORK, paths[i], lookup, __WASI_OFLAGS_TRUNC, TO_WRITE, &fd), "path_open to truncate", paths[i]);
    }
  }
  return finish();
}
