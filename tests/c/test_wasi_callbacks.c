/* Callbacks as the streams of programs for WASI, limits of output, bad arguments. */
#include "streams.h"

/* A stream of the tests: bytes that are read or were written, and what the callback does. */
typedef struct {
  char bytes[64];
  size_t len, calls, finalized;
  enum { WORK, FAIL, TOO_MANY, INVALID_ERROR, USE_STORE, DELETE_STORE } deed;
  safewasm_store_t *store;
  safewasm_instance_t *instance;
} stream_t;

static void finalize(void *env) { ((stream_t *)env)->finalized++; }

/* Does the deed. NULL if the callback goes on. */
static safewasm_error_t *act(stream_t *stream) {
  safewasm_error_t *error = NULL;
  uint32_t status;
  uint64_t fuel;
  stream->calls++;
  switch (stream->deed) {
    case FAIL:
      OK(safewasm_error_new("the stream is broken", SAFEWASM_STRLEN, stream, finalize, TAG, &error));
      break;
    case INVALID_ERROR: return (safewasm_error_t *)stream;
    case USE_STORE:
      FAILS(safewasm_store_fuel(stream->store, &fuel), STORE_BUSY, "`store`");
      return safewasm_instance_run(stream->instance, &status);
    case DELETE_STORE: safewasm_store_delete(stream->store); break;
    default: break;
  }
  return error;
}

static safewasm_error_t *read_some(void *env, uint8_t *bytes, size_t len, size_t *len_out) {
  stream_t *stream = (stream_t *)env;
  safewasm_error_t *error = act(stream);
  CHECK(*len_out == 0 && len > 0);
  size_t count = stream->len < 5 ? stream->len : 5;
  memcpy(bytes, stream->bytes, count);
  memmove(stream->bytes, stream->bytes + count, stream->len - count);
  stream->len -= count;
  *len_out = stream->deed == TOO_MANY ? len + 1 : count;
  return error;
}

static safewasm_error_t *write_all(void *env, const uint8_t *bytes, size_t len) {
  stream_t *stream = (stream_t *)env;
  safewasm_error_t *error = act(stream);
  size_t room = sizeof stream->bytes - stream->len;
  CHECK(len > 0);
  memcpy(stream->bytes + stream->len, bytes, len < room ? len : room);
  stream->len += len < room ? len : room;
  return error;
}

/* A program whose streams are these callbacks. */
static world_t new_called(stream_t *in, stream_t *out) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stdin_callback(wasi, read_some, in, finalize));
  OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, write_all, out, finalize));
  OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDERR, write_all, out, NULL));
  world_t world = new_streams(wasi);
  in->store = out->store = world.store;
  in->instance = out->instance = world.instance;
  return world;
}

TEST(callbacks_are_read_and_written) {
  stream_t in = {"abcdefg", 7, 0, 0, WORK, NULL, NULL}, out = {"", 0, 0, 0, WORK, NULL, NULL};
  world_t world = new_called(&in, &out);
  OK(start(world));
  OK(call(world, "oh no"));
  CHECK(in.calls == 3 && out.calls == 3);
  CHECK(out.len == 13 && memcmp(out.bytes, "abcdefgoh no\n", 13) == 0);
  CHECK(in.finalized == 0 && out.finalized == 0);
  OK(call(world, "close"));
  delete_world(world);
  CHECK(in.finalized == 1 && out.finalized == 1);
}

TEST(an_error_of_a_callback_ends_the_call) {
  stream_t in = {"abc", 3, 0, 0, FAIL, NULL, NULL}, out = {"", 0, 0, 0, WORK, NULL, NULL};
  world_t world = new_called(&in, &out);
  safewasm_error_t *error = start(world);
  CHECK(safewasm_error_env(error, TAG) == &in);
  FAILS(error, HOST, "the stream is broken");
  CHECK(in.finalized == 1);
  in.deed = WORK;
  out.deed = FAIL;
  error = call(world, "hello");
  CHECK(safewasm_error_env(error, TAG) == &out);
  FAILS(error, HOST, "the stream is broken");
  out.deed = WORK;
  OK(call(world, "hello"));
  delete_world(world);
}

TEST(a_callback_that_breaks_the_rules_is_an_error) {
  stream_t in = {"abc", 3, 0, 0, TOO_MANY, NULL, NULL}, out = {"", 0, 0, 0, WORK, NULL, NULL};
  world_t world = new_called(&in, &out);
  FAILS(start(world), INVALID_ARGUMENT,
        "the callback of stdin reported 65537 bytes, but had room for 65536 only");
  in.deed = INVALID_ERROR;
  FAILS(start(world), INVALID_HANDLE, "invalid error handle");
  in.deed = WORK;
  out.deed = INVALID_ERROR;
  FAILS(call(world, "hello"), INVALID_HANDLE, "invalid error handle");
  delete_world(world);
}

TEST(the_store_is_busy_for_a_callback) {
  stream_t in = {"abc", 3, 0, 0, USE_STORE, NULL, NULL}, out = {"", 0, 0, 0, WORK, NULL, NULL};
  world_t world = new_called(&in, &out);
  FAILS(start(world), STORE_BUSY, "`instance`");
  in.deed = WORK;
  out.deed = USE_STORE;
  FAILS(call(world, "hello"), STORE_BUSY, "`instance`");
  out.deed = DELETE_STORE;
  FAILS(call(world, "hello"), TRAP, "the store was deleted while the call ran");
  CHECK(!safewasm_store_is_valid(world.store));
  CHECK(in.finalized == 1 && out.finalized == 1);
  delete_world(world);
}

/* A callback may run other programs. */
static safewasm_error_t *write_nested(void *env, const uint8_t *bytes, size_t len) {
  (void)bytes;
  (void)len;
  return call(*(world_t *)env, "hello");
}

TEST(a_callback_runs_another_program) {
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *inner = new_wasi(), *outer = new_wasi();
  OK(safewasm_wasi_set_stream_buffer(inner, SAFEWASM_WASI_STDOUT, buffer));
  world_t world = new_streams(inner);
  OK(safewasm_wasi_set_stream_callback(outer, SAFEWASM_WASI_STDOUT, write_nested, &world, NULL));
  world_t caller = new_streams(outer);
  OK(call(caller, "hello"));
  CHECK(holds(buffer, "hello\n", 6));
  delete_world(caller);
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

TEST(finalizers_run_once_for_each_callback) {
  stream_t stream = {"", 0, 0, 0, WORK, NULL, NULL};
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stdin_callback(wasi, read_some, &stream, finalize));
  OK(safewasm_wasi_set_stdin_callback(wasi, read_some, &stream, finalize));
  CHECK(stream.finalized == 1);
  FAILS(safewasm_wasi_set_stdin_callback(wasi, NULL, &stream, finalize), NULL_POINTER, "`callback`");
  CHECK(stream.finalized == 2);
  FAILS(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDIN, write_all, &stream, finalize),
        INVALID_ARGUMENT, "`stream` is stdin, but must be stdout or stderr");
  CHECK(stream.finalized == 3);
  safewasm_wasi_delete(wasi);
  CHECK(stream.finalized == 4);
  FAILS(safewasm_wasi_set_stdin_callback(wasi, read_some, &stream, finalize), INVALID_HANDLE,
        "`wasi`");
  CHECK(stream.finalized == 5);
}

TEST(output_beyond_a_limit_ends_the_program) {
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_output_limit(wasi, 10));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDERR, buffer));
  world_t world = new_streams(wasi);
  OK(call(world, "hello"));
  FAILS(call(world, "oh no"), LIMIT,
        "the program wrote to stderr beyond the limit of 10 bytes for stdout and stderr together");
  CHECK(holds(buffer, "hello\noh n", 10));
  FAILS(call(world, "hello"), LIMIT, "to stdout beyond");
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

TEST(a_full_buffer_ends_the_program) {
  safewasm_buffer_t *buffer;
  safewasm_wasi_t *wasi = new_wasi();
  size_t len = 0;
  OK(safewasm_buffer_new(8, &buffer));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  world_t world = new_streams(wasi);
  OK(call(world, "hello"));
  OK(safewasm_buffer_len(buffer, &len));
  CHECK(len == 6);
  FAILS(call(world, "hello"), LIMIT,
        "the program wrote more to stdout than its output buffer may hold, 8 bytes");
  CHECK(holds(buffer, "hello\nhe", 8));
  OK(call(world, "hello"));
  CHECK(holds(buffer, "hello\n", 6));
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

/* Takes from a buffer while a program writes to it. */
static void *take_all(void *env) {
  safewasm_buffer_t *buffer = (safewasm_buffer_t *)env;
  size_t total = 0;
  while (total < 50 * 100000) {
    safewasm_bytes_t *bytes;
    const uint8_t *data;
    size_t len;
    OK(safewasm_buffer_take(buffer, &bytes));
    OK(safewasm_bytes_data(bytes, &data, &len));
    safewasm_bytes_delete(bytes);
    total += len;
    if (failed_here) break;
  }
  return NULL;
}

TEST(a_buffer_is_read_while_it_is_written) {
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  world_t world = new_streams(wasi);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, take_all, buffer) == 0);
  for (int i = 0; i < 50; i++) OK(call(world, "many"));
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(holds(buffer, "", 0));
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

TEST(bad_arguments_are_errors) {
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = new_buffer();
  pipe_t ends = new_pipe();
  FAILS(safewasm_wasi_inherit_stream(wasi, 3), INVALID_ARGUMENT,
        "`stream` is 3, which is no `safewasm_wasi_stream_t`");
  FAILS(safewasm_wasi_set_stream_fd(wasi, 0, -1), IO, "the file descriptor -1, which is `fd`");
  FAILS(safewasm_wasi_set_stream_fd(wasi, 0, 1 << 20), IO, "Bad file descriptor");
  FAILS(safewasm_wasi_set_stream_fd(wasi, 0, ends.write), INVALID_ARGUMENT, "isn't open for reading");
  FAILS(safewasm_wasi_set_stream_fd(wasi, 2, ends.read), INVALID_ARGUMENT, "isn't open for writing");
  safewasm_error_t *error =
      safewasm_wasi_set_stream_file(wasi, 0, "/missing/file", SAFEWASM_STRLEN, false);
  CHECK(safewasm_error_os_code(error) == ENOENT);
  FAILS(error, IO, "cannot open `/missing/file` for reading: No such file");
  FAILS(safewasm_wasi_set_stream_file(wasi, 1, "/", 1, false), IO, "Is a directory");
  FAILS(safewasm_wasi_set_stream_file(wasi, 0, "/dev/null", SAFEWASM_STRLEN, true),
        INVALID_ARGUMENT, "`append` is true, but `stream` is stdin");
  FAILS(safewasm_wasi_set_stream_file(wasi, 0, "a\0b", 3, false), INVALID_ARGUMENT,
        "`path` has a NUL at byte 1");
  FAILS(safewasm_wasi_set_stdin_bytes(wasi, NULL, 1), NULL_POINTER, "`bytes`");
  FAILS(safewasm_wasi_set_stream_buffer(wasi, 0, buffer), INVALID_ARGUMENT, "`stream` is stdin");
  FAILS(safewasm_wasi_set_stream_buffer(wasi, 1, NULL), NULL_POINTER, "`buffer`");
  safewasm_buffer_delete(buffer);
  FAILS(safewasm_wasi_set_stream_buffer(wasi, 1, buffer), INVALID_HANDLE, "`buffer` was deleted");
  close_pipe(ends);
  safewasm_wasi_delete(wasi);
}

int main(void) {
  RUN(callbacks_are_read_and_written);
  RUN(an_error_of_a_callback_ends_the_call);
  RUN(a_callback_that_breaks_the_rules_is_an_error);
  RUN(the_store_is_busy_for_a_callback);
  RUN(a_callback_runs_another_program);
  RUN(finalizers_run_once_for_each_callback);
  RUN(output_beyond_a_limit_ends_the_program);
  RUN(a_full_buffer_ends_the_program);
  RUN(a_buffer_is_read_while_it_is_written);
  RUN(bad_arguments_are_errors);
  return finish("wasicallbacks");
}
