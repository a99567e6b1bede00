/* Looks for what the process has and the guest was not given: arguments, environment, descriptors, the clock. */
#include "escape.h"

int main(int argc, char **argv) {
  __wasi_size_t count, size;
  __wasi_timestamp_t now = 0, again = 0;
  __wasi_fdstat_t stat;
  __wasi_prestat_t prestat;
  uint8_t bytes[8];
  __wasi_fd_t fd;
  if (argc != 1 || strcmp(argv[0], "guest") != 0) attempt(0, "an argument", argc > 1 ? argv[1] : "");
  if (__wasi_environ_sizes_get(&count, &size) != 0 || count != 0 || size != 0) attempt(0, "the environment", "");
  for (fd = 5; fd < 2000; fd++) {
    attempt(__wasi_fd_fdstat_get(fd, &stat), "fd_fdstat_get", "of another descriptor");
    attempt(__wasi_fd_prestat_get(fd, &prestat), "fd_prestat_get", "of another descriptor");
  }
  const __wasi_iovec_t read = {bytes, sizeof bytes};
  if (__wasi_fd_read(0, &read, 1, &size) == 0 && size > 0) attempt(0, "bytes of", "stdin");
  /* Its clocks are fixed: they show what the host says, and don't move. */
  if (__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &now) != 0 || now != 1000000000) attempt(0, "the", "clock");
  if (__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now) != 0 || now != 0) attempt(0, "the", "clock");
  for (volatile int i = 0; i < 1000000; i++) { }
  if (__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &again) != 0 || again != now) attempt(0, "the", "time");
  attempt(__wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 1, &now), "the processor's", "time");
  attempt(__wasi_clock_time_get(__WASI_CLOCKID_THREAD_CPUTIME_ID, 1, &now), "the thread's", "time");
  attempt(__wasi_sock_accept(5, 0, &fd), "sock_accept", "");
  return finish();
}
