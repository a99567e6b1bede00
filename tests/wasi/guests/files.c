/* fd_read, fd_write, fd_pread, fd_pwrite, fd_seek, fd_tell on files. */
#include "check.h"

static char bytes[64];

static uint64_t offset_of(uint32_t fd) {
  uint64_t offset = UINT64_MAX;
  OK(raw_fd_tell(fd, &offset));
  return offset;
}

typedef int32_t transfer_t(uint32_t fd, const void *vectors, uint32_t count, void *len_out);

/* Reads or writes until the vectors are done or the file ends, since one call may do less than it is asked for. */
static uint32_t transfer_all(transfer_t *transfer, uint32_t fd, vector_t *vectors, uint32_t count) {
  uint32_t total = 0;
  while (count > 0) {
    uint32_t len = 0;
    if (!OK(transfer(fd, vectors, count, &len)) || len == 0) return total;
    total += len;
    while (count > 0 && len >= vectors->len) len -= vectors->len, vectors++, count--;
    if (count > 0) vectors->data = (const char *)vectors->data + len, vectors->len -= len;
  }
  return total;
}

static void vectors(void) {
  uint32_t len = 0;

  CASE("fd_write and fd_read go through several buffers in order");
  uint32_t fd = new_file("vectors", "");
  vector_t out[3] = {{"Hello", 5}, {"", 0}, {", wasm", 6}};
  CHECK(transfer_all(raw_fd_write, fd, out, 3) == 11);
  CHECK(holds("vectors", "Hello, wasm"));
  uint64_t here = 0;
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &here));
  vector_t in[4] = {{bytes, 1}, {bytes + 1, 0}, {bytes + 1, 6}, {bytes + 7, 20}};
  CHECK(transfer_all(raw_fd_read, fd, in, 4) == 11);
  CHECK(memcmp(bytes, "Hello, wasm", 11) == 0);

  CASE("fd_read at the end of a file reads nothing");
  vector_t rest = {bytes, 10};
  len = 77;
  OK(raw_fd_read(fd, &rest, 1, &len));
  CHECK(len == 0);

  CASE("without buffers, or with empty ones at any address, nothing is read and written");
  vector_t empty[2] = {{NULL, 0}, {bytes, 0}};
  here = offset_of(fd);
  for (uint32_t count = 0; count <= 2; count++) {
    len = 77;
    OK(raw_fd_write(fd, empty, count, &len));
    CHECK(len == 0);
    len = 77;
    OK(raw_fd_read(fd, empty, count, &len));
    CHECK(len == 0);
    OK(raw_fd_pwrite(fd, empty, count, 3, &len));
    OK(raw_fd_pread(fd, empty, count, 3, &len));
    CHECK(len == 0);
  }
  OK(raw_fd_write(fd, NULL, 0, &len));
  OK(raw_fd_read(fd, NULL, 0, &len));
  CHECK(offset_of(fd) == here);

  CASE("buffers that overlap are read into without a failure");
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &here));
  vector_t overlapping[3] = {{bytes, 4}, {bytes + 2, 4}, {bytes + 1, 2}};
  OK(raw_fd_read(fd, overlapping, 3, &len));
  CHECK(len > 0);

  CASE("a buffer that holds the vectors themselves is read into without a failure");
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &here));
  vector_t itself[2];
  itself[0] = (vector_t){itself, sizeof itself}, itself[1] = (vector_t){bytes, 4};
  OK(raw_fd_read(fd, itself, 2, &len));

  CASE("the result is written even where it lies in the buffer");
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &here));
  uint32_t place[4] = {0};
  vector_t over = {place, 11};
  OK(raw_fd_read(fd, &over, 1, &place[0]));
  CHECK(place[0] == 11);
  OK(raw_fd_close(fd));

  CASE("1024 vectors are read and written, and more are inval");
  static vector_t many[1025];
  for (int i = 0; i < 1025; i++) many[i] = (vector_t){bytes, i % 3 == 0};
  fd = new_file("many", "");
  OK(raw_fd_write(fd, many, 1024, &len));
  CHECK(len >= 1 && len <= 342);
  OK(raw_fd_pread(fd, many, 1024, 0, &len));
  CHECK(len >= 1);
  GIVES(raw_fd_write(fd, many, 1025, &len), INVAL);
  GIVES(raw_fd_write(1, many, 1025, &len), INVAL);
  GIVES(raw_fd_pread(fd, many, 1025, 0, &len), INVAL);
  OK(raw_fd_close(fd));
}

static void large(void) {
  CASE("a buffer of 160 MiB is read and written, at once or in parts");
  const uint32_t size = 160u << 20;
  size_t base = __builtin_wasm_memory_grow(0, size / 65536 + 1);
  CHECK(base != SIZE_MAX);
  uint8_t *data = (uint8_t *)(base * 65536);
  data[size - 1] = 7;
  uint32_t fd = new_file("large", "");
  vector_t all = {data, size};
  CHECK(transfer_all(raw_fd_write, fd, &all, 1) == size);
  CHECK(offset_of(fd) == size);
  uint64_t offset = 0;
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &offset));
  data[size - 1] = 0;
  all = (vector_t){data, size};
  CHECK(transfer_all(raw_fd_read, fd, &all, 1) == size);
  CHECK(data[size - 1] == 7);
  OK(raw_fd_close(fd));
  OK(raw_path_unlink_file(RW, PATH("large")));
}

static void positions(void) {
  uint64_t offset = 0;
  uint32_t len = 0;
  uint32_t fd = new_file("positions", "0123456789");

  CASE("fd_seek moves from the start, from here and from the end, and fd_tell says where");
  OK(raw_fd_seek(fd, 4, SEEK_FROM_START, &offset));
  CHECK(offset == 4);
  OK(raw_fd_seek(fd, -1, SEEK_FROM_HERE, &offset));
  CHECK(offset == 3);
  OK(raw_fd_seek(fd, -2, SEEK_FROM_END, &offset));
  CHECK(offset == 8);
  CHECK(offset_of(fd) == 8);
  OK(raw_fd_seek(fd, 5, SEEK_FROM_END, &offset));
  CHECK(offset == 15);

  CASE("fd_read beyond the end reads nothing");
  vector_t in = {bytes, 10};
  OK(raw_fd_read(fd, &in, 1, &len));
  CHECK(len == 0);
  CHECK(offset_of(fd) == 15);

  CASE("fd_write beyond the end fills the gap with zeros");
  vector_t out = {"x", 1};
  OK(raw_fd_seek(fd, 12, SEEK_FROM_START, &offset));
  OK(raw_fd_write(fd, &out, 1, &len));
  OK(raw_fd_pread(fd, &in, 1, 9, &len));
  CHECK(len == 4 && memcmp(bytes, "9\0\0x", 4) == 0);

  CASE("fd_seek to before the start is inval and moves nothing");
  OK(raw_fd_seek(fd, 2, SEEK_FROM_START, &offset));
  GIVES(raw_fd_seek(fd, -1, SEEK_FROM_START, &offset), INVAL);
  GIVES(raw_fd_seek(fd, -3, SEEK_FROM_HERE, &offset), INVAL);
  GIVES(raw_fd_seek(fd, -14, SEEK_FROM_END, &offset), INVAL);
  GIVES(raw_fd_seek(fd, INT64_MIN, SEEK_FROM_START, &offset), INVAL);
  GIVES(raw_fd_seek(fd, INT64_MIN, SEEK_FROM_HERE, &offset), INVAL);
  GIVES(raw_fd_seek(fd, INT64_MIN, SEEK_FROM_END, &offset), INVAL);
  CHECK(offset_of(fd) == 2);

  CASE("fd_seek beyond the largest offset is an error, or only reading and writing there is");
  vector_t one = {bytes, 1};
  GIVES(raw_fd_seek(fd, INT64_MAX, SEEK_FROM_START, &offset), SUCCESS, INVAL, OVERFLOW);
  GIVES(raw_fd_seek(fd, INT64_MAX, SEEK_FROM_HERE, &offset), SUCCESS, INVAL, OVERFLOW);
  GIVES(raw_fd_seek(fd, INT64_MAX, SEEK_FROM_HERE, &offset), SUCCESS, INVAL, OVERFLOW);
  GIVES(raw_fd_seek(fd, INT64_MAX, SEEK_FROM_END, &offset), SUCCESS, INVAL, OVERFLOW);
  GIVES(raw_fd_write(fd, &one, 1, &len), INVAL, OVERFLOW, FBIG);
  GIVES(raw_fd_read(fd, &one, 1, &len), SUCCESS, INVAL, OVERFLOW);

  CASE("fd_seek from a place that doesn't exist is inval");
  static const uint32_t whences[] = {3, 4, 255, 256, 0x10000, 0x80000000, 0xffffffff};
  for (int i = 0; i < 7; i++) GIVES(raw_fd_seek(fd, 0, whences[i], &offset), INVAL);

  CASE("fd_pread and fd_pwrite leave the offset where it is");
  OK(raw_fd_seek(fd, 1, SEEK_FROM_START, &offset));
  OK(raw_fd_pread(fd, &one, 1, 5, &len));
  CHECK(len == 1 && bytes[0] == '5');
  OK(raw_fd_pwrite(fd, &out, 1, 6, &len));
  CHECK(offset_of(fd) == 1);
  OK(raw_fd_pread(fd, &one, 1, 6, &len));
  CHECK(bytes[0] == 'x');

  CASE("fd_pread beyond the end reads nothing");
  OK(raw_fd_pread(fd, &one, 1, 1000, &len));
  CHECK(len == 0);

  CASE("fd_pread and fd_pwrite beyond the largest offset are an error");
  static const uint64_t offsets[] = {INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 1, UINT64_MAX};
  for (int i = 0; i < 4; i++) {
    GIVES(raw_fd_pwrite(fd, &one, 1, offsets[i], &len), INVAL, OVERFLOW, FBIG);
    GIVES(raw_fd_pread(fd, &one, 1, offsets[i], &len), SUCCESS, INVAL, OVERFLOW);
  }
  OK(raw_fd_close(fd));
}

static void modes(void) {
  uint32_t len = 0;
  uint64_t offset = 0;
  vector_t out = {"+", 1}, in = {bytes, 10};

  CASE("a file that is opened to append grows at its end, wherever the offset is");
  make_file("appended", "abc");
  uint32_t fd = open_file("appended", 0, RIGHTS_OF_FILES, APPEND);
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &offset));
  OK(raw_fd_write(fd, &out, 1, &len));
  CHECK(holds("appended", "abc+"));

  CASE("fd_fdstat_set_flags turns appending off and on");
  OK(raw_fd_fdstat_set_flags(fd, 0));
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &offset));
  OK(raw_fd_write(fd, &out, 1, &len));
  CHECK(holds("appended", "+bc+"));
  OK(raw_fd_fdstat_set_flags(fd, APPEND));
  OK(raw_fd_seek(fd, 0, SEEK_FROM_START, &offset));
  OK(raw_fd_write(fd, &out, 1, &len));
  CHECK(holds("appended", "+bc++"));
  OK(raw_fd_close(fd));

  CASE("fd_read of a file that is open for writing only is an error");
  fd = open_file("appended", 0, RIGHT_WRITE, 0);
  GIVES(raw_fd_read(fd, &in, 1, &len), BADF, PERM, NOTCAPABLE);
  GIVES(raw_fd_pread(fd, &in, 1, 0, &len), BADF, PERM, NOTCAPABLE);
  OK(raw_fd_close(fd));

  CASE("fd_write to a file that is open for reading only is an error");
  fd = open_file("appended", 0, RIGHT_READ, 0);
  GIVES(raw_fd_write(fd, &out, 1, &len), BADF, PERM, NOTCAPABLE);
  GIVES(raw_fd_pwrite(fd, &out, 1, 0, &len), BADF, PERM, NOTCAPABLE);
  OK(raw_fd_close(fd));
  CHECK(holds("appended", "+bc++"));

  CASE("two descriptors of one file have offsets of their own and see what the other writes");
  fd = new_file("shared", "abc");
  uint32_t other = open_file("shared", 0, RIGHTS_OF_FILES, 0);
  OK(raw_fd_write(fd, &out, 1, &len));
  CHECK(offset_of(other) == 0);
  OK(raw_fd_read(other, &in, 1, &len));
  CHECK(len == 3 && memcmp(bytes, "+bc", 3) == 0);
  OK(raw_fd_close(fd));
  OK(raw_fd_close(other));
}

int main(void) {
  vectors();
  positions();
  modes();
  large();
  end_case();
  return 0;
}
