/* Programs that read and write their standard streams, and the other ends of these. */
#ifndef STREAMS_H
#define STREAMS_H

#include "wasi.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

/* Where the programs put their results. */
enum { READ_ERRNO = 8, READ_LEN = 12, WRITE_ERRNO = 16, WRITE_LEN = 20, FILETYPE = 32 };

#define WRITE(name, fd, text, len)                                                              \
  "(func (export \"" name "\")"                                                                 \
  "  (i32.store (i32.const 0) (i32.const " text ")) (i32.store (i32.const 4) (i32.const " len "))" \
  "  (i32.store (i32.const 16)"                                                                 \
  "    (call $fd_write (i32.const " fd ") (i32.const 0) (i32.const 1) (i32.const 20))))"

/* Copies standard input to standard output until its end or an error. Other functions write "hello\n", "oh no\n"
   and 100,000 bytes, read once, close standard output, poll, and ask what standard input is. */
static const char *const STREAMS =
    "(data (i32.const 512) \"hello\\noh no\\n\")"
    "(func (export \"_start\")"
    "  (loop $more"
    "    (call $read)"
    "    (if (i32.load (i32.const 8)) (then (return)))"
    "    (if (i32.eqz (i32.load (i32.const 12))) (then (return)))"
    "    (i32.store (i32.const 4) (i32.load (i32.const 12)))"
    "    (i32.store (i32.const 16)"
    "      (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))"
    "    (br_if $more (i32.eqz (i32.load (i32.const 16))))))"
    "(func $read (export \"read\")"
    "  (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 65536))"
    "  (i32.store (i32.const 8)"
    "    (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12))))"
    WRITE("hello", "1", "512", "6")
    WRITE("oh no", "2", "518", "6")
    WRITE("many", "1", "1024", "100000")
    WRITE("to stdin", "0", "512", "6")
    "(func (export \"close\") (drop (call $fd_close (i32.const 1))))"
    "(func (export \"filetype\")"
    "  (drop (call $fd_fdstat_get (i32.const 0) (i32.const 32))))"
    /* Waits for standard input, and 50 milliseconds. */
    "(func (export \"poll\")"
    "  (i64.store (i32.const 104) (i64.const 7))"
    "  (i32.store8 (i32.const 112) (i32.const 1))"
    "  (i32.store (i32.const 120) (i32.const 0))"
    "  (i64.store (i32.const 152) (i64.const 8))"
    "  (i32.store8 (i32.const 160) (i32.const 0))"
    "  (i32.store (i32.const 168) (i32.const 1))"
    "  (i64.store (i32.const 176) (i64.const 50000000))"
    "  (i32.store (i32.const 8)"
    "    (call $poll_oneoff (i32.const 104) (i32.const 304) (i32.const 2) (i32.const 12))))";

static inline world_t new_streams(safewasm_wasi_t *wasi) { return new_program(STREAMS, wasi); }

static inline safewasm_error_t *start(world_t world) {
  uint32_t status = 1;
  safewasm_error_t *error = safewasm_instance_run(world.instance, &status);
  CHECK(error != NULL || status == 0);
  return error;
}

static inline safewasm_buffer_t *new_buffer(void) {
  safewasm_buffer_t *buffer;
  OK(safewasm_buffer_new(UINT64_MAX, &buffer));
  return buffer;
}

/* Whether these bytes are in the buffer, which is empty afterwards. */
static inline int holds(safewasm_buffer_t *buffer, const char *text, size_t len) {
  safewasm_bytes_t *bytes;
  const uint8_t *data;
  size_t found = 0, left = 1;
  OK(safewasm_buffer_take(buffer, &bytes));
  OK(safewasm_bytes_data(bytes, &data, &found));
  int is_same = found == len && memcmp(data, text, len) == 0;
  if (!is_same) printf("found \"%.*s\"\n", (int)found, (const char *)data);
  safewasm_bytes_delete(bytes);
  OK(safewasm_buffer_len(buffer, &left));
  return is_same && left == 0;
}

typedef struct {
  int read, write;
} pipe_t;

static inline pipe_t new_pipe(void) {
  int ends[2] = {-1, -1};
  CHECK(pipe(ends) == 0);
  return (pipe_t){ends[0], ends[1]};
}

static inline void close_pipe(pipe_t ends) {
  close(ends.read);
  close(ends.write);
}

static inline void send_text(int fd, const char *text) {
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Whether the next bytes of a descriptor are these. */
static inline int receives(int fd, const char *text) {
  char bytes[100] = {0};
  size_t len = strlen(text), found = 0;
  while (found < len) {
    ssize_t more = read(fd, bytes + found, len - found);
    if (more <= 0) break;
    found += (size_t)more;
  }
  return found == len && memcmp(bytes, text, len) == 0;
}

#endif
