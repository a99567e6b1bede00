/* Opens a path thousands of times while the host swaps a folder of it and a link to what lies outside. */
#include "escape.h"

int main(void) {
  const __wasi_lookupflags_t follow = __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
  __wasi_filestat_t stat;
  __wasi_fd_t fd;
  __wasi_size_t len;
  int opened = 0;
  for (int i = 0; i < 3000; i++) {
    char bytes[7] = "";
    const __wasi_iovec_t read = {(uint8_t *)bytes, 6};
    if (open_at(WORK, "swap/secret.txt", follow, 0, TO_READ, &fd) == 0) {
      opened++;
      if (__wasi_fd_read(fd, &read, 1, &len) == 0 && strcmp(bytes, "SECRET") == 0) attempt(0, "reading", "the secret");
      (void)__wasi_fd_close(fd);
    }
    if (open_at(WORK, "swap/new.txt", follow, __WASI_OFLAGS_CREAT, TO_WRITE, &fd) == 0) (void)__wasi_fd_close(fd);
    (void)__wasi_path_unlink_file(WORK, "swap/new.txt");
    (void)__wasi_path_create_directory(WORK, "swap/folder");
    (void)__wasi_path_remove_directory(WORK, "swap/folder");
    if (__wasi_path_filestat_get(WORK, follow, "swap/secret.txt", &stat) == 0 && stat.size != 8) {
      attempt(0, "asking about", "the secret");
    }
  }
  return opened == 0 ? 101 : finish();
}
